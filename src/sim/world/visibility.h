/*
 * RAM is global, and what it changes is seen elsewhere a moment later (--eventual): a new role is not known to ECS and
 * STS for a while, and a policy that was just detached still stands in the way of a deletion.
 */
#ifndef CBK_SIM_VISIBILITY_H
#define CBK_SIM_VISIBILITY_H

#include "sim/world/world.h"

/* Marks that the record has just changed in that respect ("made", "detached"). */
void sim_touch(const struct sim_world *world, json_t *record, const char *what);
/* Is it so recent that others do not see it yet? */
bool sim_is_fresh(const struct sim_world *world, const json_t *record, const char *what);
/* The role as ECS and STS know it, or NULL. */
json_t *sim_visible_role(const struct sim_world *world, const char *name);

#endif
