/*
 * A ref as a place for small data: a chain of commits, each with a few files, whose tip is exchanged by
 * compare-and-swap. With a remote, the ref of the remote is what counts: it is fetched before it is read and pushed
 * when it is moved, and the push fails when it has moved meanwhile. A remote that is a path is worked in directly.
 */
#ifndef CBK_GIT_CHAIN_H
#define CBK_GIT_CHAIN_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define CBK_GIT_ID_CHARS 40

struct cbk_git_chain;

/*
 * Opens the ref of the repository around `dir`. `remote`: its name, or NULL: the repository alone. CBK_E_NOT_FOUND when
 * there is no repository or no such remote. Nothing is called yet.
 */
CBK_MUST_CHECK int cbk_git_chain_open(const char *dir, const char *remote, const char *ref, struct cbk_git_chain **ret,
                                      struct cbk_error *err);
/* Has the repository around `dir` a remote of that name? */
bool cbk_git_has_remote(const char *dir, const char *name);
/* NULL is fine. */
void cbk_git_chain_free(struct cbk_git_chain *chain);
CBK_DEFINE_OWNED(struct cbk_git_chain, cbk_git_chain)

/* An id of a commit; empty: none. */
struct cbk_git_id {
    char hex[CBK_GIT_ID_CHARS + 1];
};

/* The tip as it is now, fetched where there is a remote; empty when there is no such ref. */
CBK_MUST_CHECK int cbk_git_chain_tip(struct cbk_git_chain *chain, struct cbk_git_id *ret_tip, struct cbk_error *err);

struct cbk_git_file {
    const char *name;
    const char *bytes;
    size_t len;
};
/* Makes a commit with these files and this parent (empty: none), by the user whom git knows, or cbk; the ref stays. */
CBK_MUST_CHECK int cbk_git_chain_commit(struct cbk_git_chain *chain, const struct cbk_git_id *parent,
                                        const struct cbk_git_file *files, size_t count, const char *message,
                                        struct cbk_git_id *ret_commit, struct cbk_error *err);
/* Moves the ref from `expected` (empty: there is none) to `next` (empty: it is removed); *ret_moved is false when it
 * was not at `expected` any more. */
CBK_MUST_CHECK int cbk_git_chain_move(struct cbk_git_chain *chain, const struct cbk_git_id *expected,
                                      const struct cbk_git_id *next, bool *ret_moved, struct cbk_error *err);

/* The parent of a commit; empty when it has none. */
CBK_MUST_CHECK int cbk_git_chain_parent(struct cbk_git_chain *chain, const struct cbk_git_id *commit,
                                        struct cbk_git_id *ret_parent, struct cbk_error *err);
/* A file of a commit: *ret_bytes is NULL when it has none of that name. The caller frees. */
CBK_MUST_CHECK int cbk_git_chain_file(struct cbk_git_chain *chain, const struct cbk_git_id *commit, const char *name,
                                      char **ret_bytes, size_t *ret_len, struct cbk_error *err);

/* What a commit says of itself; the texts are the caller's to free. */
struct cbk_git_story {
    char *author, *message;
    int64_t time;
};
CBK_MUST_CHECK int cbk_git_chain_story(struct cbk_git_chain *chain, const struct cbk_git_id *commit,
                                       struct cbk_git_story *ret, struct cbk_error *err);
void cbk_git_story_release(struct cbk_git_story *story);
/* The commit that a revision names, as git writes them, when it lies on the chain. CBK_E_NOT_FOUND otherwise. */
CBK_MUST_CHECK int cbk_git_chain_revision(struct cbk_git_chain *chain, const char *revision, struct cbk_git_id *ret,
                                          struct cbk_error *err);

#endif
