/*
 * The body (hbr/body.h) of a guest: what the plug-in does to real disks and processes, and how long it took.
 */
#ifndef CBK_SIM_GUEST_BODY_H
#define CBK_SIM_GUEST_BODY_H

#include "sim/hbr/body.h"
#include "sim/real/freeze.h"
#include "sim/real/guest.h"

struct sim_guest_body {
    struct sim_body base;
    struct sim_guest *guest;
    json_t *copies;            /* [{from, to}]: images and what they are copied to; `made` once they are; owned */
    const atomic_bool *cancel; /* lets go soon, but thaws and runs the second script */
    int64_t copy_ms;           /* a copy takes so long at least */
    int64_t script_timeout_ms;
    json_t *mounts;            /* where its disks are mounted, once that was found out; owned */
    struct sim_freeze *freeze; /* while there is one */
    json_t *measured;          /* what took how long, as docs/simulator.md has it; owned */
    struct cbk_error err;      /* of the copy */
};

/* Fills in ops and `measured`; the rest is the caller's. */
void sim_guest_body_init(struct sim_guest_body *body);
/* Waits for a freeze that nobody has ended: on its thread, when the steps are done. */
void sim_guest_body_end(struct sim_guest_body *body);
void sim_guest_body_release(struct sim_guest_body *body);

#endif
