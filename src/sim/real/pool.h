/*
 * Where the disks of guests lie: a directory with an image for each disk and for each snapshot of one.
 *
 *     DIR/lock          flock: exclusive while a simulator clears up and starts, shared by it and its guests then; so
 *                       nobody starts here before the last guest of a simulator that was killed has ended
 *     DIR/pool/disks/ID.img, DIR/pool/snapshots/NAME.img
 *     DIR/pool.img      an XFS file system mounted at DIR/pool, where DIR's own cannot share blocks between files
 *
 * The mount is made in the simulator's own mount namespace: nobody else sees it, and it goes with the simulator however
 * that ends.
 */
#ifndef CBK_SIM_POOL_H
#define CBK_SIM_POOL_H

#include "base/json.h"

struct sim_pool;

/*
 * Opens DIR, made when it is not there; NULL: a temporary one, removed with the pool. `size_mib` is the room for all
 * images, in a pool.img; 0: as much as DIR has. What a simulator that was killed has left is cleared away. To be called
 * before there are threads: a mount namespace is a thread's.
 */
CBK_MUST_CHECK int sim_pool_open(const char *dir, int64_t size_mib, struct sim_pool **ret, struct cbk_error *err);
/* NULL is fine. */
void sim_pool_free(struct sim_pool *pool);
CBK_DEFINE_OWNED(struct sim_pool, sim_pool)

/* The path of DIR/lock. */
const char *sim_pool_lock(const struct sim_pool *pool);
/* Can files share blocks here? */
bool sim_pool_shares(const struct sim_pool *pool);
/* "DIR/pool/KIND/NAME.img"; the caller frees. */
char *sim_pool_image(const struct sim_pool *pool, const char *kind, const char *name);
/* Removes the images of snapshots whose paths are not among `known` (an array). */
CBK_MUST_CHECK int sim_pool_sweep(const struct sim_pool *pool, const json_t *known, struct cbk_error *err);
/* Is that the path of a snapshot's image in the pool? */
bool sim_pool_holds(const struct sim_pool *pool, const char *path);
/* The folder where a guest's root is mounted, made when it is not there; the caller frees. */
CBK_MUST_CHECK int sim_pool_root(const struct sim_pool *pool, const char *instance, char **ret, struct cbk_error *err);

#endif
