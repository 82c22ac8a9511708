/*
 * A store keeps one stack's state. All stores promise the same:
 *
 *   read     gives the newest state, with every journalled step in it; no lock is needed
 *   lock     gives one holder at a time the right to write, and says who holds it otherwise
 *   append   makes steps durable before it returns; only under the lock, and once a state has been written
 *   write    replaces the state if its serial is still the one expected; only under the lock
 *   unlock   gives the right back
 *
 * An apply locks, appends what it is about to do and what it did, and writes once at its end: its cost grows with what
 * it did, not with the square of it. When it dies, the next reader sees the steps that were appended.
 */
#ifndef CBK_STATE_STORE_H
#define CBK_STATE_STORE_H

#include "state/backend.h"
#include "state/seal.h"

struct cbk_store;

/* Who locks, for what: shown to whoever is kept waiting. */
struct cbk_lock_info {
    const char *operation; /* "apply", "destroy" */
    const char *stack;
    int64_t timeout_ms;           /* how long to wait for another holder; 0: not at all */
    bool (*is_interrupted)(void); /* ends the wait; NULL: nobody can */
};

/* A store over a backend. It takes over both; `seal` may be NULL: what is kept is plain. */
struct cbk_store *cbk_store_new(struct cbk_backend *backend, struct cbk_seal *seal, const char *stack);
/* The local one, plain, over files in `dir`. */
struct cbk_store *cbk_store_local_new(const char *dir, const char *stack);
/* NULL is fine; a held lock is given back. */
void cbk_store_free(struct cbk_store *store);
CBK_DEFINE_OWNED(struct cbk_store, cbk_store)

/* *ret_state is a new reference, NULL when there is no state yet. */
CBK_MUST_CHECK int cbk_store_read(struct cbk_store *store, json_t **ret_state, struct cbk_error *err);
/* CBK_E_LOCKED when someone else still holds it: who, since when, on which host, for what. What an apply that died has
 * left in the journal is put into the state. */
CBK_MUST_CHECK int cbk_store_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err);
CBK_MUST_CHECK int cbk_store_append(struct cbk_store *store, const json_t *entry, struct cbk_error *err);
/* Several steps, in their order, for little more than one costs. A crash in between leaves the first of them, or all;
 * so may a failure. */
CBK_VEC(cbk_entries, const json_t *)
CBK_MUST_CHECK int cbk_store_append_all(struct cbk_store *store, const struct cbk_entries *entries,
                                        struct cbk_error *err);
/* CBK_E_STATE when the serial is not `expected_serial` any more; nothing is written then. `note` is one line for places
 * that keep a history of what was done; NULL: none. */
CBK_MUST_CHECK int cbk_store_write(struct cbk_store *store, const json_t *state, int64_t expected_serial,
                                   const char *note, struct cbk_error *err);
void cbk_store_unlock(struct cbk_store *store);

/* Who holds the lock: *ret_holder is a new reference to {id, operation, who, created, ...}, NULL when nobody does. */
CBK_MUST_CHECK int cbk_store_holder(struct cbk_store *store, json_t **ret_holder, struct cbk_error *err);
/* Takes the lock away from the holder with this id, and from no other: CBK_E_NOT_FOUND when it is not held by that one.
 * A holder that is alive will find out at its next write, and does not write. */
CBK_MUST_CHECK int cbk_store_break_lock(struct cbk_store *store, const char *id, struct cbk_error *err);
/* Does the place keep a history? */
bool cbk_store_has_history(const struct cbk_store *store);
/* What was written, newest first: [{revision, author, time, note}], a new reference. CBK_E_USAGE without a history. */
CBK_MUST_CHECK int cbk_store_history(struct cbk_store *store, json_t **ret_entries, struct cbk_error *err);
/* The state as it was at a revision; CBK_E_NOT_FOUND when that is none of it. New reference. */
CBK_MUST_CHECK int cbk_store_read_revision(struct cbk_store *store, const char *revision, json_t **ret_state,
                                           struct cbk_error *err);
/* Where the state is kept, for people. Borrowed. */
const char *cbk_store_place(const struct cbk_store *store);

#endif
