/*
 * Whole files: read with a ceiling, written so that a reader sees the old content or the new, never a part.
 */
#ifndef CBK_BASE_FILE_H
#define CBK_BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

/* Reads `path` ("-": standard input) whole. Fails when it is larger than `limit` bytes or not a regular file or pipe.
 * The caller frees *ret_text, which has a NUL behind its *ret_len bytes. */
CBK_MUST_CHECK int cbk_file_read(const char *path, size_t limit, char **ret_text, size_t *ret_len,
                                 struct cbk_error *err);
/*
 * Replaces `path` by a file with these bytes and this mode: a temporary beside it is written, synced, renamed over it,
 * and the directory is synced. On failure the old file is untouched and no temporary stays.
 */
CBK_MUST_CHECK int cbk_file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
                                    struct cbk_error *err);
/* Fails with CBK_E_VALIDATION when others than its owner may read, write or run it: no place for a secret. */
CBK_MUST_CHECK int cbk_file_check_private(const char *path, struct cbk_error *err);
/* Syncs the directory in which `path` stands: that it has this name will outlive a crash. */
CBK_MUST_CHECK int cbk_file_sync_name(const char *path, struct cbk_error *err);
/* mkdir -p; what is made is there after a crash, too. */
CBK_MUST_CHECK int cbk_dir_make(const char *path, struct cbk_error *err);
/* "dir/name" with one slash, or `name` alone when dir is NULL, "" or "." or name is absolute. The caller frees. */
char *cbk_path_join(const char *dir, const char *name);
/* The path from the root, without ".", ".." and doubled slashes: as it is written, no link is followed. NULL when
 * nobody can tell where the process stands. The caller frees. */
char *cbk_path_absolute(const char *path);
/* What stands before the last slash, "." where there is none. The caller frees. */
char *cbk_path_dir(const char *path);

#endif
