/*
 * Work that takes real time: what goes on in a guest. Each piece has a thread of its own, which does not touch the
 * world; what it has found is taken in by the next tick, under the world's lock like everything else.
 */
#ifndef CBK_SIM_WORK_H
#define CBK_SIM_WORK_H

#include "base/owned.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct sim_world;
struct sim_works;

/* The head of a task: embed it first. Filled in by whoever starts it, up to `cancel`. */
struct sim_work {
    void (*run)(struct sim_work *work);                           /* on its thread */
    void (*done)(struct sim_work *work, struct sim_world *world); /* by a tick; frees the work */
    char *key;                                                    /* of whom it is: an invocation's id; owned */
    atomic_bool cancel;                                           /* asks run() to come to an end soon */
    bool finished;
    pthread_t thread;
    struct sim_work *next;
};

struct sim_works *sim_works_new(void);
/* NULL is fine. Nothing may be in there any more. */
void sim_works_free(struct sim_works *works);

/* Takes the work over and begins it. */
void sim_work_start(struct sim_works *works, struct sim_work *work);
/* Asks the works of that key to end. */
void sim_work_cancel(struct sim_works *works, const char *key);
/* Asks all to end, waits until they have, and lets no other begin: one that is started is asked to end at once. */
void sim_works_stop(struct sim_works *works);
/* Takes in what has finished. */
void sim_works_collect(struct sim_works *works, struct sim_world *world);

#endif
