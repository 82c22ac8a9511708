#include "render/value.h"

#include <string.h>

#define HASH_SHOWN 12

static void add_list(struct cbk_str *out, const json_t *list)
{
    if (json_is_string(list)) {
        cbk_str_add(out, json_string_value(list));
        return;
    }
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        cbk_str_addf(out, "%s%s", index ? ", " : "", json_is_string(item) ? json_string_value(item) : "?");
}

/* The parts of a statement with the words that lead them. */
static const struct part_words {
    const char *key;
    const char *lead;
} parts[] = {
    {"Action", " "},
    {"NotAction", " all but "},
    {"Resource", " on "},
    {"NotResource", " on all but "},
};

static void add_principals(struct cbk_str *out, const json_t *principals)
{
    CBK_JSON *kinds = cbk_json_sorted_keys(principals);
    for (size_t i = 0; i < json_array_size(kinds); i++) {
        const char *kind = json_string_value(json_array_get(kinds, i));
        cbk_str_addf(out, " to %s ", kind);
        add_list(out, json_object_get(principals, kind));
    }
}

static void add_statement(struct cbk_str *out, const json_t *statement)
{
    cbk_str_add(out, cbk_json_text_or(statement, "Effect", "?"));
    for (size_t i = 0; i < CBK_ARRAY_LEN(parts); i++) {
        const json_t *part = json_object_get(statement, parts[i].key);
        if (!part)
            continue;
        cbk_str_add(out, parts[i].lead);
        add_list(out, part);
    }
    add_principals(out, json_object_get(statement, "Principal"));
    const json_t *condition = json_object_get(statement, "Condition");
    if (condition) {
        cbk_str_add(out, " if ");
        cbk_json_add_canonical(out, condition);
    }
}

static void add_statements(struct cbk_str *out, const json_t *statements)
{
    size_t index;
    json_t *statement;
    json_array_foreach((json_t *)statements, index, statement) {
        cbk_str_add(out, index ? "; " : "");
        add_statement(out, statement);
    }
}

static bool is_hash(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

void cbk_value_add(struct cbk_str *out, const json_t *value)
{
    const char *text = json_string_value(value);
    if (!value || json_is_null(value))
        cbk_str_add(out, "(none)");
    else if (text && is_hash(text))
        cbk_str_addf(out, "%.*s...", HASH_SHOWN, text);
    else if (text)
        cbk_str_addf(out, "\"%s\"", text);
    else if (json_object_get(value, "Effect"))
        add_statement(out, value);
    else if (json_is_array(json_object_get(value, "Statement")))
        add_statements(out, json_object_get(value, "Statement"));
    else if (json_is_string(json_array_get(value, 0)))
        add_list(out, value);
    else
        cbk_json_add_canonical(out, value);
}

static bool list_has(const json_t *list, const json_t *wanted)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        if (json_equal(item, (json_t *)wanted))
            return true;
    return false;
}

static void add_missing(struct cbk_str *out, const char *sign, const json_t *list, const json_t *other, bool *first)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item) {
        if (list_has(other, item))
            continue;
        cbk_str_addf(out, "%s%s ", *first ? "" : ", ", sign);
        cbk_value_add(out, item);
        *first = false;
    }
}

void cbk_value_add_change(struct cbk_str *out, const json_t *before, const json_t *after)
{
    bool first = true;
    if (json_is_array(before) && json_is_array(after)) {
        add_missing(out, "-", before, after, &first);
        add_missing(out, "+", after, before, &first);
        return;
    }
    cbk_value_add(out, before);
    cbk_str_add(out, " -> ");
    cbk_value_add(out, after);
}
