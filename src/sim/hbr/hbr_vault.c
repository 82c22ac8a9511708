/* Vaults: CreateVault, UpdateVault, DeleteVault, DescribeVaults. */
#include "sim/action/match.h"
#include "sim/action/page.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/hbr_rule.h"
#include "sim/world/region.h"
#include "sim/world/task.h"

#include <string.h>

/* A vault is being made for a while (U how long), and is not to be deleted in its first two hours. */
enum { MAKING_MS = 2000, YOUNG_SECONDS = 2 * 3600 };

static json_t *new_vault(struct sim_call *call, const char *id)
{
    int64_t now = sim_world_now(call->world);
    const char *type = sim_text(call, "VaultType"), *encrypt = sim_text(call, "EncryptType");
    const char *class = sim_text(call, "VaultStorageClass") ? sim_text(call, "VaultStorageClass") : "";
    json_t *vault =
        json_pack("{ss ss ss ss ss ss sb sb sI sI so}", "id", id, "status", "INITIALIZING", "name",
                  sim_text(call, "VaultName"), "region", sim_text(call, "VaultRegionId"), "type",
                  type && *type ? type : "STANDARD", "encrypt_type", encrypt && *encrypt ? encrypt : "HBR_PRIVATE",
                  "worm", sim_bool(call, "WormEnabled", false), "replication", sim_bool(call, "Replication", false),
                  "created", (json_int_t)now, "updated", (json_int_t)now, "tags", json_object());
    sim_set_text(vault, "description", sim_text(call, "Description"));
    sim_set_text(vault, "kms_key_id", sim_text(call, "KmsKeyId"));
    sim_set_text(vault, "storage_class", *class ? class : "STANDARD");
    return vault;
}

/* Names may come twice (U). */
static int create_vault(struct sim_call *call)
{
    const char *key = sim_text(call, "KmsKeyId");
    if (!sim_region_exists(sim_text(call, "VaultRegionId")))
        return sim_fail(call, "InvalidParameter", "The specified VaultRegionId is not valid."); /* (U) */
    if (cbk_str_equal(sim_text(call, "EncryptType"), "KMS") && (!key || !*key))
        return sim_fail(
            call, "MissingParameter",
            "The input parameter \"KmsKeyId\" that is mandatory for processing this request is not supplied.");
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "v-000");
    json_t *vault = sim_world_add(call->world, SIM_VAULTS, new_vault(call, id));
    const char *task = sim_task_start(call->world, "CreateVault", id);
    sim_set_text(vault, "task_id", task);
    sim_timer_set(call->world, SIM_TIMER_VAULT, id, MAKING_MS);
    sim_give_text(call, "VaultId", id);
    sim_give_text(call, "TaskId", task);
    return 0;
}

void sim_vault_step(struct sim_world *world, const char *id)
{
    json_t *vault = sim_world_find(world, SIM_VAULTS, id);
    if (!vault)
        return;
    sim_set_text(vault, "status", "CREATED");
    sim_set_int(vault, "updated", sim_world_now(world));
    sim_task_finish(world, cbk_json_text(vault, "task_id"));
}

/* The vault of VaultId, or a failure and NULL. */
static json_t *find_vault(struct sim_call *call)
{
    json_t *vault = sim_find(call, SIM_VAULTS, sim_text(call, "VaultId"));
    if (!vault && sim_fail(call, "InvalidResourceId.NotFound", "The specified vault does not exist.") < 0)
        return NULL;
    return vault;
}

