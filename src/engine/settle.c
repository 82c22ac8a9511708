#include "engine/settle.h"

#include "base/log.h"
#include "cloud/deed.h"
#include "cloud/hbr.h"
#include "state/state.h"

#define CLOCKS_DIFFER_S ((int64_t)300) /* a job may be dated a little before the call that made it */

struct verdict {
    const char *word; /* NULL: there is none yet */
    const char *why;
    bool stays;
};

static const struct verdict done = {.word = "done"}, not_done = {.word = "not_done"}, none = {.word = NULL};

static struct verdict unknown(const char *why)
{
    return (struct verdict){.word = "unknown", .why = why};
}

/* One intent, and what there is to judge it by. */
struct question {
    const json_t *intent;
    const struct cbk_object *object; /* NULL: there is none any more */
    const json_t *jobs;              /* those of the region since the first intent to start one */
};

static const struct cbk_object *object_of(const struct cbk_plan *plan, const char *address)
{
    const struct cbk_object *object = cbk_objects_get(plan->objects, address);
    for (size_t i = 0; !object && i < plan->objects->list.len; i++)
        if (cbk_str_equal(plan->objects->list.items[i]->was, address))
            object = plan->objects->list.items[i];
    return object;
}

static struct verdict judge_sight(const struct question *question)
{
    if (!question->object)
        return unknown("nothing is known at its address any more");
    if (question->object->unreachable)
        return (struct verdict){.word = "unknown", .why = question->object->unreachable, .stays = true};
    return none;
}

/* Is what the key names a member of a list? Other attributes of the object say nothing of it. */
static struct verdict judge_membership(const struct question *question)
{
    static const struct {
        const char *action;
        bool adds;
    } rows[] = {{"AttachPolicyToRole", true}, {"DetachPolicyFromRole", false}};
    const char *action = cbk_json_text(question->intent, "action");
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        if (!cbk_str_equal(rows[i].action, action))
            continue;
        CBK_CLEANUP(cbk_string_freep)
        char *policy = cbk_strf("%s/%s", cbk_json_text_or(question->intent, "key.PolicyType", ""),
                                cbk_json_text_or(question->intent, "key.PolicyName", ""));
        bool is_there = cbk_json_array_has(json_object_get(question->object->live, "policies"), policy);
        return is_there == rows[i].adds ? done : not_done;
    }
    return none;
}

/* What it started goes on beside the object, and does not show in it. */
static struct verdict judge_start(const struct question *question)
{
    const struct cbk_deed_row *row = cbk_deed_row_of(cbk_json_text_or(question->intent, "action", ""));
    const char *name = cbk_json_text(question->intent, "key.JobName");
    if (!row || row->effect != CBK_DEED_STARTS)
        return none;
    if (!name)
        return unknown("it leaves nothing behind to look for");
    size_t index;
    json_t *job;
    json_array_foreach((json_t *)question->jobs, index, job)
        if (cbk_str_equal(cbk_json_text(job, "JobName"), name))
            return done;
    return not_done;
}

static bool has_digest(const json_t *live, const char *digest)
{
    CBK_CLEANUP(cbk_string_freep) char *own = live ? cbk_json_digest(live) : NULL;
    return cbk_str_equal(own, digest);
}

/* A step calls one after the other: what is as it was has not been touched, what is as it was to be has been. */
static struct verdict judge_sides(const struct question *question)
{
    const json_t *live = question->object->live;
    if (has_digest(live, cbk_json_text(question->intent, "wanted")))
        return done;
    if (has_digest(live, cbk_json_text(question->intent, "before")))
        return not_done;
    return none;
}

/* The thing itself is there, or is not. */
static struct verdict judge_presence(const struct question *question)
{
    const struct cbk_deed_row *row = cbk_deed_row_of(cbk_json_text_or(question->intent, "action", ""));
    const json_t *live = question->object->live;
    bool was_there = json_object_get(question->intent, "before"),
         is_to_be = json_object_get(question->intent, "wanted");
    if (row && row->effect == CBK_DEED_MAKES && (!live || !was_there))
        return live ? done : not_done;
    if (row && row->effect == CBK_DEED_REMOVES && (!live || !is_to_be))
        return live ? not_done : done;
    return none;
}

static struct verdict judge(const struct question *question)
{
    static struct verdict (*const rules[])(const struct question *) = {judge_sight, judge_membership, judge_start,
                                                                       judge_sides, judge_presence};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rules); i++) {
        struct verdict verdict = rules[i](question);
        if (verdict.word)
            return verdict;
    }
    return unknown("what lives is neither as it was nor as it was to be");
}

static json_t *row_of(const json_t *intent, const struct verdict *verdict)
{
    json_t *row = json_pack("{s:O, s:O, s:O, s:O, s:O*, s:s, s:s*}", "n", json_object_get(intent, "n"), "address",
                            json_object_get(intent, "address"), "action", json_object_get(intent, "action"), "key",
                            json_object_get(intent, "key"), "at", json_object_get(intent, "at"), "verdict",
                            verdict->word, "why", verdict->why);
    if (verdict->stays)
        json_object_set_new(row, "stays", json_true());
    return row;
}

/* When the first of them was to start a job; -1: none was. */
static int64_t first_start(const json_t *intents)
{
    int64_t first = -1;
    size_t index;
    json_t *intent;
    json_array_foreach((json_t *)intents, index, intent) {
        int64_t at = cbk_json_int(intent, "at", 0);
        if (cbk_json_text(intent, "key.JobName") && (first < 0 || at < first))
            first = at;
    }
    return first;
}

/* The region's jobs since the first intent to start one. That the filter takes CreatedTime in seconds is unverified
 * (U); jobs are told by their names, so more of them do no harm. */
static int read_jobs(const struct cbk_plan *plan, const json_t *intents, json_t **ret_jobs, struct cbk_error *err)
{
    int64_t first = first_start(intents);
    if (first < 0)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *since = cbk_strf("%lld", (long long)(first - CLOCKS_DIFFER_S));
    CBK_JSON *filters =
        json_pack("[{s:s, s:s, s:[s]}]", "Key", "CreatedTime", "Operator", "GREATER_THAN_OR_EQUAL", "Values", since);
    int r = cbk_hbr_list_backup_jobs(plan->env.cloud, filters, ret_jobs, err);
    return r < 0 ? cbk_wrap(err, "cannot tell what became of the jobs of an apply that did not end") : 0;
}

int cbk_settle(const struct cbk_plan *plan, json_t **ret_rows, struct cbk_error *err)
{
    const json_t *intents = cbk_state_intents(plan->state);
    CBK_JSON *jobs = NULL;
    CBK_JSON *rows = NULL;
    int r = read_jobs(plan, intents, &jobs, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *intent;
    json_array_foreach((json_t *)intents, index, intent) {
        const char *address = cbk_json_text_or(intent, "address", "");
        const struct question question = {intent, object_of(plan, address), jobs};
        const struct verdict verdict = judge(&question);
        cbk_log(CBK_LOG_INFO, "settled: %s of %s: %s", cbk_json_text_or(intent, "action", "?"), address, verdict.word);
        if (!rows)
            rows = json_array();
        json_array_append_new(rows, row_of(intent, &verdict));
    }
    *ret_rows = cbk_json_steal(&rows);
    return 0;
}
