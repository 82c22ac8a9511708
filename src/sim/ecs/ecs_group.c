/* Snapshot groups: CreateSnapshotGroup, DescribeSnapshotGroups, DeleteSnapshotGroup. */
#include "sim/ecs/ecs.h"
#include "sim/front/token.h"
#include "sim/world/snapshot.h"

#include <string.h>

/* The disks of DiskId.N, new reference, or a failure and NULL. */
static json_t *named_disks(struct sim_call *call)
{
    size_t index;
    json_t *id;
    const char *instance = sim_text(call, "InstanceId"), *zone = NULL;
    CBK_JSON *disks = json_array();
    json_array_foreach(sim_param(call, "DiskId"), index, id) {
        json_t *disk = sim_find(call, SIM_DISKS, json_string_value(id));
        int r = 0;
        if (!disk || (instance && *instance && !cbk_str_equal(cbk_json_text(disk, "instance_id"), instance)))
            r = sim_fail(call, "InvalidDiskId.NotFound", "The specified disk does not exist: %s.",
                         json_string_value(id));
        else if (!sim_disk_is_essd(disk))
            r = sim_fail(call, "DiskCategory.OperationNotSupported", "The category of disk %s does not support this.",
                         json_string_value(id));
        else if (zone && !cbk_str_equal(zone, cbk_json_text(disk, "zone")))
            r = sim_fail(call, "InvalidDiskIds.NotInSameZone", "The specified disks are not in the same zone.");
        if (r < 0)
            return NULL;
        zone = cbk_json_text(disk, "zone");
        json_array_append(disks, disk);
    }
    return cbk_json_steal(&disks);
}

/* The ESSD disks of InstanceId without those of ExcludeDiskId.N, new reference, or a failure and NULL. */
static json_t *instance_disks(struct sim_call *call)
{
    size_t index;
    json_t *disk;
    const json_t *instance = sim_ecs_instance(call, sim_text(call, "InstanceId"), "InvalidInstanceId.NotFound");
    if (!instance)
        return NULL;
    CBK_JSON *disks = json_array();
    json_array_foreach(json_object_get(instance, "disks"), index, disk)
        if (sim_disk_is_essd(disk) && !cbk_json_array_has(sim_param(call, "ExcludeDiskId"), cbk_json_text(disk, "id")))
            json_array_append(disks, disk);
    if (!json_array_size(disks)) {
        if (sim_fail(call, "InvalidInstance.NoDisk", "The instance has no disk that can be in a snapshot group.") < 0)
            return NULL;
    }
    return cbk_json_steal(&disks);
}

static int check_limits(struct sim_call *call, const json_t *disks)
{
    size_t index;
    json_t *disk;
    int64_t gib = 0;
    json_array_foreach(disks, index, disk) {
        gib += cbk_json_int(disk, "size_gib", 0);
        if (sim_snapshot_is_making(call->world, disk))
            return sim_fail(call, "IncorrectDiskStatus.CreatingSnapshot",
                            "Another snapshot of disk %s is being created.", cbk_json_text_or(disk, "id", ""));
    }
    if (json_array_size(disks) > SIM_GROUP_MOST_DISKS)
        return sim_fail(call, "NumberExceed.TooManyDisks", "The number of disks exceeds the limit of %d.",
                        SIM_GROUP_MOST_DISKS);
    if (gib > SIM_GROUP_MOST_GIB)
        return sim_fail(call, "CapacityExceed.TooManyDisks", "The disks together are larger than 32 TiB.");
    return 0;
}

static int check_request(struct sim_call *call)
{
    const char *instance = sim_text(call, "InstanceId"), *name = sim_text(call, "Name");
    if (sim_param(call, "DiskId") && sim_param(call, "ExcludeDiskId"))
        return sim_fail(call, "InvalidParam.ExcludeDiskIdsAndDiskIds.Conflict",
                        "DiskId and ExcludeDiskId cannot be given together.");
    if ((!instance || !*instance) && !sim_param(call, "DiskId"))
        return sim_fail(call, "MissingParamter.InstanceId", "The parameter InstanceId is missing.");
    if (name && *name && (cbk_str_starts_with(name, "http://") || cbk_str_starts_with(name, "https://")))
        return sim_fail(call, "InvalidParameter.Name", "The specified Name is not valid.");
    return 0;
}

static int create_group(struct sim_call *call)
{
    const char *known = NULL;
    CBK_JSON *tags = NULL;
    int r = sim_token_look(call, &known);
    if (r == 0 && known) {
        sim_give_text(call, "SnapshotGroupId", known);
        return 0;
    }
    if (r == 0)
        r = check_request(call);
    if (r == 0)
        r = sim_ecs_read_tags(call, &tags);
    if (r < 0)
        return r;
    CBK_JSON *disks = sim_param(call, "DiskId") ? named_disks(call) : instance_disks(call);
    if (!disks || check_limits(call, disks) < 0)
        return -1;
    const json_t *group =
        sim_group_make(call->world, disks, sim_text(call, "InstanceId") ? sim_text(call, "InstanceId") : "",
                       sim_text(call, "Name"), sim_text(call, "Description"), tags);
    sim_token_keep(call, cbk_json_text(group, "id"));
    sim_give_text(call, "SnapshotGroupId", cbk_json_text(group, "id"));
    return 0;
}

static const struct sim_match matches[] = {
    {"InstanceId", "instance_id", SIM_SAME, NULL, NULL},
    {"Name", "name", SIM_SAME, NULL, NULL},
    {"ResourceGroupId", "resource_group", SIM_SAME, "", NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},
    {0},
};

