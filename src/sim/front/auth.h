/*
 * Who calls, and is it they? Both signatures of the cloud (cloud/sign.h), the freshness of their timestamps by this
 * machine's clock, nonces that count once, temporary credentials that expire by the simulated one.
 */
#ifndef CBK_SIM_AUTH_H
#define CBK_SIM_AUTH_H

#include "sim/action/call.h"
#include "sim/front/request.h"

struct sim_nonces;
struct sim_nonces *sim_nonces_new(void);
/* NULL is fine. */
void sim_nonces_free(struct sim_nonces *nonces);
/* Remembers the nonce for as long as a request that bears it could be fresh. False when it was known. */
bool sim_nonces_use(struct sim_nonces *nonces, const char *nonce, int64_t machine_now);

/* Is it signed by ACS3 (else by RPC v1)? The Authorization header tells; v1 clients may send x-acs-* headers too. */
bool sim_request_is_v3(const struct sim_request *request);

/* Fills call->caller, or fails with the gateway's code. */
CBK_MUST_CHECK int sim_auth_check(struct sim_call *call, const struct sim_request *request, struct sim_nonces *nonces);

#endif
