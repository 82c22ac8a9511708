/*
 * Cloud Backup (HBR, 2017-09-08): one-off backups of instances and their recovery points; vaults, policies and
 * bindings. Every answer carries Success and Code, also inside HTTP 200; a Success that is not true is an error here.
 *
 * Every call fails like cbk_cloud_call. Answers are the API's own objects (new references). HBR knows no ClientToken:
 * what starts a job or makes a thing is never repeated once it may have been sent.
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

/* ---- vaults: where backups of STANDARD policies lie ---- */

/* DescribeVaults of the session's region, whole; `vault_id` NULL: all. Status is INITIALIZING, CREATED, ERROR or
 * UNKNOWN, CreatedTime unix seconds. */
CBK_MUST_CHECK int cbk_hbr_list_vaults(struct cbk_cloud *cloud, const char *vault_id, json_t **ret_vaults,
                                       struct cbk_error *err);
/* CreateVault in the session's region; `fields` as the API calls them (VaultName, VaultType, EncryptType, KmsKeyId,
 * ..). The caller frees *ret_id. Names may come twice: on CBK_E_AMBIGUOUS look for what has appeared. */
CBK_MUST_CHECK int cbk_hbr_create_vault(struct cbk_cloud *cloud, const json_t *fields, char **ret_id,
                                        struct cbk_error *err);
/* UpdateVault: VaultName, Description, ResourceGroupId, WormEnabled (which cannot be taken back). */
CBK_MUST_CHECK int cbk_hbr_update_vault(struct cbk_cloud *cloud, const char *vault_id, const json_t *fields,
                                        struct cbk_error *err);
/* DeleteVault takes what lies in it along. One that is gone is fine. Refused within two hours of its creation, while it
 * is being made, and while a policy names it (VaultBoundPolicyCannotBeDeleted). */
CBK_MUST_CHECK int cbk_hbr_delete_vault(struct cbk_cloud *cloud, const char *vault_id, struct cbk_error *err);

/* ---- backup policies ---- */

/* DescribePoliciesV2, whole; `policy_id` NULL: all. One that is gone is an empty list. */
CBK_MUST_CHECK int cbk_hbr_list_policies(struct cbk_cloud *cloud, const char *policy_id, json_t **ret_policies,
                                         struct cbk_error *err);
/* CreatePolicyV2; `rules` as the API calls them; `description` may be NULL. The caller frees *ret_id. A repetition
 * makes a twin: on CBK_E_AMBIGUOUS look for what has appeared. */
CBK_MUST_CHECK int cbk_hbr_create_policy(struct cbk_cloud *cloud, const char *name, const char *description,
                                         const char *type, const json_t *rules, char **ret_id, struct cbk_error *err);
/* UpdatePolicyV2; NULL leaves as it is; `rules` replace the whole set, a rule that keeps its RuleId is changed in
 * place. */
CBK_MUST_CHECK int cbk_hbr_update_policy(struct cbk_cloud *cloud, const char *policy_id, const char *name,
                                         const char *description, const json_t *rules, struct cbk_error *err);
/* DeletePolicyV2 unbinds all that is bound, and ends later where the policy is of type UDM_ECS_ONLY: look until it is
 * gone. One that is gone already is fine. */
CBK_MUST_CHECK int cbk_hbr_delete_policy(struct cbk_cloud *cloud, const char *policy_id, struct cbk_error *err);

/* ---- bindings of instances (SourceType UDM_ECS): which policy backs up which instance ---- */

/* DescribePolicyBindings of these instances: some 50 a call, in parallel (how many ids a call takes is not documented).
 * An instance is bound to one policy at most. */
CBK_MUST_CHECK int cbk_hbr_list_bindings(struct cbk_cloud *cloud, const json_t *instance_ids, json_t **ret_bindings,
                                         struct cbk_error *err);
/* The same of a policy, whole. */
CBK_MUST_CHECK int cbk_hbr_list_bindings_of_policy(struct cbk_cloud *cloud, const char *policy_id,
                                                   json_t **ret_bindings, struct cbk_error *err);
/* CreatePolicyBindings of one instance; `fields` as the API calls them, without SourceType and DataSourceId. An
 * instance that is bound already is CBK_E_CONFLICT (PolicyAlreadyBoundWithThisDataSource). SnapshotGroup=true is stored
 * as false without a word (seen by the Terraform provider's authors): read it back. */
CBK_MUST_CHECK int cbk_hbr_create_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                                          const json_t *fields, struct cbk_error *err);
/* UpdatePolicyBinding; `fields` likewise. Whether AdvancedOptions merge or replace is unverified: send them whole. */
CBK_MUST_CHECK int cbk_hbr_update_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                                          const json_t *fields, struct cbk_error *err);
/* DeletePolicyBinding of one instance. What is not bound, or bound to a policy that is gone, is fine. */
CBK_MUST_CHECK int cbk_hbr_delete_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                                          struct cbk_error *err);

#endif
