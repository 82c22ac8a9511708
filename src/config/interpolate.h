/*
 * "${var.NAME}" in the strings of a stack.
 */
#ifndef CBK_CONFIG_INTERPOLATE_H
#define CBK_CONFIG_INTERPOLATE_H

#include "config/variables.h"

/* What variables may add to a stack, in bytes of text. */
#define CBK_INTERPOLATE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/*
 * Replaces the references in every string of `root`, but for `include` and `variables`, in place. A string that is one
 * reference takes the variable's type; "$${" becomes "${"; "${...}" of other shapes than NAME.NAME stays. The pointers
 * of values that a sensitive variable went into become keys of `sensitive`.
 */
CBK_MUST_CHECK int cbk_interpolate(json_t *root, const struct cbk_place *place, const struct cbk_variables *variables,
                                   struct cbk_map *sensitive, struct cbk_errors *errors);

#endif
