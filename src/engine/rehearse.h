/*
 * What can be said of a stack without the cloud: the attributes of each declaration are worked out once, as for one
 * instance. That reads the scripts and documents that it names.
 */
#ifndef CBK_ENGINE_REHEARSE_H
#define CBK_ENGINE_REHEARSE_H

#include "engine/stack.h"

/* What is wrong is added to `errors`, sorted; returns 0 or the code of the first. */
CBK_MUST_CHECK int cbk_stack_rehearse(const struct cbk_stack *stack, struct cbk_errors *errors);
/* The attributes that a declaration desires, of a stack that was loaded; as for one instance, whose id is of no
 * meaning. New reference. */
CBK_MUST_CHECK int cbk_declaration_rehearse(const struct cbk_stack *stack, const struct cbk_declaration *declaration,
                                            json_t **ret_desired, struct cbk_error *err);

#endif
