/*
 * SARIF 2.1.0, as code scanners take it: a rule a sort of drift, a result an attribute, placed where git declares the
 * object. What is ignored is there as well, suppressed with its reason.
 */
#include "render/drift.h"

#include <string.h>

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* Everything on its way through one rendering. */
struct log {
    const json_t *drift;
    json_t *results;
};

/*
 * A message is read for links, [text](target), and for placeholders, {0}: neither is meant here. Braces are doubled, as
 * the standard has it, and what would be a link is told apart by a backslash.
 */
static json_t *message(const char *text)
{
    CBK_STR(visible);
    CBK_STR(plain);
    cbk_str_add_visible(&visible, text);
    for (const char *at = visible.ptr; *at; at++) {
        if (*at == '{' || *at == '}')
            cbk_str_add_char(&plain, *at);
        if (*at == ']' && at[1] == '(')
            cbk_str_add_char(&plain, '\\');
        cbk_str_add_char(&plain, *at);
    }
    return json_pack("{s:s}", "text", plain.ptr);
}

/* A path as a reference within the repository. */
static json_t *uri_of(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    CBK_STR(uri);
    for (; *path; path++) {
        if (strchr(plain, *path))
            cbk_str_add_char(&uri, *path);
        else
            cbk_str_addf(&uri, "%%%02X", (unsigned char)*path);
    }
    return json_string(uri.ptr);
}

static json_t *location(const struct log *log, const struct cbk_drift_finding *finding)
{
    const json_t *place = json_object_get(finding->entry, "file") ? finding->entry : log->drift;
    const char *file = cbk_json_text(place, "file");
    json_t *json =
        json_pack("{s:[{s:s, s:s}]}", "logicalLocations", "fullyQualifiedName", finding->address, "kind", "resource");
    if (file)
        json_object_set_new(json, "physicalLocation",
                            json_pack("{s:{s:o, s:s}, s:{s:I}}", "artifactLocation", "uri", uri_of(file), "uriBaseId",
                                      "%SRCROOT%", "region", "startLine", (json_int_t)cbk_json_int(place, "line", 1)));
    return json;
}

/* The same finding has the same fingerprint, wherever it is declared and whatever its values are. */
static json_t *fingerprints(const struct log *log, const struct cbk_drift_finding *finding)
{
    CBK_JSON *parts =
        json_pack("[s, s, s, s]", cbk_json_text_or(log->drift, "stack", ""), cbk_drift_sorts[finding->sort].id,
                  finding->address, cbk_json_text_or(finding->row, "path", ""));
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(parts);
    return json_pack("{s:s}", "cbkDrift/v1", digest);
}

static void add_result(void *context, const struct cbk_drift_finding *finding)
{
    const struct log *log = context;
    const struct cbk_drift_sort_row *sort = &cbk_drift_sorts[finding->sort];
    const json_t *ignored = cbk_drift_ignored(finding, /* expired= */ false);
    enum cbk_severity severity = finding->severity ? finding->severity : sort->severity;
    CBK_STR(text);
    cbk_str_addf(&text, "%s: ", finding->address);
    cbk_drift_add_message(finding, &text);
    json_t *result = json_pack("{s:s, s:i, s:s, s:o, s:[o], s:o}", "ruleId", sort->id, "ruleIndex", (int)finding->sort,
                               "level", cbk_severity_name(severity), "message", message(text.ptr), "locations",
                               location(log, finding), "partialFingerprints", fingerprints(log, finding));
    if (ignored)
        json_object_set_new(result, "suppressions",
                            json_pack("[{s:s, s:s, s:O}]", "kind", "external", "status", "accepted", "justification",
                                      json_object_get(ignored, "reason")));
    json_array_append_new(log->results, result);
}

static json_t *rules(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < CBK_DRIFT_SORT_COUNT; i++) {
        const struct cbk_drift_sort_row *sort = &cbk_drift_sorts[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:{s:s}}", "id", sort->id, "name", sort->id,
                                              "shortDescription", message(sort->title), "fullDescription",
                                              message(sort->help), "help", message(cbk_drift_hint),
                                              "defaultConfiguration", "level", cbk_severity_name(sort->severity)));
    }
    return list;
}

/* That nothing could be compared: with it, no results do not mean that all is well. */
static void add_invocation(const json_t *drift, json_t *run)
{
    CBK_STR(warning);
    cbk_drift_add_warning(drift, &warning);
    if (warning.len)
        json_object_set_new(run, "invocations",
                            json_pack("[{s:b, s:[{s:s, s:o}]}]", "executionSuccessful", 1, "toolExecutionNotifications",
                                      "level", "warning", "message", message(warning.ptr)));
}

void cbk_render_drift_sarif(const json_t *drift, struct cbk_str *out)
{
    struct log log = {.drift = drift, .results = json_array()};
    CBK_CLEANUP(cbk_string_freep) char *run = cbk_strf("cbk-drift/%s/", cbk_json_text_or(drift, "stack", ""));
    cbk_drift_each(drift, add_result, &log);
    CBK_JSON *json =
        json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:{s:s}, s:{s:{s:o}}, s:s, s:o}]}", "$schema", SCHEMA,
                  "version", "2.1.0", "runs", "tool", "driver", "name", "cbk", "semanticVersion", CBK_VERSION, "rules",
                  rules(), "automationDetails", "id", run, "originalUriBaseIds", "%SRCROOT%", "description",
                  message("the root of the repository"), "columnKind", "unicodeCodePoints", "results", log.results);
    add_invocation(drift, json_array_get(json_object_get(json, "runs"), 0));
    cbk_json_add_pretty(out, json);
}
