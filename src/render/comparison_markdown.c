#include "render/comparison.h"
#include "render/markdown.h"
#include "render/value.h"

static void add_attention(const json_t *comparison, struct cbk_str *out)
{
    size_t index;
    json_t *item;
    if (!json_array_size(json_object_get(comparison, "attention")))
        return;
    cbk_str_add(out, "#### Look at these first\n\n");
    json_array_foreach(json_object_get(comparison, "attention"), index, item) {
        cbk_str_add(out, "- **");
        cbk_markdown_add_text(out, cbk_json_text_or(item, "id", ""));
        cbk_str_add(out, "** ");
        cbk_markdown_add_code(out, cbk_json_text_or(item, "message", ""));
        cbk_str_add_char(out, '\n');
    }
    cbk_str_add_char(out, '\n');
}

/* The sign by which a line of a diff is coloured. */
static const struct sign {
    const char *action;
    char sign;
} signs[] = {{"create", '+'}, {"delete", '-'}, {"update", '!'}};

static char sign_of(const json_t *change)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(signs); i++)
        if (cbk_json_array_has(json_object_get(change, "actions"), signs[i].action))
            return signs[i].sign;
    return ' ';
}

static void add_line(struct cbk_str *out, char sign, const char *path, const json_t *value, const char *remark)
{
    CBK_STR(text);
    if (json_is_null(value))
        return;
    cbk_value_add(&text, value);
    cbk_str_addf(out, "%c     ", sign);
    cbk_str_add_visible(out, path);
    cbk_str_add(out, ": ");
    cbk_str_add_visible(out, text.ptr);
    cbk_str_addf(out, "%s\n", remark);
}

static void add_change(const json_t *change, struct cbk_str *out)
{
    const char *file = cbk_json_text(change, "file");
    char sign = sign_of(change);
    cbk_str_addf(out, "%c ", sign);
    cbk_str_add_visible(out, cbk_json_text_or(change, "address", ""));
    if (file) {
        CBK_CLEANUP(cbk_string_freep)
        char *place = cbk_strf("   %s:%lld", file, (long long)cbk_json_int(change, "line", 0));
        cbk_str_add_visible(out, place);
    }
    cbk_str_add_char(out, '\n');
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row) {
        const char *path = cbk_json_text_or(row, "path", "");
        const char *remark = cbk_json_bool(row, "widens", false)     ? "   # WIDENS what is allowed"
                             : cbk_json_bool(row, "shortens", false) ? "   # SHORTENS what is kept"
                                                                     : "";
        add_line(out, '-', path, json_object_get(row, "before"), "");
        add_line(out, '+', path, json_object_get(row, "after"), remark);
    }
}

static void add_changes(const json_t *comparison, struct cbk_str *out)
{
    size_t index;
    json_t *change;
    CBK_STR(lines);
    json_array_foreach(json_object_get(comparison, "changes"), index, change)
        add_change(change, &lines);
    if (lines.len)
        cbk_markdown_add_fence(out, "diff", lines.ptr);
}

void cbk_render_comparison_markdown(const json_t *comparison, struct cbk_str *out)
{
    const char *stack = cbk_json_text_or(comparison, "stack", "?");
    CBK_STR(tally);
    cbk_markdown_add_marker(out, "cbk:base", stack);
    cbk_str_add(out, "### cbk: what this branch changes in ");
    cbk_markdown_add_code(out, stack);
    cbk_comparison_add_tally(comparison, &tally);
    cbk_str_addf(out, "\n\n**%s**\n\n", tally.ptr);
    add_attention(comparison, out);
    add_changes(comparison, out);
    cbk_str_add(out, "\nThe cloud was not asked: what an apply would do there, a plan with credentials tells.\n");
}
