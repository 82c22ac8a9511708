/* The stacks below a directory, those first that the commits have touched. */
#ifndef CBK_CLI_STACKS_H
#define CBK_CLI_STACKS_H

#include "base/arena.h"
#include "base/error.h"

struct cbk_stack_place {
    const char *dir; /* from where cbk was started */
    bool touched;    /* something in it differs from the base */
};
CBK_VEC(cbk_stack_places, struct cbk_stack_place)

/*
 * Finds the directories with a cbk.yaml in or below `dir`; links are not followed, and directories with a leading dot
 * not entered. Touched is meant as of cbk_git_changed; outside of git nothing is. Touched ones first, then by name, in
 * `arena`. CBK_E_NOT_FOUND where there is none.
 */
CBK_MUST_CHECK int cbk_stacks_find(const char *dir, const char *base, const char *revision, struct cbk_arena *arena,
                                   struct cbk_stack_places *ret, struct cbk_error *err);

#endif
