/*
 * What a plan was asked to look at, and how. A scope is JSON, so that a saved plan keeps it as it is:
 *
 *   {"target": [ADDRESS], "exclude": [ADDRESS], "replace": [ADDRESS], "run": [ADDRESS], "refresh_only": true}
 *
 * with only what was asked for; NULL is everything. An address without an instance speaks for all of its instances.
 *   target        only these, what they need, and what has to let go of them first
 *   exclude       not these, nor what needs them
 *   only          like target, without what they need: for commands that look at one object
 *   replace       these are made anew though nothing demands it
 *   run           these jobs are run now, though nothing demands it
 *   refresh_only  the state takes over what lives; nothing is changed in the cloud
 */
#ifndef CBK_ENGINE_SCOPE_H
#define CBK_ENGINE_SCOPE_H

#include "engine/plan.h"

/* Every address must be one that the stack declares or the state knows; the others are added to `errors`. */
CBK_MUST_CHECK int cbk_scope_check(const json_t *scope, const struct cbk_stack *stack,
                                   const struct cbk_objects *objects, struct cbk_errors *errors);
/* Is the object among the addresses under `key` of the scope? */
bool cbk_scope_names(const json_t *scope, const char *key, const struct cbk_object *object);
bool cbk_scope_is_refresh_only(const json_t *scope);
/* Marks the changes, decided already, that are out of the scope. */
void cbk_scope_limit(const json_t *scope, struct cbk_plan *plan);

#endif
