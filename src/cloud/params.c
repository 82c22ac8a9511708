#include "cloud/params.h"

struct spread {
    struct cbk_arena *arena;
    struct cbk_pairs *pairs;
    struct cbk_error *err;
};

static int spread_value(struct spread *spread, const char *name, const json_t *value);

static const char *member_name(struct spread *spread, const char *parent, const char *key)
{
    return *parent ? cbk_arena_strf(spread->arena, "%s.%s", parent, key) : cbk_arena_strdup(spread->arena, key);
}

static int spread_object(struct spread *spread, const char *name, const json_t *object)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)object, key, member) {
        int r = spread_value(spread, member_name(spread, name, key), member);
        if (r < 0)
            return r;
    }
    return 0;
}

static int spread_array(struct spread *spread, const char *name, const json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)array, i, item) { /* the wire counts from one */
        int r = spread_value(spread, cbk_arena_strf(spread->arena, "%s.%zu", name, i + 1), item);
        if (r < 0)
            return r;
    }
    return 0;
}

static int spread_value(struct spread *spread, const char *name, const json_t *value)
{
    const char *text = NULL;
    switch (json_typeof(value)) {
    case JSON_NULL:
        return 0;
    case JSON_OBJECT:
        return spread_object(spread, name, value);
    case JSON_ARRAY:
        return spread_array(spread, name, value);
    case JSON_REAL:
        return cbk_fail(spread->err, CBK_E_INTERNAL, "parameter '%s' is a real number", name);
    case JSON_STRING:
        text = json_string_value(value);
        break;
    case JSON_INTEGER:
        text = cbk_arena_strf(spread->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        text = json_is_true(value) ? "true" : "false";
        break;
    }
    cbk_pairs_push(spread->pairs, (struct cbk_pair){.name = name, .value = text});
    return 0;
}

int cbk_params_spread(const json_t *params, struct cbk_arena *arena, struct cbk_pairs *pairs, struct cbk_error *err)
{
    struct spread spread = {.arena = arena, .pairs = pairs, .err = err};
    return spread_object(&spread, "", params);
}

json_t *cbk_params_json(json_t *value)
{
    CBK_STR(text);
    cbk_json_add_canonical(&text, value);
    json_decref(value);
    return json_stringn(text.ptr, text.len);
}
