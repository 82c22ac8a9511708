#include "kinds/job_watch.h"

#include "base/time.h"
#include "cloud/hbr.h"

#include <pthread.h>
#include <time.h>

#define FIRST_PAUSE_MS ((int64_t)250)
#define LAST_PAUSE_MS ((int64_t)5000)
#define GLANCE_MS ((int64_t)100) /* a signal handler can only set a flag */

struct cbk_watched_job {
    char *id;
    int64_t since_ms; /* monotonic */
    int64_t asked_ms; /* when it was asked for last */
    size_t answers, taken;
    json_t *last; /* what the cloud said then; NULL: it does not know it */
};
CBK_VEC(watched_jobs, struct cbk_watched_job *)

struct cbk_job_watch {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct watched_jobs jobs;
    bool is_asking; /* somebody is */
};

struct cbk_job_watch *cbk_job_watch_new(void)
{
    struct cbk_job_watch *watch = CBK_NEW(struct cbk_job_watch);
    (void)pthread_mutex_init(&watch->lock, NULL);
    (void)pthread_cond_init(&watch->changed, NULL);
    return watch;
}

void cbk_job_watch_free(struct cbk_job_watch *watch)
{
    if (!watch)
        return;
    watched_jobs_release(&watch->jobs);
    (void)pthread_cond_destroy(&watch->changed);
    (void)pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct cbk_watched_job *cbk_job_watch_begin(struct cbk_job_watch *watch, const char *job_id)
{
    struct cbk_watched_job *job = CBK_NEW(struct cbk_watched_job);
    job->id = cbk_strdup(job_id);
    job->since_ms = job->asked_ms = cbk_time_monotonic_ms();
    (void)pthread_mutex_lock(&watch->lock);
    watched_jobs_push(&watch->jobs, job);
    (void)pthread_mutex_unlock(&watch->lock);
    return job;
}

void cbk_job_watch_end(struct cbk_job_watch *watch, struct cbk_watched_job *job)
{
    (void)pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < watch->jobs.len; i++)
        if (watch->jobs.items[i] == job)
            watch->jobs.items[i] = watch->jobs.items[--watch->jobs.len];
    (void)pthread_mutex_unlock(&watch->lock);
    json_decref(job->last);
    free(job->id);
    free(job);
}

/* A quarter of its age, within bounds. */
static int64_t pause_of(const struct cbk_watched_job *job, int64_t now)
{
    int64_t pause = (now - job->since_ms) / 4;
    return pause < FIRST_PAUSE_MS ? FIRST_PAUSE_MS : pause > LAST_PAUSE_MS ? LAST_PAUSE_MS : pause;
}

/* Under the lock: how long until somebody has to be asked for, in milliseconds; 0: now. */
static int64_t due_in(const struct cbk_job_watch *watch)
{
    int64_t now = cbk_time_monotonic_ms(), soonest = LAST_PAUSE_MS;
    for (size_t i = 0; i < watch->jobs.len; i++) {
        const struct cbk_watched_job *job = watch->jobs.items[i];
        int64_t left = job->asked_ms + pause_of(job, now) - now;
        soonest = left < soonest ? left : soonest;
    }
    return soonest > 0 ? soonest : 0;
}

/* Under the lock. */
static json_t *ids_of(const struct cbk_job_watch *watch)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < watch->jobs.len; i++)
        json_array_append_new(ids, json_string(watch->jobs.items[i]->id));
    return ids;
}

/* Under the lock: everybody who was asked for gets an answer of their own. */
static void hand_out(struct cbk_job_watch *watch, const json_t *ids, const json_t *rows)
{
    CBK_JSON *by_id = json_object();
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        const char *id = cbk_json_text(row, "JobId");
        if (id)
            json_object_set(by_id, id, row);
    }
    for (size_t i = 0; i < watch->jobs.len; i++) {
        struct cbk_watched_job *job = watch->jobs.items[i];
        if (!cbk_json_array_has(ids, job->id)) /* it came while others were asked for */
            continue;
        json_decref(job->last);
        job->last = json_deep_copy(json_object_get(by_id, job->id));
        job->answers++;
    }
}

/* Under the lock, which is let go of meanwhile. */
static int ask_for_all(struct cbk_job_watch *watch, struct cbk_cloud *cloud, struct cbk_error *err)
{
    CBK_JSON *ids = ids_of(watch);
    CBK_JSON *rows = NULL;
    watch->is_asking = true;
    (void)pthread_mutex_unlock(&watch->lock);
    int r = cbk_hbr_get_backup_jobs(cloud, ids, &rows, err);
    (void)pthread_mutex_lock(&watch->lock);
    watch->is_asking = false;
    int64_t now = cbk_time_monotonic_ms();
    for (size_t i = 0; i < watch->jobs.len; i++)
        watch->jobs.items[i]->asked_ms = now;
    if (r == 0)
        hand_out(watch, ids, rows);
    (void)pthread_cond_broadcast(&watch->changed);
    return r;
}

/* Under the lock: sleeps until something has changed, or for a moment. */
static void wait_a_moment(struct cbk_job_watch *watch, int64_t ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + (ms < GLANCE_MS ? ms : GLANCE_MS) * 1000000;
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    (void)pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
}

int cbk_job_watch_next(struct cbk_job_watch *watch, const struct cbk_env *env, struct cbk_watched_job *job,
                       json_t **ret_job, struct cbk_error *err)
{
    int r = 0;
    (void)pthread_mutex_lock(&watch->lock);
    while (r == 0 && job->answers == job->taken && !cbk_env_interrupted(env)) {
        int64_t left = due_in(watch);
        if (watch->is_asking || left > 0)
            wait_a_moment(watch, left > 0 ? left : GLANCE_MS);
        else
            r = ask_for_all(watch, env->cloud, err);
    }
    if (r == 0)
        *ret_job = job->answers == job->taken ? NULL : json_deep_copy(job->last);
    job->taken = job->answers;
    (void)pthread_mutex_unlock(&watch->lock);
    return r;
}
