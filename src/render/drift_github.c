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
    const char *file = cbk_json_text(place, "file");
    if (!finding->severity || page->entry == finding->entry)
        return;
    page->entry = finding->entry;
    CBK_STR(lines);
    CBK_CLEANUP(cbk_string_freep) char *title = cbk_strf("drift of %s", finding->address);
    CBK_CLEANUP(cbk_string_freep) char *line = cbk_strf("%lld", (long long)cbk_json_int(place, "line", 1));
    cbk_drift_each_of(finding->entry, add_line, &lines);
    cbk_str_addf(page->out, "::%s", command_of(cbk_severity_parse(cbk_json_text(finding->entry, "severity"))));
    if (file) {
        add_property(page->out, "file", file, /* is_first= */ true);
        add_property(page->out, "line", line, /* is_first= */ false);
    }
    add_property(page->out, "title", title, !file);
    cbk_str_add(page->out, "::");
    add_escaped(page->out, lines.ptr, /* is_property= */ false);
    cbk_str_add_char(page->out, '\n');
}

void cbk_render_drift_github(const json_t *drift, struct cbk_str *out)
{
    struct page page = {.drift = drift, .out = out};
    CBK_STR(verdict);
    cbk_drift_each(drift, add_annotation, &page);
    cbk_drift_add_verdict(drift, &verdict);
    cbk_str_add_char(&verdict, ' ');
    cbk_drift_add_coverage(drift, &verdict);
    cbk_str_add(out, "::notice");
    CBK_CLEANUP(cbk_string_freep) char *title = cbk_strf("cbk drift of %s", cbk_json_text_or(drift, "stack", ""));
    add_property(out, "title", title, /* is_first= */ true);
    cbk_str_add(out, "::");
    add_escaped(out, verdict.ptr, /* is_property= */ false);
    cbk_str_add_char(out, '\n');
}
