/* What the files of this room share: libgit2's start, its errors, and guards for what it hands out. */
#ifndef CBK_GIT_LIBRARY_H
#define CBK_GIT_LIBRARY_H

#include "base/error.h"

#include <git2.h>

/* Starts the library, once. */
void cbk_git_start(void);
/*
 * Opens the repository around `dir`, which is absolute and resolved. One whose configuration claims a work tree that
 * does not hold it is none (GIT_ENOTFOUND): a directory that looks like a repository can be committed, and would let
 * the stacks in it reach out of what was checked out.
 */
int cbk_git_open_around(git_repository **ret, const char *dir);
/* Fails with what libgit2 said last: "WHAT: its words". */
int cbk_git_fail(struct cbk_error *err, enum cbk_error_code code, const char *what);

#define CBK_GIT_GUARD(name)                                                                                            \
    CBK_UNUSED static inline void name##_freep(git_##name **thing)                                                     \
    {                                                                                                                  \
        git_##name##_free(*thing);                                                                                     \
        *thing = NULL;                                                                                                 \
    }                                                                                                                  \
    struct cbk_git_guard_##name##_needs_a_semicolon
CBK_GIT_GUARD(repository);
CBK_GIT_GUARD(reference);
CBK_GIT_GUARD(status_list);
CBK_GIT_GUARD(commit);
CBK_GIT_GUARD(config);
CBK_GIT_GUARD(tree);
CBK_GIT_GUARD(tree_entry);
CBK_GIT_GUARD(treebuilder);
CBK_GIT_GUARD(signature);
CBK_GIT_GUARD(remote);
CBK_GIT_GUARD(blob);
CBK_GIT_GUARD(diff);
CBK_GIT_GUARD(object);
CBK_GIT_GUARD(odb);
CBK_GIT_GUARD(patch);

#endif
