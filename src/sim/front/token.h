/*
 * ClientToken: a call that bears one and comes again gets the first one's answer. How long a token lives is not
 * documented; here it lives as long as the world (U).
 */
#ifndef CBK_SIM_TOKEN_H
#define CBK_SIM_TOKEN_H

#include "sim/action/call.h"

/* *ret_id is what the first call with this token made, or NULL when this is the first (or has no token). Fails with
 * IdempotentParameterMismatch when the parameters differ. */
CBK_MUST_CHECK int sim_token_look(struct sim_call *call, const char **ret_id);
/* Remembers what this call has made. */
void sim_token_keep(struct sim_call *call, const char *id);

#endif
