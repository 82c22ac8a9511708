#include "render/settled.h"

static const struct words {
    const char *verdict, *text;
    enum cbk_colour colour;
} verdicts[] = {
    {"done", "was done", CBK_GREEN},
    {"not_done", "was not done", CBK_GREEN},
    {"unknown", "cannot be told", CBK_YELLOW},
};

static const struct words *words_of(const json_t *row)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(verdicts); i++)
        if (cbk_str_equal(verdicts[i].verdict, cbk_json_text(row, "verdict")))
            return &verdicts[i];
    return &verdicts[CBK_ARRAY_LEN(verdicts) - 1];
}

void cbk_render_key(const json_t *key, struct cbk_str *out)
{
    CBK_JSON *names = cbk_json_sorted_keys(key);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const json_t *value = json_object_get(key, name);
        cbk_str_addf(out, "%s%s=", i ? " " : "", name);
        if (json_is_string(value))
            cbk_str_add(out, json_string_value(value));
        else
            cbk_json_add_canonical(out, value);
    }
}

void cbk_settled_add_call(const json_t *row, struct cbk_str *out)
{
    cbk_str_addf(out, "%s ", cbk_json_text_or(row, "action", ""));
    cbk_render_key(json_object_get(row, "key"), out);
}

void cbk_settled_add_verdict(const json_t *row, struct cbk_str *out)
{
    const char *why = cbk_json_text(row, "why");
    cbk_str_addf(out, "%s%s%s", words_of(row)->text, why ? ": " : "", why ? why : "");
}

static void add_row(const json_t *row, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_STR(call);
    CBK_STR(verdict);
    cbk_str_add(&call, "  ");
    cbk_settled_add_call(row, &call);
    cbk_str_add_char(&verdict, ' ');
    cbk_settled_add_verdict(row, &verdict);
    cbk_str_add(out, "  ");
    cbk_style_add(style, out, CBK_BOLD, cbk_json_text_or(row, "address", ""));
    cbk_style_add(style, out, CBK_PLAIN, call.ptr);
    cbk_style_add(style, out, words_of(row)->colour, verdict.ptr);
    cbk_str_add_char(out, '\n');
}

void cbk_render_settled(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    const json_t *rows = json_object_get(plan, "settled");
    if (!json_array_size(rows))
        return;
    cbk_style_add(style, out, CBK_BOLD, CBK_SETTLED_HEADING ":");
    cbk_str_add_char(out, '\n');
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
        add_row(row, style, out);
    cbk_str_add_char(out, '\n');
}
