#include "render/comparison.h"
#include "render/plan_words.h"
#include "render/value.h"

#include <string.h>

#define COMMIT_CHARS 7
#define ADDRESS_CELLS 34
#define TITLE_CELLS 28
#define PATH_CELLS 24

static void add_side(struct cbk_str *out, const json_t *side)
{
    const char *revision = cbk_json_text(side, "revision"), *commit = cbk_json_text(side, "commit");
    cbk_str_add(out, revision ? revision : "the work tree");
    if (!commit)
        return;
    cbk_str_addf(out, " (%.*s%s)", COMMIT_CHARS, commit, cbk_json_bool(side, "dirty", false) ? ", dirty" : "");
}

static void add_heading(const json_t *comparison, const struct cbk_style *style, struct cbk_str *out)
{
    CBK_STR(line);
    cbk_str_addf(&line, "cbk plan \u00b7 stack %s \u00b7 ", cbk_json_text_or(comparison, "stack", "?"));
    add_side(&line, json_object_get(comparison, "head"));
    cbk_str_add(&line, " against ");
    add_side(&line, json_object_get(comparison, "base"));
    cbk_style_add(style, out, CBK_BOLD, line.ptr);
    cbk_str_add(out, "\n\n");
}

static void add_attention(const json_t *comparison, const struct cbk_style *style, struct cbk_str *out)
{
    size_t index;
    json_t *item;
    if (!json_array_size(json_object_get(comparison, "attention")))
        return;
    cbk_style_add(style, out, CBK_BOLD, "Look at these:");
    cbk_str_add_char(out, '\n');
    json_array_foreach(json_object_get(comparison, "attention"), index, item) {
        CBK_STR(place);
        const char *file = cbk_json_text(item, "file");
        if (file)
            cbk_str_addf(&place, "   %s:%lld", file, (long long)cbk_json_int(item, "line", 0));
        cbk_str_add(out, "  ! ");
        cbk_style_add(style, out, CBK_RED, cbk_json_text_or(item, "message", ""));
        cbk_style_add(style, out, CBK_DIM, place.ptr);
        cbk_str_add_char(out, '\n');
    }
    cbk_str_add_char(out, '\n');
}

static void add_row(const json_t *row, const struct cbk_style *style, struct cbk_str *out)
{
    bool widens = cbk_json_bool(row, "widens", false), shortens = cbk_json_bool(row, "shortens", false);
    const json_t *before = json_object_get(row, "before"), *after = json_object_get(row, "after");
    CBK_STR(text);
    CBK_STR(notes);
    if (json_is_null(before))
        cbk_value_add(&text, after);
    else
        cbk_value_add_change(&text, before, after);
    cbk_str_addf(&notes, "%s%s", widens ? "   WIDENS what is allowed" : "", shortens ? "   SHORTENS what is kept" : "");
    cbk_str_add(out, "        ");
    cbk_style_add_padded(style, out, CBK_PLAIN, cbk_json_text_or(row, "path", ""), PATH_CELLS);
    cbk_style_add(style, out, CBK_PLAIN, text.ptr);
    cbk_style_add(style, out, CBK_RED, notes.ptr);
    cbk_str_add_char(out, '\n');
}

static void add_change(const json_t *change, const struct cbk_style *style, struct cbk_str *out)
{
    const struct cbk_mark *mark = cbk_plan_mark(change);
    const char *address = cbk_json_text_or(change, "address", ""), *title = cbk_json_text_or(change, "title", "");
    const char *file = cbk_json_text(change, "file");
    CBK_STR(place);
    if (!mark)
        return;
    if (file)
        cbk_str_addf(&place, "%s:%lld", file, (long long)cbk_json_int(change, "line", 0));
    cbk_str_add(out, "  ");
    cbk_style_add(style, out, mark->colour, mark->symbol);
    cbk_str_add_char(out, ' ');
    cbk_style_add_padded(style, out, CBK_BOLD, address, ADDRESS_CELLS);
    cbk_style_add_padded(style, out, CBK_PLAIN, strcmp(title, address) == 0 ? "" : title, TITLE_CELLS);
    cbk_style_add(style, out, CBK_DIM, place.ptr);
    cbk_str_add_char(out, '\n');
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row)
        if (mark->is_change && !cbk_json_array_has(json_object_get(change, "actions"), "delete"))
            add_row(row, style, out);
}

void cbk_comparison_add_tally(const json_t *comparison, struct cbk_str *out)
{
    if (!json_array_size(json_object_get(comparison, "changes"))) {
        cbk_str_add(out, "No changes: both mean the same.");
        return;
    }
    cbk_str_addf(out, "Against the base: %lld added, %lld changed, %lld removed.",
                 (long long)cbk_json_int(comparison, "summary.create", 0),
                 (long long)cbk_json_int(comparison, "summary.update", 0),
                 (long long)cbk_json_int(comparison, "summary.delete", 0));
}

void cbk_render_comparison_text(const json_t *comparison, const struct cbk_style *style, struct cbk_str *out)
{
    size_t index;
    json_t *change;
    CBK_STR(tally);
    add_heading(comparison, style, out);
    add_attention(comparison, style, out);
    json_array_foreach(json_object_get(comparison, "changes"), index, change)
        add_change(change, style, out);
    if (index)
        cbk_str_add_char(out, '\n');
    cbk_comparison_add_tally(comparison, &tally);
    cbk_style_add(style, out, CBK_BOLD, tally.ptr);
    cbk_str_add(out, "\nThe cloud was not asked: what an apply would do there, a plan with credentials tells.\n");
}
