/*
 * snapshot_jobs: a recovery point that must exist. The plan runs a job when it does not; what the job reached is read
 * back and proven, since the vendor's job says COMPLETE whatever it made. Points are never deleted from here: they
 * expire, and removing the declaration only forgets it.
 */
#include "base/time.h"
#include "kinds/consistency.h"
#include "kinds/kind.h"
#include "kinds/point_search.h"
#include "kinds/snapshot_run.h"

#include <string.h>

#define DAY_S ((int64_t)86400)
#define LEAST_LOOK_BACK_S (31 * DAY_S)

/* The duration at `key`, or the one it has without; errors point there. */
static int parse_duration(const struct cbk_env *env, const struct cbk_object *object, const char *key,
                          const char *otherwise, int64_t *ret_seconds, struct cbk_error *err)
{
    int r = cbk_duration_parse(cbk_json_text_or(object->declared, key, otherwise), ret_seconds, err);
    return r < 0 ? cbk_error_locate(err, cbk_env_span(env, object, key)) : 0;
}

static int check_retain(const struct cbk_env *env, const struct cbk_object *object, int64_t retain,
                        struct cbk_error *err)
{
    if (retain >= DAY_S && retain % DAY_S == 0)
        return 0;
    return cbk_fail_at(err, cbk_env_span(env, object, "retain"), CBK_E_VALIDATION,
                       "retain must be one or more whole days");
}

/* A max_age of nothing would run a job at every plan: nobody means that. Nor a point that is gone before it is too old:
 * for the rest of the time there would be none. */
static int check_max_age(const struct cbk_env *env, const struct cbk_object *object, int64_t max_age, int64_t retain,
                         struct cbk_error *err)
{
    struct cbk_span span = cbk_env_span(env, object, "max_age");
    if (!max_age)
        return cbk_fail_at(err, span, CBK_E_VALIDATION,
                           "max_age must be longer than nothing: every plan would run a job");
    if (max_age <= retain)
        return 0;
    CBK_STR(kept);
    cbk_duration_add(&kept, retain);
    (void)cbk_fail_at(err, span, CBK_E_VALIDATION,
                      "max_age '%s' is longer than a point is kept (retain is %s): there would be none in between",
                      cbk_json_text(object->declared, "max_age"), kept.ptr);
    return cbk_error_hint(err, "raise 'retain', or lower 'max_age'");
}

static int check_timeout(const struct cbk_env *env, const struct cbk_object *object, int64_t timeout,
                         struct cbk_error *err)
{
    return timeout ? 0
                   : cbk_fail_at(err, cbk_env_span(env, object, "timeout"), CBK_E_VALIDATION,
                                 "timeout must be longer than nothing: every job would be cancelled");
}

/* The times of the declaration, judged. */
struct times {
    int64_t retain, max_age, timeout;
};

static int read_times(const struct cbk_env *env, const struct cbk_object *object, struct times *ret,
                      struct cbk_error *err)
{
    int r = parse_duration(env, object, "retain", "7d", &ret->retain, err);
    if (r == 0)
        r = check_retain(env, object, ret->retain, err);
    if (r == 0 && json_object_get(object->declared, "max_age"))
        r = parse_duration(env, object, "max_age", "0s", &ret->max_age, err);
    if (r == 0 && json_object_get(object->declared, "max_age"))
        r = check_max_age(env, object, ret->max_age, ret->retain, err);
    if (r == 0)
        r = parse_duration(env, object, "timeout", "2h", &ret->timeout, err);
    if (r == 0)
        r = check_timeout(env, object, ret->timeout, err);
    return r;
}

static int job_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *declared = object->declared;
    struct times times = {0};
    int r = read_times(env, object, &times, err);
    if (r < 0)
        return r;
    const char *level = cbk_json_text_or(declared, "consistency.level", "application");
    object->desired = json_pack("{s:s, s:s, s:s, s:I, s:I}", "instance", object->instance, "require",
                                cbk_json_text_or(declared, "require", level), "on_downgrade",
                                cbk_json_text_or(declared, "on_downgrade", "fail"), "retain_days",
                                (json_int_t)(times.retain / DAY_S), "timeout", (json_int_t)times.timeout);
    cbk_json_set_copy(object->desired, "max_age", json_object_get(declared, "max_age"));
    cbk_json_set_copy(object->desired, "trigger", json_object_get(declared, "trigger"));
    return cbk_consistency_desire(env, object, err);
}

/* How far back a point may lie that still counts for one of these objects. */
static int64_t look_back_of(struct cbk_object **objects, size_t count)
{
    int64_t longest = LEAST_LOOK_BACK_S;
    for (size_t i = 0; i < count; i++) { /* max_age is no longer than retain */
        int64_t kept = cbk_json_int(objects[i]->desired, "retain_days", 0) * DAY_S;
        longest = kept > longest ? kept : longest;
    }
    return longest + DAY_S;
}

