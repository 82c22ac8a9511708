#include "config/emit.h"

#include "base/str.h"
#include "config/scalar.h"

#include <string.h>

#define STEP ((size_t)2)
#define LINE_CELLS ((size_t)100)

/* What YAML 1.1 takes for a truth value, in small letters; 1.2 does not, and people read both. */
static const char *const truths[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};

static bool is_truth(const char *text)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(truths); i++)
        if (strcasecmp(text, truths[i]) == 0)
            return true;
    return false;
}

/* Would an unquoted scalar of these bytes come back as a string, and look like one? */
static bool reads_as_text(const char *text)
{
    CBK_JSON *value = NULL;
    CBK_ERROR(ignored);
    return cbk_scalar_parse(text, &value, &ignored) == 0 && json_is_string(value) && !is_truth(text) &&
           !strchr("0123456789.+-", *text); /* dates, times, versions: text, and easily taken for something else */
}

/* Letters and signs that mean nothing to YAML wherever they stand, also within [ ] and { }. */
static bool is_plain(const char *text)
{
    static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./()-";
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (!strchr(harmless, text[i]) && !(text[i] == ' ' && i && text[i + 1]))
            return false;
    return len && reads_as_text(text);
}

/* The length of the character at `text`, valid UTF-8, and its code point. */
static size_t decode(const char *text, unsigned *ret_code)
{
    unsigned char first = (unsigned char)*text;
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    unsigned code = len == 1 ? first : first & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3fU);
    *ret_code = code;
    return len;
}

static const struct escape {
    char c;
    const char *text;
} escapes[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}};

static const char *escape_of(char c)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(escapes); i++)
        if (escapes[i].c == c)
            return escapes[i].text;
    return NULL;
}

/* A character that a text file may not hold as it is, by its number. */
static void add_number(struct cbk_str *out, unsigned code)
{
    if (code > 0xffff)
        cbk_str_addf(out, "\\U%08X", code);
    else
        cbk_str_addf(out, "\\u%04X", code);
}

/* Variables are put into values alone. */
static void add_quoted(struct cbk_str *out, const char *text, bool is_key)
{
    cbk_str_add_char(out, '"');
    while (*text) {
        const char *escape = escape_of(*text);
        unsigned code = 0;
        size_t len = decode(text, &code);
        if (escape)
            cbk_str_add(out, escape);
        else if (!is_key && text[0] == '$' && text[1] == '{')
            cbk_str_add(out, "$$");
        else if (code == 0xfeff || code == 0x85 || code == 0x2028 || code == 0x2029 || !cbk_str_is_visible(text, len))
            add_number(out, code);
        else
            cbk_str_add_bytes(out, text, len);
        text += len;
    }
    cbk_str_add_char(out, '"');
}

static void add_text(struct cbk_str *out, const char *text, bool is_key)
{
    if (is_plain(text))
        cbk_str_add(out, text);
    else
        add_quoted(out, text, is_key);
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
