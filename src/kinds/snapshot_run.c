#include "kinds/snapshot_run.h"

#include "base/log.h"
#include "base/time.h"
#include "kinds/backup_job.h"
#include "kinds/consistency.h"
#include "kinds/recovery_point.h"
#include "kinds/script.h"

#include <string.h>

#define DAY_S ((int64_t)86400)
#define POINT_LATE_S ((int64_t)30) /* a point may be seen that much later than its job has ended */
#define POINT_WAIT_MS ((int64_t)30 * 1000)
#define POINT_PAUSE_MS ((int64_t)500)

static bool says(const struct cbk_object *object, const char *on_downgrade)
{
    return cbk_str_equal(cbk_object_text(object->desired, "on_downgrade"), on_downgrade);
}

static enum cbk_level required_level(const struct cbk_object *object)
{
    return cbk_level_parse(cbk_object_text(object->desired, "require"));
}

static enum cbk_level level_of(const json_t *point)
{
    return cbk_level_parse(cbk_json_text(point, "level"));
}

enum cbk_level cbk_snapshot_least(const struct cbk_object *object)
{
    return says(object, "accept") ? CBK_LEVEL_CRASH : required_level(object);
}

bool cbk_snapshot_trigger_moved(const struct cbk_object *object, const json_t **ret_before)
{
    const json_t *wanted = json_object_get(object->desired, "trigger");
    const char *met_by = cbk_json_text(object->evidence, "trigger_level");
    *ret_before = json_object_get(object->evidence, "trigger");
    if (wanted && met_by && cbk_level_parse(met_by) < cbk_snapshot_least(object))
        return true;
    return wanted && (!*ret_before || !json_equal((json_t *)wanted, (json_t *)*ret_before));
}

bool cbk_snapshot_trigger_lost(const struct cbk_object *object, const json_t *serving)
{
    int64_t met_at = cbk_json_int(object->evidence, "trigger_time", 0);
    return json_object_get(object->desired, "trigger") && serving && cbk_json_int(serving, "time", 0) < met_at;
}

/* ---- the point ---- */

/* Has the service finished writing the point's row? What has no status is taken as it is. */
static bool is_settled(const json_t *row)
{
    const char *status = cbk_json_text_or(row, "Status", "");
    return !*status || strstr(status, "COMPLETE") || cbk_str_equal(status, "FAILED");
}

/* The point of a job that has just ended; its row may be a moment late. */
static int read_point(const struct cbk_env *env, const char *job_id, const char *instance, json_t **ret_point,
                      struct cbk_error *err)
{
    CBK_JSON *ids = json_pack("[s]", instance);
    int64_t deadline = cbk_time_monotonic_ms() + POINT_WAIT_MS;
    for (;;) {
        CBK_JSON *rows = NULL;
        CBK_JSON *points = NULL;
        int64_t now = cbk_cloud_now(env->cloud);
        const struct cbk_point_query query = {
            .ids = ids, .since = now - 31 * DAY_S, .until = now + 60, .job_id = job_id};
        int r = cbk_recovery_rows(env->cloud, &query, &rows, err);
        bool is_late = cbk_time_monotonic_ms() > deadline;
        if (r == 0 && json_array_size(rows) && (is_late || is_settled(json_array_get(rows, 0)))) {
            r = cbk_recovery_points_judge(env->cloud, rows, &points, err);
            if (r == 0)
                *ret_point = json_incref(json_array_get(points, 0));
            return r;
        }
        if (r < 0)
            return r;
        if (cbk_env_interrupted(env))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before the point of the job '%s' was read", job_id);
        if (is_late)
            return cbk_fail(err, CBK_E_DOWNGRADED, "the job '%s' says COMPLETE and left no recovery point", job_id);
        cbk_env_sleep(env, POINT_PAUSE_MS);
    }
}

/* ---- one try ---- */

