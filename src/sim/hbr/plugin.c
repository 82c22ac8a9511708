#include "sim/hbr/plugin.h"

#include "sim/guest/assistant.h"
#include "sim/guest/disk_tree.h"
#include "sim/guest/mounts.h"
#include "sim/ram/document.h"
#include "sim/ram/permission.h"
#include "sim/world/snapshot.h"

#include <string.h>

#define APPLICATION "APPLICATION" /* (U) */
#define FILE_SYSTEM "FILE_SYSTEM" /* (U) */
#define CRASH "CRASH"

/* All that the steps look at. */
struct run {
    struct sim_world *world;
    json_t *instance;
    const struct sim_backup_order *order;
    json_t *disks; /* those that are to be backed up */
};

void sim_backup_result_release(struct sim_backup_result *result)
{
    json_decref(result->snapshots);
    free(result->group_id);
}

/* ---- prerequisites: each answers whether it holds ---- */

static bool is_windows(const struct run *run)
{
    return cbk_str_equal(cbk_json_text(run->instance, "os_type"), "windows");
}

static bool is_running(const struct run *run)
{
    return cbk_str_equal(cbk_json_text(run->instance, "status"), "Running");
}

static bool region_offers_it(const struct run *run)
{
    return strcmp(run->world->region, "me-central-1") != 0;
}

/* Systems that the vendor's page names, from a version on. */
static const struct {
    const char *name;
    double least;
} systems[] = {
    {"Windows Server", 2012}, {"CentOS", 7.6}, {"Ubuntu", 18.04}, {"Alibaba Cloud Linux", 2}, {"Aliyun Linux", 2},
};

static bool system_is_supported(const struct run *run)
{
    const char *name = cbk_json_text_or(run->instance, "os_name_en", cbk_json_text_or(run->instance, "os_name", ""));
    for (size_t i = 0; i < CBK_ARRAY_LEN(systems); i++) {
        const char *at = strstr(name, systems[i].name);
        if (!at)
            continue;
        at += strlen(systems[i].name);
        at += strcspn(at, "0123456789");
        return strtod(at, NULL) >= systems[i].least - 0.001;
    }
    return false;
}

static bool agent_is_online(const struct run *run)
{
    return sim_assistant_online(run->instance);
}

static const json_t *bound_role(const struct run *run)
{
    return sim_world_find(run->world, SIM_ROLES, cbk_json_text_or(run->instance, "role", ""));
}

static bool role_is_bound(const struct run *run)
{
    const char *bound = cbk_json_text_or(run->instance, "role", "");
    return *bound && (!*run->order->role || strcmp(run->order->role, bound) == 0);
}

static bool role_trusts_ecs(const struct run *run)
{
    return sim_document_trusts(cbk_json_text_or(bound_role(run), "trust_document", ""), "Service", "ecs.aliyuncs.com",
                               NULL);
}

static bool role_is_allowed(const struct run *run)
{
    static const char *const actions[] = {"ecs:DescribeSnapshots",   "ecs:DescribeSnapshotGroups", "ecs:CreateSnapshot",
                                          "ecs:CreateSnapshotGroup", "ecs:TagResources",           "ecs:DescribeDisks"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(actions); i++)
        if (!sim_principal_may(run->world, bound_role(run), actions[i], "*", NULL))
            return false;
    return true;
}

static bool is_essd(const json_t *disk)
{
    const char *category = cbk_json_text_or(disk, "category", "");
    return cbk_str_starts_with(category, "cloud_essd") || strcmp(category, "cloud_auto") == 0;
}

static bool disks_are_essd(const struct run *run)
{
    size_t index;
    json_t *disk;
    json_array_foreach(json_object_get(run->instance, "disks"), index, disk) /* every attached one, not the chosen */
        if (!is_essd(disk))
            return false;
    return true;
}

static bool disks_fit_a_group(const struct run *run)
{
    size_t index;
    json_t *disk;
    int64_t gib = 0;
    json_array_foreach(run->disks, index, disk)
        gib += cbk_json_int(disk, "size_gib", 0);
    return json_array_size(run->disks) <= SIM_GROUP_MOST_DISKS && gib <= SIM_GROUP_MOST_GIB;
}

