/*
 * A lock between processes of one host: an flock on a file that also tells who holds it. The kernel drops the lock
 * with its holder, kill -9 included, so a lock is never stale; the file stays, which is harmless.
 */
#ifndef CBK_STATE_LOCKFILE_H
#define CBK_STATE_LOCKFILE_H

#include "base/error.h"
#include "base/json.h"

/* Takes the lock and writes `holder` into the file. *ret_fd is the caller's to close, which gives the lock back.
 * CBK_E_LOCKED with the holder's words when another process has it. */
CBK_MUST_CHECK int cbk_lockfile_take(const char *path, const json_t *holder, int *ret_fd, struct cbk_error *err);
/* Who has it now: *ret_holder is a new reference, NULL when nobody has. */
CBK_MUST_CHECK int cbk_lockfile_look(const char *path, json_t **ret_holder, struct cbk_error *err);

#endif
