/*
 * Recovery points of instances as they really are: each an object
 *     {instance, snapshot_id, job_id, time, level, why}
 * with `time` in unix seconds by the cloud's clock, `level` the verdict's name, and `why` what was lost (may be
 * absent).
 */
#ifndef CBK_KINDS_RECOVERY_POINT_H
#define CBK_KINDS_RECOVERY_POINT_H

#include "cloud/cloud.h"
#include "kinds/level.h"

/* Reads the points made between `start` and `end` (unix seconds), of one job or (NULL) of all instances in the region,
 * newest first, and judges each. Two kinds of calls in bulk, whatever the number of points. New array. */
CBK_MUST_CHECK int cbk_recovery_points(struct cbk_cloud *cloud, int64_t start, int64_t end, const char *job_id,
                                       json_t **ret_points, struct cbk_error *err);

#endif
