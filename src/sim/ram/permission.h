/*
 * What a principal may do: the sum of its policies, a Deny anywhere winning over every Allow, a session's own policy
 * narrowing that. A principal is a record with "policies": a role, or a credential of the world file that has some.
 */
#ifndef CBK_SIM_PERMISSION_H
#define CBK_SIM_PERMISSION_H

#include "sim/action/call.h"

/* `context` feeds the conditions; NULL: nothing is known. */
bool sim_principal_may(const struct sim_world *world, const json_t *principal, const char *action, const char *resource,
                       const json_t *context);

/* May the caller do that? The account itself may do everything. */
bool sim_caller_may(const struct sim_call *call, const char *action, const char *resource);
/* Is the call itself allowed, on all resources that its parameters name? Fails with the service's code; for an action
 * that hides what the caller may not see, the call finds nothing instead. */
CBK_MUST_CHECK int sim_permission_check(struct sim_call *call);

#endif
