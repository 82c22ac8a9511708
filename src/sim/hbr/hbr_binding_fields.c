#include "sim/hbr/hbr_binding_fields.h"

#define SOURCE_TYPES "UDM_ECS|OSS|NAS|COMMON_NAS|ECS_FILE|File|COMMON_FILE_SYSTEM|OTS"

static const struct sim_field file_system_fields[] = {
    {.name = "FetchSliceSize", .type = SIM_FIELD_INT},
    {.name = "FullOnIncrementFail", .type = SIM_FIELD_BOOL},
    {0},
};
static const struct sim_field nas_fields[] = {
    {.name = "ClientId", .type = SIM_FIELD_TEXT},
    {.name = "ClusterId", .type = SIM_FIELD_TEXT},
    {.name = "FetchSliceSize", .type = SIM_FIELD_INT},
    {.name = "FullOnIncrementFail", .type = SIM_FIELD_BOOL},
    {0},
};
static const struct sim_field file_fields[] = {
    {.name = "AdvPolicy", .type = SIM_FIELD_BOOL},
    {.name = "UseVSS", .type = SIM_FIELD_BOOL},
    {0},
};
static const struct sim_field oss_fields[] = {
    {.name = "IgnoreArchiveObject", .type = SIM_FIELD_BOOL},
    {.name = "InventoryCleanupPolicy", .type = SIM_FIELD_TEXT},
    {.name = "InventoryId", .type = SIM_FIELD_TEXT},
    {0},
};
static const struct sim_field udm_fields[] = {
    {.name = "AppConsistent", .type = SIM_FIELD_BOOL},   {.name = "DestinationKmsKeyId", .type = SIM_FIELD_TEXT},
    {.name = "DiskIdList", .type = SIM_FIELD_TEXTS},     {.name = "EnableFsFreeze", .type = SIM_FIELD_BOOL},
    {.name = "EnableWriters", .type = SIM_FIELD_BOOL},   {.name = "ExcludeDiskIdList", .type = SIM_FIELD_TEXTS},
    {.name = "PostScriptPath", .type = SIM_FIELD_TEXT},  {.name = "PreScriptPath", .type = SIM_FIELD_TEXT},
    {.name = "RamRoleName", .type = SIM_FIELD_TEXT},     {.name = "SnapshotGroup", .type = SIM_FIELD_BOOL},
    {.name = "TimeoutInSeconds", .type = SIM_FIELD_INT}, {0},
};
static const struct sim_field option_fields[] = {
    {.name = "CommonFileSystemDetail", .type = SIM_FIELD_OBJECT, .fields = file_system_fields},
    {.name = "CommonNasDetail", .type = SIM_FIELD_OBJECT, .fields = nas_fields},
    {.name = "FileDetail", .type = SIM_FIELD_OBJECT, .fields = file_fields},
    {.name = "OssDetail", .type = SIM_FIELD_OBJECT, .fields = oss_fields},
    {.name = "UdmDetail", .type = SIM_FIELD_OBJECT, .fields = udm_fields},
    {0},
};
const struct sim_field sim_hbr_binding_fields[] = {
    {.name = "AdvancedOptions", .type = SIM_FIELD_OBJECT, .fields = option_fields},
    {.name = "CrossAccountRoleName", .type = SIM_FIELD_TEXT},
    {.name = "CrossAccountType", .type = SIM_FIELD_TEXT},
    {.name = "CrossAccountUserId", .type = SIM_FIELD_INT},
    {.name = "DataSourceId", .type = SIM_FIELD_TEXT},
    {.name = "Disabled", .type = SIM_FIELD_BOOL},
    {.name = "Exclude", .type = SIM_FIELD_TEXT},
    {.name = "Include", .type = SIM_FIELD_TEXT},
    {.name = "PolicyBindingDescription", .type = SIM_FIELD_TEXT},
    {.name = "Source", .type = SIM_FIELD_TEXT},
    {.name = "SourceType", .type = SIM_FIELD_TEXT, .one_of = SOURCE_TYPES},
    {.name = "SpeedLimit", .type = SIM_FIELD_TEXT},
    {0},
};

/* What a field of a request is called in the record. */
static const struct {
    const char *field, *key;
} names[] = {
    {"AdvancedOptions", "options"},
    {"CrossAccountRoleName", "cross_account_role"},
    {"CrossAccountType", "cross_account_type"},
    {"CrossAccountUserId", "cross_account_user"},
    {"DataSourceId", "data_source_id"},
    {"Disabled", "disabled"},
    {"Exclude", "exclude"},
    {"Include", "include"},
    {"PolicyBindingDescription", "description"},
    {"Source", "source"},
    {"SourceType", "source_type"},
    {"SpeedLimit", "speed_limit"},
};

void sim_hbr_put_binding(const json_t *fields, json_t *binding)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++)
        if (json_object_get(fields, names[i].field))
            json_object_set(binding, names[i].key, json_object_get(fields, names[i].field));
}
