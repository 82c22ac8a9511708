/*
 * Restores: CreateRestoreJob, DescribeRestoreJobs2. A restore of an instance takes its time and ends COMPLETE; what is
 * on the disks of this cloud is not touched by it.
 */
#include "sim/action/page.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/hbr_filter.h"

#include <string.h>

enum { START_MS = 300, COPY_MS = 1500, DONE = 10000 /* 100 % */ };

/* The recovery point of SnapshotId. Which codes HBR has for what is wrong here is not documented (U). */
static int check_source(struct sim_call *call, const json_t *point)
{
    const char *target = sim_text(call, "TargetInstanceId");
    if (strcmp(sim_text(call, "SourceType"), "UDM_ECS") != 0)
        return sim_fail(call, "InvalidParameter", "This simulator restores instances only: SourceType UDM_ECS.");
    if (!point)
        return sim_fail(call, "InvalidResourceId.NotFound", "The specified snapshot does not exist.");
    if (!cbk_str_equal(cbk_json_text(point, "status"), "COMPLETE"))
        return sim_fail(call, "OperationConflict", "The specified snapshot is not complete.");
    if (target && *target && !sim_find(call, SIM_INSTANCES, target))
        return sim_fail(call, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist: %s.", target);
    if (sim_param(call, "UdmDetail") && !json_is_object(sim_param(call, "UdmDetail")))
        return sim_fail(call, "InvalidParameter", "The specified UdmDetail is not an object.");
    return 0;
}

static json_t *new_job(struct sim_call *call, const char *id, const json_t *point)
{
    static const struct {
        const char *param, *key;
    } texts[] = {
        {"RestoreType", "restore_type"},
        {"SourceType", "source_type"},
        {"SnapshotId", "point_id"},
        {"SnapshotHash", "point_hash"},
        {"TargetInstanceId", "target_instance"},
        {"TargetInstanceName", "target_name"},
        {"TargetPath", "target_path"},
        {"VaultId", "vault_id"},
        {"Options", "options"},
        {"Include", "include"},
        {"Exclude", "exclude"},
    };
    json_int_t now = (json_int_t)sim_world_now(call->world);
    json_t *job = json_pack("{ss ss si sI sI sO}", "id", id, "status", "CREATED", "progress", 0, "created", now,
                            "updated", now, "instance_id", json_object_get(point, "instance_id"));
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        if (sim_text(call, texts[i].param))
            sim_set_text(job, texts[i].key, sim_text(call, texts[i].param));
    sim_set_text(job, "region", call->world->region);
    if (sim_param(call, "UdmDetail"))
        json_object_set(job, "udm_detail", sim_param(call, "UdmDetail"));
    return job;
}

static int create_restore(struct sim_call *call)
{
    const json_t *point = sim_find(call, SIM_RECOVERY_POINTS, sim_text(call, "SnapshotId"));
    int r = check_source(call, point);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "r-000");
    sim_world_add(call->world, SIM_RESTORE_JOBS, new_job(call, id, point));
    sim_timer_set(call->world, SIM_TIMER_RESTORE_JOB, id, START_MS);
    sim_give_text(call, "RestoreId", id);
    return 0;
}

static void begin(struct sim_world *world, json_t *job, const char *id)
{
    sim_set_text(job, "status", "RUNNING");
    sim_set_int(job, "progress", DONE / 2);
    sim_set_int(job, "started", sim_world_now(world));
    sim_timer_set(world, SIM_TIMER_RESTORE_JOB, id, COPY_MS);
}

static void finish(struct sim_world *world, json_t *job)
{
    bool has_point = sim_world_find(world, SIM_RECOVERY_POINTS, cbk_json_text(job, "point_id"));
    sim_set_text(job, "status", has_point ? "COMPLETE" : "FAILED");
    sim_set_text(job, "error_message", has_point ? "" : "The snapshot does not exist.");
    sim_set_int(job, "progress", DONE);
    sim_set_int(job, "completed", sim_world_now(world));
}

void sim_restore_job_step(struct sim_world *world, const char *id)
{
    json_t *job = sim_world_find(world, SIM_RESTORE_JOBS, id);
    if (!job)
        return;
    sim_set_int(job, "updated", sim_world_now(world));
    if (strcmp(cbk_json_text_or(job, "status", ""), "CREATED") == 0)
        begin(world, job, id);
    else
        finish(world, job);
}

static const struct sim_hbr_key keys[] = {
    {"RegionId", "region"},
    {"PlanId", "policy_id"},
    {"JobId", "id"},
    {"VaultId", "vault_id"},
    {"InstanceId", "instance_id"},
    {"Bucket", "bucket"},
    {"FileSystemId", "nas"},
    {"Status", "status"},
    {"CompleteTime", "completed"},
    {0},
};

