#include "render/plan_scope.h"

#include "render/value.h"

size_t cbk_plan_left_out(const json_t *plan)
{
    size_t left_out = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change)
        left_out += cbk_json_bool(change, "left_out", false);
    return left_out;
}

/* Lists of addresses, and how they are introduced. */
static const struct limit {
    const char *key;
    const char *words;
} limits[] = {
    {"target", "Only what was asked for, and what it needs: "},
    {"exclude", "Left out, with what needs it: "},
};

static void add_limit(const json_t *scope, const struct limit *limit, json_t *lines)
{
    size_t index;
    json_t *address;
    CBK_STR(text);
    json_array_foreach(json_object_get(scope, limit->key), index, address)
        cbk_str_addf(&text, "%s%s", index ? ", " : limit->words,
                     json_is_string(address) ? json_string_value(address) : "?");
    if (text.len)
        json_array_append_new(lines, json_string(text.ptr));
}

/* What a branch wanted of its own guards, and did not get. */
static void add_pins(const json_t *pins, json_t *lines)
{
    const char *revision = cbk_json_text_or(pins, "revision", "?");
    size_t index;
    json_t *setting;
    if (pins && !cbk_json_bool(pins, "has_stack", true))
        json_array_append_new(lines, json_sprintf("There is no such stack in %s: no guard of it holds.", revision));
    json_array_foreach(json_object_get(pins, "settings"), index, setting) {
        CBK_STR(line);
        cbk_str_addf(&line, "Guarded as in %s: %s %s is ", revision, cbk_json_text_or(setting, "address", "?"),
                     cbk_json_text_or(setting, "setting", "?"));
        cbk_value_add(&line, json_object_get(setting, "pinned"));
        const json_t *wanted = json_object_get(setting, "wanted");
        cbk_str_add(&line, json_is_null(wanted) ? ", though the stack does not say so" : ", though the stack wants ");
        if (!json_is_null(wanted))
            cbk_value_add(&line, wanted);
        cbk_str_add_char(&line, '.');
        json_array_append_new(lines, json_string(line.ptr));
    }
}

json_t *cbk_plan_scope_lines(const json_t *plan)
{
    const json_t *scope = json_object_get(plan, "scope");
    json_t *lines = json_array();
    size_t left_out = cbk_plan_left_out(plan);
    for (size_t i = 0; i < CBK_ARRAY_LEN(limits); i++)
        add_limit(scope, &limits[i], lines);
    if (cbk_json_bool(scope, "refresh_only", false))
        json_array_append_new(lines, json_string("The state takes over what lives; nothing is changed in the cloud."));
    if (left_out)
        json_array_append_new(lines, json_sprintf("%zu %s left out of this plan.", left_out,
                                                  left_out == 1 ? "change is" : "changes are"));
    add_pins(json_object_get(plan, "pins"), lines);
    return lines;
}

void cbk_render_scope(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_JSON *lines = cbk_plan_scope_lines(plan);
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line) {
        cbk_style_add(style, out, CBK_YELLOW, json_string_value(line));
        cbk_str_add_char(out, '\n');
    }
    if (index)
        cbk_str_add_char(out, '\n');
}