static bool is_freezable(const char *filesystem)
{
    static const char *const known[] = {"ext3", "ext4", "xfs", "ntfs"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(known); i++)
        if (strcasecmp(known[i], filesystem) == 0)
            return true;
    return false;
}

/* The partition of the firmware is FAT on every machine that boots by UEFI (U: taken to do no harm). */
static bool is_firmware(const json_t *mount)
{
    return cbk_str_equal(cbk_json_text(mount, "filesystem"), "vfat") &&
           cbk_str_equal(cbk_json_text(mount, "mount"), "/boot/efi");
}

static bool file_systems_are_supported(const struct run *run)
{
    size_t index;
    json_t *mount;
    json_array_foreach(json_object_get(run->instance, "disks"), index, mount)
        if (!is_freezable(cbk_json_text_or(mount, "filesystem", "")))
            return false;
    json_array_foreach(json_object_get(run->instance, "mounts"), index, mount) /* network and shared ones */
        if (!is_freezable(cbk_json_text_or(mount, "filesystem", "")) && !is_firmware(mount))
            return false;
    return true;
}

/* The plugin collects the mount points of the disks, and fails at a device that has two. */
static bool devices_are_mounted_once(const struct run *run)
{
    CBK_JSON *mounts = sim_guest_mounts(run->instance), *seen = json_array();
    size_t index;
    json_t *mount;
    json_array_foreach(mounts, index, mount) {
        const char *source = cbk_json_text_or(mount, "source", "");
        if (cbk_json_array_has(seen, source))
            return false;
        json_array_append_new(seen, json_string(source));
    }
    return true;
}

static bool no_group_is_asked_for(const struct run *run)
{
    return !run->order->snapshot_group;
}

/* A script that root alone may read, write and run: mode exactly 0700. */
static bool script_is_fit(const struct run *run, const char *path)
{
    if (is_windows(run))
        return true; /* Windows has writers, not scripts */
    CBK_CLEANUP(cbk_string_freep) char *resolved = sim_path_resolve("/", path);
    CBK_CLEANUP(cbk_string_freep) char *owner = sim_node_user(run->instance, resolved);
    return sim_tree_kind(run->instance, resolved) == SIM_NODE_FILE && sim_node_mode(run->instance, resolved) == 0700 &&
           strcmp(owner, "root") == 0;
}

static bool pre_script_is_fit(const struct run *run)
{
    return script_is_fit(run, run->order->pre_script);
}

static bool post_script_is_fit(const struct run *run)
{
    return script_is_fit(run, run->order->post_script);
}

/* A script of the world may carry "exit_code": what it would end with. */
static bool script_succeeds(const struct run *run, const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *resolved = sim_path_resolve("/", path);
    return is_windows(run) || cbk_json_int(sim_tree_file(run->instance, resolved), "exit_code", 0) == 0;
}

static bool pre_script_succeeds(const struct run *run)
{
    return script_succeeds(run, run->order->pre_script);
}

static bool post_script_succeeds(const struct run *run)
{
    return script_succeeds(run, run->order->post_script);
}

static bool writers_are_enabled(const struct run *run)
{
    return !is_windows(run) || run->order->writers;
}

/* In the order in which the service and the plugin come to them: what does not hold, and to what that leads. */
static const struct step {
    bool (*holds)(const struct run *run);
    const char *reason;
    const char *level;
} steps[] = {
    {is_running, "HBR.InstanceNotRunning", CRASH},                     /* (U) */
    {region_offers_it, "HBR.RegionNotSupported", CRASH},               /* (U) */
    {system_is_supported, "HBR.OsNotSupported", CRASH},                /* (U) */
    {no_group_is_asked_for, "HBR.SnapshotGroupEnabled", CRASH},        /* (U) */
    {role_is_bound, "HBR.NoRamRoleBound", CRASH},                      /* seen */
    {role_trusts_ecs, "HBR.RamRoleNotTrusted", CRASH},                 /* (U) */
    {agent_is_online, "HBR.CloudAssistantNotRunning", CRASH},          /* (U) */
    {role_is_allowed, "HBR.RamRoleNoPermission", CRASH},               /* (U) */
    {disks_are_essd, "HBR.DiskCategoryNotSupported", CRASH},           /* (U) */
    {disks_fit_a_group, "HBR.TooManyDisks", CRASH},                    /* (U) */
    {file_systems_are_supported, "HBR.FileSystemNotSupported", CRASH}, /* (U) */
    {devices_are_mounted_once, "HBR.DeviceMountedTwice", CRASH},       /* (U) */
    {writers_are_enabled, "HBR.WritersDisabled", FILE_SYSTEM},         /* (U) */
    {pre_script_is_fit, "HBR.PreScriptNotReady", FILE_SYSTEM},         /* (U) */
    {post_script_is_fit, "HBR.PostScriptNotReady", FILE_SYSTEM},       /* (U) */
    {pre_script_succeeds, "HBR.PreScriptFailed", FILE_SYSTEM},         /* (U) */
    {post_script_succeeds, "HBR.PostScriptFailed", FILE_SYSTEM},       /* (U) */
};

