/*
 * Keeps the state while steps change it: each outcome is in the store's journal before the step counts as done, the
 * whole is written once at the end. Thread-safe.
 */
#ifndef CBK_ENGINE_KEEPER_H
#define CBK_ENGINE_KEEPER_H

#include "kinds/object.h"
#include "state/store.h"

struct cbk_keeper;

/* `state` as read under the lock, NULL: there is none yet, and an empty one is written. */
CBK_MUST_CHECK int cbk_keeper_new(struct cbk_store *store, const json_t *state, const char *stack_name,
                                  struct cbk_keeper **ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_keeper_free(struct cbk_keeper *keeper);
CBK_DEFINE_OWNED(struct cbk_keeper, cbk_keeper)

/* Records that the object's creation begins, so that what a crash leaves behind is known to be ours. */
CBK_MUST_CHECK int cbk_keeper_intend(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/* Records what is true of the object now. */
CBK_MUST_CHECK int cbk_keeper_put(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/* Records that it is gone. */
CBK_MUST_CHECK int cbk_keeper_drop(struct cbk_keeper *keeper, const char *address, struct cbk_error *err);
/* Writes the state, when anything was recorded. */
CBK_MUST_CHECK int cbk_keeper_finish(struct cbk_keeper *keeper, struct cbk_error *err);

#endif
