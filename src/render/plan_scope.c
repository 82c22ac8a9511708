#include "render/plan_scope.h"

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

static void add_line(const struct cbk_style *style, struct cbk_str *out, const char *text)
{
    cbk_style_add(style, out, CBK_YELLOW, text);
    cbk_str_add_char(out, '\n');
}

static void add_limit(const json_t *scope, const struct limit *limit, const struct cbk_style *style,
                      struct cbk_str *out)
{
    size_t index;
    json_t *address;
    CBK_STR(text);
    json_array_foreach(json_object_get(scope, limit->key), index, address)
        cbk_str_addf(&text, "%s%s", index ? ", " : limit->words,
                     json_is_string(address) ? json_string_value(address) : "?");
    if (text.len)
        add_line(style, out, text.ptr);
}

void cbk_render_scope(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *scope = json_object_get(plan, "scope");
    size_t before = out->len, left_out = cbk_plan_left_out(plan);
    for (size_t i = 0; i < CBK_ARRAY_LEN(limits); i++)
        add_limit(scope, &limits[i], style, out);
    if (cbk_json_bool(scope, "refresh_only", false))
        add_line(style, out, "The state takes over what lives; nothing is changed in the cloud.");
    CBK_STR(text);
    cbk_str_addf(&text, "%zu %s left out of this plan.", left_out, left_out == 1 ? "change is" : "changes are");
    if (left_out)
        add_line(style, out, text.ptr);
    if (out->len > before)
        cbk_str_add_char(out, '\n');
}
