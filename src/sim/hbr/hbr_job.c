/* Backup jobs: CreateBackupJob, DescribeBackupJobs2, CancelBackupJob. */
#include "sim/action/page.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/hbr_filter.h"
#include "sim/hbr/retention.h"
#include "sim/world/work.h"

#include <string.h>

static int create_job(struct sim_call *call)
{
    const char *instance = sim_text(call, "InstanceId");
    /* Which codes HBR has for these is not documented (U). */
    if (strcmp(sim_text(call, "SourceType"), "UDM_ECS") != 0)
        return sim_fail(call, "InvalidParameter", "This simulator backs up instances only: SourceType UDM_ECS.");
    if (!cbk_str_equal(sim_text(call, "BackupType"), "COMPLETE"))
        return sim_fail(call, "InvalidParameter", "The specified BackupType is not valid.");
    if (!instance || !*instance)
        return sim_fail(call, "MissingParameter",
                        "The input parameter \"InstanceId\" that is mandatory for processing "
                        "this request is not supplied.");
    if (!sim_find(call, SIM_INSTANCES, instance))
        return sim_fail(call, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist: %s.", instance);
    if (sim_param(call, "Detail") && !json_is_object(sim_param(call, "Detail")))
        return sim_fail(call, "InvalidParameter", "The specified Detail is not an object.");
    if (!sim_hbr_has_service_role(call->world, "UdmRole"))
        return sim_hbr_refuse(call, "UdmBackupSlrNotExist", "The service linked role does not exist."); /* (U) */
    const json_t *job = sim_backup_job_start(call->world, instance, sim_text(call, "JobName"),
                                             sim_param(call, "Detail"), sim_int(call, "Retention", 0), "");
    sim_give_text(call, "JobId", cbk_json_text(job, "id"));
    return 0;
}

static int cancel_job(struct sim_call *call)
{
    json_t *job = sim_find(call, SIM_BACKUP_JOBS, sim_text(call, "JobId"));
    const char *status = cbk_json_text_or(job, "status", "");
    if (!job)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The job does not exist."); /* (U) */
    if (strcmp(status, "CREATED") != 0 && strcmp(status, "RUNNING") != 0)
        return sim_hbr_refuse(call, "OperationConflict", "The job has ended already."); /* (U) */
    sim_set_text(job, "status", "CANCELED");                                            /* (U) */
    sim_set_int(job, "completed", sim_world_now(call->world));
    sim_set_int(job, "updated", sim_world_now(call->world));
    sim_work_cancel(call->world->works, cbk_json_text(job, "id")); /* in a guest: to thaw, and be done */
    json_t *point = sim_find(call, SIM_RECOVERY_POINTS, cbk_json_text(job, "point_id"));
    if (point) /* half a point is none (U) */
        sim_point_remove(call->world, point);
    return 0;
}

/* ---- the list ---- */

/* What a filter's key is called in a job. */
static const struct sim_hbr_key keys[] = {
    {"JobId", "id"},
    {"InstanceId", "instance_id"},
    {"Status", "status"},
    {"PlanId", "policy_id"},
    {"VaultId", "vault_id"},
    {"CreatedTime", "created"},
    {"CompleteTime", "completed"},
    {"Bucket", "bucket"},
    {"FileSystemId", "nas"},
    {"RegionId", "region"},
    {"instanceName", "instance_name"},
    {0},
};

static bool is_wanted(const struct sim_call *call, const json_t *job, const void *context)
{
    (void)context;
    const char *type = sim_text(call, "SourceType");
    if (type && *type && !cbk_str_equal(type, cbk_json_text(job, "source_type")))
        return false;
    return sim_hbr_passes(call, job, keys);
}

static int describe_jobs(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "BackupJob", .fallback = 10, .most = 99};
    bool ascending = cbk_str_equal(sim_text(call, "SortDirection"), "ASCEND");
    json_t *jobs = sim_list(call, SIM_BACKUP_JOBS);
    CBK_JSON *list = ascending ? json_incref(jobs) : sim_hbr_newest_first(jobs);
    return sim_page(call, &rule, list, is_wanted, NULL);
}

