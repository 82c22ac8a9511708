/*
 * Elastic Compute Service (2014-05-26): instances, disks, snapshots, the role of an instance, and Cloud Assistant.
 *
 * Every call fails like cbk_cloud_call. Lists are whole (every page read) and are new arrays of the API's own objects.
 * Arguments named `ids` are arrays of strings of any length, cut here into batches as large as the API takes, which are
 * sent in parallel; an empty array gives an empty answer without a call.
 */
#ifndef CBK_CLOUD_ECS_H
#define CBK_CLOUD_ECS_H

#include "cloud/cloud.h"

/*
 * DescribeInstances of the region: those of `ids`, or those that carry all of `tags` (an object {key: value}), or
 * all; either may be NULL, not both be given. A tag filter of the API answers at most 1,000 instances: from there on
 * the whole region is read and filtered here. Without the right to see instances the API answers an empty list.
 */
CBK_MUST_CHECK int cbk_ecs_list_instances(struct cbk_cloud *cloud, const json_t *ids, const json_t *tags,
                                          json_t **ret_instances, struct cbk_error *err);
/* DescribeDisks of the whole region. */
CBK_MUST_CHECK int cbk_ecs_list_disks(struct cbk_cloud *cloud, json_t **ret_disks, struct cbk_error *err);
/* DescribeCloudAssistantStatus; CloudAssistantStatus is the string "true" or "false". */
CBK_MUST_CHECK int cbk_ecs_list_assistant_status(struct cbk_cloud *cloud, const json_t *ids, json_t **ret_statuses,
                                                 struct cbk_error *err);
/* DescribeSnapshots: of an instance's disks, or of `ids`, or all; either may be NULL. Tags are {TagKey, TagValue}. */
CBK_MUST_CHECK int cbk_ecs_list_snapshots(struct cbk_cloud *cloud, const char *instance_id, const json_t *ids,
                                          json_t **ret_snapshots, struct cbk_error *err);
/* DescribeSnapshotGroups, likewise. Tags are {Key, Value} here. */
CBK_MUST_CHECK int cbk_ecs_describe_snapshot_groups(struct cbk_cloud *cloud, const char *instance_id, const json_t *ids,
                                                    json_t **ret_groups, struct cbk_error *err);

/*
 * DescribeInstanceRamRole: rows {InstanceId, RamRoleName} of `ids`, or of the instances that carry `role`; one of the
 * two is NULL. An instance without a role has an empty or missing RamRoleName, or no row.
 */
CBK_MUST_CHECK int cbk_ecs_list_instance_roles(struct cbk_cloud *cloud, const json_t *ids, const char *role,
                                               json_t **ret_rows, struct cbk_error *err);
/*
 * AttachInstanceRamRole and DetachInstanceRamRole. The API answers 200 while single instances failed, and sometimes
 * with nothing at all: each instance's result is looked at, and what has none is read back. An instance that already
 * is as asked counts as done. The first that failed is the error, naming instance, Code and Message, with the others
 * as notes. An instance carries one role: attaching a second fails. A role that ECS does not know (yet) fails with
 * InvalidRamRole.NotFound or .NotEcsRole: who has just made it waits and repeats.
 */
CBK_MUST_CHECK int cbk_ecs_attach_role(struct cbk_cloud *cloud, const char *role, const json_t *ids,
                                       struct cbk_error *err);
CBK_MUST_CHECK int cbk_ecs_detach_role(struct cbk_cloud *cloud, const char *role, const json_t *ids,
                                       struct cbk_error *err);

struct cbk_ecs_file {
    const char *path; /* absolute */
    const char *content;
    size_t content_len;       /* at most 32 KB when Base64-encoded: 24,576 bytes */
    const char *mode;         /* "0700" */
    const char *owner;        /* "root" */
    const char *group;        /* "root" */
    const char *client_token; /* of the intent, at most 48 ASCII characters; NULL: a fresh one */
};
/*
 * SendFile through Cloud Assistant, overwriting, and waiting until every instance has ended or `timeout_ms` has
 * passed. *ret_results is an array in the order of `ids`: {instance_id, ok, error_code, error_info}; an instance that
 * had not ended in time is not ok with error_code "Timeout". Failures of single instances are no error of the call.
 */
CBK_MUST_CHECK int cbk_ecs_send_file(struct cbk_cloud *cloud, const struct cbk_ecs_file *file, const json_t *ids,
                                     int64_t timeout_ms, json_t **ret_results, struct cbk_error *err);

struct cbk_ecs_command {
    const char *content;      /* shell script, run as root; at most 24 KB when Base64-encoded */
    const char *name;         /* shown in the console; NULL: none */
    const char *client_token; /* as above */
    int64_t timeout_s;        /* after which the agent kills it; 0: 60 */
};
/*
 * RunCommand (RunShellScript, not kept) through Cloud Assistant, waiting likewise. *ret_results is an array in the
 * order of `ids`: {instance_id, ok, exit_code, output, error_code, error_info, dropped}; `ok` says that the command ran
 * to its end with exit code 0, `dropped` is the number of bytes cut from the output (24 KB are kept).
 */
CBK_MUST_CHECK int cbk_ecs_run_command(struct cbk_cloud *cloud, const struct cbk_ecs_command *command,
                                       const json_t *ids, int64_t timeout_ms, json_t **ret_results,
                                       struct cbk_error *err);

#endif
