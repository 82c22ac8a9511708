/*
 * Snapshots of disks and groups of them, as records: what the ECS actions, the plugin and Cloud Backup make alike.
 */
#ifndef CBK_SIM_SNAPSHOT_H
#define CBK_SIM_SNAPSHOT_H

#include "sim/world/world.h"

/* How long a snapshot takes on the simulated clock, and what a group may hold. */
enum { SIM_SNAPSHOT_MS = 1000, SIM_GROUP_MOST_DISKS = 16, SIM_GROUP_MOST_GIB = 32 * 1024 };

/* Are all of the disks (an array) of a kind that snapshot groups and consistent backups take? */
bool sim_disk_is_essd(const json_t *disk);
bool sim_disks_are_essd(const json_t *disks);
/* Are they few and small enough for a group, and at least one? */
bool sim_disks_fit_a_group(const json_t *disks);

/* A new snapshot of a disk, in progress. `group` may be NULL. Borrowed from the world. */
json_t *sim_snapshot_make(struct sim_world *world, const json_t *disk, const char *name, const json_t *tags,
                          const char *group);
/* Is a snapshot of the disk in progress? */
bool sim_snapshot_is_making(const struct sim_world *world, const json_t *disk);
/* A new group over disks (an array), with its snapshots; `instance_id` is "" when they belong to several. */
json_t *sim_group_make(struct sim_world *world, const json_t *disks, const char *instance_id, const char *name,
                       const char *description, const json_t *tags);
/* The image of a guest's disk that the snapshot is, or NULL where it is a record only. Borrowed. */
const char *sim_snapshot_image(const struct sim_world *world, const json_t *snapshot);
/* The snapshot goes, and its image with it. */
void sim_snapshot_forget(const struct sim_world *world, const json_t *snapshot);
/* The group's snapshots, new reference. */
json_t *sim_group_snapshots(const struct sim_world *world, const json_t *group);
/* "progressing" until all of its snapshots are done. */
const char *sim_group_status(const struct sim_world *world, const json_t *group);

#endif
