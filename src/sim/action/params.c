#include "sim/action/params.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* No list of the API is longer; what stands behind is ignored. */
enum { MOST_ITEMS = 1000 };

static int refuse(struct sim_call *call, const struct sim_param *param, const char *why)
{
    return sim_fail(call, param->code ? param->code : "InvalidParameter",
                    "The specified parameter \"%s\" is not valid: %s.", param->name, why);
}

static int check_range(struct sim_call *call, const struct sim_param *param, int64_t value, const char *what)
{
    CBK_CLEANUP(cbk_string_freep) char *why = NULL;
    if (param->min && value < param->min)
        why = cbk_strf("its %s is less than %lld", what, (long long)param->min);
    if (param->max && value > param->max)
        why = cbk_strf("its %s is more than %lld", what, (long long)param->max);
    return why ? refuse(call, param, why) : 0;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool sim_is_one_of(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (const char *at = choices; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, text, len) == 0 && (at[len] == '|' || !at[len]))
            return true;
    }
    return false;
}

static int decode_text(struct sim_call *call, const struct sim_param *param, const char *text, json_t **ret)
{
    if (param->one_of && !sim_is_one_of(param->one_of, text))
        return refuse(call, param, "it is none of the values allowed");
    int r = check_range(call, param, (int64_t)characters(text), "length");
    if (r == 0)
        *ret = json_string(text);
    return r;
}

static int decode_int(struct sim_call *call, const struct sim_param *param, const char *text, json_t **ret)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || isspace((unsigned char)*text))
        return refuse(call, param, "it is not an integer");
    int r = check_range(call, param, value, "value");
    if (r == 0)
        *ret = json_integer(value);
    return r;
}

static int decode_bool(struct sim_call *call, const struct sim_param *param, const char *text, json_t **ret)
{
    bool yes = strcasecmp(text, "true") == 0;
    if (!yes && strcasecmp(text, "false") != 0)
        return refuse(call, param, "it is neither true nor false");
    *ret = json_boolean(yes);
    return 0;
}

static int decode_json(struct sim_call *call, const struct sim_param *param, const char *text, json_t **ret)
{
    CBK_ERROR(err);
    if (cbk_json_parse("parameter", text, strlen(text), ret, &err) < 0)
        return refuse(call, param, "it is not JSON");
    return 0;
}

static int check_count(struct sim_call *call, const struct sim_param *param, const json_t *list)
{
    if (param->max && json_array_size(list) > (size_t)param->max)
        return sim_fail(call,
                        param->too_many ? param->too_many
                        : param->code   ? param->code
                                        : "InvalidParameter",
                        "The specified parameter \"%s\" has more than %lld items.", param->name, (long long)param->max);
    return 0;
}

static int decode_ids(struct sim_call *call, const struct sim_param *param, const char *text, json_t **ret)
{
    CBK_JSON *list = NULL;
    CBK_ERROR(err);
    if (cbk_json_parse("parameter", text, strlen(text), &list, &err) < 0 || !json_is_array(list))
        return refuse(call, param, "it is not a JSON array of texts");
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
        if (!json_is_string(item))
            return refuse(call, param, "it is not a JSON array of texts");
    int r = check_count(call, param, list);
    if (r == 0)
        *ret = cbk_json_steal(&list);
    return r;
}

/* "12.Key" behind "Tag.": the number, and where what follows begins (after the dot; NULL at the end). */
static bool read_index(const char *text, size_t *ret_index, const char **ret_rest)
{
    char *end = NULL;
    if (!isdigit((unsigned char)*text))
        return false;
    unsigned long index = strtoul(text, &end, 10);
    if (index < 1 || index > MOST_ITEMS || (*end && *end != '.'))
        return false;
    *ret_index = index;
    *ret_rest = *end ? end + 1 : NULL;
    return true;
}

/* Puts `value` at `index` (from 1) of a list that may have holes (nulls) for now. */
static json_t *item_at(json_t *list, size_t index, json_t *(*make)(void))
{
    while (json_array_size(list) < index)
        json_array_append_new(list, json_null());
    if (json_is_null(json_array_get(list, index - 1)))
        json_array_set_new(list, index - 1, make());
    return json_array_get(list, index - 1);
}

