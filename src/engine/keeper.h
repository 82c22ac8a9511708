/*
 * Keeps the state while steps change it: each outcome is in the store's journal before the step counts as done, the
 * whole is written once at the end. Thread-safe.
 */
#ifndef CBK_ENGINE_KEEPER_H
#define CBK_ENGINE_KEEPER_H

#include "kinds/kind.h"
#include "state/store.h"

struct cbk_keeper;

/* `state` as read under the lock, NULL: there is none yet, and an empty one is written. */
CBK_MUST_CHECK int cbk_keeper_new(struct cbk_store *store, const json_t *state, const struct cbk_env *env,
                                  struct cbk_keeper **ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_keeper_free(struct cbk_keeper *keeper);
CBK_DEFINE_OWNED(struct cbk_keeper, cbk_keeper)

/* Records that the object's creation begins, so that what a crash leaves behind is known to be ours. */
CBK_MUST_CHECK int cbk_keeper_intend(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/*
 * Records that a replacement begins: `old` is remembered under an address of its own until it has been destroyed, and
 * the creation of `object` as begun. Taking back is for a creation that came to nothing.
 */
CBK_MUST_CHECK int cbk_keeper_replace(struct cbk_keeper *keeper, const struct cbk_object *old,
                                      const struct cbk_object *object, struct cbk_error *err);
CBK_MUST_CHECK int cbk_keeper_take_back(struct cbk_keeper *keeper, const struct cbk_object *old, struct cbk_error *err);
/* Records under `former`, too, what stands at `address`: another object is about to stand there. */
CBK_MUST_CHECK int cbk_keeper_set_aside(struct cbk_keeper *keeper, const char *address, const char *former,
                                        struct cbk_error *err);
/* Records that what was replaced is gone. */
CBK_MUST_CHECK int cbk_keeper_drop_former(struct cbk_keeper *keeper, const struct cbk_object *old,
                                          struct cbk_error *err);
/* Records what is true of the object now. */
CBK_MUST_CHECK int cbk_keeper_put(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/* Records that it lives otherwise than it was applied; of what was applied, nothing is added. */
CBK_MUST_CHECK int cbk_keeper_note(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/* Records that it is gone. */
CBK_MUST_CHECK int cbk_keeper_drop(struct cbk_keeper *keeper, const char *address, struct cbk_error *err);
/* Writes the state, when anything was recorded; `note` is a line for stores that keep a history. */
CBK_MUST_CHECK int cbk_keeper_finish(struct cbk_keeper *keeper, const char *note, struct cbk_error *err);

#endif
