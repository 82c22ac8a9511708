/* What application consistency needs, as far as the service and the plug-in know it without a look into the instance.
 */
#include "sim/guest/assistant.h"
#include "sim/hbr/plugin.h"
#include "sim/ram/document.h"
#include "sim/ram/permission.h"
#include "sim/world/snapshot.h"

#include <string.h>

/* All that the prerequisites look at. */
struct run {
    const struct sim_world *world;
    json_t *instance;
    const struct sim_backup_order *order;
    json_t *disks; /* those that are to be backed up */
};

/* ---- each answers whether it holds ---- */

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

static bool disks_are_essd(const struct run *run)
{
    return sim_disks_are_essd(json_object_get(run->instance, "disks")); /* every attached one, not the chosen */
}

static bool disks_fit_a_group(const struct run *run)
{
    return !json_array_size(run->disks) || sim_disks_fit_a_group(run->disks);
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

static bool no_group_is_asked_for(const struct run *run)
{
    return !run->order->snapshot_group;
}

static bool writers_are_enabled(const struct run *run)
{
    return !is_windows(run) || run->order->writers;
}

/* In the order in which the service and the plugin come to them: what does not hold, and to what that leads. */
static const struct prerequisite {
    bool (*holds)(const struct run *run);
    const char *reason;
    const char *level; /* NULL: the one without scripts */
} prerequisites[] = {
    {is_running, "HBR.InstanceNotRunning", SIM_LEVEL_CRASH},                     /* (U) */
    {region_offers_it, "HBR.RegionNotSupported", SIM_LEVEL_CRASH},               /* (U) */
    {system_is_supported, "HBR.OsNotSupported", SIM_LEVEL_CRASH},                /* (U) */
    {no_group_is_asked_for, "HBR.SnapshotGroupEnabled", SIM_LEVEL_CRASH},        /* (U) */
    {role_is_bound, "HBR.NoRamRoleBound", SIM_LEVEL_CRASH},                      /* seen */
    {role_trusts_ecs, "HBR.RamRoleNotTrusted", SIM_LEVEL_CRASH},                 /* (U) */
    {agent_is_online, "HBR.CloudAssistantNotRunning", SIM_LEVEL_CRASH},          /* (U) */
    {role_is_allowed, "HBR.RamRoleNoPermission", SIM_LEVEL_CRASH},               /* (U) */
    {disks_are_essd, "HBR.DiskCategoryNotSupported", SIM_LEVEL_CRASH},           /* (U) */
    {disks_fit_a_group, "HBR.TooManyDisks", SIM_LEVEL_CRASH},                    /* (U) */
    {file_systems_are_supported, "HBR.FileSystemNotSupported", SIM_LEVEL_CRASH}, /* (U) */
    {writers_are_enabled, "HBR.WritersDisabled", NULL},                          /* (U) */
};

struct sim_reached sim_plugin_foresee(const struct sim_world *world, json_t *instance,
                                      const struct sim_backup_order *order)
{
    CBK_JSON *disks = sim_backup_disks(instance, order);
    struct run run = {world, instance, order, disks};
    struct sim_reached reached = {.level = order->app_consistent ? SIM_LEVEL_APPLICATION : SIM_LEVEL_CRASH,
                                  .reason = ""};
    reached.without_scripts = order->freeze || is_windows(&run) ? SIM_LEVEL_FILE_SYSTEM : SIM_LEVEL_CRASH;
    for (size_t i = 0; order->app_consistent && i < CBK_ARRAY_LEN(prerequisites); i++)
        if (!prerequisites[i].holds(&run))
            sim_reached_lower(&reached, prerequisites[i].level ? prerequisites[i].level : reached.without_scripts,
                              prerequisites[i].reason);
    return reached;
}