static const struct sim_param create_job_params[] = {
    {.name = "SourceType", .type = SIM_TEXT, .required = true},
    {.name = "BackupType", .type = SIM_TEXT},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "JobName", .type = SIM_TEXT},
    {.name = "Retention", .type = SIM_INT, .min = 1, .max = 364635},
    {.name = "Detail", .type = SIM_JSON},
    {.name = "VaultId", .type = SIM_TEXT},
    {.name = "CrossAccountType", .type = SIM_TEXT, .one_of = "SELF_ACCOUNT|CROSS_ACCOUNT"},
    {.name = "CrossAccountUserId", .type = SIM_INT},
    {.name = "CrossAccountRoleName", .type = SIM_TEXT},
    {.name = "Include", .type = SIM_TEXT},
    {.name = "Exclude", .type = SIM_TEXT},
    {.name = "Options", .type = SIM_TEXT},
    {.name = "SpeedLimit", .type = SIM_TEXT},
    {.name = "ClusterId", .type = SIM_TEXT},
    {.name = "ContainerClusterId", .type = SIM_TEXT},
    {.name = "ContainerResources", .type = SIM_TEXT},
    {.name = "InitiatedByAck", .type = SIM_BOOL},
    {0},
};
static const struct sim_param cancel_job_params[] = {
    {.name = "JobId", .type = SIM_TEXT, .required = true},
    {.name = "VaultId", .type = SIM_TEXT},
    {.name = "Edition", .type = SIM_TEXT},
    {0},
};
static const struct sim_param describe_jobs_params[] = {
    SIM_HBR_FILTERS,
    {.name = "SourceType", .type = SIM_TEXT},
    {.name = "SortDirection", .type = SIM_TEXT, .one_of = "ASCEND|DESCEND"},
    {.name = "PageNumber", .type = SIM_INT, .min = 1},
    {.name = "PageSize", .type = SIM_INT, .min = 1, .max = 99},
    {.name = "Edition", .type = SIM_TEXT},
    {0},
};

#define JOB                                                                                                            \
    "ActualBytes-:i ActualFiles-:i ActualItems-:i BackupType~COMPLETE Bucket- BytesDone-:i BytesTotal-:i "             \
    "ChangeListPath- ClientId- CompleteTime=completed:i CreateTime=created:i CreatedTime=created:i "                   \
    "CrossAccountRoleName- CrossAccountType~SELF_ACCOUNT CrossAccountUserId-:i DestDataSourceDetail- "                 \
    "DestDataSourceId- DestSourceType- Detail{DestinationNativeSnapshotErrorMessage- DestinationNativeSnapshotId- "    \
    "DestinationNativeSnapshotProgress-:i DestinationNativeSnapshotStatus- DestinationRetention-:i "                   \
    "DestinationSnapshotId- DiskNativeSnapshotIdList{DiskNativeSnapshotId=native_ids[]} DoCopy=doCopy:b "              \
    "InstanceInfos-:j NativeSnapshotId-} ErrorMessage=error_message Exclude- FileSystemId- FilesDone-:i "              \
    "FilesTotal-:i "                                                                                                   \
    "Identifier=instance_id Include- InstanceId=instance_id InstanceName=instance_name ItemsDone-:i ItemsTotal-:i "    \
    "JobId=id JobName=name Options- OtsDetail{TableNames{TableName-[]}} Paths{Path-[]} PlanId=policy_id Prefix- "      \
    "Progress=progress:i Report{FailedFiles- ReportTaskStatus- SkippedFiles- SuccessFiles- TotalFiles-} "              \
    "SourceType=source_type Speed-:i SpeedLimit- StartTime=started:i Status=status TableName- TriggerMode=trigger "    \
    "UpdatedTime=updated:i VaultId=vault_id"

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CreateBackupJob",
     .params = create_job_params,
     .handler = create_job,
     .mutating = true,
     .answer = SIM_HBR_STATUS " JobId"},
    {.service = SIM_HBR,
     .name = "CancelBackupJob",
     .params = cancel_job_params,
     .handler = cancel_job,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DescribeBackupJobs2",
     .params = describe_jobs_params,
     .handler = describe_jobs,
     .answer = SIM_HBR_STATUS " PageNumber:i PageSize:i TotalCount:i BackupJobs{BackupJob[" JOB "]}"},
};
SIM_ACTIONS(sim_hbr_jobs);
