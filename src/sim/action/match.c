#include "sim/action/match.h"

#include "base/time.h"

#include <assert.h>
#include <string.h>

static bool same(const struct sim_match *row, const json_t *param, const char *value)
{
    const char *wanted = json_string_value(param);
    if (!wanted || !*wanted || (row->any && strcmp(wanted, row->any) == 0))
        return true;
    return value && (row->how == SIM_GLOB ? cbk_str_glob(wanted, value) : strcmp(wanted, value) == 0);
}

static bool tagged(const json_t *record, const json_t *wanted)
{
    size_t index;
    json_t *tag;
    const json_t *tags = json_object_get(record, "tags");
    json_array_foreach(wanted, index, tag) {
        const char *value = cbk_json_text_or(tag, "Value", "");
        const char *had = json_string_value(json_object_get(tags, cbk_json_text_or(tag, "Key", "")));
        if (!had || (*value && strcmp(had, value) != 0)) /* a key alone matches any value (U) */
            return false;
    }
    return true;
}

/* "CreationStartTime" and its kin; the end is inclusive (U). */
static bool within(const json_t *record, const char *key, const json_t *filters)
{
    size_t index;
    json_t *filter;
    int64_t at = cbk_json_int(record, key, 0);
    json_array_foreach(filters, index, filter) {
        CBK_ERROR(err);
        int64_t bound = 0;
        const char *name = cbk_json_text_or(filter, "Key", "");
        if (cbk_time_parse(cbk_json_text_or(filter, "Value", ""), &bound, &err) < 0)
            continue;
        if ((strcmp(name, "CreationStartTime") == 0 && at < bound) ||
            (strcmp(name, "CreationEndTime") == 0 && at > bound))
            return false;
        if (cbk_str_starts_with(name, "Expired")) /* nothing in this cloud expires by contract */
            return false;
    }
    return true;
}

static bool matches(const json_t *record, const struct sim_match *row, const json_t *param)
{
    const json_t *own = json_object_get(record, row->key);
    const char *value = json_is_string(own) ? json_string_value(own) : row->otherwise;
    switch (row->how) {
    case SIM_AMONG:
        return value && cbk_json_array_has(param, value);
    case SIM_FLAG:
        return json_is_true(param) == json_is_true(own);
    case SIM_TAGGED:
        return tagged(record, param);
    case SIM_WITHIN:
        return within(record, row->key, param);
    default:
        return same(row, param, value);
    }
}

struct sim_filter sim_filter_make(const struct sim_call *call, const struct sim_match *rows)
{
    struct sim_filter filter = {.count = 0};
    for (const struct sim_match *row = rows; row->param; row++) {
        const json_t *param = sim_param(call, row->param);
        if (!param)
            continue;
        assert(filter.count < SIM_MOST_MATCHES);
        filter.active[filter.count].row = row;
        filter.active[filter.count++].param = param;
    }
    return filter;
}

bool sim_filter_passes(const struct sim_filter *filter, const json_t *record)
{
    for (size_t i = 0; i < filter->count; i++)
        if (!matches(record, filter->active[i].row, filter->active[i].param))
            return false;
    return true;
}

bool sim_keep_filtered(const struct sim_call *call, const json_t *record, const void *filter)
{
    (void)call;
    return sim_filter_passes(filter, record);
}

bool sim_matches(const struct sim_call *call, const json_t *record, const struct sim_match *rows)
{
    struct sim_filter filter = sim_filter_make(call, rows);
    return sim_filter_passes(&filter, record);
}

static int check_filter(struct sim_call *call, const json_t *filter)
{
    static const char *const keys[] = {"CreationStartTime", "CreationEndTime", "ExpiredStartTime", "ExpiredEndTime"};
    CBK_ERROR(err);
    int64_t bound = 0;
    bool known = false;
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        known = known || cbk_str_equal(cbk_json_text(filter, "Key"), keys[i]);
    if (!known)
        return sim_fail(call, "InvalidFilterKey.NotFound", "The specified filter key does not exist.");
    if (cbk_time_parse(cbk_json_text_or(filter, "Value", ""), &bound, &err) < 0)
        return sim_fail(call, "InvalidFilterValue", "The specified filter value is not a UTC time.");
    return 0;
}

int sim_check_filters(struct sim_call *call)
{
    size_t index;
    json_t *item;
    json_array_foreach(sim_param(call, "Tag"), index, item)
        if (!*cbk_json_text_or(item, "Key", ""))
            return sim_fail(call, "InvalidTag.Mismatch", "The specified tag key and value do not match.");
    json_array_foreach(sim_param(call, "Filter"), index, item) {
        int r = check_filter(call, item);
        if (r < 0)
            return r;
    }
    return 0;
}

json_t *sim_named(const struct sim_call *call, enum sim_section section, const char *param)
{
    size_t index;
    json_t *id;
    const json_t *ids = sim_param(call, param);
    if (!ids)
        return json_incref(sim_list(call, section));
    json_t *list = json_array();
    json_array_foreach(ids, index, id) {
        json_t *record = sim_find(call, section, json_string_value(id));
        if (record)
            json_array_append(list, record);
    }
    return list;
}
