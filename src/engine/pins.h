/*
 * Guards that come from another version of the stack, such as the branch that is merged into: where it is stricter than
 * the stack that is planned, its word counts. So a pull request cannot loosen what holds its own plan back. What it
 * tightens stays tight; what only it declares has its own guards.
 */
#ifndef CBK_ENGINE_PINS_H
#define CBK_ENGINE_PINS_H

#include "engine/stack.h"

/*
 * Puts into the stack what `base` (NULL: there is none, and nothing is done) is stricter about. stack->pins becomes
 * {revision, commit, has_stack, settings: [{address, setting, wanted, pinned}]}.
 */
void cbk_stack_pin(struct cbk_stack *stack, const struct cbk_stack *base, const char *revision, const json_t *commit);
/* Is what is declared no more at the address (without an instance) protected by a pin? */
bool cbk_stack_is_pinned(const struct cbk_stack *stack, const char *address);

#endif
