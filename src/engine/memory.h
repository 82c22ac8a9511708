/*
 * What the state remembers, joined with what git declares: under its own address, or under another one that git has
 * given to the same thing in the cloud since. A key renamed in YAML changes hands; nothing is destroyed for it.
 */
#ifndef CBK_ENGINE_MEMORY_H
#define CBK_ENGINE_MEMORY_H

#include "engine/objects.h"

/* Adds the state's side to the declared objects, and an object without a declaration for all else that it knows, by
 * address. An address that is none is added to `errors`. Both borrow from `state` and `stack`. */
void cbk_memory_join(struct cbk_objects *objects, const struct cbk_stack *stack, bool want_none, const json_t *state,
                     struct cbk_errors *errors);

#endif