static void judge(const struct run *run, struct sim_backup_result *ret)
{
    ret->level = run->order->app_consistent ? APPLICATION : CRASH;
    ret->reason = "";
    if (!run->order->app_consistent)
        return; /* a crash-consistent backup is what was asked for */
    for (size_t i = 0; i < CBK_ARRAY_LEN(steps); i++) {
        if (steps[i].holds(run))
            continue;
        ret->reason = steps[i].reason;
        /* Without scripts there is nothing but the freeze; without that neither. */
        bool frozen = run->order->freeze || is_windows(run);
        ret->level = strcmp(steps[i].level, FILE_SYSTEM) == 0 && !frozen ? CRASH : steps[i].level;
        return;
    }
}

/* ---- the snapshots ---- */

static json_t *chosen_disks(const json_t *instance, const struct sim_backup_order *order)
{
    size_t index;
    json_t *disk;
    json_t *list = json_array();
    json_array_foreach(json_object_get(instance, "disks"), index, disk) {
        const char *id = cbk_json_text(disk, "id");
        bool chosen = json_array_size(order->disk_ids) ? cbk_json_array_has(order->disk_ids, id)
                                                       : !cbk_json_array_has(order->exclude_ids, id);
        if (chosen)
            json_array_append(list, disk);
    }
    return list;
}

static json_t *snapshot_tags(const char *level, const char *job_id)
{
    json_t *tags = json_pack("{ss}", "HBR JobId", job_id);
    if (strcmp(level, APPLICATION) == 0)
        sim_set_text(tags, "APPConsistent", "True");
    else if (strcmp(level, FILE_SYSTEM) == 0)
        sim_set_text(tags, "FsConsistent", "True");
    return tags;
}

/* A group where the disks can be in one, else a snapshot for each disk. */
static void make_snapshots(const struct run *run, const char *job_id, struct sim_backup_result *ret)
{
    size_t index;
    json_t *disk;
    const char *instance_id = cbk_json_text_or(run->instance, "id", "");
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("Created-from-HBR-job:%s", job_id);
    CBK_JSON *tags = snapshot_tags(ret->level, job_id);
    bool wants_group = run->order->app_consistent || run->order->snapshot_group;
    if (wants_group && disks_are_essd(run) && disks_fit_a_group(run) && json_array_size(run->disks)) {
        const json_t *group = sim_group_make(run->world, run->disks, instance_id, name, "", tags);
        ret->group_id = cbk_strdup(cbk_json_text(group, "id"));
        ret->snapshots = sim_group_snapshots(run->world, group);
        return;
    }
    ret->group_id = cbk_strdup("");
    ret->snapshots = json_array();
    json_array_foreach(run->disks, index, disk)
        json_array_append(ret->snapshots, sim_snapshot_make(run->world, disk, name, tags, NULL));
}

void sim_plugin_run(struct sim_world *world, json_t *instance, const struct sim_backup_order *order, const char *job_id,
                    struct sim_backup_result *ret)
{
    CBK_JSON *disks = chosen_disks(instance, order);
    struct run run = {world, instance, order, disks};
    judge(&run, ret);
    if (order->app_consistent && agent_is_online(&run) && !json_object_get(instance, "plugin_installed"))
        sim_set_int(instance, "plugin_installed", sim_world_now(world)); /* Cloud Assistant installs it on first use */
    make_snapshots(&run, job_id, ret);
}