static void drop_holes(json_t *list)
{
    for (size_t i = json_array_size(list); i-- > 0;)
        if (json_is_null(json_array_get(list, i)))
            json_array_remove(list, i);
}

static json_t *field_list(json_t *record, const char *name, size_t len)
{
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strndup(name, len);
    json_t *list = json_object_get(record, key);
    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(record, key, list);
    }
    return list;
}

/* One pair of a record: "Key", or "Values.2" where the row says "Values[]". */
static void set_field(json_t *record, const char *fields, const char *name, const char *value)
{
    size_t len = strcspn(name, ".");
    for (const char *at = fields; *at; at += strspn(at, " ")) {
        size_t field_len = strcspn(at, " ");
        bool is_list = at[field_len - 1] == ']';
        if (field_len - (is_list ? 2 : 0) == len && strncmp(at, name, len) == 0) {
            size_t index;
            const char *rest = NULL;
            if (!is_list && !name[len])
                json_object_set_new(record, name, json_string(value));
            else if (is_list && name[len] && read_index(name + len + 1, &index, &rest) && !rest) {
                json_t *list = field_list(record, name, len);
                (void)item_at(list, index, json_object);
                json_array_set_new(list, index - 1, json_string(value));
            }
            return;
        }
        at += field_len;
    }
}

static void gather(const struct sim_param *param, const struct cbk_pairs *pairs, json_t *list)
{
    size_t len = strlen(param->name);
    for (size_t i = 0; i < pairs->len; i++) {
        const char *name = pairs->items[i].name, *rest = NULL;
        size_t index;
        if (strncmp(name, param->name, len) != 0 || name[len] != '.' || !read_index(name + len + 1, &index, &rest))
            continue;
        if (param->type == SIM_LIST && !rest) {
            (void)item_at(list, index, json_object);
            json_array_set_new(list, index - 1, json_string(pairs->items[i].value));
        } else if (param->type == SIM_RECORDS && rest) {
            set_field(item_at(list, index, json_object), param->fields, rest, pairs->items[i].value);
        }
    }
}

static void finish_records(json_t *list)
{
    size_t index;
    json_t *record, *value;
    const char *key;
    drop_holes(list);
    json_array_foreach(list, index, record)
        json_object_foreach(record, key, value)
            if (json_is_array(value))
                drop_holes(value);
}

static int decode_list(struct sim_call *call, const struct sim_param *param, const struct sim_request *request,
                       json_t **ret)
{
    CBK_JSON *list = json_array();
    gather(param, &request->query, list);
    gather(param, &request->form, list);
    finish_records(list);
    int r = check_count(call, param, list);
    if (r == 0 && json_array_size(list))
        *ret = cbk_json_steal(&list);
    return r;
}

static int (*const decoders[])(struct sim_call *, const struct sim_param *, const char *, json_t **) = {
    [SIM_TEXT] = decode_text, [SIM_INT] = decode_int, [SIM_BOOL] = decode_bool,
    [SIM_JSON] = decode_json, [SIM_IDS] = decode_ids,
};

static int decode(struct sim_call *call, const struct sim_param *param, const struct sim_request *request, json_t **ret)
{
    if (param->type == SIM_LIST || param->type == SIM_RECORDS)
        return decode_list(call, param, request, ret);
    const char *text = sim_request_param(request, param->name);
    if (!text || (!*text && (param->type != SIM_TEXT || param->required)))
        return 0; /* an empty value is an absent one where it says nothing */
    return decoders[param->type](call, param, text, ret);
}

int sim_params_decode(struct sim_call *call, const struct sim_request *request)
{
    for (const struct sim_param *param = call->action->params; param->name; param++) {
        json_t *value = NULL;
        int r = decode(call, param, request, &value);
        if (r < 0)
            return r;
        if (value)
            json_object_set_new(call->params, param->name, value);
        else if (param->required)
            return sim_fail(call, param->missing ? param->missing : "MissingParameter",
                            "The input parameter \"%s\" that is mandatory for processing this request is not supplied.",
                            param->name);
    }
    return 0;
}
