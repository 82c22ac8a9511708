#include "sim/action/fields.h"

#include "sim/action/params.h"

#include <errno.h>
#include <string.h>

static int refuse(struct sim_call *call, const char *where)
{
    return sim_fail(call, "InvalidParameter", "The specified parameter \"%s\" is not valid.", where);
}

static json_t *read_text(const json_t *value, const struct sim_field *field)
{
    const char *text = json_string_value(value);
    if (!text || (field->one_of && *text && !sim_is_one_of(field->one_of, text)))
        return NULL;
    return json_string(text);
}

static json_t *read_int(const json_t *value, const struct sim_field *field)
{
    int64_t number = json_integer_value(value);
    if (json_is_string(value)) {
        char *end = NULL;
        errno = 0;
        number = strtoll(json_string_value(value), &end, 10);
        if (errno || *end || end == json_string_value(value))
            return NULL;
    } else if (!json_is_integer(value)) {
        return NULL;
    }
    if ((field->min && number < field->min) || (field->max && number > field->max))
        return NULL;
    return json_integer(number);
}

static json_t *read_bool(const json_t *value, const struct sim_field *field)
{
    (void)field;
    const char *text = json_string_value(value);
    if (json_is_boolean(value))
        return json_boolean(json_is_true(value));
    if (!text || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0))
        return NULL;
    return json_boolean(strcmp(text, "true") == 0);
}

static json_t *read_texts(const json_t *value, const struct sim_field *field)
{
    (void)field;
    size_t index;
    json_t *item;
    if (!json_is_array(value))
        return NULL;
    json_array_foreach(value, index, item)
        if (!json_is_string(item))
            return NULL;
    return json_deep_copy(value);
}

static json_t *(*const leaves[])(const json_t *value, const struct sim_field *field) = {
    [SIM_FIELD_TEXT] = read_text,
    [SIM_FIELD_INT] = read_int,
    [SIM_FIELD_BOOL] = read_bool,
    [SIM_FIELD_TEXTS] = read_texts,
};

static int read_object(struct sim_call *call, const char *where, const json_t *value, const struct sim_field *field,
                       json_t *into)
{
    CBK_ERROR(err);
    CBK_JSON *parsed = NULL;
    const char *text = json_string_value(value);
    if (text && cbk_json_parse("object", text, strlen(text), &parsed, &err) < 0)
        return refuse(call, where);
    json_t *object = json_object_get(into, field->name);
    if (!json_is_object(object)) {
        object = json_object();
        json_object_set_new(into, field->name, object);
    }
    return sim_fields_read(call, where, parsed ? parsed : value, field->fields, object);
}

static int read_objects(struct sim_call *call, const char *where, const json_t *value, const struct sim_field *field,
                        json_t *into)
{
    size_t index;
    json_t *item;
    CBK_JSON *list = json_array();
    if (!json_is_array(value))
        return refuse(call, where);
    json_array_foreach(value, index, item) {
        CBK_CLEANUP(cbk_string_freep) char *item_where = cbk_strf("%s[%zu]", where, index);
        json_t *object = json_object();
        json_array_append_new(list, object);
        int r = sim_fields_read(call, item_where, item, field->fields, object);
        if (r < 0)
            return r;
    }
    json_object_set(into, field->name, list);
    return 0;
}

static int read_field(struct sim_call *call, const char *where, const json_t *value, const struct sim_field *field,
                      json_t *into)
{
    if (field->type == SIM_FIELD_OBJECT)
        return read_object(call, where, value, field, into);
    if (field->type == SIM_FIELD_OBJECTS)
        return read_objects(call, where, value, field, into);
    json_t *read = leaves[field->type](value, field);
    if (!read)
        return refuse(call, where);
    json_object_set_new(into, field->name, read);
    return 0;
}

int sim_fields_read(struct sim_call *call, const char *where, const json_t *object, const struct sim_field *fields,
                    json_t *into)
{
    if (!json_is_object(object))
        return refuse(call, where);
    for (const struct sim_field *field = fields; field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        if (!value || json_is_null(value))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *inner = cbk_strf("%s.%s", where, field->name);
        int r = read_field(call, inner, value, field, into);
        if (r < 0)
            return r;
    }
    return 0;
}
