/*
 * What is remembered of a step: before it, that something of ours begins; after it, what is true now. A crash at any
 * point leaves enough behind for the next command to know what is ours.
 */
#ifndef CBK_ENGINE_REMEMBER_H
#define CBK_ENGINE_REMEMBER_H

#include "engine/keeper.h"
#include "engine/steps.h"

/* The object that the step works on: of a replacement in two steps, each half has its own. Borrowed. */
struct cbk_object *cbk_step_object(const struct cbk_step *step);

/* Where the state knows that object: what a replacement takes away has an address of its own. The caller frees. */
char *cbk_step_address(const struct cbk_step *step);

/* Before the step: writes down what is about to be made, along with the first call that makes it. */
CBK_MUST_CHECK int cbk_remember_begin(struct cbk_keeper *keeper, const struct cbk_step *step, struct cbk_error *err);
/* After it: writes down what is true now. `outcome` is what the step returned. */
CBK_MUST_CHECK int cbk_remember_end(struct cbk_keeper *keeper, const struct cbk_step *step, int outcome,
                                    struct cbk_error *err);

#endif
