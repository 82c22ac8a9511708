/*
 * Filling in what a world file leaves out: defaults, documents as text, ids, indexes. Filling twice changes nothing.
 */
#ifndef CBK_SIM_WORLD_FILL_H
#define CBK_SIM_WORLD_FILL_H

#include "sim/world/world.h"

/* Completes one record before it is added to its section (and after it was patched). */
CBK_MUST_CHECK int sim_world_fill(struct sim_world *world, enum sim_section section, json_t *record,
                                  struct cbk_error *err);
/* Completes the world as a whole: the vendor's system policies, counts of attachments. */
void sim_world_complete(struct sim_world *world);
/* Gives an instance of a fleet its name and a fresh id. */
void sim_world_name(struct sim_world *world, json_t *instance, const char *name);

/* What a new role looks like: id, arn, times. */
void sim_role_fill(struct sim_world *world, json_t *role);

#endif
