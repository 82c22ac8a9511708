#include "render/plan_markdown.h"

#include "render/markdown.h"
#include "render/markdown_section.h"
#include "render/plan_command.h"
#include "render/plan_dangers.h"
#include "render/plan_diff.h"
#include "render/plan_facts.h"
#include "render/plan_scope.h"
#include "render/plan_table.h"
#include "render/plan_words.h"

#include <limits.h>

#define MOST_UNFOLDED 60 /* lines of changes; more are folded away */

/* ---- the head ---- */

static void add_title(const json_t *plan, struct cbk_str *out)
{
    const char *stack = cbk_json_text_or(plan, "stack", "?");
    cbk_markdown_add_marker(out, "cbk:plan", stack);
    cbk_str_add(out, "### cbk plan: ");
    cbk_markdown_add_code(out, stack);
    cbk_str_add(out, "\n\n");
}

static void add_tally(const json_t *plan, struct cbk_str *out)
{
    CBK_STR(tally);
    CBK_STR(verdict);
    cbk_plan_add_tally(plan, &tally);
    cbk_plan_add_verdict(plan, &verdict);
    cbk_str_addf(out, "**%s%s%s**\n\n", tally.ptr, verdict.len ? " " : "", verdict.ptr);
}

static void add_about(const json_t *plan, struct cbk_str *out)
{
    static const struct {
        const char *trail, *words;
        int chars; /* shown of it */
    } facts[] = {{"account", "account ", INT_MAX}, {"region", "region ", INT_MAX}, {"provenance.commit", "commit ", 7}};
    size_t told = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(facts); i++) {
        const char *fact = cbk_json_text(plan, facts[i].trail);
        if (!fact)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *shown = cbk_strf("%.*s", facts[i].chars, fact);
        cbk_str_addf(out, "%s%s", told++ ? " \u00b7 " : "", facts[i].words);
        cbk_markdown_add_code(out, shown);
    }
    if (cbk_json_bool(plan, "provenance.dirty", false))
        cbk_str_add(out, " **with changes that are not committed**");
    cbk_str_add(out, "\n\n");
}

static void add_scope(const json_t *plan, struct cbk_str *out)
{
    CBK_JSON *lines = cbk_plan_scope_lines(plan);
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line) {
        cbk_markdown_add_text(out, json_string_value(line));
        cbk_str_add(out, "\n\n");
    }
}

static void add_changes(const json_t *plan, struct cbk_section *section)
{
    size_t lines = 0;
    cbk_plan_diff_add(plan, section);
    for (size_t i = 0; i < section->rows.len; i++)
        lines += section->rows.ptr[i] == '\n';
    cbk_str_add_repeat(&section->after, '`', cbk_markdown_fence_ticks(section->rows.ptr));
    cbk_str_addf(&section->before, "%sdiff\n", section->after.ptr);
    cbk_str_add_char(&section->after, '\n');
    cbk_section_fold(section, "Changes", lines <= MOST_UNFOLDED);
}

/* ---- the end ---- */

static void add_fact(void *out, const char *what, const char *value)
{
    cbk_str_addf(out, "- %s: ", what);
    cbk_markdown_add_code(out, value);
    cbk_str_add_char(out, '\n');
}

static void add_provenance(const json_t *plan, struct cbk_str *out)
{
    cbk_markdown_begin_details(out, "Where it comes from");
    cbk_plan_each_fact(plan, add_fact, out);
    cbk_markdown_end_details(out);
    cbk_str_add(out, "\n");
}

static void add_command(const json_t *plan, struct cbk_str *out)
{
    CBK_STR(command);
    cbk_plan_add_command(plan, &command);
    if (!command.len)
        return;
    cbk_str_add(out, "To apply this plan and no other:\n\n");
    cbk_markdown_add_fence(out, "sh", command.ptr);
}

/* ---- the whole ---- */

static size_t length_of(const struct cbk_str *text)
{
    return cbk_markdown_length(text->ptr, text->len);
}

/* A piece that is there as a whole or not at all: it may take half of the room that is left. */
static void keep_if_short(struct cbk_str *piece, size_t *room)
{
    size_t length = length_of(piece);
    if (length > *room / 2)
        cbk_str_clear(piece);
    else
        *room -= length;
}

/* What stands above all else, and how it goes on. */
static void add_head(const json_t *plan, size_t *room, struct cbk_str *out)
{
    CBK_STR(title);
    CBK_STR(about);
    CBK_STR(scope);
    CBK_STR(tally);
    add_title(plan, &title);
    add_tally(plan, &tally);
    add_about(plan, &about);
    add_scope(plan, &scope);
    *room -= length_of(&tally);
    keep_if_short(&title, room);
    keep_if_short(&about, room);
    keep_if_short(&scope, room);
    cbk_str_addf(out, "%s%s%s%s", title.ptr, tally.ptr, about.ptr, scope.ptr);
}

void cbk_render_plan_markdown(const json_t *plan, size_t max, struct cbk_str *out)
{
    CBK_SECTION(dangers);
    CBK_SECTION(unfit);
    CBK_SECTION(settled);
    CBK_SECTION(changes);
    CBK_SECTION(warnings);
    dangers.what = "lines to look at first";
    unfit.what = "findings";
    unfit.share = 2;
    settled.what = "calls";
    settled.share = 2;
    changes.what = "changes";
    warnings.what = "findings";
    cbk_plan_table_dangers(plan, &dangers);
    cbk_plan_table_unfit(plan, &unfit);
    cbk_plan_table_settled(plan, &settled);
    add_changes(plan, &changes);
    cbk_plan_table_warnings(plan, &warnings);
    struct cbk_section *const sections[] = {&dangers, &unfit, &settled, &changes, &warnings};
    CBK_STR(command);
    CBK_STR(provenance);
    size_t room = max < CBK_PLAN_MARKDOWN_LEAST ? CBK_PLAN_MARKDOWN_LEAST : max;
    add_head(plan, &room, out);
    add_command(plan, &command);
    keep_if_short(&command, &room);
    size_t before = out->len;
    cbk_sections_add(sections, CBK_ARRAY_LEN(sections), room, out);
    room -= cbk_markdown_length(out->ptr + before, out->len - before);
    add_provenance(plan, &provenance);
    if (length_of(&provenance) <= room)
        cbk_str_add(out, provenance.ptr);
    cbk_str_add(out, command.ptr);
}
