#include "kinds/backup_job.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "cloud/hbr.h"
#include "kinds/job_watch.h"

#define LOOK_BACK_S ((int64_t)2 * 3600)
#define NAME_TAIL_BYTES 6

/* States that are not known to be an end are taken for running: the running ones are undocumented. */
static bool has_ended(const json_t *job)
{
    const char *status = cbk_json_text(job, "Status");
    static const char *const ends[] = {"COMPLETE", "PARTIAL_COMPLETE", "FAILED", "CANCELED"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(ends); i++)
        if (cbk_str_equal(status, ends[i]))
            return true;
    return false;
}

bool cbk_backup_job_is_recent(const json_t *job, int64_t since)
{
    return !has_ended(job) ||
           (cbk_str_equal(cbk_json_text(job, "Status"), "COMPLETE") && cbk_json_int(job, "CompleteTime", 0) >= since);
}

/* ---- the order ---- */

/* The instance's jobs since then. That the filter takes CreatedTime in seconds, as the rows have it, is unverified (U);
 * in a smaller unit everything would pass, and the callers look again. */
static int list_jobs(const struct cbk_env *env, const struct cbk_backup_order *order, int64_t since, json_t **ret_jobs,
                     struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *least = cbk_strf("%lld", (long long)since);
    CBK_JSON *filters =
        json_pack("[{s:s, s:s, s:[s]}, {s:s, s:s, s:[s]}]", "Key", "InstanceId", "Operator", "EQUAL", "Values",
                  order->instance, "Key", "CreatedTime", "Operator", "GREATER_THAN_OR_EQUAL", "Values", least);
    return cbk_hbr_list_backup_jobs(env->cloud, filters, ret_jobs, err);
}

