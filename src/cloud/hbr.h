/*
 * Cloud Backup (HBR, 2017-09-08): one-off backups of instances and their recovery points. Every answer carries Success
 * and Code, also inside HTTP 200; a Success that is not true is an error here.
 *
 * Every call fails like cbk_cloud_call. Answers are the API's own objects (new references). HBR knows no ClientToken:
 * what starts a job is never repeated once it may have been sent.
 */
#ifndef CBK_CLOUD_HBR_H
#define CBK_CLOUD_HBR_H

#include "cloud/cloud.h"

/*
 * CheckRole: may the service act on the account's behalf? `type` is "UdmRole" for instance backup. A role that is
 * missing is *ret_present false. (Seen: CrossAccountBackupSlrNotExist; the code for UdmRole is unverified, taken to
 * end likewise.)
 */
CBK_MUST_CHECK int cbk_hbr_check_role(struct cbk_cloud *cloud, const char *type, bool *ret_present,
                                      struct cbk_error *err);
/*
 * CreateBackupJob of a whole instance, once (SourceType UDM_ECS, BackupType COMPLETE). `detail` is the object with
 * camelCase keys that the API takes as JSON text. The caller frees *ret_job_id. On CBK_E_AMBIGUOUS look for `job_name`.
 */
CBK_MUST_CHECK int cbk_hbr_create_backup_job(struct cbk_cloud *cloud, const char *instance_id, const char *job_name,
                                             int64_t retention_days, const json_t *detail, char **ret_job_id,
                                             struct cbk_error *err);
/* DescribeBackupJobs2 of one job: NULL when there is none. Status is COMPLETE, PARTIAL_COMPLETE or FAILED at the end;
 * what runs has undocumented states. Progress counts to 10,000. */
CBK_MUST_CHECK int cbk_hbr_get_backup_job(struct cbk_cloud *cloud, const char *job_id, json_t **ret_job,
                                          struct cbk_error *err);
/* The same of many, a hundred a call: an array of those that there are. */
CBK_MUST_CHECK int cbk_hbr_get_backup_jobs(struct cbk_cloud *cloud, const json_t *job_ids, json_t **ret_jobs,
                                           struct cbk_error *err);
/*
 * DescribeBackupJobs2 of instance backups (SourceType UDM_ECS), whole, newest first. `filters` is an array of
 * {Key, Operator, Values: [..]}, keys such as InstanceId, JobId, Status, CreatedTime (unix seconds), operators such as
 * EQUAL, GREATER_THAN_OR_EQUAL, IN; NULL for none.
 */
CBK_MUST_CHECK int cbk_hbr_list_backup_jobs(struct cbk_cloud *cloud, const json_t *filters, json_t **ret_jobs,
                                            struct cbk_error *err);
/*
 * DescribeUdmSnapshots (unpaged): recovery points of instances (SourceType UDM_ECS) in the session's region, created
 * between `start` and `end` (unix seconds, both demanded by the API); `instance_id` and `job_id` may be NULL.
 * Detail.ConsistentLevel and Detail.DowngradeReason tell what was really reached.
 */
CBK_MUST_CHECK int cbk_hbr_list_udm_snapshots(struct cbk_cloud *cloud, int64_t start, int64_t end,
                                              const char *instance_id, const char *job_id, json_t **ret_snapshots,
                                              struct cbk_error *err);
/* CancelBackupJob. */
CBK_MUST_CHECK int cbk_hbr_cancel_backup_job(struct cbk_cloud *cloud, const char *job_id, struct cbk_error *err);
/* DeleteSnapshot of an instance's recovery point (whether the action takes those of instances is unverified). */
CBK_MUST_CHECK int cbk_hbr_delete_snapshot(struct cbk_cloud *cloud, const char *instance_id, const char *snapshot_id,
                                           struct cbk_error *err);

#endif
