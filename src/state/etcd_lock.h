/*
 * The lock of an etcd backend: a key that lives as long as a lease, which a thread renews. Whoever stops renewing, dead
 * or cut off, loses it; every write names the revision at which the key was made, so that a holder who has lost it and
 * does not know yet cannot write.
 */
#ifndef CBK_STATE_ETCD_LOCK_H
#define CBK_STATE_ETCD_LOCK_H

#include "state/etcd_client.h"

struct cbk_etcd_lock;

/* `key` is where the lock stands; it runs out `lease_s` seconds after its last renewal. The first two are borrowed. */
struct cbk_etcd_lock *cbk_etcd_lock_new(struct cbk_etcd *etcd, const char *key, int64_t lease_s);
/* Gives it back when it is held. NULL is fine. */
void cbk_etcd_lock_free(struct cbk_etcd_lock *lock);

/* Takes it for `holder`, and renews it from then on. CBK_E_LOCKED with the other holder's words; one that is known to
 * be dead is cleared away. */
CBK_MUST_CHECK int cbk_etcd_lock_take(struct cbk_etcd_lock *lock, const json_t *holder, struct cbk_error *err);
void cbk_etcd_lock_give(struct cbk_etcd_lock *lock);
/* What a transaction has to compare so that it is this holder's. New reference. */
json_t *cbk_etcd_lock_condition(const struct cbk_etcd_lock *lock);
/* Fails with CBK_E_LOCKED: the lock is not this holder's any more. */
int cbk_etcd_lock_fail_lost(const struct cbk_etcd_lock *lock, struct cbk_error *err);

/* Who holds it: a new reference, NULL when nobody does; *ret_revision is when they took it. */
CBK_MUST_CHECK int cbk_etcd_lock_look(struct cbk_etcd_lock *lock, json_t **ret_holder, int64_t *ret_revision,
                                      struct cbk_error *err);
/* Takes it away from the holder who took it at that revision. */
CBK_MUST_CHECK int cbk_etcd_lock_break(struct cbk_etcd_lock *lock, int64_t revision, struct cbk_error *err);

#endif
