/*
 * JUnit XML, as test reports take it: a suite a kind, a case an object, failed with what has drifted, skipped where all
 * of that is ignored. What is looked for in the whole account has suites of its own.
 */
#include "kinds/kind.h"
#include "render/drift.h"
#include "render/html.h"

#include <string.h>

/* One case on its way: what is to be said of it. */
struct verdict {
    json_t *failures, *ignored; /* texts */
    const char *type;           /* the sort of the first that counts */
};

static void release_verdict(struct verdict *verdict)
{
    json_decref(verdict->failures);
    json_decref(verdict->ignored);
}

/* One suite, or all of them. */
struct suite {
    struct cbk_str xml;
    size_t tests, failures, skipped;
};

static void release_suite(struct suite *suite)
{
    cbk_str_release(&suite->xml);
}

/* Made visible, as HTML has it; what XML has no way to say even so (U+FFFE, U+FFFF) becomes a question mark. */
static void add_text(struct cbk_str *out, const char *text)
{
    CBK_STR(sayable);
    while (*text) {
        bool is_sayable = strncmp(text, "\xef\xbf\xbe", 3) != 0 && strncmp(text, "\xef\xbf\xbf", 3) != 0;
        if (is_sayable)
            cbk_str_add_char(&sayable, *text);
        else
            cbk_str_add_char(&sayable, '?');
        text += is_sayable ? 1 : 3;
    }
    cbk_html_add_text(out, sayable.ptr);
}

static void add_attribute(struct cbk_str *out, const char *name, const char *value)
{
    cbk_str_addf(out, " %s=\"", name);
    add_text(out, value);
    cbk_str_add_char(out, '"');
}

static void add_counts(struct cbk_str *out, const struct suite *suite)
{
    cbk_str_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", suite->tests, suite->failures,
                 suite->skipped);
}

static void take_finding(void *context, const struct cbk_drift_finding *finding)
{
    struct verdict *verdict = context;
    const json_t *ignored = cbk_drift_ignored(finding, /* expired= */ false);
    CBK_STR(message);
    if (!ignored)
        cbk_str_addf(&message, "%s: ", cbk_severity_name(finding->severity));
    cbk_drift_add_message(finding, &message);
    if (ignored) {
        cbk_str_add(&message, "; ");
        cbk_drift_add_ignored(ignored, &message);
    } else if (!verdict->type) {
        verdict->type = cbk_drift_sorts[finding->sort].id;
    }
    json_array_append_new(ignored ? verdict->ignored : verdict->failures, json_string(message.ptr));
}

static void add_failure(const json_t *entry, const struct verdict *verdict, struct cbk_str *out)
{
    const char *file = cbk_json_text(entry, "file");
    size_t index;
    json_t *text;
    cbk_str_add(out, "      <failure");
    add_attribute(out, "type", verdict->type);
    add_attribute(out, "message", json_string_value(json_array_get(verdict->failures, 0)));
    cbk_str_add_char(out, '>');
    json_array_foreach(verdict->failures, index, text) {
        add_text(out, json_string_value(text));
        cbk_str_add_char(out, '\n');
    }
    if (file) {
        cbk_str_add(out, "declared at ");
        add_text(out, file);
        cbk_str_addf(out, ":%lld\n", (long long)cbk_json_int(entry, "line", 0));
    }
    cbk_str_add(out, "</failure>\n");
}

static void add_skipped(struct cbk_str *out, const char *message)
{
    cbk_str_add(out, "      <skipped");
    add_attribute(out, "message", message);
    cbk_str_add(out, "/>\n");
}

static void begin_case(const char *class, const char *name, struct cbk_str *out)
{
    cbk_str_add(out, "    <testcase");
    add_attribute(out, "classname", class);
    add_attribute(out, "name", name);
}

