/* Snapshots: DescribeSnapshots. */
#include "sim/ecs.h"

static const struct sim_match matches[] = {
    {"InstanceId", "instance_id", SIM_SAME, NULL, NULL},
    {"DiskId", "disk_id", SIM_SAME, NULL, NULL},
    {"SnapshotName", "name", SIM_SAME, NULL, NULL},
    {"Status", "status", SIM_SAME, NULL, "all"},
    {"SnapshotType", "type", SIM_SAME, "user", "all"},
    {"SourceDiskType", "disk_type", SIM_SAME, NULL, NULL},
    {"Usage", "usage", SIM_SAME, "none", NULL},
    {"Category", "category", SIM_SAME, "Standard", NULL},
    {"Encrypted", "encrypted", SIM_FLAG, NULL, NULL},
    {"KMSKeyId", "kms_key", SIM_SAME, "", NULL},
    {"SnapshotLinkId", "link", SIM_SAME, "", NULL},
    {"ResourceGroupId", "resource_group", SIM_SAME, "", NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},
    {"Filter", "created", SIM_WITHIN, NULL, NULL},
    {0},
};

static int describe_snapshots(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Snapshot", .fallback = 10, .most = 100};
    int r = sim_check_filters(call);
    if (r == 0)
        r = sim_ecs_dry_run(call);
    if (r < 0)
        return r;
    CBK_JSON *list = sim_named(call, SIM_SNAPSHOTS, "SnapshotIds");
    return sim_page(call, &rule, list, sim_keep_matching, matches);
}

static const struct sim_param describe_snapshots_params[] = {
    SIM_ECS_REGION,
    {.name = "SnapshotIds", .type = SIM_IDS, .max = 100, .code = "InvalidSnapshotIds.Malformed"},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "DiskId", .type = SIM_TEXT},
    {.name = "SnapshotName", .type = SIM_TEXT},
    {.name = "Status",
     .type = SIM_TEXT,
     .one_of = "progressing|accomplished|failed|all",
     .code = "InvalidStatus.NotFound"},
    {.name = "SnapshotType", .type = SIM_TEXT, .one_of = "auto|user|all", .code = "InvalidSnapshotType.NotFound"},
    {.name = "SourceDiskType", .type = SIM_TEXT, .one_of = "system|data|System|Data", .code = "InvalidSourceDiskType"},
    {.name = "Usage", .type = SIM_TEXT, .one_of = "image|disk|image_disk|none|mix", .code = "InvalidUsage"},
    {.name = "Category",
     .type = SIM_TEXT,
     .one_of = "Standard|Flash|standard|flash|archive",
     .code = "InvalidSnapshotCategory.Malformed"},
    {.name = "SnapshotLinkId", .type = SIM_TEXT},
    {.name = "Encrypted", .type = SIM_BOOL},
    {.name = "KMSKeyId", .type = SIM_TEXT},
    {.name = "DryRun", .type = SIM_BOOL},
    {.name = "Filter", .type = SIM_RECORDS, .fields = "Key Value", .max = 2},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    SIM_ECS_PAGES,
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DescribeSnapshots",
     .params = describe_snapshots_params,
     .handler = describe_snapshots,
     .answer = SIM_ECS_PAGED
     " Snapshots{Snapshot[Available=available:b Category~Standard CreationTime=created:t Description=description "
     "Encrypted=encrypted:b FullSnapshotSizeInBytes=bytes:i InstantAccess-:b InstantAccessRetentionDays-:i "
     "KMSKeyId=kms_key LastModifiedTime=modified:t ProductCode- Progress=progress RegionId=region RemainTime-:i "
     "ResourceGroupId=resource_group RetentionDays=retention_days:i SnapshotId=id SnapshotLinkId=link "
     "SnapshotName=name SnapshotSN=id SnapshotType~user SourceDiskId=disk_id SourceDiskSize=disk_size "
     "SourceDiskType=disk_type SourceRegionId- SourceSnapshotId- SourceStorageType~disk Status=status " SIM_ECS_TAGS
     " Usage~none]}"},
};
SIM_ACTIONS(sim_ecs_snapshots);
