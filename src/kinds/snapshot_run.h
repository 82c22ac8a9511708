/*
 * The run of a snapshot job on one instance: the job, the point that it leaves, and the verdict over it. What a point
 * must be to count is said here, for plan and run alike.
 */
#ifndef CBK_KINDS_SNAPSHOT_RUN_H
#define CBK_KINDS_SNAPSHOT_RUN_H

#include "kinds/kind.h"
#include "kinds/level.h"

/* The level from which on a point counts for the job's object: what it requires, or with `on_downgrade: accept`
 * anything that is proven. */
enum cbk_level cbk_snapshot_least(const struct cbk_object *object);
/* Is a point wanted since the trigger last changed, and not there yet, or only one below what counts now? *ret_before
 * is the trigger whose demand was met last; NULL: none. */
bool cbk_snapshot_trigger_moved(const struct cbk_object *object, const json_t **ret_before);
/* Was the trigger's demand met, and has what met it gone since, or lost its level? `serving` is the newest point that
 * serves: only an older one is left then. NULL, or a state that does not know when it was met: false. */
bool cbk_snapshot_trigger_lost(const struct cbk_object *object, const json_t *serving);

/*
 * Runs the job. The evidence is the point as it was proven, with
 *     scripts       pre_freeze, post_thaw: SHA-256 of what stood on the instance when it was last looked at
 *     trigger       whose demand was met last, by this point or an earlier one
 *     trigger_level, trigger_time   the level and the time of the point that met it
 *     required, on_downgrade   when the point is below what is required
 *     repaired      paths of scripts that had to be delivered again before a second try
 * A point below `require` that is proven ends as `on_downgrade` says. CBK_E_DOWNGRADED: fail was said, or nothing is
 * proven, or the job did not end COMPLETE in time.
 */
CBK_MUST_CHECK int cbk_snapshot_run(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);

#endif
