/*
 * One backup job of one instance, from the order to its end.
 */
#ifndef CBK_KINDS_BACKUP_JOB_H
#define CBK_KINDS_BACKUP_JOB_H

#include "kinds/kind.h"

struct cbk_backup_order {
    const char *instance;
    const char *like; /* how the names of all orders of the very same thing begin */
    int64_t retention_days;
    int64_t timeout_s;    /* by the cloud's clock, from when the job was created */
    const json_t *detail; /* of CreateBackupJob, camelCase */
};

/* The newest job of this very order that was started within the last two hours, or the timeout if that is longer: an
 * apply that was killed leaves one behind. *ret_job is a new reference, NULL when there is none. */
CBK_MUST_CHECK int cbk_backup_job_earlier(const struct cbk_env *env, const struct cbk_backup_order *order,
                                          json_t **ret_job, struct cbk_error *err);
/* Is the job under way, or has it become COMPLETE since `since` (unix seconds)? Who looked for its point then saw none.
 */
bool cbk_backup_job_is_recent(const json_t *job, int64_t since);
/*
 * Starts the job, or goes on with the `earlier` one (NULL: none), since another one would freeze the instance twice;
 * and waits for its end. Success means COMPLETE: *ret_job is the job as the cloud tells it, a new reference; that says
 * nothing yet of the level. Anything else that is an end (FAILED, PARTIAL_COMPLETE) is CBK_E_DOWNGRADED, and so is a
 * job that has not ended within the timeout: it is cancelled. An interrupt cancels it likewise: CBK_E_INTERRUPTED. A
 * job that has ended before it could be cancelled counts as it ended.
 */
CBK_MUST_CHECK int cbk_backup_job_run(const struct cbk_env *env, const struct cbk_object *object,
                                      const struct cbk_backup_order *order, const json_t *earlier, json_t **ret_job,
                                      struct cbk_error *err);

#endif
