#include "render/plan_words.h"

#include "render/blame.h"
#include "render/plan_scope.h"

#define COMMIT_CHARS 7

/* The first row whose words the change has all. */
static const struct cbk_mark marks[] = {
    {"create", "delete", NULL, "-/+", CBK_RED, "replace", true}, {"create", NULL, NULL, "+", CBK_GREEN, "create", true},
    {"update", NULL, NULL, "~", CBK_YELLOW, "update", true},     {"delete", NULL, NULL, "-", CBK_RED, "destroy", true},
    {"run", NULL, NULL, "\u00bb", CBK_CYAN, "run", true},        {NULL, NULL, "adopt", "=", CBK_CYAN, "adopt", true},
    {NULL, NULL, "note", "<=", CBK_CYAN, "note", true},          {NULL, NULL, "forget", ".", CBK_DIM, "forget", true},
};

/* A change that does nothing because it was refused or skipped, or is not needed there: that must not go unsaid. */
static const struct cbk_mark turned_down = {NULL, NULL, NULL, "!", CBK_RED, "refused", true};
static const struct cbk_mark skipped = {NULL, NULL, NULL, "!", CBK_YELLOW, "skipped", true};
static const struct cbk_mark passed_over = {NULL, NULL, NULL, "\u00b7", CBK_DIM, "passed-over", false};

static const struct cbk_mark *mark_of_nothing(const json_t *change)
{
    const char *reason = cbk_json_text_or(change, "reason", "");
    if (cbk_str_starts_with(reason, "skipped"))
        return &skipped;
    if (cbk_str_starts_with(reason, "passed over"))
        return &passed_over;
    return cbk_json_bool(change, "refused", false) ? &turned_down : NULL;
}

const struct cbk_mark *cbk_plan_mark(const json_t *change)
{
    const json_t *actions = json_object_get(change, "actions");
    for (size_t i = 0; i < CBK_ARRAY_LEN(marks); i++) {
        const struct cbk_mark *mark = &marks[i];
        bool words = mark->first && cbk_json_array_has(actions, mark->first) &&
                     (!mark->second || cbk_json_array_has(actions, mark->second));
        if (words || (mark->flag && cbk_json_bool(change, mark->flag, false)))
            return mark;
    }
    return mark_of_nothing(change);
}

const char *cbk_plan_title(const json_t *change)
{
    const char *instance_name = cbk_json_text(change, "instance_name");
    return instance_name && *instance_name ? instance_name : cbk_json_text_or(change, "title", "");
}

static const struct cause_words {
    const char *cause;
    const char *words;
} causes[] = {
    {"config", "config"},
    {"drift", "drift: changed outside of git since the last apply"},
    {"both", "both: changed in git and in the cloud since the last apply"},
};

const char *cbk_cause_words(const char *cause)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(causes); i++)
        if (cbk_str_equal(causes[i].cause, cause))
            return causes[i].words;
    return NULL;
}

void cbk_plan_add_commit(const json_t *plan, struct cbk_str *out)
{
    const char *commit = cbk_json_text(plan, "provenance.commit");
    if (commit)
        cbk_str_addf(out, "commit %.*s (%s)", COMMIT_CHARS, commit,
                     cbk_json_bool(plan, "provenance.dirty", false) ? "dirty" : "clean");
}

void cbk_plan_add_foreseen(const json_t *change, struct cbk_str *out)
{
    const char *level = cbk_json_text(change, "predicted.level");
    const char *required = cbk_json_text_or(change, "after.require", cbk_json_text_or(change, "after.level", "?"));
    if (level)
        cbk_str_addf(out, "requires %s, foreseen: %s", required, level);
}

static void add_note(struct cbk_str *out, const char *words, const char *text)
{
    if (text)
        cbk_str_addf(out, "%s%s%s", out->len ? "; " : "", words, text);
}

