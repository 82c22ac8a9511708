#include "render/plan_text.h"

#include "render/blame.h"
#include "render/findings.h"
#include "render/guards.h"
#include "render/plan_lines.h"
#include "render/plan_scope.h"
#include "render/plan_words.h"
#include "render/settled.h"
#include "render/value.h"

#include <string.h>

#define MAX_ADDRESS_CELLS 48
#define TITLE_CELLS 28
#define PATH_CELLS 24
#define SYMBOL_CELLS 3

/* Everything on its way through one rendering. */
struct page {
    const json_t *plan;
    const struct cbk_style *style;
    struct cbk_str *out;
    size_t address_cells;
};

static void add(const struct page *page, enum cbk_colour colour, const char *text)
{
    cbk_style_add(page->style, page->out, colour, text);
}

static void add_heading(const struct page *page)
{
    const json_t *plan = page->plan;
    const char *account = cbk_json_text(plan, "account");
    CBK_STR(commit);
    CBK_STR(line);
    cbk_plan_add_commit(plan, &commit);
    cbk_str_addf(&line, "cbk plan \u00b7 stack %s", cbk_json_text_or(plan, "stack", "?"));
    if (account)
        cbk_str_addf(&line, " \u00b7 account %s", account);
    cbk_str_addf(&line, " \u00b7 %s", cbk_json_text_or(plan, "region", "?"));
    if (commit.len)
        cbk_str_addf(&line, " \u00b7 %s", commit.ptr);
    add(page, CBK_BOLD, line.ptr);
    cbk_str_add(page->out, "\n\n");
}

static void add_attribute(const struct page *page, const char *path, const char *text, enum cbk_colour colour,
                          const char *note)
{
    cbk_str_add(page->out, "        ");
    cbk_style_add_padded(page->style, page->out, CBK_PLAIN, path, PATH_CELLS);
    add(page, CBK_PLAIN, text);
    if (note) {
        cbk_str_add(page->out, "   ");
        add(page, colour, note);
    }
    cbk_str_add_char(page->out, '\n');
}

/* A file that should be there and is not says so by its path, which is what people look for. */
static bool add_lost_file(const struct page *page, const json_t *row, const char *note)
{
    const char *path = cbk_plan_lost_file(row);
    CBK_STR(text);
    if (!path)
        return false;
    cbk_str_addf(&text, "%s is gone", path);
    add_attribute(page, cbk_json_text_or(row, "path", ""), text.ptr, CBK_DIM, note);
    return true;
}

static void add_diff(const struct page *page, const json_t *change)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row) {
        bool widens = cbk_json_bool(row, "widens", false);
        const char *cause = cbk_json_text(row, "cause"), *note = cbk_cause_words(cause);
        CBK_STR(blame);
        if (cbk_str_equal(cause, "config") && cbk_blame_add(&blame, change, page->style->now))
            note = blame.ptr;
        if (add_lost_file(page, row, note))
            continue;
        CBK_STR(text);
        cbk_value_add_change(&text, json_object_get(row, "before"), json_object_get(row, "after"));
        bool shortens = cbk_json_bool(row, "shortens", false);
        CBK_STR(notes);
        cbk_str_addf(&notes, "%s%s%s", note ? note : "", widens ? "; WIDENS what is allowed" : "",
                     shortens ? "; SHORTENS what is kept" : "");
        add_attribute(page, cbk_json_text_or(row, "path", ""), text.ptr, widens || shortens ? CBK_RED : CBK_DIM,
                      notes.ptr);
    }
}

/* What a new object will be; its name and its instance stand in the line above. */
static void add_new(const struct page *page, const json_t *change)
{
    const json_t *after = json_object_get(change, "after");
    CBK_JSON *keys = cbk_plan_new_keys(after);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        CBK_STR(text);
        cbk_plan_add_new_value(&text, json_object_get(after, key));
        add_attribute(page, key, text.ptr, CBK_PLAIN, NULL);
    }
}

static void add_job_line(const struct page *page, const json_t *change)
{
    const char *level = cbk_json_text_or(change, "predicted.level", "?");
    const char *required = cbk_json_text_or(change, "after.require", "?");
    bool weak = json_array_size(cbk_json_at(change, "predicted.reasons")) > 0;
    CBK_STR(text);
    cbk_str_addf(&text, "requires %s, foreseen: %s", required, level);
    cbk_style_add_padded(page->style, page->out, weak ? CBK_RED : CBK_PLAIN, text.ptr, 48);
    bool refused = cbk_json_bool(change, "refused", false);
    add(page, refused ? CBK_RED : CBK_DIM, refused ? "refused" : cbk_json_text_or(change, "reason", ""));
}

static void add_note(struct cbk_str *out, const char *words, const char *text)
{
    if (text)
        cbk_str_addf(out, "%s%s%s", out->len ? "   " : "", words, text);
}

