/*
 * The files of a commit, without a checkout. What is seen is what git keeps: symbolic links are followed inside the
 * commit's tree alone, submodules are not entered, nothing of the work tree is looked at.
 */
#ifndef CBK_GIT_FILES_H
#define CBK_GIT_FILES_H

#include "base/files.h"

/*
 * Opens the files of the commit that `revision` names, as git writes revisions, in the repository around `dir`. The
 * start is `dir`'s place in the work tree; it need not exist there now. Of a bare repository, what follows its own path
 * in `dir` is the place inside ("repository.git/stacks/mysql"). *ret_provenance is where they come from, as
 * git/provenance.h tells it: never dirty, of no branch. CBK_E_NOT_FOUND when there is no repository or no such commit.
 * The caller frees both.
 */
CBK_MUST_CHECK int cbk_git_files_open(const char *dir, const char *revision, struct cbk_files **ret_files,
                                      json_t **ret_provenance, struct cbk_error *err);
/*
 * The name of the file at `path`, as the process would open it, among the files of a commit: of one that lies in the
 * work tree, as it is written there, so that no link of the work tree leads elsewhere. *ret_name, in `arena`, is NULL
 * when the commit has no such file. What the commit has there and will not give is an error.
 */
CBK_MUST_CHECK int cbk_git_files_name(const struct cbk_files *files, const char *path, struct cbk_arena *arena,
                                      const char **ret_name, struct cbk_error *err);
/*
 * Where `revision` (NULL: what is checked out) left `base`: their newest common ancestor, as 40 hex digits, in
 * *ret_commit; where they have none, as in a shallow clone, the commit that `base` names. The caller frees.
 */
CBK_MUST_CHECK int cbk_git_merge_base(const char *dir, const char *base, const char *revision, char **ret_commit,
                                      struct cbk_error *err);

#endif