/* Names of one order begin alike: stack, key and what is wanted, the trigger too; not how long it is waited for. */
static void add_order_name(const struct cbk_env *env, const struct cbk_object *object, struct cbk_str *out)
{
    CBK_JSON *wanted = json_deep_copy(object->desired);
    json_object_del(wanted, "timeout");
    json_object_del(wanted, "on_downgrade");
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(wanted);
    cbk_str_addf(out, "cbk-%s-%s-%.8s-", env->stack_name, object->key, strchr(digest, ':') + 1);
}

static int try_once(const struct cbk_env *env, const struct cbk_object *object, const struct cbk_backup_order *order,
                    const json_t *earlier, json_t **ret_point, struct cbk_error *err)
{
    CBK_JSON *job = NULL;
    int r = cbk_backup_job_run(env, object, order, earlier, &job, err);
    return r < 0 ? r : read_point(env, cbk_json_text_or(job, "JobId", ""), object->instance, ret_point, err);
}

/* ---- repair, and the second try ---- */

/* The scripts of the object's instance, NULL: none are declared, or nothing is run on it. */
static const struct cbk_object *scripts_of(const struct cbk_env *env, const struct cbk_object *object)
{
    if (!cbk_str_equal(cbk_object_text(object->desired, "level"), "application"))
        return NULL;
    for (size_t i = 0; i < object->deps.len; i++) {
        const struct cbk_object *need = cbk_env_object(env, object->deps.items[i]);
        if (need && need->kind == &cbk_kind_script && need->desired && !need->unreachable)
            return need;
    }
    return NULL;
}

static void tell(const struct cbk_env *env, const struct cbk_object *object, const char *text)
{
    if (env->progress)
        env->progress(env->progress_context, object, text);
}

/* Mends what can be mended from here: scripts that vanished. *ret_repaired stays NULL where there was nothing; why not,
 * where it could not be done, is told and no error. */
static void repair(const struct cbk_env *env, const struct cbk_object *object, const json_t *point,
                   json_t **ret_repaired)
{
    const struct cbk_object *scripts = scripts_of(env, object);
    CBK_JSON *paths = NULL;
    CBK_ERROR(err);
    CBK_STR(text);
    cbk_str_addf(&text, "reached %s consistency: %s; ", cbk_json_text(point, "level"),
                 cbk_json_text_or(point, "why", "no reason given"));
    int r = scripts ? cbk_script_repair(env, scripts, &paths, &err) : 0;
    if (r < 0)
        cbk_str_addf(&text, "nothing could be repaired: %s", err.message);
    else if (!json_array_size(paths))
        cbk_str_add(&text, "nothing to repair from here");
    else
        *ret_repaired = cbk_json_steal(&paths);
    for (size_t i = 0; i < json_array_size(*ret_repaired); i++)
        cbk_str_addf(&text, "%s%s", i ? ", " : "", json_string_value(json_array_get(*ret_repaired, i)));
    if (*ret_repaired)
        cbk_str_add(&text, " delivered again, running the job once more");
    tell(env, object, text.ptr);
}

/* Runs the job, and once more where the first point is too low and something could be repaired. */
static int try_twice(const struct cbk_env *env, const struct cbk_object *object, const struct cbk_backup_order *order,
                     const json_t *earlier, json_t **ret_point, struct cbk_error *err)
{
    CBK_JSON *first = NULL;
    CBK_JSON *repaired = NULL;
    int r = try_once(env, object, order, earlier, &first, err);
    if (r < 0)
        return r;
    if (level_of(first) < required_level(object) && !cbk_env_interrupted(env))
        repair(env, object, first, &repaired);
    if (!repaired) {
        *ret_point = cbk_json_steal(&first);
        return 0;
    }
    r = try_once(env, object, order, NULL, ret_point, err);
    if (r == 0)
        json_object_set(*ret_point, "repaired", repaired);
    return r;
}

/* ---- the verdict ---- */

static void add_scripts(const struct cbk_env *env, const struct cbk_object *object)
{
    const struct cbk_object *scripts = scripts_of(env, object);
    bool is_repaired = json_object_get(object->evidence, "repaired") != NULL;
    if (!scripts)
        return;
    CBK_JSON *digests = cbk_script_digests(scripts, /* as_wanted= */ is_repaired);
    if (json_object_size(digests))
        json_object_set(object->evidence, "scripts", digests);
}

