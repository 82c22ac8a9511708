/*
 * Where a stack comes from: the commit under it, and whether what lies in the directory is what was committed.
 * The one wrapper of libgit2.
 */
#ifndef CBK_GIT_PROVENANCE_H
#define CBK_GIT_PROVENANCE_H

#include "base/error.h"
#include "base/vec.h"

#include <jansson.h>

/*
 * *ret is a new object {commit, dirty, author, time, signed, branch} for the work tree that `dir` lies in: the commit
 * as 40 hex digits; dirty is true when a tracked file below `dir`, or one of `files`, tracked or not (but not ignored),
 * differs from that commit; author is "Name <email>" and time is theirs, UTC; signed tells that the commit carries a
 * signature, which nobody has checked; branch is left out when HEAD is detached. *ret is NULL outside of a work tree,
 * before the first commit, and where git declines to tell (a repository of another owner without safe.directory, a
 * damaged one): that is said in the log, and is no error. Fails with CBK_E_IO when `dir` does not exist.
 */
CBK_MUST_CHECK int cbk_git_provenance(const char *dir, const struct cbk_strings *files, json_t **ret,
                                      struct cbk_error *err);
/* The root of the work tree that `dir` lies in, NULL outside of one and where git declines to tell. The caller frees.
 */
char *cbk_git_work_tree(const char *dir);

#endif
