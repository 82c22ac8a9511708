/*
 * Files that a stack names: relative to its directory, and never out of what was checked out with it, so that a stack
 * from a stranger's pull request reads nothing of the machine that plans it.
 */
#ifndef CBK_CONFIG_INSIDE_H
#define CBK_CONFIG_INSIDE_H

#include "base/error.h"

/*
 * Resolves `name` against `dir`. Fails, without a place, when it is absolute, does not exist, or leaves `work_tree`
 * (NULL: `dir` itself), symbolic links followed. *ret_path is the path as the user knows it; the caller frees.
 */
CBK_MUST_CHECK int cbk_inside_resolve(const char *dir, const char *work_tree, const char *name, char **ret_path,
                                      struct cbk_error *err);

#endif
