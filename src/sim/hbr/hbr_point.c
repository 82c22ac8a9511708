/* Recovery points of instances: DescribeUdmSnapshots, DeleteSnapshot. */
#include "sim/hbr/hbr.h"
#include "sim/hbr/retention.h"

#include <string.h>

static bool same(const struct sim_call *call, const char *param, const json_t *point, const char *key)
{
    const char *wanted = sim_text(call, param);
    return !wanted || !*wanted || cbk_str_equal(wanted, cbk_json_text(point, key));
}

/* What tells most points apart is looked at first: there may be very many. */
static bool is_wanted(const struct sim_call *call, const json_t *point)
{
    const char *disk = sim_text(call, "DiskId");
    int64_t created = cbk_json_int(point, "created", 0);
    return same(call, "InstanceId", point, "instance_id") && same(call, "JobId", point, "job_id") &&
           created >= sim_int(call, "StartTime", 0) && created <= sim_int(call, "EndTime", INT64_MAX) &&
           same(call, "SourceType", point, "source_type") &&
           (!disk || !*disk || cbk_json_array_has(json_object_get(point, "disk_ids"), disk)) &&
           (!json_array_size(sim_param(call, "SnapshotIds")) ||
            cbk_json_array_has(sim_param(call, "SnapshotIds"), cbk_json_text(point, "id")));
}

/* The maps of an answer, keyed by instance and by disk. */
static json_t *view_point(const json_t *point)
{
    json_t *view = json_copy((json_t *)point), *disks = json_object(), *devices = json_object();
    json_object_set(disks, cbk_json_text_or(point, "instance_id", ""), json_object_get(point, "disk_ids"));
    json_object_set_new(view, "instance_disks", disks);
    json_object_set_new(view, "disk_points", devices);
    sim_set_bool(view, "has_os_disk",
                 cbk_json_array_has(json_object_get(point, "disk_ids"), cbk_json_text_or(point, "os_disk_id", "")));
    sim_set_bool(view, "deletable", !cbk_json_bool(point, "immutable", false));
    return view;
}

static int describe_points(struct sim_call *call)
{
    size_t index;
    json_t *point;
    json_t *list = json_array();
    sim_give(call, "Snapshots", list);
    if (strcmp(sim_text(call, "UdmRegionId"), call->world->region) != 0)
        return 0;
    json_array_foreach(sim_world_list(call->world, SIM_RECOVERY_POINTS), index, point)
        if (is_wanted(call, point))
            json_array_append_new(list, view_point(point));
    sim_give_int(call, "TotalCount", (int64_t)json_array_size(list));
    return 0;
}

/* Whether the real one takes recovery points of instances is not settled (U): here it does, with their ECS snapshots.
 */
static int delete_point(struct sim_call *call)
{
    json_t *point = sim_find(call, SIM_RECOVERY_POINTS, sim_text(call, "SnapshotId"));
    if (!point)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The snapshot does not exist."); /* (U) */
    if (cbk_json_bool(point, "immutable", false)) /* locked until it expires */
        return sim_hbr_refuse(call, "OperationConflict", "The snapshot is locked until it expires."); /* (U) */
    sim_point_remove(call->world, point);
    return 0;
}

static const struct sim_param describe_points_params[] = {
    {.name = "SourceType", .type = SIM_TEXT, .required = true, .one_of = "UDM_ECS|UDM_ECS_DISK|UDM_DISK"},
    {.name = "StartTime", .type = SIM_INT, .required = true},
    {.name = "EndTime", .type = SIM_INT, .required = true},
    {.name = "UdmRegionId", .type = SIM_TEXT, .required = true},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "DiskId", .type = SIM_TEXT},
    {.name = "JobId", .type = SIM_TEXT},
    {.name = "SnapshotIds", .type = SIM_IDS},
    {0},
};
static const struct sim_param delete_point_params[] = {
    {.name = "SnapshotId", .type = SIM_TEXT, .required = true},
    {.name = "SourceType", .type = SIM_TEXT},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "ClientId", .type = SIM_TEXT},
    {.name = "VaultId", .type = SIM_TEXT},
    {.name = "Force", .type = SIM_BOOL},
    {.name = "Token", .type = SIM_TEXT},
    {0},
};

#define POINT                                                                                                          \
    "ActualBytes~0 AdvancedRetentionType=retention_type ArchiveErrorMessage- ArchiveStatus- ArchiveTriggerTime-:i "    \
    "BackupType~COMPLETE BytesTotal-:i CanBeDeleted=deletable:b CompleteTime=completed:i CreateTime=created:i "        \
    "CreatedTime=created:i Detail{ConsistentLevel=level ContainOsDisk=has_os_disk:b DiskCategory- DiskDevName- "       \
    "DiskHbrSnapshotIdWithDeviceMap=disk_points:j DiskIdList=disk_ids[] DowngradeReason=reason HostName=name "         \
    "InstanceIdWithDiskIdListMap=instance_disks:j InstanceName=name InstanceType~ecs.g7.large InstantAccess-:b "       \
    "NativeSnapshotIdList=native_ids[] OsDiskId=os_disk_id OsName=os_name OsNameEn=os_name_en OsType=os_type "         \
    "PerformanceLevel- Platform- SnapshotGroupId=group_id SystemDisk-:b VmName-} DiskId- ExpireTime=expires:i "        \
    "InstanceId=instance_id JobId=job_id NativeSnapshotId- NativeSnapshotInfo- ParentSnapshotHash- Prefix- "           \
    "RealSnapshotTime=started:i Retention=retention:i SnapshotHash- SnapshotId=id SourceType=source_type "             \
    "StartTime=started:i Status=status UpdatedTime=completed:i"

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "DescribeUdmSnapshots",
     .params = describe_points_params,
     .handler = describe_points,
     .answer = SIM_HBR_STATUS " TotalCount:i Snapshots[" POINT "]"},
    {.service = SIM_HBR,
     .name = "DeleteSnapshot",
     .params = delete_point_params,
     .handler = delete_point,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
};
SIM_ACTIONS(sim_hbr_points);
