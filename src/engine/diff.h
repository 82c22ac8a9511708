/*
 * The three-way diff of one object, attribute by attribute: what git wants, what was applied last, what lives.
 *
 *   live = desired          nothing
 *   desired moved           config
 *   live moved              drift
 *   both moved              both
 * Moved means: not what was applied last. What was never applied moved in git.
 */
#ifndef CBK_ENGINE_DIFF_H
#define CBK_ENGINE_DIFF_H

#include "engine/stack.h"

enum cbk_cause { CBK_CAUSE_NONE, CBK_CAUSE_CONFIG, CBK_CAUSE_DRIFT, CBK_CAUSE_BOTH, CBK_CAUSE_COUNT };

/* "config", "drift", "both"; NULL for none. */
const char *cbk_cause_name(enum cbk_cause cause);
/* The other way round. */
enum cbk_cause cbk_cause_parse(const char *name);
/* The cause of what has these two. */
enum cbk_cause cbk_cause_join(enum cbk_cause a, enum cbk_cause b);

struct cbk_diff {
    json_t *rows; /* [{path, before, after, cause[, widens: true][, shortens: true]}]; owned */
    enum cbk_cause cause;
    bool needs_replace; /* an immutable attribute differs */
    bool moved_alike;   /* git and the cloud agree on something that the state remembers otherwise */
};

/*
 * Takes over from the live side what lifecycle.ignore names: git wants it as it is. Done once, right after the refresh,
 * so that plan, checks and apply see the same. An object that does not live yet is wanted whole.
 */
void cbk_diff_yield(struct cbk_object *object);
/* Compares an object that is wanted and lives. Paths under lifecycle.ignore are left out. Attributes that git does not
 * mention are the cloud's business. */
void cbk_diff_make(const struct cbk_object *object, struct cbk_diff *ret);
void cbk_diff_release(struct cbk_diff *diff);
/* Once all sides are read: what differs only since something that the object refers to is replaced, in this plan or by
 * an apply before it, has not been moved by anybody else. Its cause is config. */
void cbk_diff_own_up(const struct cbk_env *env, const struct cbk_object *object, struct cbk_diff *diff);

/*
 * What lives against what was applied last, whatever git wants: rows as above (`before` is what was applied, `after`
 * what lives; null: there is none), with `wanted` where git has moved, too. What git wants as it lives is left out, as
 * is what lifecycle.ignore names. `wanted` is what git wants of the object; NULL: nothing. New reference.
 */
json_t *cbk_diff_drift(const struct cbk_object *object, const json_t *wanted);
/* Is the path (pre_freeze.mode) the outer one (pre_freeze), or a part of it? */
bool cbk_diff_lies_in(const char *path, const char *outer);

#endif
