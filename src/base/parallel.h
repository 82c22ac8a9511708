/*
 * Doing the same to many things at once: pages, single reads, checks.
 */
#ifndef CBK_BASE_PARALLEL_H
#define CBK_BASE_PARALLEL_H

#include "base/error.h"

/* Works on item `index`; called from any thread, each index once. */
typedef int (*cbk_parallel_fn)(void *context, size_t index, struct cbk_error *err);

/*
 * Calls `work` for 0..count-1 on up to `threads` threads, the caller's among them, and returns when all have ended.
 * After the first failure no further index is begun; the failure of the lowest index is what is returned.
 */
CBK_MUST_CHECK int cbk_parallel(size_t threads, size_t count, cbk_parallel_fn work, void *context,
                                struct cbk_error *err);

#endif
