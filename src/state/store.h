/*
 * A store keeps one stack's state. All stores promise the same:
 *
 *   read     gives the newest state, with every journalled step in it; no lock is needed
 *   lock     gives one holder at a time the right to write, and says who holds it otherwise
 *   append   makes one step durable before it returns; only under the lock, and once a state has been written
 *   write    replaces the state if its serial is still the one expected; only under the lock
 *   unlock   gives the right back
 *
 * An apply locks, appends a line a step, and writes once at its end: its cost grows with what it did, not with the
 * square of it. When it dies, the next reader sees the steps that were appended.
 */
#ifndef CBK_STATE_STORE_H
#define CBK_STATE_STORE_H

#include "base/error.h"
#include "base/json.h"

struct cbk_store;

/* Who locks, for what: shown to whoever is kept waiting. */
struct cbk_lock_info {
    const char *operation; /* "apply", "destroy" */
    const char *stack;
};

struct cbk_store_ops {
    const char *name;
    /* All are required. *ret_state is a new reference, NULL when there is no state yet. */
    int (*read)(struct cbk_store *self, json_t **ret_state, struct cbk_error *err);
    int (*lock)(struct cbk_store *self, const struct cbk_lock_info *info, struct cbk_error *err);
    int (*append)(struct cbk_store *self, const json_t *entry, struct cbk_error *err);
    int (*write)(struct cbk_store *self, const json_t *state, int64_t expected_serial, struct cbk_error *err);
    void (*unlock)(struct cbk_store *self);
    void (*free)(struct cbk_store *self);
};

/* The base of every store; the instance begins with it. */
struct cbk_store {
    const struct cbk_store_ops *ops;
};

/* NULL is fine; a held lock is given back. */
void cbk_store_free(struct cbk_store *store);
CBK_DEFINE_OWNED(struct cbk_store, cbk_store)

CBK_MUST_CHECK int cbk_store_read(struct cbk_store *store, json_t **ret_state, struct cbk_error *err);
/* CBK_E_LOCKED when someone else holds it: who, since when, on which host, for what. */
CBK_MUST_CHECK int cbk_store_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err);
CBK_MUST_CHECK int cbk_store_append(struct cbk_store *store, const json_t *entry, struct cbk_error *err);
/* CBK_E_STATE when the serial is not `expected_serial` any more; nothing is written then. */
CBK_MUST_CHECK int cbk_store_write(struct cbk_store *store, const json_t *state, int64_t expected_serial,
                                   struct cbk_error *err);
void cbk_store_unlock(struct cbk_store *store);

/*
 * The local store: files in `dir` (made when missing).
 *   <stack>.json     the state, replaced by rename after fsync
 *   <stack>.journal  the steps of an apply under way, or of one that died
 *   <stack>.lock     who applies; the lock itself is the kernel's and dies with its holder
 */
struct cbk_store *cbk_store_local_new(const char *dir, const char *stack);

#endif