/* live is the newest point that serves, whoever made it: a schedule's counts like a job's. */
static int job_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_point_seekers_clear) struct cbk_point_seekers seekers = {0};
    for (size_t i = 0; i < count; i++)
        if (objects[i]->desired)
            cbk_point_seekers_push(&seekers, (struct cbk_point_seeker){.instance = objects[i]->instance,
                                                                       .least = cbk_snapshot_least(objects[i])});
    int r = cbk_point_search(env->cloud, &seekers, env->now, look_back_of(objects, count), err);
    if (r < 0)
        return r;
    for (size_t i = 0, at = 0; i < count; i++)
        if (objects[i]->desired)
            objects[i]->live = json_incref(seekers.items[at++].serving);
    return 0;
}

static char *text_of(const json_t *value)
{
    CBK_STR(text);
    if (value)
        cbk_json_add_canonical(&text, value);
    return cbk_str_detach(&text);
}

static int decide_by_age(const struct cbk_env *env, const struct cbk_object *object, struct cbk_decision *ret_decision,
                         struct cbk_error *err)
{
    const char *max_age = cbk_object_text(object->desired, "max_age");
    int64_t limit = 0, when = cbk_json_int(object->live, "time", 0);
    if (!max_age)
        return 0;
    int r = cbk_duration_parse(max_age, &limit, err);
    if (r < 0)
        return cbk_error_locate(err, cbk_env_span(env, object, "max_age"));
    ret_decision->run = env->now - when > limit;
    if (!ret_decision->run)
        return 0;
    CBK_STR(reason);
    cbk_str_add(&reason, "newest point is of ");
    cbk_time_add_utc(&reason, when);
    cbk_str_addf(&reason, ", max_age %s", max_age);
    ret_decision->reason = cbk_str_detach(&reason);
    return 0;
}

static int job_decide(const struct cbk_env *env, const struct cbk_object *object, struct cbk_decision *ret_decision,
                      struct cbk_error *err)
{
    const json_t *before = NULL;
    if (!object->live) {
        *ret_decision = (struct cbk_decision){
            .run = true,
            .reason = cbk_strf("no %s recovery point", cbk_level_name(cbk_snapshot_least(object))),
        };
        return 0;
    }
    if (cbk_snapshot_trigger_moved(object, &before)) {
        CBK_CLEANUP(cbk_string_freep) char *old = text_of(before);
        CBK_CLEANUP(cbk_string_freep) char *now = text_of(json_object_get(object->desired, "trigger"));
        *ret_decision = (struct cbk_decision){.run = true};
        if (cbk_str_equal(old, now))
            ret_decision->reason = cbk_strf("trigger %s was met by less than is required now", now);
        else
            ret_decision->reason = before ? cbk_strf("trigger %s -> %s", old, now) : cbk_strf("trigger %s", now);
        return 0;
    }
    if (cbk_snapshot_trigger_lost(object, object->live)) {
        CBK_CLEANUP(cbk_string_freep) char *trigger = text_of(json_object_get(object->desired, "trigger"));
        const char *least = cbk_level_name(cbk_snapshot_least(object));
        *ret_decision = (struct cbk_decision){
            .run = true, .reason = cbk_strf("no %s recovery point since trigger %s", least, trigger)};
        return 0;
    }
    return decide_by_age(env, object, ret_decision, err);
}

static bool job_shortens(const char *attribute, const json_t *before, const json_t *after)
{
    return strcmp(attribute, "retain_days") == 0 && json_integer_value(after) < json_integer_value(before);
}

static const struct cbk_kind *const job_after[] = {&cbk_kind_attachment, &cbk_kind_script};

const struct cbk_kind cbk_kind_snapshot_job = {
    .section = "snapshot_jobs",
    .name = "snapshot_job",
    .per_instance = true,
    .after = job_after,
    .after_count = CBK_ARRAY_LEN(job_after),
    .forgets = true,
    .desire = job_desire,
    .refresh = job_refresh,
    .decide = job_decide,
    .run = cbk_snapshot_run,
    .shortens = job_shortens,
    .plan_actions = "hbr:DescribeUdmSnapshots ecs:DescribeSnapshots ecs:DescribeDisks "
                    "ecs:DescribeCloudAssistantStatus ecs:DescribeInstanceRamRole ecs:RunCommand "
                    "ecs:DescribeInvocationResults hbr:CheckRole ram:GetRole ram:ListPoliciesForRole "
                    "ram:GetPolicy",
    .apply_actions = "hbr:CreateBackupJob hbr:CancelBackupJob hbr:DescribeBackupJobs2",
};
