/*
 * Throttling: each service answers so many calls a second (--qps) and refuses the rest. The caller locks.
 */
#ifndef CBK_SIM_PACE_H
#define CBK_SIM_PACE_H

#include "sim/action/action.h"

struct sim_pace;
/* qps 0: never throttles. */
struct sim_pace *sim_pace_new(int64_t qps);
/* NULL is fine. */
void sim_pace_free(struct sim_pace *pace);
/* Counts a call; false when it is one too many. `now_ms` is the machine's monotonic clock. */
bool sim_pace_admit(struct sim_pace *pace, enum sim_service service, int64_t now_ms);

#endif
