#include "config/emit.h"

#include "base/str.h"
#include "config/quote.h"

#define STEP ((size_t)2)
#define LINE_CELLS ((size_t)100)

/* Variables are put into values alone. */
static void add_text(struct cbk_str *out, const char *text, bool is_key)
{
    if (cbk_yaml_is_plain(text, /* in_flow= */ true))
        cbk_str_add(out, text);
    else
        cbk_yaml_add_quoted(out, text, /* keeps_references= */ !is_key);
}

void cbk_yaml_add_scalar(struct cbk_str *out, const json_t *value)
{
    if (json_is_string(value))
        add_text(out, json_string_value(value), /* is_key= */ false);
    else
        cbk_json_add_canonical(out, value);
}

static bool is_scalar(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

/* A list of scalars, or nothing at all, in one line; false when it does not fit. */
static bool add_in_line(struct cbk_str *out, const json_t *value, size_t indent)
{
    if (json_is_object(value) && !json_object_size(value)) {
        cbk_str_add(out, "{}");
        return true;
    }
    if (!json_is_array(value))
        return false;
    CBK_STR(line);
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)value, index, item) {
        if (!is_scalar(item))
            return false;
        cbk_str_add(&line, index ? ", " : "");
        cbk_yaml_add_scalar(&line, item);
    }
    if (indent + line.len > LINE_CELLS && json_array_size(value) > 1)
        return false;
    cbk_str_addf(out, "[%s]", line.ptr);
    return true;
}

/* What stands behind "key:" or "-": on the same line where it fits, else below. */
static void add_value(struct cbk_str *out, const json_t *value, size_t indent)
{
    size_t len = out->len;
    cbk_str_add_char(out, ' ');
    if (is_scalar(value)) {
        cbk_yaml_add_scalar(out, value);
    } else if (!add_in_line(out, value, indent)) {
        cbk_str_truncate(out, len);
        cbk_str_add_char(out, '\n');
        cbk_yaml_add(out, value, indent);
        return;
    }
    cbk_str_add_char(out, '\n');
}

/* An item that is a mapping or a list begins on the line of its dash. */
static void add_item(struct cbk_str *out, const json_t *item, size_t indent)
{
    cbk_str_add_repeat(out, ' ', indent);
    cbk_str_add_char(out, '-');
    CBK_STR(line);
    if (is_scalar(item) || add_in_line(&line, item, indent + STEP)) {
        add_value(out, item, indent + STEP);
        return;
    }
    CBK_STR(block);
    cbk_yaml_add(&block, item, indent + STEP);
    cbk_str_addf(out, " %s", block.ptr + indent + STEP);
}

void cbk_yaml_add(struct cbk_str *out, const json_t *value, size_t indent)
{
    size_t index;
    const char *key;
    json_t *item;
    json_array_foreach((json_t *)value, index, item)
        add_item(out, item, indent);
    json_object_foreach((json_t *)value, key, item) {
        cbk_str_add_repeat(out, ' ', indent);
        add_text(out, key, /* is_key= */ true);
        cbk_str_add_char(out, ':');
        add_value(out, item, indent + STEP);
    }
    if (is_scalar(value) || !(json_object_size(value) || json_array_size(value))) {
        cbk_str_add_repeat(out, ' ', indent);
        if (!add_in_line(out, value, indent))
            cbk_yaml_add_scalar(out, value);
        cbk_str_add_char(out, '\n');
    }
}
