/*
 * Whether a failed attempt is followed by another one, and after how long: a pure decision. Waits have full jitter (any
 * time between nothing and the backoff), so that workers who failed together do not come back together.
 */
#ifndef CBK_CLOUD_RETRY_H
#define CBK_CLOUD_RETRY_H

#include "cloud/cloud.h"

struct cbk_failure {
    int code;               /* CBK_E_ */
    unsigned flags;         /* of the call */
    bool was_reached;       /* the service has answered in this session */
    unsigned attempts;      /* made so far, the failed one included */
    int64_t elapsed_ms;     /* since the call began */
    int64_t remaining_ms;   /* until its deadline */
    int64_t retry_after_ms; /* what the cloud asked for; -1: nothing */
};

/* Milliseconds to wait before the next attempt, or -1: give up. `random` is any number. */
int64_t cbk_retry_delay(const struct cbk_failure *failure, uint32_t random);

/* The wait before look number `look` (from 0) at something that takes its time: grows from 200 ms to 2 s, and is
 * jittered by a quarter. */
int64_t cbk_poll_delay(unsigned look, uint32_t random);

/* A number for the above. */
uint32_t cbk_retry_random(void);

#endif
