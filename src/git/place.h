/* Which repository a directory lies in, and where there; a directory that only some commits have counts, too. */
#ifndef CBK_GIT_PLACE_H
#define CBK_GIT_PLACE_H

#include "git/library.h"

/*
 * Finds the repository around `dir`, bare ones included. *ret_inside is the directory's place in its trees, without
 * slashes at its ends, "" for the root; the caller frees both. CBK_E_NOT_FOUND where there is none or git declines.
 */
CBK_MUST_CHECK int cbk_git_place(const char *dir, git_repository **ret_repository, char **ret_inside,
                                 struct cbk_error *err);
/* The commit that `revision` names, tags peeled. CBK_E_NOT_FOUND. The caller frees. */
CBK_MUST_CHECK int cbk_git_commit_of(git_repository *repository, const char *revision, git_commit **ret,
                                     struct cbk_error *err);
/* The size of an object in bytes, told without unpacking it: a stranger may have committed anything. CBK_E_IO. */
CBK_MUST_CHECK int cbk_git_size(git_repository *repository, const git_oid *id, size_t *ret_size, struct cbk_error *err);
/* {commit, dirty, author, time, signed}, as git/provenance.h tells. A name that is no UTF-8 ends where it is not. New
 * reference. */
json_t *cbk_git_commit_json(const git_commit *commit, bool dirty);

#endif