/* Of what makes no backup itself, and orders some: which they will be. */
static void add_foreseen(const struct page *page, const json_t *change)
{
    const char *level = cbk_json_text(change, "predicted.level");
    bool weak = json_array_size(cbk_json_at(change, "predicted.reasons")) > 0;
    if (!level)
        return;
    CBK_STR(text);
    cbk_str_addf(&text, "   foreseen: %s%s", level, cbk_json_bool(change, "refused", false) ? ", refused" : "");
    add(page, weak ? CBK_RED : CBK_DIM, text.ptr);
}

/* What stands behind the title: the job's levels, or the declaration's place, and the reason. */
static void add_tail(const struct page *page, const json_t *change)
{
    const char *file = cbk_json_text(change, "file"), *reason = cbk_json_text(change, "reason");
    if (cbk_json_array_has(json_object_get(change, "actions"), "run")) {
        add_job_line(page, change);
        return;
    }
    CBK_STR(text);
    if (file)
        cbk_str_addf(&text, "%s:%lld", file, (long long)cbk_json_int(change, "line", 0));
    add_note(&text, "moved from ", cbk_json_text(change, "previous_address"));
    add_note(&text, "imported: ", cbk_json_text(change, "importing.id"));
    add_note(&text, "", reason);
    CBK_STR(blame);
    if (!json_array_size(json_object_get(change, "diff")) && cbk_blame_add(&blame, change, page->style->now))
        add_note(&text, "", blame.ptr);
    bool is_refused = cbk_json_bool(change, "refused", false);
    if (is_refused && !reason && !json_object_get(change, "predicted"))
        add_note(&text, "", "refused");
    add(page, is_refused ? CBK_RED : CBK_DIM, text.ptr);
    add_foreseen(page, change);
}

static void trim_line(struct cbk_str *out)
{
    while (out->len && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = '\0';
}

static void add_change(const struct page *page, const json_t *change, const struct cbk_mark *mark)
{
    CBK_STR(symbol);
    cbk_str_add_repeat(&symbol, ' ', SYMBOL_CELLS - cbk_str_cells(mark->symbol, strlen(mark->symbol)));
    cbk_str_add(&symbol, mark->symbol);
    add(page, mark->colour, symbol.ptr);
    cbk_str_add_char(page->out, ' ');
    cbk_style_add_padded(page->style, page->out, CBK_BOLD, cbk_json_text_or(change, "address", ""),
                         page->address_cells + 2);
    cbk_style_add_padded(page->style, page->out, CBK_PLAIN, cbk_plan_title(change), TITLE_CELLS);
    add_tail(page, change);
    trim_line(page->out);
    cbk_str_add_char(page->out, '\n');
    const char *gap = cbk_json_text(change, "gap");
    if (gap)
        add_attribute(page, "gap", gap, CBK_RED, NULL);
    if (json_array_size(json_object_get(change, "diff")))
        add_diff(page, change);
    else if (cbk_json_array_has(json_object_get(change, "actions"), "create"))
        add_new(page, change);
}

static void add_changes(const struct page *page)
{
    size_t index;
    bool any = false;
    json_t *change;
    json_array_foreach(json_object_get(page->plan, "changes"), index, change) {
        const struct cbk_mark *mark = cbk_plan_mark(change);
        if (!mark)
            continue;
        add_change(page, change, mark);
        any = true;
    }
    if (any)
        cbk_str_add_char(page->out, '\n');
}

static size_t widest_address(const json_t *plan)
{
    size_t widest = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const char *address = cbk_json_text_or(change, "address", "");
        size_t cells = cbk_str_cells(address, strlen(address));
        if (cbk_plan_mark(change) && cells > widest)
            widest = cells;
    }
    return widest < MAX_ADDRESS_CELLS ? widest : MAX_ADDRESS_CELLS;
}

static void add_summary(const struct page *page)
{
    CBK_STR(tally);
    cbk_plan_add_tally(page->plan, &tally);
    bool changed = cbk_plan_changed(page->plan) > 0;
    add(page, changed ? CBK_BOLD : CBK_GREEN, tally.ptr);
    cbk_str_add_char(page->out, '\n');
    if (!changed)
        return;
    cbk_str_add(page->out, "Checksum: ");
    add(page, CBK_PLAIN, cbk_json_text_or(page->plan, "digest", ""));
    cbk_str_add_char(page->out, '\n');
}

void cbk_render_plan_text(const json_t *plan, const struct cbk_style *style, struct cbk_str *out)
{
    const struct page page = {.plan = plan, .style = style, .out = out, .address_cells = widest_address(plan)};
    add_heading(&page);
    cbk_render_settled(plan, style, out);
    add_changes(&page);
    cbk_render_findings(plan, style, out);
    cbk_render_scope(plan, style, out);
    cbk_render_guards(plan, style, out);
    add_summary(&page);
}
