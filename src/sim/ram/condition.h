/*
 * The Condition of a policy statement: {"StringLike": {"oidc:sub": ["repo:*"]}}. All operators, and in each all keys,
 * must be met; one of a key's values is enough. An operator or a key that is not known here is not met.
 */
#ifndef CBK_SIM_CONDITION_H
#define CBK_SIM_CONDITION_H

#include "base/json.h"

/* `context` is an object of texts: what is known of the request ("acs:SourceIp": "127.0.0.1"). NULL: nothing. */
bool sim_condition_holds(const json_t *condition, const json_t *context);

#endif
