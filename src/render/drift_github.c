/*
 * Workflow commands of GitHub Actions: lines on standard output that become annotations. An object has one, with a line
 * for each of its attributes, since a step shows ten of a kind; the last one is the verdict.
 */
#include "render/drift.h"

#include <string.h>

/* What ends a command, or a property of one. */
static const struct escape {
    char c;
    const char *text;
    bool in_properties; /* in them alone */
} escapes[] = {
    {'%', "%25", false}, {'\r', "%0D", false}, {'\n', "%0A", false}, {':', "%3A", true}, {',', "%2C", true},
};

static void add_escaped(struct cbk_str *out, const char *text, bool is_property)
{
    for (; *text; text++) {
        const char *escaped = NULL;
        for (size_t i = 0; i < CBK_ARRAY_LEN(escapes); i++)
            if (escapes[i].c == *text && (is_property || !escapes[i].in_properties))
                escaped = escapes[i].text;
        if (escaped)
            cbk_str_add(out, escaped);
        else
            cbk_str_add_char(out, *text);
    }
}

/* ",NAME=VALUE", led by a space where it is the first. */
static void add_property(struct cbk_str *out, const char *name, const char *value, bool is_first)
{
    CBK_STR(visible);
    cbk_str_add_visible(&visible, value);
    cbk_str_addf(out, "%s%s=", is_first ? " " : ",", name);
    add_escaped(out, visible.ptr, /* is_property= */ true);
}

/* ",file=FILE,line=LINE" of a place that has them; false where it has none. */
static bool add_place(struct cbk_str *out, const json_t *place)
{
    const char *file = cbk_json_text(place, "file");
    CBK_CLEANUP(cbk_string_freep) char *line = cbk_strf("%lld", (long long)cbk_json_int(place, "line", 1));
    if (!file)
        return false;
    add_property(out, "file", file, /* is_first= */ true);
    add_property(out, "line", line, /* is_first= */ false);
    return true;
}

/* Behind the properties: what is told. */
static void add_told(struct cbk_str *out, const char *text)
{
    cbk_str_add(out, "::");
    add_escaped(out, text, /* is_property= */ false);
    cbk_str_add_char(out, '\n');
}

static const char *command_of(enum cbk_severity severity)
{
    return severity == CBK_SEVERITY_NOTE ? "notice" : cbk_severity_name(severity);
}

/* Lines of what counts; what is ignored annotates nothing. */
static void add_line(void *context, const struct cbk_drift_finding *finding)
{
    struct cbk_str *lines = context;
    CBK_STR(message);
    if (!finding->severity)
        return;
    cbk_drift_add_message(finding, &message);
    if (lines->len)
        cbk_str_add_char(lines, '\n');
    cbk_str_add_visible(lines, message.ptr);
}

/* Where everything is written to, and which entry was written last. */
struct page {
    const json_t *drift, *entry;
    struct cbk_str *out;
};

/* All of an entry's findings are told with the first that counts. */
static void add_annotation(void *context, const struct cbk_drift_finding *finding)
{
    struct page *page = context;
    const json_t *place = json_object_get(finding->entry, "file") ? finding->entry : page->drift;
    if (!finding->severity || page->entry == finding->entry)
        return;
    page->entry = finding->entry;
    CBK_STR(lines);
    CBK_CLEANUP(cbk_string_freep) char *title = cbk_strf("drift of %s", finding->address);
    cbk_drift_each_of(finding->entry, add_line, &lines);
    cbk_str_addf(page->out, "::%s", command_of(cbk_severity_parse(cbk_json_text(finding->entry, "severity"))));
    bool has_place = add_place(page->out, place);
    add_property(page->out, "title", title, !has_place);
    add_told(page->out, lines.ptr);
}

/* At the stack's main file, which says where the state is. */
static void add_warning(const json_t *drift, const char *title, struct cbk_str *out)
{
    CBK_STR(warning);
    CBK_STR(visible);
    cbk_drift_add_warning(drift, &warning);
    if (!warning.len)
        return;
    cbk_str_add_visible(&visible, warning.ptr);
    cbk_str_add(out, "::warning");
    bool has_place = add_place(out, drift);
    add_property(out, "title", title, !has_place);
    add_told(out, visible.ptr);
}

void cbk_render_drift_github(const json_t *drift, struct cbk_str *out)
{
    struct page page = {.drift = drift, .out = out};
    CBK_CLEANUP(cbk_string_freep) char *title = cbk_strf("cbk drift of %s", cbk_json_text_or(drift, "stack", ""));
    CBK_STR(verdict);
    cbk_drift_each(drift, add_annotation, &page);
    add_warning(drift, title, out);
    cbk_drift_add_verdict(drift, &verdict);
    cbk_str_add_char(&verdict, ' ');
    cbk_drift_add_coverage(drift, &verdict);
    cbk_str_add(out, "::notice");
    add_property(out, "title", title, /* is_first= */ true);
    add_told(out, verdict.ptr);
}
