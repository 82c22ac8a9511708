/*
 * The vendor's app-snapshot-plugin, simulated: what makes a backup application-consistent, step by step, and to what it
 * degrades, silently, where a step cannot be done.
 *
 * Spellings: of the levels only CRASH has been seen in the vendor's answers, of the reasons only HBR.NoRamRoleBound.
 * APPLICATION, FILE_SYSTEM and the other reasons are ours (U). The tags APPConsistent:True and FsConsistent:True are
 * the vendor's.
 */
#ifndef CBK_SIM_PLUGIN_H
#define CBK_SIM_PLUGIN_H

#include "sim/world/world.h"

/* What a backup of an instance is asked for; the keys of HBR CreateBackupJob's Detail. */
struct sim_backup_order {
    bool app_consistent;
    bool freeze;         /* the file systems */
    bool writers;        /* Windows: VSS */
    bool snapshot_group; /* rules application consistency out */
    const char *pre_script, *post_script;
    const char *role;                     /* "": whichever the instance carries */
    const json_t *disk_ids, *exclude_ids; /* arrays or NULL; empty: all disks */
};

/* What was made of it. */
struct sim_backup_result {
    const char *level;  /* APPLICATION, FILE_SYSTEM or CRASH */
    const char *reason; /* "" when nothing was lost */
    json_t *snapshots;  /* array of the ECS snapshots, new reference */
    char *group_id;     /* "" without a group; owned */
};

void sim_backup_result_release(struct sim_backup_result *result);
/* Makes the snapshots, named and tagged for the job. */
void sim_plugin_run(struct sim_world *world, json_t *instance, const struct sim_backup_order *order, const char *job_id,
                    struct sim_backup_result *ret);

#endif
