/*
 * All guests of a world (--guests): the instances that have the key "guest". The set does not change once they run.
 */
#ifndef CBK_SIM_GUESTS_H
#define CBK_SIM_GUESTS_H

#include "sim/real/guest.h"
#include "sim/real/pool.h"
#include "sim/real/restore.h"

struct sim_guests;
struct sim_world;

/* Makes the disks that are not there, boots all, puts the world's files on new ones, runs boot scripts; `dir` and
 * `pool_mib` as in pool.h. To be called before there are threads. */
CBK_MUST_CHECK int sim_guests_start(const struct sim_world *world, const char *dir, int64_t pool_mib,
                                    struct sim_guests **ret, struct cbk_error *err);
/* NULL is fine. Ends all that runs in them, and unmounts their disks. */
void sim_guests_free(struct sim_guests *guests);
CBK_DEFINE_OWNED(struct sim_guests, sim_guests)
/* Stops them all; what is asked of them from then on fails. */
void sim_guests_stop(const struct sim_guests *guests);

/* Tells each whether its agent runs, as the world has it now. NULL is fine. */
void sim_guests_watch(const struct sim_guests *guests, const struct sim_world *world);

/* The guest of an instance, or NULL: it is virtual. `guests` may be NULL. Borrowed. */
struct sim_guest *sim_guests_find(const struct sim_guests *guests, const char *instance_id);
/* Ends all that runs in one and boots it anew, with an empty /tmp. */
CBK_MUST_CHECK int sim_guests_reboot(const struct sim_guests *guests, struct sim_guest *guest, struct cbk_error *err);
/* The copies of their disks that tests look into. */
struct sim_restores *sim_guests_restores(const struct sim_guests *guests);
const struct sim_pool *sim_guests_pool(const struct sim_guests *guests);
/* [{instance, frozen, pid, hostname, disks: [{id, image, device, filesystem, mount}]}], new reference. */
json_t *sim_guests_describe(const struct sim_guests *guests);

#endif