void cbk_plan_add_notes(const json_t *change, struct cbk_str *out)
{
    CBK_STR(foreseen);
    CBK_STR(blame);
    CBK_STR(notes);
    cbk_plan_add_foreseen(change, &foreseen);
    add_note(&notes, "moved from ", cbk_json_text(change, "previous_address"));
    add_note(&notes, "imported: ", cbk_json_text(change, "importing.id"));
    add_note(&notes, "", foreseen.len ? foreseen.ptr : NULL);
    add_note(&notes, "", cbk_json_text(change, "reason"));
    add_note(&notes, "", cbk_json_text(change, "gap"));
    add_note(&notes, "", cbk_blame_add(&blame, change, /* now= */ 0) ? blame.ptr : NULL);
    add_note(&notes, "", cbk_json_text(change, "blame.summary"));
    cbk_str_add(out, notes.ptr);
}

size_t cbk_plan_refused(const json_t *plan, const char *action)
{
    size_t refused = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change)
        refused += cbk_json_bool(change, "refused", false) &&
                   (!action || cbk_json_array_has(json_object_get(change, "actions"), action));
    return refused;
}

size_t cbk_plan_changed(const json_t *plan)
{
    size_t changed = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const struct cbk_mark *mark = cbk_plan_mark(change);
        changed += mark && mark->is_change;
    }
    return changed;
}

/* A count of the summary; a plan that comes from a file may say anything. */
static long long count_of(const json_t *summary, const char *key)
{
    int64_t count = cbk_json_int(summary, key, 0);
    return count < 0 || count > INT32_MAX ? 0 : count;
}

/* Why there is nothing to do: git was only held against the cloud where nothing narrowed that. */
static const char *words_of_nothing(const json_t *plan)
{
    if (cbk_plan_left_out(plan))
        return "No changes in what was asked for.";
    if (cbk_json_bool(plan, "destroy", false))
        return "No changes. The state knows nothing that could be destroyed.";
    if (cbk_json_bool(plan, "scope.refresh_only", false))
        return "No changes. The state holds what lives.";
    return "No changes. Your infrastructure matches the configuration.";
}

static size_t count_marked(const json_t *plan, const char *name)
{
    size_t count = 0, index;
    json_t *change;
    json_array_foreach(json_object_get(plan, "changes"), index, change) {
        const struct cbk_mark *mark = cbk_plan_mark(change);
        count += mark && cbk_str_equal(mark->name, name) && !cbk_json_bool(change, "refused", false);
    }
    return count;
}

/* What is not in the summary: an apply has to do it to the state, or leaves it for the next one. */
static void add_quiet_ones(const json_t *plan, struct cbk_str *out)
{
    static const struct {
        const char *name, *words;
    } rows[] = {{"adopt", "to adopt"}, {"note", "to note"}, {"forget", "to forget"}, {"skipped", "skipped"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        size_t count = count_marked(plan, rows[i].name);
        if (count)
            cbk_str_addf(out, ", %zu %s", count, rows[i].words);
    }
}

void cbk_plan_add_tally(const json_t *plan, struct cbk_str *out)
{
    const json_t *summary = json_object_get(plan, "summary");
    if (!cbk_plan_changed(plan)) {
        cbk_str_add(out, words_of_nothing(plan));
        return;
    }
    size_t refused = cbk_plan_refused(plan, NULL);
    long long replace = count_of(summary, "replace");
    long long to_run = count_of(summary, "run") - (long long)cbk_plan_refused(plan, "run");
    long long to_import = count_of(summary, "import");
    cbk_str_add(out, "Plan: ");
    if (to_import)
        cbk_str_addf(out, "%lld to import, ", to_import);
    cbk_str_addf(out, "%lld to add, %lld to change, %lld to destroy, %lld %s to run",
                 count_of(summary, "create") + replace, count_of(summary, "update"),
                 count_of(summary, "delete") + replace, to_run, to_run == 1 ? "job" : "jobs");
    add_quiet_ones(plan, out);
    if (refused)
        cbk_str_addf(out, ", %zu refused", refused);
    cbk_str_add_char(out, '.');
}