static int fail_below(const struct cbk_object *object, const json_t *point, struct cbk_error *err)
{
    const char *why = cbk_json_text(point, "why");
    return cbk_fail_at(err, object->span, CBK_E_DOWNGRADED, "%s reached %s consistency, %s is required%s%s",
                       object->address, cbk_json_text(point, "level"), cbk_object_text(object->desired, "require"),
                       why ? ": " : "", why ? why : "");
}

/* The trigger whose demand is met now, else the one that was met before: {trigger, trigger_level, trigger_time}. */
static json_t *trigger_met(const struct cbk_object *object, const json_t *point, bool counts)
{
    json_t *met = json_object();
    const json_t *before = object->evidence;
    cbk_json_set_copy(met, "trigger", json_object_get(counts ? object->desired : before, "trigger"));
    if (!json_object_size(met))
        return met;
    cbk_json_set_copy(met, "trigger_level",
                      json_object_get(counts ? point : before, counts ? "level" : "trigger_level"));
    cbk_json_set_copy(met, "trigger_time", json_object_get(counts ? point : before, counts ? "time" : "trigger_time"));
    return met;
}

/* Keeps what was proven, whatever it was. */
static int conclude(const struct cbk_env *env, struct cbk_object *object, json_t *point, struct cbk_error *err)
{
    enum cbk_level level = level_of(point);
    bool counts = level >= cbk_snapshot_least(object), is_below = level < required_level(object);
    CBK_JSON *met = trigger_met(object, point, counts);
    json_decref(object->evidence);
    object->evidence = json_deep_copy(point);
    add_scripts(env, object);
    json_object_update(object->evidence, met);
    if (is_below) {
        cbk_json_set_text(object->evidence, "required", cbk_object_text(object->desired, "require"));
        cbk_json_set_text(object->evidence, "on_downgrade", cbk_object_text(object->desired, "on_downgrade"));
    }
    object->id = object->instance;
    json_decref(object->live);
    object->live = json_incref(point);
    bool passes = counts || (says(object, "warn") && level != CBK_LEVEL_UNPROVEN);
    return passes ? 0 : fail_below(object, point, err);
}

static bool is_point_of(const json_t *point, const json_t *job)
{
    const char *job_id = cbk_json_text(job, "JobId");
    return job_id && cbk_str_equal(cbk_json_text(point, "job_id"), job_id);
}

/* Is the point that serves already the one of the earlier job? Its apply was killed before it could tell: the trigger
 * that the job was started for has its point. */
static bool is_done(const struct cbk_object *object, const json_t *earlier)
{
    const json_t *before = NULL;
    return is_point_of(object->live, earlier) && cbk_snapshot_trigger_moved(object, &before);
}

/* Is it the earlier job whose point is wanted? It is under way; or it has ended since the plan looked for points, which
 * then knew of none of it. */
static bool is_awaited(const struct cbk_env *env, const struct cbk_object *object, const json_t *earlier)
{
    return earlier && cbk_backup_job_is_recent(earlier, env->now - POINT_LATE_S) &&
           !is_point_of(object->live, earlier) && !is_point_of(object->evidence, earlier);
}

int cbk_snapshot_run(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_STR(like);
    add_order_name(env, object, &like);
    CBK_JSON *detail = cbk_consistency_detail(object->desired, CBK_DETAIL_OF_JOB);
    CBK_JSON *earlier = NULL;
    CBK_JSON *point = NULL;
    const struct cbk_backup_order order = {.instance = object->instance,
                                           .like = like.ptr,
                                           .retention_days = cbk_json_int(object->desired, "retain_days", 7),
                                           .timeout_s = cbk_json_int(object->desired, "timeout", 7200),
                                           .detail = detail};
    int r = cbk_backup_job_earlier(env, &order, &earlier, err);
    if (r < 0)
        return r;
    if (is_done(object, earlier))
        point = json_incref(object->live);
    else
        r = try_twice(env, object, &order, is_awaited(env, object, earlier) ? earlier : NULL, &point, err);
    return r < 0 ? r : conclude(env, object, point, err);
}
