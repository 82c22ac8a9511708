#include "engine/selector.h"

#include <string.h>

static bool in_ids(const json_t *value, const struct cbk_instance *instance)
{
    return cbk_json_array_has(value, instance->id);
}

static bool any_name(const json_t *value, const struct cbk_instance *instance)
{
    size_t index;
    json_t *pattern;
    json_array_foreach((json_t *)value, index, pattern)
        if (cbk_str_glob(json_string_value(pattern), instance->name))
            return true;
    return false;
}

static bool carries_tag(const struct cbk_instance *instance, const char *key, const char *value)
{
    size_t index;
    json_t *tag;
    json_array_foreach(cbk_json_at(instance->info, "Tags.Tag"), index, tag)
        if (cbk_str_equal(cbk_json_text(tag, "TagKey"), key))
            return cbk_str_equal(cbk_json_text_or(tag, "TagValue", ""), value);
    return false;
}

static bool all_tags(const json_t *value, const struct cbk_instance *instance)
{
    const char *key;
    json_t *wanted;
    json_object_foreach((json_t *)value, key, wanted)
        if (!carries_tag(instance, key, json_string_value(wanted)))
            return false;
    return true;
}

/* Is the instance's `trail` the text, or one of the texts? */
static bool is_one_of(const json_t *value, const struct cbk_instance *instance, const char *trail)
{
    const char *actual = cbk_json_text_or(instance->info, trail, "");
    return json_is_array(value) ? cbk_json_array_has(value, actual) : cbk_str_equal(actual, json_string_value(value));
}

static bool in_zone(const json_t *value, const struct cbk_instance *instance)
{
    return is_one_of(value, instance, "ZoneId");
}

static bool in_vpc(const json_t *value, const struct cbk_instance *instance)
{
    return is_one_of(value, instance, "VpcAttributes.VpcId");
}

static bool in_resource_group(const json_t *value, const struct cbk_instance *instance)
{
    return is_one_of(value, instance, "ResourceGroupId");
}

static const struct condition {
    const char *key;
    bool (*meets)(const json_t *value, const struct cbk_instance *instance);
} conditions[] = {
    {"ids", in_ids},   {"names", any_name}, {"tags", all_tags},
    {"zone", in_zone}, {"vpc", in_vpc},     {"resource_group", in_resource_group},
};

static bool meets_all(const json_t *wanted, const struct cbk_instance *instance)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(conditions); i++) {
        const json_t *value = json_object_get(wanted, conditions[i].key);
        if (value && !conditions[i].meets(value, instance))
            return false;
    }
    return true;
}

/* An item of `exclude` is an id, a glob of names, or conditions. */
static bool is_excluded(const json_t *selector, const struct cbk_instance *instance)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(selector, "exclude"), index, item) {
        const char *text = json_string_value(item);
        if (text ? strcmp(text, instance->id) == 0 || cbk_str_glob(text, instance->name) : meets_all(item, instance))
            return true;
    }
    return false;
}

bool cbk_selector_matches(const json_t *selector, const struct cbk_instance *instance)
{
    return meets_all(selector, instance) && !is_excluded(selector, instance);
}

static int check_ids_exist(const json_t *selector, struct cbk_span span, const struct cbk_inventory *inventory,
                           struct cbk_error *err)
{
    size_t index;
    json_t *id;
    json_array_foreach(json_object_get(selector, "ids"), index, id) {
        if (cbk_inventory_get(inventory, json_string_value(id)))
            continue;
        (void)cbk_fail_at(err, span, CBK_E_NOT_FOUND, "no instance '%s' in this region and account",
                          json_string_value(id));
        return cbk_error_hint(err, "check the id, the region and what these credentials may see");
    }
    return 0;
}

/* ECS refuses nobody the list, and leaves out what the caller may not see. */
static const char sees_none[] = " (a caller without the right to list instances sees none)";

static int check_count(const json_t *selector, const char *name, struct cbk_span span, size_t count,
                       struct cbk_error *err)
{
    int64_t min = cbk_json_int(selector, "expect.min", 0);
    const char *who = name ? name : "written here";
    if (!count && min <= 0 && !cbk_json_bool(selector, "allow_empty", false)) {
        (void)cbk_fail_at(err, span, CBK_E_CHECK, "the selector '%s' matches no instance", who);
        return cbk_error_hint(
            err, "check its conditions and what these credentials may see%s, or set allow_empty: true", sees_none);
    }
    if ((int64_t)count < min) {
        (void)cbk_fail_at(err, span, CBK_E_CHECK, "the selector '%s' matches %zu instances, at least %lld are expected",
                          who, count, (long long)min);
        return cbk_error_hint(err, "check its conditions and what these credentials may see%s, or change 'expect'",
                              count ? "" : sees_none);
    }
    return 0;
}

int cbk_selector_resolve(const json_t *selector, const char *name, struct cbk_span span,
                         const struct cbk_inventory *inventory, json_t **ret_ids, struct cbk_error *err)
{
    int r = check_ids_exist(selector, span, inventory, err);
    if (r < 0)
        return r;
    CBK_JSON *ids = json_array();
    CBK_MAP_FOREACH(entry, inventory->instances) {
        const struct cbk_instance *instance = cbk_map_entry_value(entry);
        if (cbk_selector_matches(selector, instance))
            json_array_append_new(ids, json_string(instance->id));
    }
    r = check_count(selector, name, span, json_array_size(ids), err);
    if (r < 0)
        return r;
    *ret_ids = cbk_json_steal(&ids);
    return 0;
}
