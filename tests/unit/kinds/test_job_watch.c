/* Waiting for many jobs: one call asks for all of them, and a failure is told to one who waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../cloud/typed.h"
#include "kinds/job_watch.h"

#include <pthread.h>

#define WAITERS 5

#define JOB(id, status) "{\"JobId\": \"" id "\", \"Status\": \"" status "\"}"
#define JOBS(rows, count)                                                                                              \
    "{\"Success\": true, \"Code\": \"200\", \"TotalCount\": " count ", \"BackupJobs\": {\"BackupJob\": [" rows "]}}"

/* One who waits, and what was heard. */
struct waiter {
    struct cbk_job_watch *watch;
    const struct cbk_env *env;
    struct cbk_watched_job *job;
    json_t *heard;
    int r;
};

static void *listen(void *argument)
{
    struct waiter *waiter = argument;
    CBK_ERROR(err);
    waiter->r = cbk_job_watch_next(waiter->watch, waiter->env, waiter->job, &waiter->heard, &err);
    return NULL;
}

static void one_call_answers_all(void **state)
{
    static const struct line script[] = {
        {"DescribeBackupJobs2", "Filters.1.Key=JobId&Filters.1.Operator=IN&Filters.1.Values.1=job-0", 0,
         JOBS(JOB("job-3", "RUNNING") "," JOB("job-0", "COMPLETE") "," JOB("job-1", "FAILED") "," JOB("other",
                                                                                                      "RUNNING"),
              "4"),
         1},
        {0}};
    static const char *const said[WAITERS] = {"COMPLETE", "FAILED", NULL, "RUNNING", NULL};
    struct waiter waiters[WAITERS];
    pthread_t threads[WAITERS];
    (void)state;
    struct fake_cloud *fake = fake_cloud_start(script);
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);
    struct cbk_env env = {.cloud = cloud};
    CBK_CLEANUP(cbk_job_watch_freep) struct cbk_job_watch *watch = cbk_job_watch_new();
    for (size_t i = 0; i < WAITERS; i++) {
        CBK_CLEANUP(cbk_string_freep) char *id = cbk_strf("job-%zu", i);
        waiters[i] = (struct waiter){.watch = watch, .env = &env, .job = cbk_job_watch_begin(watch, id)};
    }
    for (size_t i = 0; i < WAITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, listen, &waiters[i]), 0);
    for (size_t i = 0; i < WAITERS; i++) {
        (void)pthread_join(threads[i], NULL);
        assert_int_equal(waiters[i].r, 0);
        assert_true(cbk_str_equal(cbk_json_text(waiters[i].heard, "Status"), said[i]));
        json_decref(waiters[i].heard);
        cbk_job_watch_end(watch, waiters[i].job);
    }
    assert_int_equal(fake_cloud_count(fake, "DescribeBackupJobs2"), 1);
    END_CLOUD();
}

static void who_asks_in_vain_is_told(void **state)
{
    static const struct line script[] = {
        {"DescribeBackupJobs2", NULL, 403, "{\"Code\": \"NoPermission\", \"Message\": \"no\"}", 1},
        {"DescribeBackupJobs2", NULL, 0, JOBS(JOB("job-1", "COMPLETE"), "1"), 1},
        {0}};
    (void)state;
    struct fake_cloud *fake = fake_cloud_start(script);
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);
    struct cbk_env env = {.cloud = cloud};
    CBK_CLEANUP(cbk_job_watch_freep) struct cbk_job_watch *watch = cbk_job_watch_new();
    struct waiter waiter = {.watch = watch, .env = &env, .job = cbk_job_watch_begin(watch, "job-1")};
    (void)listen(&waiter);
    assert_int_equal(waiter.r, CBK_E_AUTH);
    assert_null(waiter.heard);
    (void)listen(&waiter);
    assert_int_equal(waiter.r, 0);
    assert_string_equal(cbk_json_text(waiter.heard, "Status"), "COMPLETE");
    json_decref(waiter.heard);
    cbk_job_watch_end(watch, waiter.job);
    assert_int_equal(fake_cloud_count(fake, "DescribeBackupJobs2"), 2);
    END_CLOUD();
}

static bool always(void)
{
    return true;
}

static void who_is_interrupted_does_not_ask(void **state)
{
    static const struct line script[] = {{0}};
    (void)state;
    struct fake_cloud *fake = fake_cloud_start(script);
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);
    struct cbk_env env = {.cloud = cloud, .is_interrupted = always};
    CBK_CLEANUP(cbk_job_watch_freep) struct cbk_job_watch *watch = cbk_job_watch_new();
    struct waiter waiter = {.watch = watch, .env = &env, .job = cbk_job_watch_begin(watch, "job-1")};
    (void)listen(&waiter);
    assert_int_equal(waiter.r, 0);
    assert_null(waiter.heard);
    cbk_job_watch_end(watch, waiter.job);
    assert_int_equal(fake_cloud_count(fake, NULL), 0);
    END_CLOUD();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_call_answers_all),
        cmocka_unit_test(who_asks_in_vain_is_told),
        cmocka_unit_test(who_is_interrupted_does_not_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