static int update_vault(struct sim_call *call)
{
    json_t *vault = find_vault(call);
    if (!vault)
        return -1;
    if (cbk_json_bool(vault, "worm", false) && !sim_bool(call, "WormEnabled", true))
        return sim_fail(call, "InvalidParameter", "WormEnabled cannot be turned off again."); /* (U) */
    static const struct {
        const char *param, *key;
    } texts[] = {{"VaultName", "name"}, {"Description", "description"}, {"ResourceGroupId", "resource_group"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        if (sim_text(call, texts[i].param))
            sim_set_text(vault, texts[i].key, sim_text(call, texts[i].param));
    if (sim_bool(call, "WormEnabled", false))
        sim_set_bool(vault, "worm", true);
    sim_set_int(vault, "updated", sim_world_now(call->world));
    return 0;
}

/* Takes what lay in the vault along. */
static void remove_contents(struct sim_world *world, const char *vault_id)
{
    static const enum sim_section sections[] = {SIM_BACKUP_JOBS, SIM_RESTORE_JOBS, SIM_RECOVERY_POINTS};
    for (size_t s = 0; s < CBK_ARRAY_LEN(sections); s++) {
        const json_t *list = sim_world_list(world, sections[s]);
        for (size_t i = json_array_size(list); i-- > 0;)
            if (cbk_str_equal(cbk_json_text(json_array_get(list, i), "vault_id"), vault_id))
                sim_world_remove(world, sections[s], json_array_get(list, i));
    }
}

static bool is_source_of_replication(const struct sim_call *call, const char *id)
{
    size_t index;
    json_t *vault;
    json_array_foreach(sim_list(call, SIM_VAULTS), index, vault)
        if (cbk_str_equal(cbk_json_text(vault, "replication_source_id"), id))
            return true;
    return false;
}

static bool is_used_by_policy(const struct sim_call *call, const char *id)
{
    size_t index;
    json_t *policy;
    json_array_foreach(sim_list(call, SIM_BACKUP_POLICIES), index, policy)
        if (sim_hbr_rules_use_vault(json_object_get(policy, "rules"), id))
            return true;
    return false;
}

static int delete_vault(struct sim_call *call)
{
    json_t *vault = find_vault(call);
    if (!vault)
        return -1;
    const char *id = cbk_json_text(vault, "id");
    if (is_used_by_policy(call, id))
        return sim_fail(call, "VaultBoundPolicyCannotBeDeleted", "The vault is used by a backup policy.");
    if (is_source_of_replication(call, id))
        return sim_fail(call, "CannotDeleteReplicationSourceVault", "The vault is the source of a replication.");
    if (strcmp(cbk_json_text_or(vault, "status", ""), "INITIALIZING") == 0 ||
        sim_world_now(call->world) < cbk_json_int(vault, "created", 0) + YOUNG_SECONDS)
        return sim_fail(call, "OperationConflict",
                        "A vault cannot be deleted within two hours of its creation."); /* (U): the code */
    remove_contents(call->world, id);
    sim_world_remove(call->world, SIM_VAULTS, vault);
    return 0;
}

static bool same(const struct sim_call *call, const char *param, const json_t *vault, const char *key)
{
    const char *wanted = sim_text(call, param);
    return !wanted || !*wanted || cbk_str_equal(wanted, cbk_json_text_or(vault, key, ""));
}

static bool is_tagged(const struct sim_call *call, const json_t *vault)
{
    static const struct sim_match rows[] = {{"Tag", "tags", SIM_TAGGED, NULL, NULL}, {0}};
    return sim_matches(call, vault, rows);
}

static bool is_wanted(const struct sim_call *call, const json_t *vault, const void *context)
{
    (void)context;
    bool replication = cbk_json_bool(vault, "replication", false);
    int64_t owner = strtoll(call->world->account, NULL, 10);
    return same(call, "VaultId", vault, "id") && same(call, "VaultName", vault, "name") &&
           same(call, "VaultRegionId", vault, "region") && same(call, "VaultType", vault, "type") &&
           same(call, "Status", vault, "status") && same(call, "ResourceGroupId", vault, "resource_group") &&
           sim_bool(call, "Replication", replication) == replication && sim_int(call, "VaultOwnerId", owner) == owner &&
           is_tagged(call, vault);
}

static int describe_vaults(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Vault", .fallback = 10, .most = 99};
    size_t index;
    json_t *vault;
    const char *id = sim_text(call, "VaultId");
    if (id && *id && !find_vault(call))
        return -1;
    int r = sim_page(call, &rule, sim_list(call, SIM_VAULTS), is_wanted, NULL);
    json_t *page = json_object_get(call->answer, "Vault");
    json_array_foreach(page, index, vault) {
        json_t *view = json_copy(vault);
        sim_set_int(view, "owner", strtoll(call->world->account, NULL, 10));
        json_array_set_new(page, index, view);
    }
    return r;
}

static const struct sim_param create_vault_params[] = {
    {.name = "VaultName", .type = SIM_TEXT, .required = true, .min = 1, .max = 64},
    {.name = "VaultRegionId", .type = SIM_TEXT, .required = true},
    {.name = "Description", .type = SIM_TEXT, .max = 255},
    {.name = "EncryptType", .type = SIM_TEXT, .one_of = "HBR_PRIVATE|KMS"},
    {.name = "KmsKeyId", .type = SIM_TEXT},
    {.name = "Replication", .type = SIM_BOOL},
    {.name = "VaultStorageClass", .type = SIM_TEXT},
    {.name = "VaultType", .type = SIM_TEXT, .one_of = "STANDARD|OTS_BACKUP"},
    {.name = "WormEnabled", .type = SIM_BOOL},
    {0},
};
static const struct sim_param update_vault_params[] = {
    {.name = "VaultId", .type = SIM_TEXT, .required = true},
    {.name = "VaultName", .type = SIM_TEXT, .min = 1, .max = 64},
    {.name = "Description", .type = SIM_TEXT, .max = 255},
    {.name = "ResourceGroupId", .type = SIM_TEXT},
    {.name = "WormEnabled", .type = SIM_BOOL},
    {0},
};
static const struct sim_param delete_vault_params[] = {
    {.name = "VaultId", .type = SIM_TEXT, .required = true},
    {.name = "ResourceGroupId", .type = SIM_TEXT},
    {.name = "Token", .type = SIM_TEXT},
    {0},
};
static const struct sim_param describe_vaults_params[] = {
    {.name = "VaultId", .type = SIM_TEXT},
    {.name = "VaultName", .type = SIM_TEXT},
    {.name = "VaultRegionId", .type = SIM_TEXT},
    {.name = "VaultType", .type = SIM_TEXT},
    {.name = "VaultOwnerId", .type = SIM_INT},
    {.name = "Status", .type = SIM_TEXT, .one_of = "UNKNOWN|INITIALIZING|CREATED|ERROR"},
    {.name = "Replication", .type = SIM_BOOL},
    {.name = "ResourceGroupId", .type = SIM_TEXT},
    {.name = "Tag", .type = SIM_RECORDS, .fields = "Key Value", .max = 20},
    {.name = "PageNumber", .type = SIM_INT},
    {.name = "PageSize", .type = SIM_INT},
    {0},
};

#define VAULT                                                                                                          \
    "ArchiveBytesDone-:i ArchiveStorageSize-:i BackupPlanStatistics{Archive-:i CommonFileSystem-:i CommonNas-:i "      \
    "Csg-:i EcsFile-:i EcsHana-:i Isilon-:i LocalFile-:i LocalVm-:i MySql-:i Nas-:i Oracle-:i Oss-:i Ots-:i "          \
    "SqlServer-:i} BucketName- BytesDone-:i ChargeType~FREE ChargedStorageSize-:i CompressionAlgorithm- "              \
    "CreatedTime=created:i Dedup:b~true Description=description EncryptType=encrypt_type IndexAvailable-:b "           \
    "IndexLevel- IndexUpdateTime-:i KmsKeyId=kms_key_id LatestReplicationTime-:i RedundancyType~LRS "                  \
    "Replication=replication:b ReplicationProgress{HistoricalReplicationProgress-:i NewReplicationProgress-:i} "       \
    "ReplicationSourceOwnerId-:i ReplicationSourceRegionId- ReplicationSourceVault-:b "                                \
    "ReplicationSourceVaultId=replication_source_id ReplicationStatus- ReplicationTargetOwnerId-:i "                   \
    "ReplicationTargetRegionId- ReplicationTargetVaultId- ResourceGroupId=resource_group Retention-:i "                \
    "RsTargetAccountIds{RsTargetAccountId-[:i]} SearchEnabled-:b SnapshotCount-:i SourceTypes{SourceType-[]} "         \
    "Status=status StorageSize-:i Tags{Tag=tags[Key=.key Value=.value]} TrialInfo{KeepAfterTrialExpiration-:b "        \
    "TrialExpireTime-:i TrialStartTime-:i TrialVaultReleaseTime-:i} UpdatedTime=updated:i VaultId=id VaultName=name "  \
    "VaultOwnerId=owner:i VaultRegionId=region VaultStatusMessage- VaultStorageClass=storage_class VaultType=type "    \
    "WormEnabled=worm:b"

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CreateVault",
     .params = create_vault_params,
     .handler = create_vault,
     .mutating = true,
     .answer = SIM_HBR_STATUS " TaskId VaultId"},
    {.service = SIM_HBR,
     .name = "UpdateVault",
     .params = update_vault_params,
     .handler = update_vault,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DeleteVault",
     .params = delete_vault_params,
     .handler = delete_vault,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DescribeVaults",
     .params = describe_vaults_params,
     .handler = describe_vaults,
     .answer = SIM_HBR_STATUS " PageNumber:i PageSize:i TotalCount:i Vaults{Vault[" VAULT "]}"},
};
SIM_ACTIONS(sim_hbr_vaults);
