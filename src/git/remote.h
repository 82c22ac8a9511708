/*
 * A ref of a remote that is spoken to over the network: looked up, fetched, and moved by compare-and-swap. Who we are:
 * CBK_GIT_USERNAME and CBK_GIT_PASSWORD (a token) over https, the agent's key over ssh.
 */
#ifndef CBK_GIT_REMOTE_H
#define CBK_GIT_REMOTE_H

#include "git/chain.h"
#include "git/library.h"

/* Where the ref stands at the remote, empty when there is none; its commits are fetched. CBK_E_NETWORK, CBK_E_AUTH. */
CBK_MUST_CHECK int cbk_git_remote_tip(git_repository *repository, git_remote *remote, const char *ref,
                                      struct cbk_git_id *ret_tip, struct cbk_error *err);
/* Moves the remote's ref from `expected` to `next` (empty: there is none, it is removed). The commits go along. */
CBK_MUST_CHECK int cbk_git_remote_move(git_repository *repository, git_remote *remote, const char *ref,
                                       const struct cbk_git_id *expected, const struct cbk_git_id *next,
                                       bool *ret_moved, struct cbk_error *err);

#endif