static void add_case(const char *class, const json_t *entry, struct suite *suite)
{
    CBK_CLEANUP(release_verdict)
    struct verdict verdict = {.failures = json_array(), .ignored = json_array()};
    bool fails, is_skipped;
    cbk_drift_each_of(entry, take_finding, &verdict);
    fails = json_array_size(verdict.failures) > 0;
    is_skipped = !fails && json_array_size(verdict.ignored) > 0;
    suite->tests++;
    suite->failures += fails;
    suite->skipped += is_skipped;
    begin_case(class, cbk_json_text_or(entry, "address", ""), &suite->xml);
    cbk_str_add(&suite->xml, fails || is_skipped ? ">\n" : "/>\n");
    if (fails)
        add_failure(entry, &verdict, &suite->xml);
    if (is_skipped)
        add_skipped(&suite->xml, json_string_value(json_array_get(verdict.ignored, 0)));
    if (fails || is_skipped)
        cbk_str_add(&suite->xml, "    </testcase>\n");
}

/* Adds a suite to the report, unless it is empty. */
static void close_suite(const json_t *drift, const char *name, const struct suite *suite, struct suite *report)
{
    if (!suite->tests)
        return;
    report->tests += suite->tests;
    report->failures += suite->failures;
    report->skipped += suite->skipped;
    cbk_str_add(&report->xml, "  <testsuite");
    add_attribute(&report->xml, "name", name);
    add_attribute(&report->xml, "timestamp", cbk_json_text_or(drift, "time", ""));
    add_counts(&report->xml, suite);
    cbk_str_addf(&report->xml, ">\n%s  </testsuite>\n", suite->xml.ptr);
}

/* Those of one kind (NULL: all). */
static void add_suite(const json_t *drift, const char *name, const json_t *entries, const char *kind,
                      struct suite *report)
{
    CBK_CLEANUP(release_suite) struct suite suite = {.xml = CBK_STR_INIT};
    CBK_CLEANUP(cbk_string_freep) char *class = cbk_strf("%s.%s", cbk_json_text_or(drift, "stack", ""), name);
    size_t index;
    json_t *entry;
    json_array_foreach((json_t *)entries, index, entry)
        if (!kind || cbk_str_equal(cbk_json_text(entry, "kind"), kind))
            add_case(class, entry, &suite);
    close_suite(drift, name, &suite, report);
}

/* Without a state nothing could be compared: a report without cases would look as if all were well. */
static void add_unapplied(const json_t *drift, struct suite *report)
{
    CBK_CLEANUP(release_suite) struct suite suite = {.xml = CBK_STR_INIT, .tests = 1, .skipped = 1};
    CBK_CLEANUP(cbk_string_freep) char *class = cbk_strf("%s.state", cbk_json_text_or(drift, "stack", ""));
    CBK_STR(warning);
    cbk_drift_add_warning(drift, &warning);
    if (!warning.len)
        return;
    begin_case(class, "state", &suite.xml);
    cbk_str_add(&suite.xml, ">\n");
    add_skipped(&suite.xml, warning.ptr);
    cbk_str_add(&suite.xml, "    </testcase>\n");
    close_suite(drift, "state", &suite, report);
}

void cbk_render_drift_junit(const json_t *drift, struct cbk_str *out)
{
    CBK_CLEANUP(release_suite) struct suite report = {.xml = CBK_STR_INIT};
    add_unapplied(drift, &report);
    for (size_t i = 0; i < cbk_kind_count; i++)
        add_suite(drift, cbk_kinds[i]->section, json_object_get(drift, "objects"), cbk_kinds[i]->name, &report);
    add_suite(drift, "unmanaged", json_object_get(drift, "unmanaged"), NULL, &report);
    if (cbk_drift_is_of_account(drift))
        add_suite(drift, "unprotected", cbk_json_at(drift, "coverage.unprotected"), NULL, &report);
    cbk_str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cbk drift\"");
    add_counts(out, &report);
    cbk_str_addf(out, ">\n%s</testsuites>\n", report.xml.ptr);
}
