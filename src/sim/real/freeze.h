/*
 * File systems of a guest, frozen: held by a helper (programs.h, guest-freeze) that thaws at the latest when its time
 * is over, and watched from here, so that they are thawed when the helper is killed, too.
 */
#ifndef CBK_SIM_FREEZE_H
#define CBK_SIM_FREEZE_H

#include "base/json.h"

struct sim_freeze;

/* Freezes the mount points (texts, as the guest has them, in this order) of the guest with that first process. On
 * failure none is frozen. */
CBK_MUST_CHECK int sim_freeze_begin(int pid, const json_t *mounts, int64_t timeout_ms, struct sim_freeze **ret,
                                    struct cbk_error *err);

/* How it ended. */
struct sim_thaw {
    char by[16];       /* "order", "timeout", "signal", "others"; "rescue": from here, after the helper was killed */
    int64_t window_us; /* from the first freeze to the last thaw */
};
/* Orders the thaw, or (`order` false) waits for its time to be over; frees the freeze. */
void sim_freeze_end(struct sim_freeze *freeze, bool order, struct sim_thaw *ret);

#endif
