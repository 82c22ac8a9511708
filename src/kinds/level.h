/*
 * How consistent a recovery point is. What nobody proved counts for nothing: unproven is below everything.
 */
#ifndef CBK_KINDS_LEVEL_H
#define CBK_KINDS_LEVEL_H

#include "base/json.h"

enum cbk_level { CBK_LEVEL_UNPROVEN, CBK_LEVEL_CRASH, CBK_LEVEL_FILESYSTEM, CBK_LEVEL_APPLICATION, CBK_LEVEL_COUNT };

/* "unproven", "crash", "filesystem", "application". */
const char *cbk_level_name(enum cbk_level level);
/* The level of one of these names; unproven for anything else, NULL included. */
enum cbk_level cbk_level_parse(const char *name);

/*
 * The verdict over one recovery point. Two witnesses must agree: Detail.ConsistentLevel of `point` (an item of
 * DescribeUdmSnapshots) and the tags of its disk snapshots (`snapshots`: items of DescribeSnapshots by id; one that is
 * missing is gone). A point that is not COMPLETE, a level or a reason that is not known here, a disk snapshot that has
 * failed or carries another job's id: nothing is proven. *ret_why says what was lost and why, or why nothing is proven;
 * NULL when nothing was lost. The caller frees it.
 */
enum cbk_level cbk_level_judge(const json_t *point, const json_t *snapshots, char **ret_why);

#endif
