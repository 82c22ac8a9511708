#include "config/tag.h"

#include <string.h>
#include <yaml.h>

/* "!" alone: whatever it is, do not guess. */
#define NO_GUESS "!"

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_null(const json_t *value)
{
    return json_is_null(value);
}

static bool is_boolean(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_integer(const json_t *value)
{
    return json_is_integer(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_array(const json_t *value)
{
    return json_is_array(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_anything(const json_t *value)
{
    return value != NULL;
}

static const struct tag_row {
    const char *tag;
    bool (*fits)(const json_t *value);
} tags[] = {
    {YAML_STR_TAG, is_string},   {YAML_NULL_TAG, is_null}, {YAML_BOOL_TAG, is_boolean}, {YAML_INT_TAG, is_integer},
    {YAML_FLOAT_TAG, is_number}, {YAML_SEQ_TAG, is_array}, {YAML_MAP_TAG, is_object},   {NO_GUESS, is_anything},
};

bool cbk_tag_is_text(const char *tag)
{
    return tag && (strcmp(tag, YAML_STR_TAG) == 0 || strcmp(tag, NO_GUESS) == 0);
}

int cbk_tag_check(const char *tag, const json_t *value, struct cbk_error *err)
{
    if (!tag)
        return 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(tags); i++) {
        if (strcmp(tags[i].tag, tag) != 0)
            continue;
        return tags[i].fits(value) ? 0 : cbk_fail(err, CBK_E_SYNTAX, "the value is not of its tag '%s'", tag);
    }
    cbk_fail(err, CBK_E_SYNTAX, "unknown tag '%s'", tag);
    return cbk_error_hint(err, "quote a value that begins with '!'");
}
