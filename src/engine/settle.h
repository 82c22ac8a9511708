/*
 * Settles what an apply left open: each call of which nobody heard the end is held against what lives now. That is said
 * to people and does nothing else; what is to be done is decided by the plan's diff, as ever, so that no call is ever
 * repeated blindly.
 */
#ifndef CBK_ENGINE_SETTLE_H
#define CBK_ENGINE_SETTLE_H

#include "engine/plan.h"

/*
 * *ret_rows is a new array of {n, address, action, key, at, verdict "done" | "not_done" | "unknown", why, stays}, one
 * an intent of plan->state, whose objects have been read; NULL where there is none. `stays`: it can be told later, and
 * the next apply keeps it. Asks the cloud about backup jobs, which no object shows.
 */
CBK_MUST_CHECK int cbk_settle(const struct cbk_plan *plan, json_t **ret_rows, struct cbk_error *err);

#endif
