/*
 * Tasks of Cloud Backup: what DescribeTask tells of work that goes on by itself.
 */
#ifndef CBK_SIM_TASK_H
#define CBK_SIM_TASK_H

#include "sim/world/world.h"

/* A new task; answers its id, borrowed from the world. `result` is what it will have made. */
const char *sim_task_start(struct sim_world *world, const char *name, const char *result);
/* Ends it well; one that is gone already is fine. */
void sim_task_finish(struct sim_world *world, const char *id);

#endif
