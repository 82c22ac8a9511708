/*
 * Backup policies at work: their rules run on the simulated clock, each at its own time even when the clock is turned
 * on by days; a deleted policy ends a while later. What a run makes is a backup job for each data source that is bound.
 */
#ifndef CBK_SIM_BACKUP_POLICY_H
#define CBK_SIM_BACKUP_POLICY_H

#include "sim/world/world.h"

/* Completes a record: ids of policy and rules, type, times; and sets the timers of rules that have none. */
void sim_backup_policy_fill(struct sim_world *world, json_t *policy);
/* The rule of that id, or NULL. Borrowed. */
json_t *sim_backup_policy_rule(const json_t *policy, const char *rule_id);
/* Starts the job that the rule orders for a binding; NULL when such sources are not backed up here. Borrowed. */
json_t *sim_backup_policy_run(struct sim_world *world, const json_t *policy, const json_t *rule, const json_t *binding);
/* Unbinds everything; the policy goes too: at once, or for UDM_ECS_ONLY after a while. */
void sim_backup_policy_delete(struct sim_world *world, json_t *policy);

#endif