/* CreateBackupJob takes no ClientToken: when its answer was lost, the job is looked for by its own name. */
static int find_by_name(const struct cbk_env *env, const struct cbk_backup_order *order, const char *name,
                        char **ret_job_id, struct cbk_error *err)
{
    CBK_JSON *jobs = NULL;
    int r = list_jobs(env, order, cbk_cloud_now(env->cloud) - LOOK_BACK_S, &jobs, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *job;
    json_array_foreach(jobs, index, job)
        if (!*ret_job_id && cbk_str_equal(cbk_json_text(job, "JobName"), name))
            *ret_job_id = cbk_strdup(cbk_json_text(job, "JobId"));
    return 0;
}

int cbk_backup_job_earlier(const struct cbk_env *env, const struct cbk_backup_order *order, json_t **ret_job,
                           struct cbk_error *err)
{
    CBK_JSON *jobs = NULL;
    int64_t since = env->now - (order->timeout_s > LOOK_BACK_S ? order->timeout_s : LOOK_BACK_S);
    int r = list_jobs(env, order, since, &jobs, err);
    if (r < 0)
        return r;
    json_t *newest = NULL;
    size_t index;
    json_t *job;
    json_array_foreach(jobs, index, job) {
        int64_t created = cbk_json_int(job, "CreatedTime", 0);
        if (created < since || !cbk_str_starts_with(cbk_json_text_or(job, "JobName", ""), order->like))
            continue;
        newest = job;
        since = created;
    }
    *ret_job = json_incref(newest);
    return 0;
}

static int start(const struct cbk_env *env, const struct cbk_backup_order *order, char **ret_job_id,
                 struct cbk_error *err)
{
    CBK_ERROR(lost);
    CBK_STR(name);
    unsigned char tail[NAME_TAIL_BYTES];
    cbk_random_bytes(tail, sizeof(tail));
    cbk_str_add(&name, order->like);
    cbk_hex_add(&name, tail, sizeof(tail));
    int r = cbk_hbr_create_backup_job(env->cloud, order->instance, name.ptr, order->retention_days, order->detail,
                                      ret_job_id, &lost);
    if (r == 0)
        return 0;
    if (lost.code != CBK_E_AMBIGUOUS)
        return cbk_error_move(err, &lost);
    cbk_log(CBK_LOG_INFO, "the answer to CreateBackupJob was lost, looking for '%s'", name.ptr);
    r = find_by_name(env, order, name.ptr, ret_job_id, err);
    if (r < 0 || *ret_job_id)
        return r;
    return cbk_error_move(err, &lost);
}

/* ---- the wait ---- */

/* One job on its way. */
struct wait {
    const struct cbk_env *env;
    const struct cbk_object *object;
    const struct cbk_backup_order *order;
    const char *job_id;
    int64_t began; /* by the cloud's clock */
    int64_t told;  /* the progress that was told last */
};

/* Tells when the job has moved on since it was last told. */
static void tell_progress(struct wait *wait, const json_t *job)
{
    const struct cbk_env *env = wait->env;
    int64_t progress = cbk_json_int(job, "Progress", 0); /* 10,000 is all of it */
    if (!env->progress || progress == wait->told)
        return;
    wait->told = progress;
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("job %s, %lld %%", wait->job_id, (long long)(progress / 100));
    env->progress(env->progress_context, wait->object, text);
}

/* Cancels the job. *ret_job is set when it turns out to have ended before that; else `stopped` is what happened. */
static int cancel(const struct wait *wait, enum cbk_error_code code, const char *stopped, json_t **ret_job,
                  struct cbk_error *err)
{
    CBK_ERROR(refusal);
    CBK_ERROR(unread);
    CBK_JSON *job = NULL;
    if (cbk_hbr_cancel_backup_job(wait->env->cloud, wait->job_id, &refusal) == 0)
        return cbk_fail(err, code, "%s; the job '%s' was cancelled", stopped, wait->job_id);
    if (cbk_hbr_get_backup_job(wait->env->cloud, wait->job_id, &job, &unread) == 0 && has_ended(job)) {
        *ret_job = cbk_json_steal(&job);
        return 0;
    }
    (void)cbk_fail(err, code, "%s; the job '%s' could not be cancelled (%s) and goes on", stopped, wait->job_id,
                   refusal.message);
    return cbk_error_hint(err, "the next apply goes on with it");
}

static int give_up(const struct wait *wait, json_t **ret_job, struct cbk_error *err)
{
    CBK_STR(stopped);
    cbk_str_add(&stopped, "not ended within ");
    cbk_duration_add(&stopped, wait->order->timeout_s);
    int r = cancel(wait, CBK_E_DOWNGRADED, stopped.ptr, ret_job, err);
    return r < 0 && !err->hint ? cbk_error_hint(err, "raise 'timeout' if jobs of this size take longer") : r;
}

static int wait_for_end(struct wait *wait, struct cbk_watched_job *watched, json_t **ret_job, struct cbk_error *err)
{
    const struct cbk_env *env = wait->env;
    for (;;) {
        CBK_JSON *job = NULL;
        int r = cbk_job_watch_next(env->jobs, env, watched, &job, err);
        if (r < 0)
            return r;
        if (has_ended(job)) {
            *ret_job = cbk_json_steal(&job);
            return 0;
        }
        if (cbk_env_interrupted(env))
            return cancel(wait, CBK_E_INTERRUPTED, "interrupted", ret_job, err);
        if (cbk_cloud_now(env->cloud) - wait->began > wait->order->timeout_s)
            return give_up(wait, ret_job, err);
        if (job)
            tell_progress(wait, job);
    }
}

int cbk_backup_job_run(const struct cbk_env *env, const struct cbk_object *object, const struct cbk_backup_order *order,
                       const json_t *earlier, json_t **ret_job, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *job_id = cbk_strdup(earlier ? cbk_json_text(earlier, "JobId") : NULL);
    int64_t now = cbk_cloud_now(env->cloud);
    int r = job_id ? 0 : start(env, order, &job_id, err);
    if (r < 0)
        return r;
    struct wait wait = {.env = env,
                        .object = object,
                        .order = order,
                        .job_id = job_id,
                        .began = earlier ? cbk_json_int(earlier, "CreatedTime", now) : now,
                        .told = -1};
    struct cbk_watched_job *watched = cbk_job_watch_begin(env->jobs, job_id);
    r = wait_for_end(&wait, watched, ret_job, err);
    cbk_job_watch_end(env->jobs, watched);
    if (r < 0)
        return r;
    const char *status = cbk_json_text_or(*ret_job, "Status", "");
    if (cbk_str_equal(status, "COMPLETE"))
        return 0;
    const char *why = cbk_json_text_or(*ret_job, "ErrorMessage", "");
    return cbk_fail(err, CBK_E_DOWNGRADED, "the job '%s' ended as %s: %s", job_id, status,
                    *why ? why : "no reason given");
}