static int describe_groups(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "SnapshotGroup", .fallback = 10, .most = 100};
    size_t index;
    json_t *status, *group;
    json_array_foreach(sim_param(call, "Status"), index, status) {
        const char *text = json_string_value(status);
        if (strcmp(text, "progressing") != 0 && strcmp(text, "accomplished") != 0 && strcmp(text, "failed") != 0)
            return sim_fail(call, "InvalidStatus.ValueNotSupported", "The specified Status is not supported.");
    }
    CBK_JSON *list = sim_named(call, SIM_SNAPSHOT_GROUPS, "SnapshotGroupId");
    CBK_JSON *views = json_array();
    json_array_foreach(list, index, group) {
        const char *state = sim_group_status(call->world, group);
        if (!sim_matches(call, group, matches) ||
            (sim_param(call, "Status") && !cbk_json_array_has(sim_param(call, "Status"), state)))
            continue;
        json_t *view = json_copy(group);
        sim_set_text(view, "status", state);
        json_object_set_new(view, "members", sim_group_snapshots(call->world, group));
        json_array_append_new(views, view);
    }
    return sim_page(call, &rule, views, NULL, NULL);
}

/* Every member answers for itself; one that is in progress stays, and with it the group. */
static int delete_group(struct sim_call *call)
{
    size_t index;
    json_t *snapshot;
    json_t *group = sim_find(call, SIM_SNAPSHOT_GROUPS, sim_text(call, "SnapshotGroupId"));
    json_t *progress = json_array();
    bool all_gone = true;
    CBK_JSON *members = sim_group_snapshots(call->world, group);
    sim_give(call, "OperationProgress", progress);
    json_array_foreach(members, index, snapshot) {
        bool busy = cbk_str_equal(cbk_json_text(snapshot, "status"), "progressing");
        json_array_append_new(progress, json_pack("{ss ss ss s[{ss sO}]}", "code", busy ? "Operation.Conflict" : "",
                                                  "message", busy ? "The snapshot is being created." : "", "status",
                                                  busy ? "Failed" : "Success", "items", "name", "SnapshotId", "value",
                                                  json_object_get(snapshot, "id")));
        all_gone = all_gone && !busy;
        if (!busy)
            sim_world_remove(call->world, SIM_SNAPSHOTS, snapshot);
    }
    if (group && all_gone) /* a group that is not there has nothing to say (code U) */
        sim_world_remove(call->world, SIM_SNAPSHOT_GROUPS, group);
    return 0;
}

static const struct sim_param delete_group_params[] = {
    SIM_ECS_REGION,
    {.name = "SnapshotGroupId", .type = SIM_TEXT, .required = true},
    {0},
};
static const struct sim_param create_group_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "DiskId", .type = SIM_LIST, .max = SIM_GROUP_MOST_DISKS, .code = "NumberExceed.TooManyDisks"},
    {.name = "ExcludeDiskId", .type = SIM_LIST, .max = SIM_GROUP_MOST_DISKS, .code = "NumberExceed.TooManyDisks"},
    {.name = "Name", .type = SIM_TEXT, .min = 2, .max = 128, .code = "InvalidParameter.Name"},
    {.name = "Description", .type = SIM_TEXT, .min = 2, .max = 256, .code = "InvalidParameter.Description"},
    {.name = "ClientToken", .type = SIM_TEXT, .max = 64},
    {.name = "InstantAccess", .type = SIM_BOOL},
    {.name = "InstantAccessRetentionDays", .type = SIM_INT},
    {.name = "StorageLocationArn", .type = SIM_TEXT},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param describe_groups_params[] = {
    SIM_ECS_REGION,
    {.name = "SnapshotGroupId", .type = SIM_LIST, .max = 10},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "Name", .type = SIM_TEXT},
    {.name = "Status", .type = SIM_LIST, .max = 3},
    {.name = "AdditionalAttributes", .type = SIM_LIST},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {.name = "MaxResults", .type = SIM_INT},
    {.name = "NextToken", .type = SIM_TEXT},
    {0},
};

#define TAGS "Tags{Tag=tags[Key=.key Value=.value]}" /* unlike DescribeSnapshots */

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DeleteSnapshotGroup",
     .params = delete_group_params,
     .handler = delete_group,
     .mutating = true,
     .answer = "RequestId OperationProgressSet{OperationProgress[ErrorCode=code ErrorMsg=message "
               "OperationStatus=status RelatedItemSet{RelatedItem=items[Name=name Value=value]}]}"},
    {.service = SIM_ECS,
     .name = "CreateSnapshotGroup",
     .params = create_group_params,
     .handler = create_group,
     .mutating = true,
     .answer = "RequestId SnapshotGroupId"},
    {.service = SIM_ECS,
     .name = "DescribeSnapshotGroups",
     .params = describe_groups_params,
     .handler = describe_groups,
     .answer = "RequestId NextToken SnapshotGroups{SnapshotGroup[CreationTime=created:t Description=description "
               "InstanceId=instance_id Name=name ProgressStatus- ResourceGroupId=resource_group SnapshotGroupId=id "
               "Snapshots{Snapshot=members[Available=available:b InstantAccess-:b InstantAccessRetentionDays-:i "
               "Progress=progress SnapshotId=id SourceDiskId=disk_id SourceDiskType=disk_type " TAGS
               "]} Status=status " TAGS "]}"},
};
SIM_ACTIONS(sim_ecs_groups);
