/*
 * What has to be allowed for a stack: the actions that its plans and its applies call.
 */
#ifndef CBK_ENGINE_PERMISSIONS_H
#define CBK_ENGINE_PERMISSIONS_H

#include "engine/stack.h"

/* A RAM policy document that lets its holder plan the stack and, with `applies`, apply it. Of the kinds that the stack
 * declares, that is: destroying what only the state knows may need more. New reference. */
json_t *cbk_permissions(const struct cbk_stack *stack, bool applies);

#endif
