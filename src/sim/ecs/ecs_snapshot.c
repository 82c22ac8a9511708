/* Snapshots: CreateSnapshot, DescribeSnapshots, DeleteSnapshot. */
#include "sim/ecs/ecs.h"
#include "sim/front/token.h"
#include "sim/world/snapshot.h"

#include <ctype.h>
#include <string.h>

static int check_name(struct sim_call *call)
{
    const char *name = sim_text(call, "SnapshotName");
    if (!name || !*name)
        return 0;
    if (!isalpha((unsigned char)*name) || cbk_str_starts_with(name, "auto") || cbk_str_starts_with(name, "http://") ||
        cbk_str_starts_with(name, "https://"))
        return sim_fail(call, "InvalidSnapshotName.Malformed", "The specified snapshot name is not valid.");
    return 0;
}

static int create_snapshot(struct sim_call *call)
{
    const char *known = NULL;
    CBK_JSON *tags = NULL;
    int r = sim_token_look(call, &known);
    if (r == 0 && known) {
        sim_give_text(call, "SnapshotId", known);
        return 0;
    }
    if (r == 0)
        r = check_name(call);
    if (r == 0)
        r = sim_ecs_read_tags(call, &tags);
    if (r < 0)
        return r;
    const json_t *disk = sim_find(call, SIM_DISKS, sim_text(call, "DiskId"));
    if (!disk)
        return sim_fail(call, "InvalidDiskId.NotFound", "The specified disk does not exist.");
    if (sim_snapshot_is_making(call->world, disk))
        return sim_fail(call, "IncorrectDiskStatus.CreatingSnapshot", "Another snapshot of the disk is being created.");
    json_t *snapshot = sim_snapshot_make(call->world, disk, sim_text(call, "SnapshotName"), tags, NULL);
    sim_set_text(snapshot, "description", sim_text(call, "Description"));
    int64_t days = sim_int(call, "RetentionDays", 0);
    if (days) {
        sim_set_int(snapshot, "retention_days", days);
        sim_timer_set(call->world, SIM_TIMER_SNAPSHOT_EXPIRY, cbk_json_text(snapshot, "id"), days * 86400 * 1000);
    }
    sim_token_keep(call, cbk_json_text(snapshot, "id"));
    sim_give_text(call, "SnapshotId", cbk_json_text(snapshot, "id"));
    return 0;
}

/* A snapshot that is not there is an error: the older pages say so, today's page that it is ignored (U). */
static int delete_snapshot(struct sim_call *call)
{
    json_t *snapshot = sim_find(call, SIM_SNAPSHOTS, sim_text(call, "SnapshotId"));
    if (!snapshot)
        return sim_fail(call, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.");
    sim_world_remove(call->world, SIM_SNAPSHOTS, snapshot);
    return 0;
}

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
    struct sim_filter filter = sim_filter_make(call, matches);
    return sim_page(call, &rule, list, filter.count ? sim_keep_filtered : NULL, &filter);
}

static const struct sim_param create_snapshot_params[] = {
    {.name = "DiskId", .type = SIM_TEXT, .required = true},
    {.name = "SnapshotName", .type = SIM_TEXT, .min = 2, .max = 128, .code = "InvalidSnapshotName.Malformed"},
    {.name = "Description", .type = SIM_TEXT, .min = 2, .max = 256, .code = "InvalidDescription.Malformed"},
    {.name = "RetentionDays", .type = SIM_INT, .min = 1, .max = 65536, .code = "InvalidRetentionDays.Malformed"},
    {.name = "ClientToken", .type = SIM_TEXT, .max = 64},
    {.name = "Category", .type = SIM_TEXT},
    {.name = "InstantAccess", .type = SIM_BOOL},
    {.name = "InstantAccessRetentionDays", .type = SIM_INT},
    {.name = "StorageLocationArn", .type = SIM_TEXT},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param delete_snapshot_params[] = {
    {.name = "SnapshotId", .type = SIM_TEXT, .required = true},
    {.name = "Force", .type = SIM_BOOL},
    {0},
};
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
     .name = "CreateSnapshot",
     .params = create_snapshot_params,
     .handler = create_snapshot,
     .mutating = true,
     .answer = "RequestId SnapshotId"},
    {.service = SIM_ECS,
     .name = "DeleteSnapshot",
     .params = delete_snapshot_params,
     .handler = delete_snapshot,
     .mutating = true,
     .answer = "RequestId"},
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
