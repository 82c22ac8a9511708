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

/* Jobs as they move. `message` is why it failed. */
struct sim_backup_order;
struct sim_reached;
void sim_backup_job_fail(struct sim_world *world, json_t *job, const char *message);
/* The disks are copied: makes the snapshots and the recovery point, which is complete when they are. Answers the
 * snapshots, new reference. */
json_t *sim_backup_job_record(struct sim_world *world, json_t *job, json_t *instance,
                              const struct sim_backup_order *order, const struct sim_reached *reached);
/* Begins a job of a guest: it goes on beside the world, and a tick takes in how it ended. */
struct sim_guest;
void sim_guest_job_start(struct sim_world *world, struct sim_guest *guest, const json_t *job, json_t *instance,
                         const struct sim_reached *reached);

#endif
