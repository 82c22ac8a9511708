/*
 * snapshot_jobs: a recovery point that must exist. The plan runs a job when it does not; what the job reached is read
 * back and proven, since the vendor's job says COMPLETE whatever it made. Points are never deleted from here: they
 * expire, and removing the declaration only forgets it.
 */
#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "kinds/backup_job.h"
#include "kinds/consistency.h"
#include "kinds/kind.h"
#include "kinds/recovery_point.h"

#include <string.h>

#define DAY_S ((int64_t)86400)
#define POINT_WAIT_MS ((int64_t)30 * 1000)

static int parse_retain(const struct cbk_env *env, const struct cbk_object *object, int64_t *ret_days,
                        struct cbk_error *err)
{
    int64_t seconds = 0;
    int r = cbk_duration_parse(cbk_json_text_or(object->declared, "retain", "7d"), &seconds, err);
    if (r == 0 && (seconds < DAY_S || seconds % DAY_S))
        r = cbk_fail(err, CBK_E_VALIDATION, "retain must be one or more whole days");
    *ret_days = seconds / DAY_S;
    return r < 0 ? cbk_error_locate(err, cbk_env_span(env, object, "retain")) : 0;
}

/* A max_age of nothing would run a job at every plan: nobody means that. */
static int check_max_age(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    const char *max_age = cbk_json_text(object->declared, "max_age");
    int64_t seconds = 0;
    int r = max_age ? cbk_duration_parse(max_age, &seconds, err) : 0;
    if (r == 0 && max_age && !seconds)
        r = cbk_fail(err, CBK_E_VALIDATION, "max_age must be longer than nothing: every plan would run a job");
    return r < 0 ? cbk_error_locate(err, cbk_env_span(env, object, "max_age")) : 0;
}

static void set_value(json_t *object, const char *key, const json_t *value)
{
    if (value)
        json_object_set(object, key, (json_t *)value);
}

static int job_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *declared = object->declared;
    int64_t retain_days = 0;
    int r = parse_retain(env, object, &retain_days, err);
    if (r == 0)
        r = check_max_age(env, object, err);
    if (r < 0)
        return r;
    const char *level = cbk_json_text_or(declared, "consistency.level", "application");
    object->desired = json_pack("{s:s, s:s, s:I}", "instance", object->instance, "require",
                                cbk_json_text_or(declared, "require", level), "retain_days", (json_int_t)retain_days);
    set_value(object->desired, "max_age", json_object_get(declared, "max_age"));
    set_value(object->desired, "trigger", json_object_get(declared, "trigger"));
    return cbk_consistency_desire(env, object, err);
}

/* How far back a point may lie that still counts for one of these objects. */
static int64_t window_of(struct cbk_object **objects, size_t count)
{
    int64_t window = 30 * DAY_S;
    for (size_t i = 0; i < count; i++) {
        int64_t days = cbk_json_int(objects[i]->desired, "retain_days", 0);
        window = days * DAY_S > window ? days * DAY_S : window;
    }
    return window + DAY_S;
}

static bool point_serves(const struct cbk_object *object, const json_t *point)
{
    return cbk_level_parse(cbk_json_text(point, "level")) >=
           cbk_level_parse(cbk_object_text(object->desired, "require"));
}

/* live is the newest point that reaches what is required. */
static int job_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    CBK_JSON *points = NULL;
    /* A minute ahead: the service's clock may be a little before the one that we reckon by. */
    int r = cbk_recovery_points(env->cloud, env->now - window_of(objects, count), env->now + 60, NULL, &points, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read the recovery points");
    CBK_JSON *lists = json_object();
    size_t index;
    json_t *point;
    json_array_foreach(points, index, point) {
        const char *instance = cbk_json_text_or(point, "instance", "");
        if (!json_object_get(lists, instance))
            json_object_set_new(lists, instance, json_array());
        json_array_append(json_object_get(lists, instance), point);
    }
    for (size_t i = 0; i < count; i++) {
        json_array_foreach(json_object_get(lists, objects[i]->instance), index, point) {
            if (!objects[i]->desired || !point_serves(objects[i], point))
                continue;
            objects[i]->live = json_incref(point);
            break;
        }
    }
    return 0;
}

static bool trigger_moved(const struct cbk_object *object, const json_t **ret_before)
{
    const json_t *wanted = json_object_get(object->desired, "trigger");
    *ret_before = json_object_get(object->evidence, "trigger");
    return wanted && (!*ret_before || !json_equal((json_t *)wanted, (json_t *)*ret_before));
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
            .reason = cbk_strf("no %s recovery point", cbk_object_text(object->desired, "require")),
        };
        return 0;
    }
    if (trigger_moved(object, &before)) {
        CBK_CLEANUP(cbk_string_freep) char *old = text_of(before);
        CBK_CLEANUP(cbk_string_freep) char *now = text_of(json_object_get(object->desired, "trigger"));
        *ret_decision = (struct cbk_decision){
            .run = true,
            .reason = before ? cbk_strf("trigger %s -> %s", old, now) : cbk_strf("trigger %s", now),
        };
        return 0;
    }
    return decide_by_age(env, object, ret_decision, err);
}

