/*
 * What the actions of Cloud Backup share.
 */
#ifndef CBK_SIM_HBR_H
#define CBK_SIM_HBR_H

#include "sim/action/action.h"

#define SIM_HBR_STATUS "RequestId Code Message Success:b"

/* Ends the call as HBR tells business failures: HTTP 200 with Success=false and a Code of its own. Returns 0. */
CBK_MUST_CHECK int sim_hbr_refuse(struct sim_call *call, const char *code, const char *fmt, ...) CBK_PRINTF(3, 4);

/* Has the account the service-linked role of that type of CheckRole? */
bool sim_hbr_has_service_role(const struct sim_world *world, const char *type);

/* A new job of an instance in "backup_jobs", which will run by itself. `detail` is the camelCase order (or NULL),
 * `policy_id` "" for a job that somebody asked for. Borrowed. */
json_t *sim_backup_job_start(struct sim_world *world, const char *instance_id, const char *name, const json_t *detail,
                             int64_t retention_days, const char *policy_id);

#endif
