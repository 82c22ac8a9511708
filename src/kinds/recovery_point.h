/*
 * Recovery points of instances as they really are: each an object
 *     {instance, snapshot_id, job_id, time, level, why, expires, disk_snapshots}
 * with `time` and `expires` in unix seconds by the cloud's clock, `level` the verdict's name, `why` what was lost and
 * `disk_snapshots` the ids of its ECS snapshots. why and expires may be absent.
 *
 * A point that is listed counts, whatever its ExpireTime: the service may keep the last one beyond it.
 */
#ifndef CBK_KINDS_RECOVERY_POINT_H
#define CBK_KINDS_RECOVERY_POINT_H

#include "cloud/cloud.h"
#include "kinds/level.h"

/* Which points: those of the instances `ids` made between `since` and `until` (unix seconds, both included). */
struct cbk_point_query {
    const json_t *ids;
    int64_t since, until;
    const char *job_id; /* of this job alone; NULL: of any */
};

/*
 * Items of DescribeUdmSnapshots, newest first; not judged yet. The action is unpaged: a few instances are asked for one
 * by one, in parallel; many by one call for the region, of which the others' are dropped. New array.
 */
CBK_MUST_CHECK int cbk_recovery_rows(struct cbk_cloud *cloud, const struct cbk_point_query *query, json_t **ret_rows,
                                     struct cbk_error *err);
/* Judges such items: points in their order. The disk snapshots of all are read in bulk. New array. */
CBK_MUST_CHECK int cbk_recovery_points_judge(struct cbk_cloud *cloud, const json_t *rows, json_t **ret_points,
                                             struct cbk_error *err);
/* Both. */
CBK_MUST_CHECK int cbk_recovery_points(struct cbk_cloud *cloud, const struct cbk_point_query *query,
                                       json_t **ret_points, struct cbk_error *err);

/* Are so many instances asked for one by one? */
bool cbk_recovery_points_are_few(size_t instances);

#endif
