/*
 * The files that a stack is made of, wherever they lie: in a directory, or in a commit (git/files.h). Names are
 * relative to a start, the stack's directory, and never lead out of what was checked out with it, symbolic links
 * followed: so a stack from a stranger's pull request reads nothing of the machine that plans it.
 */
#ifndef CBK_BASE_FILES_H
#define CBK_BASE_FILES_H

#include "base/arena.h"
#include "base/error.h"

/* What stands at a name when links have been followed. */
enum cbk_files_kind { CBK_FILES_NOTHING, CBK_FILES_FILE, CBK_FILES_DIRECTORY, CBK_FILES_OTHER };

/* How far names may lead: not out of the start, or not out of the whole that it is a part of. */
enum cbk_files_reach { CBK_FILES_START, CBK_FILES_WHOLE };

struct cbk_files;

/* All required. The functions below say what they do. */
struct cbk_files_ops {
    int (*look)(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                enum cbk_files_kind *ret_kind, struct cbk_error *err);
    int (*read)(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, size_t limit,
                char **ret_text, size_t *ret_len, struct cbk_error *err);
    int (*list)(const struct cbk_files *files, const char *name, struct cbk_arena *arena, struct cbk_strings *ret_names,
                struct cbk_error *err);
    char *(*path)(const struct cbk_files *files, const char *name);
    void (*free)(struct cbk_files *files);
};

/* What every implementation begins with. */
struct cbk_files {
    const struct cbk_files_ops *ops;
};

/* Files of the directory `dir`; `work_tree` is the git work tree around it, NULL: `dir` is all there is. Nothing is
 * read yet. The caller frees. */
struct cbk_files *cbk_files_of_dir(const char *dir, const char *work_tree);
/* NULL is fine. */
void cbk_files_free(struct cbk_files *files);
CBK_DEFINE_OWNED(struct cbk_files, cbk_files)

/* Tells what stands at `name` ("": the start itself); nothing is no error. CBK_E_VALIDATION where the name is absolute
 * or leads out of reach. */
CBK_MUST_CHECK int cbk_files_look(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                                  enum cbk_files_kind *ret_kind, struct cbk_error *err);
/* Reads a file whole, at most `limit` bytes. The caller frees *ret_text, which has a NUL behind its *ret_len bytes. */
CBK_MUST_CHECK int cbk_files_read(const struct cbk_files *files, const char *name, enum cbk_files_reach reach,
                                  size_t limit, char **ret_text, size_t *ret_len, struct cbk_error *err);
/* Adds the names in a directory within the start, sorted, copied into `arena`, without '.' and '..'. */
CBK_MUST_CHECK int cbk_files_list(const struct cbk_files *files, const char *name, struct cbk_arena *arena,
                                  struct cbk_strings *ret_names, struct cbk_error *err);
/* How people know the file: "stacks/mysql/cbk.yaml", or "main:stacks/mysql/cbk.yaml" in a commit. The caller frees. */
char *cbk_files_path(const struct cbk_files *files, const char *name);

/* For implementations: fails for an absolute name, and for one that leads out of `where`. */
CBK_MUST_CHECK int cbk_files_check_relative(const char *name, struct cbk_error *err);
int cbk_files_fail_outside(const char *name, const char *where, struct cbk_error *err);
/* Fails for a path below the whole that leads into git's own directory: its config may hold a runner's token. */
CBK_MUST_CHECK int cbk_files_check_not_git(const char *name, const char *below, struct cbk_error *err);

#endif
