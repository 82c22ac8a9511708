/* Which files some commits have touched. */
#ifndef CBK_GIT_CHANGED_H
#define CBK_GIT_CHANGED_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/*
 * Adds the paths, from the root of the repository around `dir`, that differ between where `revision` (NULL: what is
 * checked out, uncommitted changes included) left `base`, and itself. `base` NULL: its parent; where it has none,
 * nothing is added. Copied into `arena`. CBK_E_NOT_FOUND.
 */
CBK_MUST_CHECK int cbk_git_changed(const char *dir, const char *base, const char *revision, struct cbk_arena *arena,
                                   struct cbk_strings *ret_paths, struct cbk_error *err);
/* The place of `dir` in the repository around it, without slashes at its ends. The caller frees. */
CBK_MUST_CHECK int cbk_git_place_of(const char *dir, char **ret_place, struct cbk_error *err);

#endif