static bool is_wanted(const struct sim_call *call, const json_t *job, const void *context)
{
    (void)context;
    const char *type = sim_text(call, "RestoreType");
    if (type && *type && !cbk_str_equal(type, cbk_json_text(job, "restore_type")))
        return false;
    return sim_hbr_passes(call, job, keys);
}

static int describe_restores(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "RestoreJob", .fallback = 10, .most = 99};
    CBK_JSON *list = sim_hbr_newest_first(sim_list(call, SIM_RESTORE_JOBS));
    return sim_page(call, &rule, list, is_wanted, NULL);
}

static const struct sim_param create_restore_params[] = {
    {.name = "RestoreType", .type = SIM_TEXT, .required = true},
    {.name = "SourceType", .type = SIM_TEXT, .required = true},
    {.name = "SnapshotId", .type = SIM_TEXT},
    {.name = "SnapshotHash", .type = SIM_TEXT},
    {.name = "VaultId", .type = SIM_TEXT},
    {.name = "UdmDetail", .type = SIM_JSON},
    {.name = "UdmRegionId", .type = SIM_TEXT},
    {.name = "TargetInstanceId", .type = SIM_TEXT},
    {.name = "TargetInstanceName", .type = SIM_TEXT},
    {.name = "TargetPath", .type = SIM_TEXT},
    {.name = "TargetBucket", .type = SIM_TEXT},
    {.name = "TargetPrefix", .type = SIM_TEXT},
    {.name = "TargetContainer", .type = SIM_TEXT},
    {.name = "TargetContainerClusterId", .type = SIM_TEXT},
    {.name = "TargetCreateTime", .type = SIM_INT},
    {.name = "TargetFileSystemId", .type = SIM_TEXT},
    {.name = "TargetTableName", .type = SIM_TEXT},
    {.name = "TargetTime", .type = SIM_INT},
    {.name = "Options", .type = SIM_TEXT},
    {.name = "Include", .type = SIM_TEXT},
    {.name = "Exclude", .type = SIM_TEXT},
    {.name = "OtsDetail", .type = SIM_JSON},
    {.name = "FailbackDetail", .type = SIM_JSON},
    {.name = "InitiatedByAck", .type = SIM_BOOL},
    {.name = "Edition", .type = SIM_TEXT},
    {.name = "CrossAccountType", .type = SIM_TEXT, .one_of = "SELF_ACCOUNT|CROSS_ACCOUNT"},
    {.name = "CrossAccountUserId", .type = SIM_INT},
    {.name = "CrossAccountRoleName", .type = SIM_TEXT},
    {0},
};
static const struct sim_param describe_restores_params[] = {
    SIM_HBR_FILTERS,
    {.name = "RestoreType", .type = SIM_TEXT},
    {.name = "PageNumber", .type = SIM_INT},
    {.name = "PageSize", .type = SIM_INT},
    {.name = "Edition", .type = SIM_TEXT},
    {0},
};

#define JOB                                                                                                            \
    "ActualBytes-:i ActualItems-:i BytesDone-:i BytesTotal-:i ClusterId- CompleteTime=completed:i "                    \
    "CreatedTime=created:i CrossAccountRoleName- CrossAccountType~SELF_ACCOUNT CrossAccountUserId-:i ErrorFile- "      \
    "ErrorMessage=error_message Exclude=exclude ExpireTime-:i FailbackDetail- Include=include ItemsDone-:i "           \
    "ItemsTotal-:i MeteringBytesDone-:i MeteringBytesTotal-:i Options=options OtsDetail{BatchChannelCount-:i "         \
    "OverwriteExisting-:b} ParentId- Progress=progress:i Report{FailedFiles- ReportTaskStatus- SkippedFiles- "         \
    "SuccessFiles- TotalFiles-} RestoreId=id RestoreType=restore_type SnapshotHash=point_hash SnapshotId=point_id "    \
    "SourceInstanceId=instance_id SourceResourceId=instance_id SourceType=source_type Speed-:i StartTime=started:i "   \
    "Status=status StorageClass- TargetBucket- TargetClientId- TargetCreateTime-:i "                                   \
    "TargetDataSourceId=target_instance TargetFileSystemId- TargetInstanceId=target_instance "                         \
    "TargetInstanceName=target_name TargetPath=target_path TargetPrefix- TargetTableName- TargetTime-:i "              \
    "UdmDetail=udm_detail UpdatedTime=updated:i VaultId=vault_id"

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CreateRestoreJob",
     .params = create_restore_params,
     .handler = create_restore,
     .mutating = true,
     .post_only = true,
     .answer = SIM_HBR_STATUS " RestoreId"},
    {.service = SIM_HBR,
     .name = "DescribeRestoreJobs2",
     .params = describe_restores_params,
     .handler = describe_restores,
     .answer = SIM_HBR_STATUS " PageNumber:i PageSize:i TotalCount:i RestoreJobs{RestoreJob[" JOB "]}"},
};
SIM_ACTIONS(sim_hbr_restores);
