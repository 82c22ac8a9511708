#include "kinds/backup_job.h"

#include "base/log.h"
#include "base/time.h"
#include "cloud/hbr.h"

#define JOB_WAIT_MS ((int64_t)2 * 3600 * 1000)
#define FIRST_PAUSE_MS 250
#define LAST_PAUSE_MS 5000

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

static int list_jobs(const struct cbk_env *env, const struct cbk_backup_order *order, json_t **ret_jobs,
                     struct cbk_error *err)
{
    CBK_JSON *filters =
        json_pack("[{s:s, s:s, s:[s]}]", "Key", "InstanceId", "Operator", "EQUAL", "Values", order->instance);
    return cbk_hbr_list_backup_jobs(env->cloud, filters, ret_jobs, err);
}

/* CreateBackupJob takes no ClientToken: when its answer was lost, the job is looked for by the order's own name. */
static int find_by_name(const struct cbk_env *env, const struct cbk_backup_order *order, char **ret_job_id,
                        struct cbk_error *err)
{
    CBK_JSON *jobs = NULL;
    int r = list_jobs(env, order, &jobs, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *job;
    json_array_foreach(jobs, index, job)
        if (!*ret_job_id && cbk_str_equal(cbk_json_text(job, "JobName"), order->name))
            *ret_job_id = cbk_strdup(cbk_json_text(job, "JobId"));
    return 0;
}

int cbk_backup_job_earlier(const struct cbk_env *env, const struct cbk_backup_order *order, json_t **ret_job,
                           struct cbk_error *err)
{
    CBK_JSON *jobs = NULL;
    int r = list_jobs(env, order, &jobs, err);
    if (r < 0)
        return r;
    json_t *newest = NULL;
    int64_t since = env->now - JOB_WAIT_MS / 1000;
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
    int r = cbk_hbr_create_backup_job(env->cloud, order->instance, order->name, order->retention_days, order->detail,
                                      ret_job_id, &lost);
    if (r == 0)
        return 0;
    if (lost.code != CBK_E_AMBIGUOUS)
        return cbk_error_move(err, &lost);
    cbk_log(CBK_LOG_INFO, "the answer to CreateBackupJob was lost, looking for '%s'", order->name);
    r = find_by_name(env, order, ret_job_id, err);
    if (r < 0 || *ret_job_id)
        return r;
    return cbk_error_move(err, &lost);
}

/* Tells when the job has moved on since it was last told; *last is where it stood. */
static void tell_progress(const struct cbk_env *env, const struct cbk_object *object, const json_t *job, int64_t *last)
{
    int64_t progress = cbk_json_int(job, "Progress", 0); /* 10,000 is all of it */
    if (!env->progress || progress == *last)
        return;
    *last = progress;
    CBK_CLEANUP(cbk_string_freep)
    char *text = cbk_strf("job %s, %lld %%", cbk_json_text_or(job, "JobId", "?"), (long long)(progress / 100));
    env->progress(env->progress_context, object, text);
}

static int cancel(const struct cbk_env *env, const char *job_id, struct cbk_error *err)
{
    CBK_ERROR(ignored); /* the interrupt is what is reported; a job that cannot be cancelled ends by itself */
    if (cbk_hbr_cancel_backup_job(env->cloud, job_id, &ignored) < 0)
        cbk_log(CBK_LOG_WARN, "the job '%s' could not be cancelled: %s", job_id, ignored.message);
    return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted; the job '%s' was cancelled", job_id);
}

static int wait_for_end(const struct cbk_env *env, const struct cbk_object *object, const char *job_id,
                        json_t **ret_job, struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + JOB_WAIT_MS, told = -1;
    for (int64_t pause = FIRST_PAUSE_MS;; pause = pause * 3 / 2 < LAST_PAUSE_MS ? pause * 3 / 2 : LAST_PAUSE_MS) {
        CBK_JSON *job = NULL;
        int r = cbk_hbr_get_backup_job(env->cloud, job_id, &job, err);
        if (r < 0)
            return r;
        if (has_ended(job)) {
            *ret_job = cbk_json_steal(&job);
            return 0;
        }
        if (job)
            tell_progress(env, object, job, &told);
        if (cbk_env_interrupted(env))
            return cancel(env, job_id, err);
        if (cbk_time_monotonic_ms() + pause > deadline)
            return cbk_fail(err, CBK_E_TIMEOUT, "the job '%s' has not ended within two hours", job_id);
        cbk_env_sleep(env, pause);
    }
}

int cbk_backup_job_run(const struct cbk_env *env, const struct cbk_object *object, const struct cbk_backup_order *order,
                       const json_t *earlier, json_t **ret_job, struct cbk_error *err)
{
    const char *running = earlier && !has_ended(earlier) ? cbk_json_text(earlier, "JobId") : NULL;
    CBK_CLEANUP(cbk_string_freep) char *job_id = cbk_strdup(running);
    int r = job_id ? 0 : start(env, order, &job_id, err);
    if (r < 0)
        return r;
    r = wait_for_end(env, object, job_id, ret_job, err);
    if (r < 0)
        return r;
    const char *status = cbk_json_text_or(*ret_job, "Status", "");
    if (cbk_str_equal(status, "COMPLETE"))
        return 0;
    return cbk_fail(err, CBK_E_DOWNGRADED, "the job '%s' ended as %s: %s", job_id, status,
                    cbk_json_text_or(*ret_job, "ErrorMessage", "no reason given"));
}