/* The point of a job that has just ended; its row may be a moment late. */
static int read_point(const struct cbk_env *env, const char *job_id, const char *instance, json_t **ret_point,
                      struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + POINT_WAIT_MS;
    for (;;) {
        CBK_JSON *points = NULL;
        int64_t now = cbk_cloud_now(env->cloud);
        int r = cbk_recovery_points(env->cloud, now - DAY_S, now + 60, job_id, &points, err);
        if (r < 0)
            return r;
        size_t index;
        json_t *point;
        json_array_foreach(points, index, point)
            if (cbk_str_equal(cbk_json_text(point, "instance"), instance))
                *ret_point = json_incref(point);
        if (*ret_point)
            return 0;
        if (cbk_env_interrupted(env))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before the point of the job '%s' was read", job_id);
        if (cbk_time_monotonic_ms() > deadline)
            return cbk_fail(err, CBK_E_DOWNGRADED, "the job '%s' says COMPLETE and left no recovery point", job_id);
        cbk_env_sleep(env, 500);
    }
}

/* Keeps what was proven, whatever it was; the trigger only once its demand is met. */
static int conclude(struct cbk_object *object, json_t *point, struct cbk_error *err)
{
    bool serves = point_serves(object, point);
    json_decref(object->evidence);
    object->evidence = json_deep_copy(point);
    json_t *trigger = json_object_get(object->desired, "trigger");
    if (serves && trigger)
        json_object_set_new(object->evidence, "trigger", json_deep_copy(trigger)); /* the stack's is all threads' */
    object->id = object->instance;
    json_decref(object->live);
    object->live = json_incref(point);
    if (serves)
        return 0;
    const char *why = cbk_json_text(point, "why");
    return cbk_fail_at(err, object->span, CBK_E_DOWNGRADED, "%s reached %s consistency, %s is required%s%s",
                       object->address, cbk_json_text(point, "level"), cbk_object_text(object->desired, "require"),
                       why ? ": " : "", why ? why : "");
}

/* Names of one order begin alike: stack, key and what is wanted, the trigger too. */
static void add_order_name(const struct cbk_env *env, const struct cbk_object *object, struct cbk_str *out)
{
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(object->desired);
    cbk_str_addf(out, "cbk-%s-%s-%.8s-", env->stack_name, object->key, strchr(digest, ':') + 1);
}

/* Is the point that serves already the one of the earlier job? Its apply was killed before it could tell: the trigger
 * that the job was started for has its point. */
static bool is_done(const struct cbk_object *object, const json_t *earlier)
{
    const json_t *before = NULL;
    const char *job_id = cbk_json_text(earlier, "JobId");
    return job_id && cbk_str_equal(cbk_object_text(object->live, "job_id"), job_id) && trigger_moved(object, &before);
}

/* doCopy: no copy in another region is asked for. */
static json_t *make_detail(const json_t *desired)
{
    json_t *detail = cbk_consistency_detail(desired, CBK_DETAIL_OF_JOB);
    json_object_set_new(detail, "doCopy", json_false());
    return detail;
}

static int job_run(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    unsigned char tail[6];
    cbk_random_bytes(tail, sizeof(tail));
    CBK_STR(like);
    CBK_STR(name);
    add_order_name(env, object, &like);
    cbk_str_add(&name, like.ptr);
    cbk_hex_add(&name, tail, sizeof(tail));
    CBK_JSON *detail = make_detail(object->desired), *earlier = NULL, *job = NULL, *point = NULL;
    struct cbk_backup_order order = {.instance = object->instance,
                                     .like = like.ptr,
                                     .name = name.ptr,
                                     .retention_days = cbk_json_int(object->desired, "retain_days", 7),
                                     .detail = detail};
    int r = cbk_backup_job_earlier(env, &order, &earlier, err);
    if (r < 0)
        return r;
    if (is_done(object, earlier)) {
        point = json_incref(object->live);
        return conclude(object, point, err);
    }
    r = cbk_backup_job_run(env, object, &order, earlier, &job, err);
    if (r < 0)
        return r;
    r = read_point(env, cbk_json_text_or(job, "JobId", ""), object->instance, &point, err);
    if (r < 0)
        return r;
    return conclude(object, point, err);
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
    .run = job_run,
};
