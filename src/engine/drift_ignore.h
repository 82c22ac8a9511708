/*
 * drift_ignore: which drift a stack expects, why, and until when. What is ignored is told and does not count. An entry
 * ends with its day (UTC, by the cloud's clock); then what it silenced counts again, and is told with its reason.
 */
#ifndef CBK_ENGINE_DRIFT_IGNORE_H
#define CBK_ENGINE_DRIFT_IGNORE_H

#include "engine/drift_sort.h"
#include "engine/stack.h"

struct cbk_drift_ignore {
    const char *address; /* a glob */
    const char *path;    /* NULL: all of it */
    const char *reason;
    const char *until; /* NULL: without end */
    bool is_over;
    bool is_known;  /* something that was looked at has such an address */
    size_t matched; /* how many findings it was about */
    struct cbk_span span;
};
CBK_VEC(cbk_drift_ignores, struct cbk_drift_ignore)

/* The entries of a stack; texts are borrowed from it. `now` is the cloud's clock. */
void cbk_drift_ignores_read(const struct cbk_stack *stack, int64_t now, struct cbk_drift_ignores *ret);
/* Something at this address is looked at, drifted or not. */
void cbk_drift_ignores_see(struct cbk_drift_ignores *ignores, const char *address);
/*
 * Settles a finding of the given severity at an address: at an attribute, or as a whole (`path` NULL), which only
 * entries without a path are about. Puts `severity` into it, or null and `ignored`: {reason, until} where an entry
 * silences it; `expired`, likewise, where one did. Returns what it counts as.
 */
enum cbk_severity cbk_drift_ignores_settle(struct cbk_drift_ignores *ignores, const char *address, const char *path,
                                           enum cbk_severity severity, json_t *finding);

#endif
