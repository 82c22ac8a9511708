/*
 * What a role may do: the sum of its policies, a Deny anywhere winning over every Allow.
 */
#ifndef CBK_SIM_PERMISSION_H
#define CBK_SIM_PERMISSION_H

#include "sim/world.h"

bool sim_role_may(const struct sim_world *world, const json_t *role, const char *action, const char *resource);

#endif
