/*
 * A backend is a place that keeps the bytes of one stack's state: the state itself, the journal of an apply under way,
 * and the lock. What the bytes mean is the store's business (store.c), so all places behave alike.
 *
 *   read     gives both, as they are now; no lock is needed
 *   lock     gives one holder at a time the right to write, across all processes and hosts that share the place
 *   append   makes a block of whole lines of the journal durable before it returns, for little more than one line
 * costs; the first block of a holder begins a new journal. A crash in between may leave the front of the block, its
 *            last line cut
 *   replace  exchanges the state and drops the journal, as one step that a crash cannot divide
 *   unlock   gives the right back
 *
 * append and replace fail with CBK_E_LOCKED when the right has been lost meanwhile (a lease that ran out, a ref that
 * moved): whoever holds it now is not disturbed.
 */
#ifndef CBK_STATE_BACKEND_H
#define CBK_STATE_BACKEND_H

#include "base/error.h"
#include "base/json.h"

/* What a place holds; both are owned, NULL where there is none, with a NUL behind their length. */
struct cbk_stored {
    char *state, *journal;
    size_t state_len, journal_len;
};
void cbk_stored_release(struct cbk_stored *stored);

struct cbk_backend;

struct cbk_backend_ops {
    const char *name; /* "local", "git", "etcd" */
    /* All of these are required. */
    int (*read)(struct cbk_backend *self, struct cbk_stored *ret, struct cbk_error *err);
    int (*lock)(struct cbk_backend *self, const json_t *holder, struct cbk_error *err);
    /* `block` is a line, or the first two of a new journal (`begins`): what an old one has is dropped then. It ends in
     * a newline. Of what failed, nothing may be read as the beginning of what is appended after it. */
    int (*append)(struct cbk_backend *self, const char *block, size_t len, bool begins, struct cbk_error *err);
    /* `note`: for places that keep a history, one line of what was done. */
    int (*replace)(struct cbk_backend *self, const char *state, size_t len, const char *note, struct cbk_error *err);
    void (*unlock)(struct cbk_backend *self);
    /* Who holds the lock: *ret_holder is what `lock` was given, a new reference; NULL: nobody. */
    int (*holder)(struct cbk_backend *self, json_t **ret_holder, struct cbk_error *err);
    /* Takes the lock away from the holder with this id. */
    int (*break_lock)(struct cbk_backend *self, const char *id, struct cbk_error *err);
    void (*free)(struct cbk_backend *self);

    /* Both or neither, of places that keep a history: what was written, newest first, as [{revision, author, time,
     * note}], a new reference; and the state as it was at a revision. */
    int (*history)(struct cbk_backend *self, json_t **ret_entries, struct cbk_error *err);
    int (*read_revision)(struct cbk_backend *self, const char *revision, struct cbk_stored *ret, struct cbk_error *err);
};

/* The base of every backend; the instance begins with it. */
struct cbk_backend {
    const struct cbk_backend_ops *ops;
    char *place; /* for people: a path, a ref, an URL with a key; owned */
};

/* Files in `dir`, which is made when missing: STACK.json, STACK.journal, STACK.lock. */
struct cbk_backend *cbk_backend_local_new(const char *dir, const char *stack);
/* The ref refs/cbk/state/STACK of the git repository around `dir`, or of its remote of that name. NULL: of 'origin',
 * where there is one. CBK_E_NOT_FOUND: no repository, or no such remote. */
CBK_MUST_CHECK int cbk_backend_git_new(const char *dir, const char *remote, const char *stack, struct cbk_backend **ret,
                                       struct cbk_error *err);
/* Keys below PREFIX/STACK/ in etcd; `settings` as cbk_etcd_new takes them, `prefix` ("cbk" when absent) and `lease`
 * ("30s"). */
CBK_MUST_CHECK int cbk_backend_etcd_new(const json_t *settings, const char *dir, const char *stack,
                                        struct cbk_backend **ret, struct cbk_error *err);

#endif
