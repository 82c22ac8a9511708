/* What the renderers of drift say alike. */
#include "render/drift.h"
#include "render/value.h"

#include <string.h>

const char cbk_drift_hint[] =
    "'cbk plan' shows how it would be repaired and 'cbk apply' repairs it; what is right as it "
    "lives belongs into git, what is expected into drift_ignore";

const char cbk_drift_unapplied_hint[] =
    "'cbk apply' makes it; what was applied already has its state elsewhere: 'state' in the stack says where it is "
    "looked for";

bool cbk_drift_is_applied(const json_t *drift)
{
    return cbk_json_bool(drift, "applied", true);
}

bool cbk_drift_is_of_account(const json_t *drift)
{
    return json_is_array(json_object_get(drift, "unmanaged"));
}

/* ---- findings, the worst first ---- */

static enum cbk_drift_sort sort_of(const char *id)
{
    size_t at = 0;
    while (at < CBK_DRIFT_CHANGED && !cbk_str_equal(cbk_drift_sorts[at].id, id))
        at++;
    return (enum cbk_drift_sort)at;
}

/* What an entry is as a whole; the count of sorts where it is nothing: as it was applied, or changed in its rows. */
static enum cbk_drift_sort sort_of_entry(const json_t *entry)
{
    const char *status = cbk_json_text(entry, "status");
    if (!status)
        return cbk_json_text(entry, "kind") ? CBK_DRIFT_UNMANAGED : CBK_DRIFT_UNPROTECTED;
    if (strcmp(status, cbk_drift_sorts[CBK_DRIFT_UNREAD].id) == 0)
        return CBK_DRIFT_UNREAD;
    return strcmp(status, cbk_drift_sorts[CBK_DRIFT_MISSING].id) == 0 ? CBK_DRIFT_MISSING : CBK_DRIFT_SORT_COUNT;
}

static void visit_rows(const json_t *entry, enum cbk_severity severity, cbk_drift_visit visit, void *context)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(entry, "diff"), index, row) {
        const struct cbk_drift_finding finding = {
            .sort = sort_of(cbk_json_text(row, "sort")),
            .severity = cbk_severity_parse(cbk_json_text(row, "severity")),
            .address = cbk_json_text_or(entry, "address", ""),
            .entry = entry,
            .row = row,
        };
        if (finding.severity == severity)
            visit(context, &finding);
    }
}

void cbk_drift_each_of(const json_t *entry, cbk_drift_visit visit, void *context)
{
    const struct cbk_drift_finding whole = {
        .sort = sort_of_entry(entry),
        .severity = cbk_severity_parse(cbk_json_text(entry, "severity")),
        .address = cbk_json_text_or(entry, "address", ""),
        .entry = entry,
    };
    for (size_t i = CBK_SEVERITY_COUNT; i-- > 0;)
        visit_rows(entry, (enum cbk_severity)i, visit, context);
    if (whole.sort < CBK_DRIFT_SORT_COUNT)
        visit(context, &whole);
}

/* Those whose turn it is, of all the findings. */
struct turn {
    enum cbk_severity severity; /* of the entries; none: what is ignored has its turn */
    cbk_drift_visit visit;
    void *context;
};

static void visit_if_due(void *context, const struct cbk_drift_finding *finding)
{
    const struct turn *turn = context;
    enum cbk_severity worst = cbk_severity_parse(cbk_json_text(finding->entry, "severity"));
    if (turn->severity ? finding->severity && worst == turn->severity : !finding->severity)
        turn->visit(turn->context, finding);
}

static void visit_all(const json_t *entries, struct turn *turn)
{
    size_t index;
    json_t *entry;
    json_array_foreach((json_t *)entries, index, entry)
        cbk_drift_each_of(entry, visit_if_due, turn);
}

void cbk_drift_each(const json_t *drift, cbk_drift_visit visit, void *context)
{
    for (size_t i = CBK_SEVERITY_COUNT; i-- > 0;) {
        struct turn turn = {.severity = (enum cbk_severity)i, .visit = visit, .context = context};
        visit_all(json_object_get(drift, "objects"), &turn);
        visit_all(json_object_get(drift, "unmanaged"), &turn);
        if (cbk_drift_is_of_account(drift))
            visit_all(cbk_json_at(drift, "coverage.unprotected"), &turn);
    }
}

/* ---- words ---- */

const json_t *cbk_drift_ignored(const struct cbk_drift_finding *finding, bool expired)
{
    return json_object_get(finding->row ? finding->row : finding->entry, expired ? "expired" : "ignored");
}

