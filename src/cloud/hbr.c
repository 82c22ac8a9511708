#include "cloud/hbr.h"

#include "cloud/batches.h"

#define JOBS_PAGE 99 /* the API takes no more */

int cbk_hbr_check_role(struct cbk_cloud *cloud, const char *type, bool *ret_present, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "CheckRoleType", type);
    CBK_ERROR(failure);
    int r = cbk_cloud_call(cloud, CBK_HBR, "CheckRole", CBK_CALL_READ, params, NULL, &failure);
    bool missing = r < 0 && failure.cloud_code && cbk_str_ends_with(failure.cloud_code, "SlrNotExist");
    if (r < 0 && !missing)
        return cbk_error_move(err, &failure);
    *ret_present = !missing;
    return 0;
}

int cbk_hbr_create_backup_job(struct cbk_cloud *cloud, const char *instance_id, const char *job_name,
                              int64_t retention_days, const json_t *detail, char **ret_job_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "SourceType", "UDM_ECS", "BackupType", "COMPLETE",
                                 "InstanceId", instance_id, "JobName", job_name, "Retention",
                                 (json_int_t)retention_days, "Detail", cbk_params_json(json_incref((json_t *)detail)));
    CBK_JSON *answer = NULL;
    int r = cbk_cloud_call(cloud, CBK_HBR, "CreateBackupJob", 0, params, &answer, err);
    if (r < 0)
        return r;
    const char *job_id = cbk_json_text(answer, "JobId");
    if (!job_id || !*job_id)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to CreateBackupJob has no JobId");
    *ret_job_id = cbk_strdup(job_id);
    return 0;
}

int cbk_hbr_list_backup_jobs(struct cbk_cloud *cloud, const json_t *filters, json_t **ret_jobs, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s, s:O?}", "SourceType", "UDM_ECS", "SortDirection", "DESCEND", "Filters",
                                 (json_t *)filters);
    return cbk_cloud_list(cloud, CBK_HBR, "DescribeBackupJobs2", CBK_PAGE_NUMBER, JOBS_PAGE, params,
                          "BackupJobs.BackupJob", ret_jobs, err);
}

/* One page of jobs: those of `ids`. The filter is looked at again, since one that is ignored answers everything. */
static int read_jobs_batch(void *context, size_t index, const json_t *ids, json_t *items, struct cbk_error *err)
{
    (void)index;
    CBK_JSON *filters = json_pack("[{s:s, s:s, s:O}]", "Key", "JobId", "Operator", "IN", "Values", (json_t *)ids);
    CBK_JSON *jobs = NULL;
    int r = cbk_hbr_list_backup_jobs(context, filters, &jobs, err);
    if (r < 0)
        return r;
    size_t i;
    json_t *job;
    json_array_foreach(jobs, i, job)
        if (cbk_json_array_has(ids, cbk_json_text_or(job, "JobId", "")))
            json_array_append(items, job);
    return 0;
}

int cbk_hbr_get_backup_jobs(struct cbk_cloud *cloud, const json_t *job_ids, json_t **ret_jobs, struct cbk_error *err)
{
    int r = cbk_batches_run(cloud, job_ids, JOBS_PAGE, read_jobs_batch, cloud, ret_jobs, err);
    return r < 0 ? cbk_wrap(err, "cannot read the backup jobs") : 0;
}

int cbk_hbr_get_backup_job(struct cbk_cloud *cloud, const char *job_id, json_t **ret_job, struct cbk_error *err)
{
    CBK_JSON *ids = json_pack("[s]", job_id);
    CBK_JSON *jobs = NULL;
    int r = cbk_hbr_get_backup_jobs(cloud, ids, &jobs, err);
    if (r < 0)
        return cbk_wrap(err, "job '%s'", job_id);
    *ret_job = json_incref(json_array_get(jobs, 0));
    return 0;
}

int cbk_hbr_list_udm_snapshots(struct cbk_cloud *cloud, int64_t start, int64_t end, const char *instance_id,
                               const char *job_id, json_t **ret_snapshots, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s, s:I, s:I, s:s?, s:s?}", "SourceType", "UDM_ECS", "UdmRegionId",
                                 cbk_cloud_region(cloud), "StartTime", (json_int_t)start, "EndTime", (json_int_t)end,
                                 "InstanceId", instance_id, "JobId", job_id);
    return cbk_cloud_list(cloud, CBK_HBR, "DescribeUdmSnapshots", CBK_PAGE_NONE, 0, params, "Snapshots", ret_snapshots,
                          err);
}

int cbk_hbr_cancel_backup_job(struct cbk_cloud *cloud, const char *job_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "JobId", job_id);
    return cbk_cloud_call(cloud, CBK_HBR, "CancelBackupJob", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

int cbk_hbr_delete_snapshot(struct cbk_cloud *cloud, const char *instance_id, const char *snapshot_id,
                            struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "InstanceId", instance_id, "SnapshotId", snapshot_id);
    return cbk_cloud_call(cloud, CBK_HBR, "DeleteSnapshot", CBK_CALL_IDEMPOTENT, params, NULL, err);
}
