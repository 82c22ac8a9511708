/* ECS DescribeDisks. */
#include "sim/ecs/ecs.h"

static const struct sim_match matches[] = {
    {"InstanceId", "instance_id", SIM_SAME, "", NULL},
    {"DiskIds", "id", SIM_AMONG, NULL, NULL},
    {"Category", "category", SIM_SAME, NULL, "all"},
    {"DiskType", "type", SIM_SAME, NULL, "all"},
    {"DiskName", "name", SIM_GLOB, "", NULL},
    {"Status", "status", SIM_SAME, "In_use", "All"},
    {"ZoneId", "zone", SIM_SAME, NULL, NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},
    {"Filter", "created", SIM_WITHIN, NULL, NULL},
    {"ResourceGroupId", "resource_group", SIM_SAME, "", NULL},
    {"Encrypted", "encrypted", SIM_FLAG, NULL, NULL},
    {"KMSKeyId", "kms_key", SIM_SAME, "", NULL},
    {"MultiAttach", "multi_attach", SIM_SAME, "Disabled", NULL},
    {"EnableShared", "shared", SIM_FLAG, NULL, NULL},
    {"SnapshotId", "source_snapshot", SIM_SAME, "", NULL},
    {"AutoSnapshotPolicyId", "auto_snapshot_policy", SIM_SAME, "", NULL},
    {"DiskChargeType", "charge_type", SIM_SAME, "PostPaid", NULL},
    {"LockReason", "lock_reason", SIM_SAME, "", NULL},
    {0},
};

/* The disks that can be meant: those of one instance stand in it, so that nobody walks over all of them. */
static json_t *candidates(const struct sim_call *call)
{
    const char *instance = sim_text(call, "InstanceId");
    if (!instance || !*instance)
        return sim_named(call, SIM_DISKS, "DiskIds");
    json_t *disks = json_object_get(sim_find(call, SIM_INSTANCES, instance), "disks");
    return json_incref(disks ? disks : call->world->nothing);
}

static int describe_disks(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Disk", .fallback = 10, .least = 1, .most = 500};
    int r = sim_check_filters(call);
    if (r == 0)
        r = sim_ecs_dry_run(call);
    if (r < 0)
        return r;
    CBK_JSON *list = candidates(call);
    struct sim_filter filter = sim_filter_make(call, matches);
    return sim_page(call, &rule, list, filter.count ? sim_keep_filtered : NULL, &filter);
}

static const struct sim_param describe_disks_params[] = {
    {.name = "RegionId", .type = SIM_TEXT, .required = true, .missing = "MissingParamter.RegionId"}, /* sic */
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "DiskIds",
     .type = SIM_IDS,
     .max = 100,
     .code = "InvalidDiskIds.ValueNotSupported",
     .too_many = "InvalidDiskIds.Malformed"},
    {.name = "Category",
     .type = SIM_TEXT,
     .one_of = "all|cloud|cloud_efficiency|cloud_ssd|cloud_essd|cloud_auto|cloud_essd_entry|"
               "cloud_regional_disk_auto|elastic_ephemeral_disk_standard|elastic_ephemeral_disk_premium|local_ssd_pro|"
               "local_hdd_pro|ephemeral|ephemeral_ssd",
     .code = "InvalidCategory.ValueNotSupported"},
    {.name = "DiskType", .type = SIM_TEXT, .one_of = "all|system|data", .code = "InvalidDiskType.ValueNotSupported"},
    {.name = "DiskName", .type = SIM_TEXT},
    {.name = "Status",
     .type = SIM_TEXT,
     .one_of = "In_use|Available|Attaching|Detaching|Creating|ReIniting|All",
     .code = "InvalidStatus.ValueNotSupported"},
    {.name = "ZoneId", .type = SIM_TEXT},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {.name = "Filter", .type = SIM_RECORDS, .fields = "Key Value", .max = 2},
    {.name = "Encrypted", .type = SIM_BOOL},
    {.name = "KMSKeyId", .type = SIM_TEXT},
    {.name = "MultiAttach",
     .type = SIM_TEXT,
     .one_of = "Disabled|Enabled|LegacyShared",
     .code = "InvalidParameter.MultiAttach"},
    {.name = "EnableShared", .type = SIM_BOOL},
    {.name = "SnapshotId", .type = SIM_TEXT},
    {.name = "AutoSnapshotPolicyId", .type = SIM_TEXT},
    {.name = "DiskChargeType",
     .type = SIM_TEXT,
     .one_of = "PostPaid|PrePaid",
     .code = "InvalidDiskChargeType.NotFound"},
    {.name = "LockReason",
     .type = SIM_TEXT,
     .one_of = "financial|security|recycling|dedicatedhostfinancial|refunded",
     .code = "InvalidLockReason.NotFound"},
    {.name = "DeleteAutoSnapshot", .type = SIM_BOOL},
    {.name = "DeleteWithInstance", .type = SIM_BOOL},
    {.name = "EnableAutoSnapshot", .type = SIM_BOOL},
    {.name = "EnableAutomatedSnapshotPolicy", .type = SIM_BOOL},
    {.name = "Portable", .type = SIM_BOOL},
    {.name = "AdditionalAttributes", .type = SIM_LIST},
    {.name = "DryRun", .type = SIM_BOOL},
    SIM_ECS_PAGES,
    {0},
};

#define DISK                                                                                                           \
    "AttachedTime=created:t Attachments{Attachment=attachments[AttachedTime=created:t Device=device "                  \
    "InstanceId=instance_id]} AutoSnapshotPolicyId- BdfId- BurstingEnabled-:b Category=category "                      \
    "CreationTime=created:t "                                                                                          \
    "DataSource{Id- Type-} DeleteAutoSnapshot-:b DeleteWithInstance:b~true Description=description DetachedTime- "     \
    "Device=device DiskChargeType~PostPaid DiskId=id DiskName=name EnableAutoSnapshot:b~true "                         \
    "EnableAutomatedSnapshotPolicy-:b Encrypted=encrypted:b ExpiredTime~2099-12-31T15:59Z IOPS:i~3800 "                \
    "IOPSRead-:i IOPSWrite-:i ImageId- InstanceId=instance_id KMSKeyId=kms_key MountInstanceNum:i~1 "                  \
    "MountInstances{MountInstance-[AttachedTime Device InstanceId]} MultiAttach~Disabled "                             \
    "OperationLocks{OperationLock-[LockReason]} PerformanceLevel=performance_level Placement{ZoneIds=zone} "           \
    "Portable:b~true ProductCode- ProvisionedIops-:i RegionId=region ResourceGroupId=resource_group "                  \
    "SerialNumber- Size=size_gib:i SourceDiskId- SourceSnapshotId=source_snapshot Status~In_use StorageClusterId- "    \
    "StorageSetId- StorageSetPartitionNumber-:i " SIM_ECS_TAGS " Throughput-:i ThroughputRead-:i ThroughputWrite-:i "  \
    "Type=type ZoneId=zone"

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DescribeDisks",
     .params = describe_disks_params,
     .handler = describe_disks,
     .answer = SIM_ECS_PAGED " Disks{Disk[" DISK "]}"},
};
SIM_ACTIONS(sim_ecs_disks);
