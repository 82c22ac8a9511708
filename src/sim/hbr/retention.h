/*
 * How long recovery points are kept, and how they end: with their ECS snapshots.
 */
#ifndef CBK_SIM_RETENTION_H
#define CBK_SIM_RETENTION_H

#include "sim/world/world.h"

struct sim_retention {
    int64_t days;     /* 0: for ever */
    const char *type; /* DAILY, WEEKLY, MONTHLY, YEARLY where a longer one was won; else "" */
};

/*
 * What a run of the rule for an instance is kept for: the rule's own Retention, else that of the TRANSITION rule (NULL:
 * none), and longer for the first one of a day, week, month or year that RetentionRules name.
 */
struct sim_retention sim_retention_of(const struct sim_world *world, const json_t *rule, const json_t *transition,
                                      const char *instance_id);
/* Lets a new recovery point end in its time. */
void sim_retention_begin(struct sim_world *world, const json_t *point);
/* Takes a recovery point away, with its snapshots and their group. */
void sim_point_remove(struct sim_world *world, json_t *point);

#endif
