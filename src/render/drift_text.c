#include "render/drift.h"

#include "render/findings.h"

#include <string.h>

#define SEVERITY_CELLS 9
#define ADDRESS_CELLS 34
#define TITLE_CELLS 30

/* Everything on its way through one rendering. */
struct page {
    const struct cbk_style *style;
    struct cbk_str *out;
    const json_t *entry; /* that was told of last */
};

static const enum cbk_colour colours[CBK_SEVERITY_COUNT] = {
    [CBK_SEVERITY_NOTE] = CBK_PLAIN,
    [CBK_SEVERITY_WARNING] = CBK_YELLOW,
    [CBK_SEVERITY_ERROR] = CBK_RED,
};

static const char *const symbols[CBK_DRIFT_SORT_COUNT] = {
    [CBK_DRIFT_MISSING] = "- ",     [CBK_DRIFT_WIDENED] = "~ ", [CBK_DRIFT_SHORTENED] = "~ ",
    [CBK_DRIFT_CHANGED] = "~ ",     [CBK_DRIFT_UNREAD] = "? ",  [CBK_DRIFT_UNMANAGED] = "* ",
    [CBK_DRIFT_UNPROTECTED] = "! ",
};

static void add(const struct page *page, enum cbk_colour colour, const char *text)
{
    cbk_style_add(page->style, page->out, colour, text);
}

static void pad(const struct page *page, enum cbk_colour colour, const char *text, size_t cells)
{
    cbk_style_add_padded(page->style, page->out, colour, text, cells);
}

static void add_line(const struct page *page, enum cbk_colour colour, const char *text)
{
    add(page, colour, text);
    cbk_str_add_char(page->out, '\n');
}

static void add_heading(const struct page *page, const json_t *drift)
{
    const char *account = cbk_json_text(drift, "account");
    CBK_STR(line);
    cbk_str_addf(&line, "cbk drift \u00b7 stack %s%s%s \u00b7 %s \u00b7 %s by the cloud's clock",
                 cbk_json_text_or(drift, "stack", "?"), account ? " \u00b7 account " : "", account ? account : "",
                 cbk_json_text_or(drift, "region", "?"), cbk_json_text_or(drift, "time", "?"));
    add_line(page, CBK_BOLD, line.ptr);
}

/* The object's name, where it has one beside its address. */
static void add_title(const json_t *entry, struct cbk_str *out)
{
    const char *id = cbk_json_text(entry, "instance");
    if (id)
        cbk_render_instance(id, cbk_json_text_or(entry, "instance_name", ""), out);
    else
        cbk_str_add(out, cbk_json_text_or(entry, "title", ""));
}

static void add_entry(const struct page *page, const struct cbk_drift_finding *finding)
{
    const json_t *entry = finding->entry;
    const char *file = cbk_json_text(entry, "file");
    CBK_STR(title);
    CBK_STR(place);
    add_title(entry, &title);
    cbk_str_add(page->out, "  ");
    add(page, colours[cbk_severity_parse(cbk_json_text(entry, "severity"))], symbols[finding->sort]);
    pad(page, CBK_BOLD, finding->address, ADDRESS_CELLS);
    if (!file) {
        add_line(page, CBK_PLAIN, title.ptr);
        return;
    }
    cbk_str_addf(&place, "%s:%lld", file, (long long)cbk_json_int(entry, "line", 0));
    pad(page, CBK_PLAIN, title.ptr, TITLE_CELLS);
    add_line(page, CBK_DIM, place.ptr);
}

static void add_finding(void *context, const struct cbk_drift_finding *finding)
{
    struct page *page = context;
    const json_t *ignored = cbk_drift_ignored(finding, /* expired= */ false);
    CBK_STR(message);
    cbk_drift_add_message(finding, &message);
    if (ignored) {
        cbk_str_add(&message, "; ");
        cbk_drift_add_ignored(ignored, &message);
    }
    if (!page->entry)
        cbk_str_add_char(page->out, '\n');
    if (page->entry != finding->entry)
        add_entry(page, finding);
    page->entry = finding->entry;
    cbk_str_add(page->out, "      ");
    pad(page, colours[finding->severity], ignored ? "ignored" : cbk_severity_name(finding->severity), SEVERITY_CELLS);
    add_line(page, ignored ? CBK_DIM : CBK_PLAIN, message.ptr);
}

/* Where it counts as drift it has been told of already. */
static void add_coverage(const struct page *page, const json_t *drift)
{
    CBK_STR(line);
    size_t index;
    json_t *gap;
    cbk_drift_add_coverage(drift, &line);
    cbk_str_add_char(page->out, '\n');
    add_line(page, CBK_BOLD, line.ptr);
    json_array_foreach(cbk_json_at(drift, "coverage.unprotected"), index, gap) {
        const json_t *ignored = json_object_get(gap, "ignored");
        CBK_STR(why);
        if (cbk_drift_is_of_account(drift))
            continue;
        cbk_render_instance(cbk_json_text_or(gap, "instance", ""), cbk_json_text_or(gap, "instance_name", ""), &why);
        cbk_str_addf(&why, ": %s", cbk_json_text_or(gap, "reason", ""));
        if (ignored)
            cbk_str_add(&why, "; ");
        if (ignored)
            cbk_drift_add_ignored(ignored, &why);
        cbk_str_add(page->out, "  ");
        add_line(page, ignored ? CBK_DIM : CBK_YELLOW, why.ptr);
    }
}

static void add_notes(const struct page *page, const json_t *drift)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(drift, "ignores"), index, entry) {
        const char *note = cbk_json_text(entry, "note"), *path = cbk_json_text(entry, "path");
        CBK_STR(line);
        if (!note)
            continue;
        cbk_str_addf(&line, "note: drift_ignore of '%s'%s%s (%s:%lld): %s", cbk_json_text_or(entry, "address", ""),
                     path ? ", " : "", path ? path : "", cbk_json_text_or(entry, "file", "?"),
                     (long long)cbk_json_int(entry, "line", 0), note);
        add_line(page, CBK_YELLOW, line.ptr);
    }
}

void cbk_render_drift_text(const json_t *drift, const struct cbk_style *style, struct cbk_str *out)
{
    struct page page = {.style = style, .out = out};
    bool has_drift = cbk_json_int(drift, "summary.drift", 0) > 0;
    CBK_STR(verdict);
    add_heading(&page, drift);
    cbk_drift_each(drift, add_finding, &page);
    add_coverage(&page, drift);
    add_notes(&page, drift);
    cbk_drift_add_verdict(drift, &verdict);
    cbk_str_add_char(out, '\n');
    add_line(&page, has_drift ? CBK_RED : cbk_drift_is_applied(drift) ? CBK_GREEN : CBK_YELLOW, verdict.ptr);
    if (!has_drift || style->automated)
        return;
    add(&page, CBK_CYAN, "hint: ");
    add_line(&page, CBK_PLAIN, cbk_drift_hint);
}
