/*
 * Keeps the state while steps change it: each call is in the store's journal before it is sent, each outcome before the
 * step counts as done, the whole is written once at the end. Thread-safe.
 *
 * What is recorded before anything is sent, and what is known of a call afterwards, goes along with the next thing that
 * must be durable: while nothing has been sent there is nothing to lose, and a lost outcome costs a question.
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

/* Writes down that a call is about to be sent; durable when it returns. `intent` is all but its number, which it gets
 * (*ret_number). */
CBK_MUST_CHECK int cbk_keeper_intend(struct cbk_keeper *keeper, json_t *intent, int64_t *ret_number,
                                     struct cbk_error *err);
/* What is known of the call of an intent; along with the next. `is_open`: whether it had its effect, is not. */
void cbk_keeper_learn(struct cbk_keeper *keeper, int64_t number, bool is_open, const char *code,
                      const char *request_id);
/* What stands at the address is known now, whatever its calls were answered: their intents are closed. */
void cbk_keeper_close_intents(struct cbk_keeper *keeper, const char *address);

/* Records that the object's creation begins, so that what a crash leaves behind is known to be ours; along with the
 * next. */
void cbk_keeper_begin(struct cbk_keeper *keeper, const struct cbk_object *object);
/*
 * Records that a replacement begins: `old` is remembered under an address of its own until it has been destroyed, and
 * the creation of `object` as begun; along with the next. Taking back is for a creation that came to nothing.
 */
CBK_MUST_CHECK int cbk_keeper_replace(struct cbk_keeper *keeper, const struct cbk_object *old,
                                      const struct cbk_object *object, struct cbk_error *err);
CBK_MUST_CHECK int cbk_keeper_take_back(struct cbk_keeper *keeper, const struct cbk_object *old, struct cbk_error *err);
/* Records under `former`, too, what stands at `address`: another object is about to stand there. Along with the next.
 */
CBK_MUST_CHECK int cbk_keeper_set_aside(struct cbk_keeper *keeper, const char *address, const char *former,
                                        struct cbk_error *err);
/* Records that what was replaced is gone. */
CBK_MUST_CHECK int cbk_keeper_drop_former(struct cbk_keeper *keeper, const struct cbk_object *old,
                                          struct cbk_error *err);
/* Records what is true of the object now; `_later`: along with the next. */
CBK_MUST_CHECK int cbk_keeper_put(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
void cbk_keeper_put_later(struct cbk_keeper *keeper, const struct cbk_object *object);
/* Records that it lives otherwise than it was applied; of what was applied, nothing is added. */
CBK_MUST_CHECK int cbk_keeper_note(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err);
/* Records that it is gone. */
CBK_MUST_CHECK int cbk_keeper_drop(struct cbk_keeper *keeper, const char *address, struct cbk_error *err);
/* Records, along with the next, that an apply begins whose ledger this is the head of; and a row of the ledger. */
void cbk_keeper_open_ledger(struct cbk_keeper *keeper, const json_t *head);
void cbk_keeper_enter(struct cbk_keeper *keeper, const json_t *row);
/* Writes the state, when anything was recorded or there is a ledger (NULL: there is none), which it keeps; `note` is a
 * line for stores that keep a history. */
CBK_MUST_CHECK int cbk_keeper_finish(struct cbk_keeper *keeper, const json_t *ledger, const char *note,
                                     struct cbk_error *err);

#endif
