#include "engine/drift_sort.h"

#include "schema/schema.h"

#include <string.h>

static const char *const severity_names[CBK_SEVERITY_COUNT] = {
    [CBK_SEVERITY_NOTE] = "note",
    [CBK_SEVERITY_WARNING] = "warning",
    [CBK_SEVERITY_ERROR] = "error",
};

const char *cbk_severity_name(enum cbk_severity severity)
{
    return severity_names[severity];
}

enum cbk_severity cbk_severity_parse(const char *name)
{
    for (size_t i = CBK_SEVERITY_NOTE; name && i < CBK_SEVERITY_COUNT; i++)
        if (strcmp(severity_names[i], name) == 0)
            return (enum cbk_severity)i;
    return CBK_SEVERITY_NONE;
}

const struct cbk_drift_sort_row cbk_drift_sorts[CBK_DRIFT_SORT_COUNT] = {
    [CBK_DRIFT_MISSING] = {"missing", CBK_SEVERITY_ERROR, "gone from the cloud",
                           "It was applied and does not live any more, while git still wants it."},
    [CBK_DRIFT_WIDENED] = {"widened", CBK_SEVERITY_ERROR, "allows more than was applied",
                           "A trust policy, a policy document or the policies of a role allow something that they did "
                           "not allow when they were applied."},
    [CBK_DRIFT_SHORTENED] = {"shortened", CBK_SEVERITY_ERROR, "keeps recovery points for less",
                             "Recovery points are kept for a shorter time than was applied, or fewer of them."},
    [CBK_DRIFT_CHANGED] = {"changed", CBK_SEVERITY_WARNING, "differs from what was applied",
                           "An attribute was changed in the cloud since the last apply."},
    [CBK_DRIFT_UNREAD] = {"unread", CBK_SEVERITY_WARNING, "cannot be read now",
                          "Whether it is as it was applied is not known: its instance cannot be asked."},
    [CBK_DRIFT_UNMANAGED] = {"unmanaged", CBK_SEVERITY_NOTE, "not owned by this stack",
                             "It lives in the account, and neither the state nor the declarations of this stack know "
                             "it."},
    [CBK_DRIFT_UNPROTECTED] = {"unprotected", CBK_SEVERITY_WARNING, "backed up by nothing",
                               "No enabled binding and no snapshot job of this stack backs the instance up."},
};

enum cbk_drift_sort cbk_drift_sort_of(const json_t *row)
{
    if (cbk_json_bool(row, "widens", false))
        return CBK_DRIFT_WIDENED;
    return cbk_json_bool(row, "shortens", false) ? CBK_DRIFT_SHORTENED : CBK_DRIFT_CHANGED;
}

/* Where the language keeps attributes of an object: bindings have some of theirs under 'consistency'. */
static const char *const places[] = {"", "consistency/"};

static enum cbk_severity annotated(const struct cbk_kind *kind, const char *path)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(places); i++) {
        CBK_CLEANUP(cbk_string_freep)
        char *pointer = cbk_strf("/%s/key/%s%.*s", kind->section, places[i], (int)strcspn(path, ".["), path);
        const json_t *rule = cbk_schema_at(cbk_schema_stack(), NULL, pointer);
        if (rule)
            return cbk_severity_parse(cbk_json_text(rule, "x-drift"));
    }
    return CBK_SEVERITY_NONE;
}

enum cbk_severity cbk_drift_severity_of(const struct cbk_kind *kind, const json_t *row)
{
    const struct cbk_drift_sort_row *sort = &cbk_drift_sorts[cbk_drift_sort_of(row)];
    enum cbk_severity own = CBK_SEVERITY_NONE;
    if (sort->severity < CBK_SEVERITY_ERROR)
        own = annotated(kind, cbk_json_text_or(row, "path", ""));
    return own ? own : sort->severity;
}
