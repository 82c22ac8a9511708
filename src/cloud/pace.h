/*
 * How fast we go. A session has a number of requests that may be under way at once; each service has a window below
 * that, which grows by one a round of successes and halves when the service says Throttling, as TCP does it. One
 * Throttling also holds the whole service back for a moment: the other workers' next calls would fare no better.
 */
#ifndef CBK_CLOUD_PACE_H
#define CBK_CLOUD_PACE_H

#include "cloud/cloud.h"

struct cbk_pace;

struct cbk_pace *cbk_pace_new(unsigned max_in_flight);
/* NULL is fine. */
void cbk_pace_free(struct cbk_pace *pace);
CBK_DEFINE_OWNED(struct cbk_pace, cbk_pace)

/* Waits for a place, at most `wait_ms`. True when there is one: the caller leaves it again. Times are those of
 * cbk_time_monotonic_ms. */
bool cbk_pace_enter(struct cbk_pace *pace, enum cbk_service service, int64_t wait_ms);
/* Leaves, having entered at `entered_ms`: throttled (and asked to wait `hold_ms`) or not. */
void cbk_pace_leave(struct cbk_pace *pace, enum cbk_service service, int64_t entered_ms, bool throttled,
                    int64_t hold_ms);
/* The present window of the service: how many calls it may have under way. */
unsigned cbk_pace_window(struct cbk_pace *pace, enum cbk_service service);

#endif
