/*
 * Waiting for backup jobs, many at once: whoever waits asks for all that are waited for, in one call, and the others
 * take their answers from that. A job that has just begun is asked for often, an old one seldom.
 */
#ifndef CBK_KINDS_JOB_WATCH_H
#define CBK_KINDS_JOB_WATCH_H

#include "kinds/kind.h"

struct cbk_job_watch *cbk_job_watch_new(void);
/* NULL is fine; nobody may wait any more. */
void cbk_job_watch_free(struct cbk_job_watch *watch);
CBK_DEFINE_OWNED(struct cbk_job_watch, cbk_job_watch)

/* A job that somebody waits for, from begin to end. */
struct cbk_watched_job;
struct cbk_watched_job *cbk_job_watch_begin(struct cbk_job_watch *watch, const char *job_id);
void cbk_job_watch_end(struct cbk_job_watch *watch, struct cbk_watched_job *job);

/*
 * Waits for the next answer about the job: *ret_job is the job as the cloud tells it now, a new reference of the
 * caller's own; NULL: the cloud does not know it (yet), or the user asks to stop. When asking fails, one of those who
 * wait is told; the others ask again.
 */
CBK_MUST_CHECK int cbk_job_watch_next(struct cbk_job_watch *watch, const struct cbk_env *env,
                                      struct cbk_watched_job *job, json_t **ret_job, struct cbk_error *err);

#endif
