#include "schema/shape.h"

#include "base/owned.h"

static bool is_any(const json_t *value)
{
    return value != NULL;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_bool(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_positive(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) > 0;
}

static bool is_count(const json_t *value)
{
    return (cbk_type_bits(value) & CBK_TYPE_INTEGER) && json_number_value(value) >= 0;
}

static bool is_list(const json_t *value)
{
    return json_is_array(value);
}

static bool is_names(const json_t *value)
{
    size_t index;
    json_t *name;
    json_array_foreach(value, index, name)
        if (!json_is_string(name))
            return false;
    return json_is_array(value);
}

static bool is_type(const json_t *value)
{
    size_t index;
    json_t *name;
    json_array_foreach(value, index, name)
        if (!json_is_string(name) || !cbk_type_named(json_string_value(name)))
            return false;
    return json_is_array(value) || (json_is_string(value) && cbk_type_named(json_string_value(value)));
}

static bool is_names_by_name(const json_t *value)
{
    const char *key;
    json_t *names;
    json_object_foreach((json_t *)value, key, names)
        if (!is_names(names))
            return false;
    return json_is_object(value);
}

static bool is_schema(const json_t *value)
{
    return json_is_object(value) || json_is_boolean(value);
}

static bool is_schemas(const json_t *value)
{
    return json_array_size(value) > 0;
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static const struct shape_row {
    bool (*fits)(const json_t *value);
    const char *complaint;
} shapes[CBK_SHAPE_COUNT] = {
    [CBK_SHAPE_ANY] = {is_any, "is nothing"},
    [CBK_SHAPE_TEXT] = {is_text, "is not a string"},
    [CBK_SHAPE_ROOT_TEXT] = {is_text, "is not a string"},
    [CBK_SHAPE_BOOL] = {is_bool, "is not a boolean"},
    [CBK_SHAPE_NUMBER] = {is_number, "is not a number"},
    [CBK_SHAPE_POSITIVE] = {is_positive, "is not a number above zero"},
    [CBK_SHAPE_COUNT_OF] = {is_count, "is not a whole number of zero or more"},
    [CBK_SHAPE_TYPE] = {is_type, "is not a type"},
    [CBK_SHAPE_LIST] = {is_list, "is not a list"},
    [CBK_SHAPE_NAMES] = {is_names, "is not a list of strings"},
    [CBK_SHAPE_NAMES_BY_NAME] = {is_names_by_name, "is not an object of lists of strings"},
    [CBK_SHAPE_PATTERN] = {is_text, "is not a string"},
    [CBK_SHAPE_REF] = {is_text, "is not a string"},
    [CBK_SHAPE_SCHEMA] = {is_schema, "is not a schema"},
    [CBK_SHAPE_SCHEMAS] = {is_schemas, "is not a list of at least one schema"},
    [CBK_SHAPE_SCHEMAS_BY_NAME] = {is_object, "is not an object of schemas"},
    [CBK_SHAPE_SCHEMAS_BY_PATTERN] = {is_object, "is not an object of schemas"},
};

const char *cbk_shape_complaint(enum cbk_shape shape, const json_t *value)
{
    return shapes[shape].fits(value) ? NULL : shapes[shape].complaint;
}