void cbk_drift_add_ignored(const json_t *ignored, struct cbk_str *out)
{
    const char *until = cbk_json_text(ignored, "until");
    cbk_str_addf(out, "ignored%s%s: %s", until ? " until " : "", until ? until : "",
                 cbk_json_text_or(ignored, "reason", ""));
}

static void add_row(const struct cbk_drift_finding *finding, struct cbk_str *out)
{
    const json_t *row = finding->row, *wanted = json_object_get(row, "wanted"), *after = json_object_get(row, "after");
    const char *file = cbk_json_text(row, "before.path");
    cbk_str_addf(out, "%s: ", cbk_json_text_or(row, "path", ""));
    if (file && json_is_null(after))
        cbk_str_addf(out, "%s is gone", file);
    else
        cbk_value_add_change(out, json_object_get(row, "before"), after);
    if (finding->sort != CBK_DRIFT_CHANGED)
        cbk_str_addf(out, " (%s)", cbk_drift_sorts[finding->sort].title);
    if (wanted) {
        cbk_str_add(out, "; git wants ");
        cbk_value_add(out, wanted);
        cbk_str_add(out, " by now");
    }
}

/* What it is called, or what it puts on its instance. */
static void add_stranger(const json_t *entry, struct cbk_str *out)
{
    const char *role = cbk_json_text(entry, "live.role"), *policy = cbk_json_text(entry, "live.policy");
    const char *name = role ? role : policy ? policy : cbk_json_text_or(entry, "title", "");
    cbk_str_addf(out, "the %s '%s' is not owned by this stack", cbk_json_text_or(entry, "kind", "?"), name);
}

void cbk_drift_add_message(const struct cbk_drift_finding *finding, struct cbk_str *out)
{
    const json_t *expired = cbk_drift_ignored(finding, /* expired= */ true);
    if (finding->row)
        add_row(finding, out);
    else if (finding->sort == CBK_DRIFT_UNMANAGED)
        add_stranger(finding->entry, out);
    else
        cbk_str_add(out, cbk_json_text_or(finding->entry, "reason", cbk_drift_sorts[finding->sort].title));
    if (!expired)
        return;
    cbk_str_add(out, "; was ");
    cbk_drift_add_ignored(expired, out);
}

static long long count_of(const json_t *drift, const char *key)
{
    return cbk_json_int(json_object_get(drift, "summary"), key, 0);
}

/* "1 missing, 2 changed": sorts and severities whose count is not zero. */
static void add_counts(const json_t *drift, const char *const *keys, size_t count, bool plural, struct cbk_str *out)
{
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        long long number = count_of(drift, keys[i]);
        if (!number)
            continue;
        cbk_str_addf(out, "%s%lld %s%s", first ? "" : ", ", number, keys[i], plural && number != 1 ? "s" : "");
        first = false;
    }
}

void cbk_drift_add_verdict(const json_t *drift, struct cbk_str *out)
{
    static const char *const sorts[] = {"missing", "changed", "unread", "unmanaged", "unprotected"};
    static const char *const severities[] = {"error", "warning", "note"};
    long long objects = count_of(drift, "objects"), ignored = count_of(drift, "ignored");
    size_t sort_count = CBK_ARRAY_LEN(sorts) - !cbk_drift_is_of_account(drift); /* else it does not count */
    if (count_of(drift, "drift")) {
        cbk_str_add(out, "Drift: ");
        add_counts(drift, sorts, sort_count, /* plural= */ false, out);
        cbk_str_add(out, " (");
        add_counts(drift, severities, CBK_ARRAY_LEN(severities), /* plural= */ true, out);
        cbk_str_add(out, ").");
    } else if (cbk_drift_is_applied(drift)) {
        cbk_str_addf(out, "No drift in %lld %s.", objects, objects == 1 ? "object" : "objects");
    } else {
        cbk_str_add(out, "No drift: nothing has been applied yet.");
    }
    if (ignored)
        cbk_str_addf(out, " %lld ignored.", ignored);
}

void cbk_drift_add_warning(const json_t *drift, struct cbk_str *out)
{
    if (!cbk_drift_is_applied(drift))
        cbk_str_addf(out, "there is no state in '%s': nothing is guarded", cbk_json_text_or(drift, "state.place", "?"));
}

void cbk_drift_add_coverage(const json_t *drift, struct cbk_str *out)
{
    long long all = cbk_json_int(drift, "coverage.instances", 0);
    if (!json_is_object(json_object_get(drift, "coverage"))) {
        cbk_str_add(out, "What is backed up is not known: these credentials may not list bindings.");
        return;
    }
    cbk_str_addf(out, "%lld of %lld %s backed up.", (long long)cbk_json_int(drift, "coverage.protected", 0), all,
                 all == 1 ? "instance is" : "instances are");
}
