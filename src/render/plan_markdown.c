#include "render/plan_markdown.h"

#include "render/markdown.h"
#include "render/markdown_section.h"
#include "render/plan_command.h"
#include "render/plan_dangers.h"
#include "render/plan_diff.h"
#include "render/plan_facts.h"
#include "render/plan_scope.h"
#include "render/plan_words.h"
#include "render/settled.h"

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

/* ---- the sections ---- */

static void add_dangers(const json_t *plan, struct cbk_section *section)
{
    static const char *const titles[] = {"", "What", "Why"};
    CBK_JSON *dangers = cbk_plan_dangers(plan);
    size_t index;
    json_t *danger;
    cbk_str_add(&section->before, "#### Look at this first\n\n");
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
    json_array_foreach(dangers, index, danger) {
        const char *title = cbk_json_text_or(danger, "title", "");
        CBK_STR(label);
        CBK_STR(subject);
        CBK_STR(why);
        cbk_str_addf(&label, "**%s**", cbk_json_text_or(danger, "label", ""));
        cbk_markdown_add_code(&subject, cbk_json_text_or(danger, "subject", ""));
        if (*title)
            cbk_str_add_char(&subject, ' ');
        cbk_markdown_add_text(&subject, title);
        cbk_markdown_add_text(&why, cbk_json_text_or(danger, "why", ""));
        const char *const cells[] = {label.ptr, subject.ptr, why.ptr};
        cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
        cbk_section_end_row(section);
    }
}

/* What is found of an instance twice, for a job and for a binding, is told once. */
static bool is_told(json_t *told, const json_t *finding)
{
    CBK_STR(key);
    cbk_str_addf(&key, "%s\n%s\n%s", cbk_json_text_or(finding, "instance", ""), cbk_json_text_or(finding, "id", ""),
                 cbk_json_text_or(finding, "message", ""));
    bool known = json_object_get(told, key.ptr) != NULL;
    json_object_set_new(told, key.ptr, json_true());
    return known;
}

static void add_finding(const json_t *finding, struct cbk_section *section)
{
    const char *name = cbk_json_text_or(finding, "instance_name", "");
    CBK_STR(who);
    CBK_STR(message);
    CBK_STR(hint);
    cbk_markdown_add_code(&who, cbk_json_text_or(finding, "instance", "?"));
    if (*name)
        cbk_str_add_char(&who, ' ');
    cbk_markdown_add_text(&who, name);
    cbk_markdown_add_text(&message, cbk_json_text_or(finding, "message", ""));
    cbk_markdown_add_text(&hint, cbk_json_text_or(finding, "hint", ""));
    CBK_STR(id);
    cbk_markdown_add_text(&id, cbk_json_text_or(finding, "id", ""));
    const char *const cells[] = {who.ptr, id.ptr, message.ptr, hint.ptr};
    cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
    cbk_section_end_row(section);
}

static void add_findings(const json_t *plan, const char *severity, struct cbk_section *section)
{
    static const char *const titles[] = {"Instance", "Check", "What is wrong", "What to do"};
    CBK_JSON *told = json_object();
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(plan, "checks"), index, finding)
        if (!cbk_json_bool(finding, "ok", true) &&
            cbk_str_equal(cbk_json_text_or(finding, "severity", "error"), severity) && !is_told(told, finding))
            add_finding(finding, section);
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
}

static void add_unfit(const json_t *plan, struct cbk_section *section)
{
    cbk_str_add(&section->before, "#### Not fit for application consistency\n\n");
    add_findings(plan, "error", section);
}

static void add_settled(const json_t *plan, struct cbk_section *section)
{
    static const char *const titles[] = {"Whose", "Call", "What became of it"};
    size_t index;
    json_t *row;
    cbk_str_add(&section->before, "#### " CBK_SETTLED_HEADING "\n\n");
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_str_add(&section->after, "\n");
    json_array_foreach(json_object_get(plan, "settled"), index, row) {
        CBK_STR(call);
        CBK_STR(verdict);
        CBK_STR(whose);
        CBK_STR(what);
        CBK_STR(became);
        cbk_settled_add_call(row, &call);
        cbk_settled_add_verdict(row, &verdict);
        cbk_markdown_add_code(&whose, cbk_json_text_or(row, "address", "?"));
        cbk_markdown_add_code(&what, call.ptr);
        cbk_markdown_add_text(&became, verdict.ptr);
        const char *const cells[] = {whose.ptr, what.ptr, became.ptr};
        cbk_markdown_add_row(&section->rows, cells, CBK_ARRAY_LEN(cells));
        cbk_section_end_row(section);
    }
}

/* Between a line that unfolds them, with how many they are, and its end. */
static void fold(struct cbk_section *section, const char *heading, bool open, const char *inner_before,
                 const char *inner_after)
{
    cbk_str_addf(&section->before, "<details%s><summary><b>%s</b> (%zu)</summary>\n\n%s", open ? " open" : "", heading,
                 section->ends.len, inner_before);
    cbk_str_add(&section->after, inner_after);
    cbk_markdown_end_details(&section->after);
    cbk_str_add(&section->after, "\n");
}

static void add_changes(const json_t *plan, struct cbk_section *section)
{
    size_t lines = 0;
    CBK_STR(opening);
    CBK_STR(closing);
    cbk_plan_diff_add(plan, section);
    for (size_t i = 0; i < section->rows.len; i++)
        lines += section->rows.ptr[i] == '\n';
    cbk_str_add_repeat(&closing, '`', cbk_markdown_fence_ticks(section->rows.ptr));
    cbk_str_addf(&opening, "%sdiff\n", closing.ptr);
    cbk_str_add_char(&closing, '\n');
    fold(section, "Changes", lines <= MOST_UNFOLDED, opening.ptr, closing.ptr);
}

static void add_warnings(const json_t *plan, struct cbk_section *section)
{
    add_findings(plan, "warning", section);
    CBK_CLEANUP(cbk_string_freep) char *head = cbk_str_detach(&section->before);
    cbk_str_clear(&section->after);
    fold(section, "Worth a look", /* open= */ false, head, "");
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
    add_dangers(plan, &dangers);
    add_unfit(plan, &unfit);
    add_settled(plan, &settled);
    add_changes(plan, &changes);
    add_warnings(plan, &warnings);
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
