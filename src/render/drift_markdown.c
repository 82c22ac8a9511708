/* Drift as an issue or a comment: the verdict, a table of what counts, what is ignored folded away. */
#include "render/drift.h"
#include "render/markdown.h"
#include "render/markdown_section.h"

#include <string.h>

#define LENGTH 65536 /* the most that GitHub takes */

/* A table on its way, of what counts or of what is ignored. */
struct table {
    struct cbk_section *section;
    bool of_ignored;
};

static const char *const words[CBK_SEVERITY_COUNT] = {
    [CBK_SEVERITY_NONE] = "ignored",
    [CBK_SEVERITY_NOTE] = "note",
    [CBK_SEVERITY_WARNING] = "warning",
    [CBK_SEVERITY_ERROR] = "**error**",
};

static void add_place(const json_t *entry, struct cbk_str *out)
{
    const char *file = cbk_json_text(entry, "file");
    CBK_STR(place);
    if (!file)
        return;
    cbk_str_addf(&place, "%s:%lld", file, (long long)cbk_json_int(entry, "line", 0));
    cbk_markdown_add_code(out, place.ptr);
}

static void add_row(void *context, const struct cbk_drift_finding *finding)
{
    const struct table *table = context;
    const json_t *ignored = cbk_drift_ignored(finding, /* expired= */ false);
    const char *name = cbk_json_text_or(finding->entry, "instance_name", "");
    if (table->of_ignored != (ignored != NULL))
        return;
    CBK_STR(subject);
    CBK_STR(message);
    CBK_STR(shown);
    CBK_STR(place);
    cbk_markdown_add_code(&subject, finding->address);
    if (*name)
        cbk_str_add_char(&subject, ' ');
    cbk_markdown_add_text(&subject, name);
    cbk_drift_add_message(finding, &message);
    if (ignored) {
        cbk_str_add(&message, "; ");
        cbk_drift_add_ignored(ignored, &message);
    }
    if (finding->row)
        cbk_markdown_add_code(&shown, message.ptr);
    else
        cbk_markdown_add_text(&shown, message.ptr);
    add_place(finding->entry, &place);
    const char *const cells[] = {words[finding->severity], subject.ptr, shown.ptr, place.ptr};
    cbk_markdown_add_row(&table->section->rows, cells, CBK_ARRAY_LEN(cells));
    cbk_section_end_row(table->section);
}

static void add_table(const json_t *drift, struct cbk_section *section, bool of_ignored)
{
    static const char *const titles[] = {"", "What", "How it differs", "Declared at"};
    struct table table = {.section = section, .of_ignored = of_ignored};
    section->what = of_ignored ? "ignored findings" : "findings";
    if (of_ignored)
        cbk_markdown_begin_details(&section->before, "What is expected, by <code>drift_ignore</code>");
    cbk_markdown_add_head(&section->before, titles, CBK_ARRAY_LEN(titles));
    cbk_drift_each(drift, add_row, &table);
    cbk_str_add(&section->after, "\n");
    if (of_ignored)
        cbk_markdown_end_details(&section->after);
}

/* Where it counts as drift it is in the table already. */
static void add_coverage(const json_t *drift, struct cbk_section *section)
{
    size_t index;
    json_t *gap;
    section->what = "unprotected instances";
    cbk_str_add(&section->before, "Not backed up:\n\n");
    cbk_str_add(&section->after, "\n");
    json_array_foreach(cbk_json_at(drift, "coverage.unprotected"), index, gap) {
        CBK_STR(reason);
        if (cbk_drift_is_of_account(drift) || json_object_get(gap, "ignored"))
            continue;
        cbk_str_addf(&reason, " %s: %s", cbk_json_text_or(gap, "instance_name", ""),
                     cbk_json_text_or(gap, "reason", ""));
        cbk_str_add(&section->rows, "- ");
        cbk_markdown_add_code(&section->rows, cbk_json_text_or(gap, "instance", ""));
        cbk_markdown_add_text(&section->rows, reason.ptr);
        cbk_str_add_char(&section->rows, '\n');
        cbk_section_end_row(section);
    }
}

static void add_notes(const json_t *drift, struct cbk_section *section)
{
    size_t index;
    json_t *entry;
    section->what = "notes";
    cbk_str_add(&section->after, "\n");
    json_array_foreach(json_object_get(drift, "ignores"), index, entry) {
        const char *note = cbk_json_text(entry, "note");
        if (!note)
            continue;
        cbk_str_add(&section->rows, "- drift_ignore of ");
        cbk_markdown_add_code(&section->rows, cbk_json_text_or(entry, "address", ""));
        cbk_str_addf(&section->rows, " at ");
        add_place(entry, &section->rows);
        cbk_str_addf(&section->rows, ": %s\n", note);
        cbk_section_end_row(section);
    }
}

static void add_head(const json_t *drift, struct cbk_str *out)
{
    const char *stack = cbk_json_text_or(drift, "stack", "?");
    CBK_STR(verdict);
    CBK_STR(coverage);
    CBK_STR(warning);
    cbk_markdown_add_marker(out, "cbk:drift", stack);
    if (!cbk_drift_is_applied(drift))
        cbk_markdown_add_marker(out, "cbk:unapplied", stack);
    cbk_str_add(out, "### cbk drift: ");
    cbk_markdown_add_code(out, stack);
    cbk_drift_add_verdict(drift, &verdict);
    cbk_drift_add_coverage(drift, &coverage);
    cbk_str_addf(out, "\n\n**%s** %s\n\n", verdict.ptr, coverage.ptr);
    cbk_drift_add_warning(drift, &warning);
    if (warning.len) {
        cbk_str_add(out, "**Warning:** ");
        cbk_markdown_add_text(out, warning.ptr);
        cbk_str_add(out, "; ");
        cbk_markdown_add_text(out, cbk_drift_unapplied_hint);
        cbk_str_add(out, "\n\n");
    }
    cbk_str_add(out, "region ");
    cbk_markdown_add_code(out, cbk_json_text_or(drift, "region", "?"));
    cbk_str_add(out, " \u00b7 ");
    cbk_markdown_add_code(out, cbk_json_text_or(drift, "time", "?"));
    cbk_str_add(out, " by the cloud's clock\n\n");
}

void cbk_render_drift_markdown(const json_t *drift, struct cbk_str *out)
{
    CBK_SECTION(findings);
    CBK_SECTION(coverage);
    CBK_SECTION(notes);
    CBK_SECTION(ignored);
    CBK_STR(tail);
    struct cbk_section *const sections[] = {&findings, &coverage, &notes, &ignored};
    add_head(drift, out);
    add_table(drift, &findings, /* of_ignored= */ false);
    add_coverage(drift, &coverage);
    add_notes(drift, &notes);
    add_table(drift, &ignored, /* of_ignored= */ true);
    if (cbk_json_int(drift, "summary.drift", 0)) {
        cbk_str_add(&tail, "\nWhat to do: ");
        cbk_markdown_add_text(&tail, cbk_drift_hint);
        cbk_str_add_char(&tail, '\n');
    }
    size_t used = cbk_markdown_length(out->ptr, out->len) + cbk_markdown_length(tail.ptr, tail.len);
    cbk_sections_add(sections, CBK_ARRAY_LEN(sections), used < LENGTH ? LENGTH - used : 0, out);
    cbk_str_add(out, tail.ptr);
}
