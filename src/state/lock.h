/*
 * Who holds a lock, and how that is told to whoever is kept waiting.
 */
#ifndef CBK_STATE_LOCK_H
#define CBK_STATE_LOCK_H

#include "base/error.h"
#include "base/json.h"

/*
 * {id, operation, who, host, boot, pid, started, created, path, version} for a lock of this process. `boot` and
 * `started` (the kernel's, of this boot and of this process) tell the process from a later one of the same number. New
 * reference.
 */
json_t *cbk_lock_holder(const char *operation, const char *path);
/* Is the holder a process of this very host that is no more? Never true of a holder elsewhere. */
bool cbk_lock_holder_is_dead(const json_t *holder);
/* Fails with CBK_E_LOCKED: who has it, for what, since when, and what to do. `holder` may be NULL. */
int cbk_fail_locked(const json_t *holder, struct cbk_error *err);

#endif
