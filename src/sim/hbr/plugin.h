/*
 * The vendor's app-snapshot-plugin, simulated: what makes a backup application-consistent, step by step, and to what it
 * degrades, silently, where a step cannot be done.
 *
 *     sim_plugin_foresee    what the service and the plug-in know without a look into the instance
 *     sim_plugin_act        what is done in the instance (body.h); needs no world and may take its time
 *     sim_plugin_record     the snapshots, named and tagged for what was reached
 *
 * Spellings: of the levels only CRASH has been seen in the vendor's answers, of the reasons only HBR.NoRamRoleBound.
 * APPLICATION, FILE_SYSTEM and the other reasons are ours (U). The tags APPConsistent:True and FsConsistent:True are
 * the vendor's.
 */
#ifndef CBK_SIM_PLUGIN_H
#define CBK_SIM_PLUGIN_H

#include "sim/hbr/body.h"
#include "sim/world/world.h"

#define SIM_LEVEL_APPLICATION "APPLICATION" /* (U) */
#define SIM_LEVEL_FILE_SYSTEM "FILE_SYSTEM" /* (U) */
#define SIM_LEVEL_CRASH "CRASH"

/* What a backup of an instance is asked for; the keys of HBR CreateBackupJob's Detail. */
struct sim_backup_order {
    bool app_consistent;
    bool freeze;         /* the file systems */
    bool writers;        /* Windows: VSS */
    bool snapshot_group; /* rules application consistency out */
    const char *pre_script, *post_script;
    const char *role; /* "": whichever the instance carries */
    int64_t timeout_s;
    const json_t *disk_ids, *exclude_ids; /* arrays or NULL; empty: all disks */
};
/* Reads it from a Detail (or NULL), which it borrows from. */
struct sim_backup_order sim_backup_order_read(const json_t *detail);

/* The level that is reached, as far as is known; it only ever goes down. */
struct sim_reached {
    const char *level;           /* APPLICATION, FILE_SYSTEM or CRASH */
    const char *reason;          /* what brought it there; "" when nothing did */
    const char *without_scripts; /* the level when the scripts fail: FILE_SYSTEM where file systems are frozen */
};

/* Brings it down to `level` where that is lower: the first thing that brings it to where it ends is the reason. */
void sim_reached_lower(struct sim_reached *reached, const char *level, const char *reason);

struct sim_reached sim_plugin_foresee(const struct sim_world *world, json_t *instance,
                                      const struct sim_backup_order *order);
/* Answers whether the disks were copied; without that there is no backup. */
bool sim_plugin_act(const struct sim_backup_order *order, struct sim_body *body, struct sim_reached *reached);

/* What was made. */
struct sim_backup_result {
    json_t *snapshots; /* array of the ECS snapshots, new reference */
    char *group_id;    /* "" without a group; owned */
};
void sim_backup_result_release(struct sim_backup_result *result);
void sim_plugin_record(struct sim_world *world, json_t *instance, const struct sim_backup_order *order,
                       const char *job_id, const struct sim_reached *reached, struct sim_backup_result *ret);

/* The disks of the instance that the order means; new reference. */
json_t *sim_backup_disks(const json_t *instance, const struct sim_backup_order *order);

#endif
