#include "engine/drift.h"

#include "base/time.h"
#include "engine/drift_look.h"
#include "engine/evidence.h"
#include "engine/plan_json.h"
#include "state/state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* From the root of the work tree, as programs that read a repository want it. The caller frees. */
static char *path_from_root(const struct cbk_drift_input *input, const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *real = realpath(path, NULL);
    size_t len = input->work_tree ? strlen(input->work_tree) : 0;
    if (!len || !real || strncmp(real, input->work_tree, len) != 0)
        return cbk_strdup(path);
    return cbk_strdup(real + len + (real[len] == '/'));
}

void cbk_drift_add_place(const struct cbk_drift_look *look, const struct cbk_span *span, json_t *json)
{
    if (!span->source)
        return;
    CBK_CLEANUP(cbk_string_freep) char *file = path_from_root(look->input, span->source->path);
    json_object_set_new(json, "file", json_string(file));
    json_object_set_new(json, "line", json_integer((json_int_t)span->line));
}

/* ---- what is to be said of ignore rules ---- */

/* What was not looked at cannot be missed. */
static bool was_looked_at(const struct cbk_drift_look *look, const struct cbk_drift_ignore *entry)
{
    return look->input->unmanaged || !cbk_str_starts_with(entry->address, "un"); /* unmanaged., unprotected. */
}

static const char *remark_on(const struct cbk_drift_look *look, const struct cbk_drift_ignore *entry)
{
    if (!entry->is_known)
        return was_looked_at(look, entry) ? "nothing has this address" : NULL;
    if (!entry->matched)
        return "there is nothing that it would ignore";
    return entry->is_over ? "its day is over: what it ignored counts again" : NULL;
}

static json_t *ignores_json(const struct cbk_drift_look *look)
{
    json_t *list = json_array();
    for (size_t i = 0; i < look->ignores.len; i++) {
        const struct cbk_drift_ignore *entry = &look->ignores.items[i];
        json_t *json =
            json_pack("{s:s, s:s?, s:s, s:s?, s:b, s:I, s:s?}", "address", entry->address, "path", entry->path,
                      "reason", entry->reason, "until", entry->until, "expired", (int)entry->is_over, "matched",
                      (json_int_t)entry->matched, "note", remark_on(look, entry));
        cbk_drift_add_place(look, &entry->span, json);
        json_array_append_new(list, json);
    }
    return list;
}

/* ---- the summary ---- */

static void add_one(json_t *summary, const char *key)
{
    json_object_set_new(summary, key, json_integer((json_int_t)cbk_json_int(summary, key, 0) + 1));
}

/* `part` is an entry that is so as a whole, or one row of its diff. */
static void count_part(json_t *summary, const json_t *part, bool is_drift)
{
    const char *severity = cbk_json_text(part, "severity");
    if (json_object_get(part, "ignored"))
        add_one(summary, "ignored");
    if (severity && is_drift)
        add_one(summary, severity);
}

/* `sort` is the key under which each is counted; NULL: its own status. */
static void count(json_t *summary, const json_t *entries, const char *sort, bool is_drift)
{
    size_t index, inner;
    json_t *entry, *row;
    json_array_foreach((json_t *)entries, index, entry) {
        const json_t *rows = json_object_get(entry, "diff");
        json_array_foreach((json_t *)rows, inner, row)
            count_part(summary, row, is_drift);
        if (!json_array_size(rows))
            count_part(summary, entry, is_drift);
        if (!cbk_json_text(entry, "severity"))
            continue;
        add_one(summary, sort ? sort : cbk_json_text_or(entry, "status", ""));
        if (is_drift)
            add_one(summary, "drift");
    }
}

/* That nothing backs an instance up is always told; it is drift only for those who ask about the whole account. */
static json_t *summary_json(const struct cbk_drift_look *look, const json_t *objects, const json_t *unmanaged,
                            const json_t *coverage)
{
    static const char *const keys[] = {"drift", "ignored", "error", "warning", "note"};
    json_t *summary = json_pack("{s:I}", "objects", (json_int_t)json_array_size(objects));
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        json_object_set_new(summary, keys[i], json_integer(0));
    for (size_t i = 0; i < CBK_DRIFT_SORT_COUNT; i++)
        if (i != CBK_DRIFT_WIDENED && i != CBK_DRIFT_SHORTENED) /* those are changes of attributes */
            json_object_set_new(summary, cbk_drift_sorts[i].id, json_integer(0));
    count(summary, objects, NULL, true);
    count(summary, unmanaged, cbk_drift_sorts[CBK_DRIFT_UNMANAGED].id, true);
    count(summary, json_object_get(coverage, "unprotected"), cbk_drift_sorts[CBK_DRIFT_UNPROTECTED].id,
          look->input->unmanaged);
    return summary;
}

/* ---- the whole ---- */

/* Where what has no place of its own is told: the stack's main file. */
static void add_main_place(const struct cbk_drift_look *look, json_t *json)
{
    const struct cbk_span span = cbk_config_span(look->input->plan.stack->config, "/stack", /* of_key= */ true);
    cbk_drift_add_place(look, &span, json);
}

static json_t *report(struct cbk_drift_look *look, const json_t *objects, const json_t *unmanaged,
                      const json_t *coverage)
{
    const struct cbk_plan_input *input = &look->input->plan;
    const json_t *state = look->plan->state;
    CBK_STR(now);
    cbk_time_add_utc(&now, look->env.now);
    json_t *json = json_pack(
        "{s:s, s:s, s:s?, s:s, s:s, s:o, s:b, s:{s:s?, s:I, s:s}, s:o, s:O, s:O, s:O, s:o}", "format_version", "1.0",
        "stack", input->stack->name, "account", input->stack->account, "region", input->stack->region, "time", now.ptr,
        "provenance", cbk_plan_provenance(input), "applied", (int)(state != NULL), "state", "lineage",
        state ? cbk_state_lineage(state) : NULL, "serial", (json_int_t)(state ? cbk_state_serial(state) : 0), "place",
        cbk_store_place(input->store), "summary", summary_json(look, objects, unmanaged, coverage), "objects", objects,
        "coverage", coverage, "unmanaged", unmanaged, "ignores", ignores_json(look));
    add_main_place(look, json);
    return json;
}

static int look_around(struct cbk_drift_look *look, json_t **ret_drift, struct cbk_error *err)
{
    CBK_JSON *objects = NULL, *coverage = NULL, *unmanaged = NULL;
    int r = cbk_drift_applied_read(look, err);
    if (r < 0)
        return r;
    cbk_drift_ignores_read(look->input->plan.stack, look->env.now, &look->ignores);
    objects = cbk_drift_objects(look);
    if (look->input->unmanaged)
        r = cbk_drift_unmanaged(look, &unmanaged, err);
    else
        unmanaged = json_null();
    if (r == 0)
        r = cbk_drift_coverage(look, &coverage, err);
    if (r < 0)
        return r;
    *ret_drift = report(look, objects, unmanaged, coverage);
    return 0;
}

int cbk_drift_make(const struct cbk_drift_input *input, json_t **ret_drift, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_ERROR(err);
    struct cbk_drift_input whole = *input;
    whole.plan.all_selected = true;
    whole.plan.whole_region = input->unmanaged;
    int r = cbk_evidence_sketch(&whole.plan, &plan, errors);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_drift_look_release) struct cbk_drift_look look = {.input = &whole, .plan = plan};
    if (look_around(&look, ret_drift, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    return 0;
}

bool cbk_drift_is_there(const json_t *drift)
{
    return cbk_json_int(drift, "summary.drift", 0) > 0;
}
