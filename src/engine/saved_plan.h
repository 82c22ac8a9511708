/*
 * A saved plan: the plan's JSON in a file, sealed where the stack seals its state, signed where that is asked for. What
 * it says is done only while everything that it rests on is as it was.
 */
#ifndef CBK_ENGINE_SAVED_PLAN_H
#define CBK_ENGINE_SAVED_PLAN_H

#include "engine/plan.h"
#include "state/seal.h"

/* How a plan is kept and believed; each may be NULL. */
struct cbk_plan_trust {
    struct cbk_seal *seal;
    const char *sign_key;   /* the private key that signs what is written */
    const char *verify_key; /* the public key whose signature is demanded of what is read */
};

/* Replaces the file at `path` by the plan. */
CBK_MUST_CHECK int cbk_saved_plan_write(const char *path, const json_t *plan, const struct cbk_plan_trust *trust,
                                        struct cbk_error *err);
/* Reads a saved plan. What is no plan of cbk, or of a format that this one does not know, or not signed as demanded,
 * is refused. New reference. */
CBK_MUST_CHECK int cbk_saved_plan_read(const char *path, const struct cbk_plan_trust *trust, json_t **ret_saved,
                                       struct cbk_error *err);
/* Refuses a plan (read from `path`) whose digest is of another one: a file that is damaged, or that somebody has
 * edited, is not what was reviewed. Who means to deceive makes the digest anew; a signature is against that.
 * CBK_E_VALIDATION. */
CBK_MUST_CHECK int cbk_saved_plan_check(const json_t *plan, const char *path, struct cbk_error *err);
/* Is the file at `path` a sealed plan? False when it cannot be read: reading it says why. */
bool cbk_saved_plan_is_sealed(const char *path);
/*
 * Keeps only the changes that a saved plan has, and refuses with CBK_E_STALE_PLAN when the stack's files, the state or
 * one of the live objects that it touches has changed since.
 */
CBK_MUST_CHECK int cbk_plan_restrict(struct cbk_plan *plan, const json_t *saved, struct cbk_error *err);

#endif
