/* All checks there are. The functions stand beside, by subject. */
#include "engine/check_rows.h"

static bool is_linux(const struct cbk_check_subject *subject)
{
    return !cbk_instance_is_windows(subject->instance);
}

static bool is_windows(const struct cbk_check_subject *subject)
{
    return cbk_instance_is_windows(subject->instance);
}

static bool is_ordered(const struct cbk_check_subject *subject)
{
    return subject->object != NULL;
}

static bool names_disks(const struct cbk_check_subject *subject)
{
    return subject->order.disks != NULL;
}

const struct cbk_check_row cbk_check_rows[] = {
    {.id = "CBK101",
     .fine = "the operating system is supported",
     .hint = "take the instance out of the selector, or order 'level: crash' for it in a declaration of its own",
     .run = cbk_check_system,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK102",
     .fine = "every disk is an ESSD",
     .hint = "change the disk's category in the console, which is possible in place, or exchange the disk",
     .run = cbk_check_disks,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK103",
     .fine = "what is mounted can be frozen",
     .hint = "unmount it on the instance, or move what needs consistency to an instance without it",
     .run = cbk_check_mounts,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION,
     .needs = "CBK105",
     .concerns = is_linux},
    {.id = "CBK104",
     .fine = "the region offers application consistency",
     .hint = "order 'level: crash' in this region",
     .run = cbk_check_region,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK105",
     .fine = "the Cloud Assistant agent is online",
     .hint = "restart it on the instance (Linux: systemctl restart aliyun.service, Windows: Restart-Service "
             "AliyunService), or install it",
     .run = cbk_check_agent,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION,
     .needs = "CBK111"},
    {.id = "CBK106",
     .fine = "the instance carries the role, which trusts ECS",
     .hint = "declare an attachment of the role to the instance, and 'trust: {service: [ecs.aliyuncs.com]}' for the "
             "role",
     .run = cbk_check_role,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK107",
     .fine = "the role may do what the plugin does",
     .hint = "allow it in a policy of the role, on every resource and without a condition",
     .run = cbk_check_permissions,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION,
     .needs = "CBK106"},
    {.id = "CBK108",
     .fine = "the scripts stand where they will be run",
     .hint = "declare 'scripts' for the instance, at the paths that the order names",
     .run = cbk_check_scripts,
     .falls_to = CBK_LEVEL_FILESYSTEM,
     .least = CBK_LEVEL_APPLICATION,
     .needs = "CBK105",
     .concerns = is_linux},
    {.id = "CBK109",
     .fine = "no snapshot group is asked for beside application consistency",
     .hint = "leave the snapshot group out: the plugin makes its own",
     .run = cbk_check_options,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION,
     .concerns = is_ordered},
    {.id = "CBK110",
     .fine = "the VSS writers take part",
     .hint = "leave out 'writers: false'",
     .run = cbk_check_writers,
     .falls_to = CBK_LEVEL_FILESYSTEM,
     .least = CBK_LEVEL_APPLICATION,
     .concerns = is_windows},
    {.id = "CBK111",
     .fine = "the instance is running",
     .hint = "start the instance",
     .run = cbk_check_running,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK112",
     .fine = "the instance is backed up by itself, not in a batch",
     .hint = "bind the instances to several backup policies, at most 99 to each",
     .run = cbk_check_batch,
     .falls_to = CBK_LEVEL_APPLICATION,
     .least = CBK_LEVEL_APPLICATION,
     .concerns = is_ordered},
    {.id = "CBK113",
     .fine = "the disks fit into one snapshot group",
     .hint = "spread the data over fewer or smaller disks, or over more instances",
     .run = cbk_check_group_size,
     .falls_to = CBK_LEVEL_CRASH,
     .least = CBK_LEVEL_APPLICATION},
    {.id = "CBK114",
     .fine = "Cloud Backup may act in this account",
     .hint = "open Cloud Backup for ECS instances in its console once, which gives it the role that it needs",
     .run = cbk_check_service,
     .falls_to = CBK_LEVEL_UNPROVEN,
     .least = CBK_LEVEL_CRASH},
    {.id = "CBK115",
     .fine = "a disk of it is backed up",
     .hint = "name disks that the instance has, or leave 'disks' out: then all are backed up, those attached later too",
     .run = cbk_check_named_disks,
     .falls_to = CBK_LEVEL_UNPROVEN,
     .least = CBK_LEVEL_CRASH,
     .concerns = names_disks},
};
const size_t cbk_check_row_count = CBK_ARRAY_LEN(cbk_check_rows);
