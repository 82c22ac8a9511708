#include "sim/world/snapshot.h"

#include "sim/action/call.h"
#include "sim/real/guests.h"

#include <string.h>
#include <unistd.h>

bool sim_disk_is_essd(const json_t *disk)
{
    const char *category = cbk_json_text_or(disk, "category", "");
    return cbk_str_starts_with(category, "cloud_essd") || strcmp(category, "cloud_auto") == 0;
}

bool sim_disks_are_essd(const json_t *disks)
{
    size_t index;
    json_t *disk;
    json_array_foreach(disks, index, disk)
        if (!sim_disk_is_essd(disk))
            return false;
    return true;
}

bool sim_disks_fit_a_group(const json_t *disks)
{
    size_t index;
    json_t *disk;
    int64_t gib = 0;
    json_array_foreach(disks, index, disk)
        gib += cbk_json_int(disk, "size_gib", 0);
    return json_array_size(disks) && json_array_size(disks) <= SIM_GROUP_MOST_DISKS && gib <= SIM_GROUP_MOST_GIB;
}

/* Ends a snapshot that was in progress. */
void sim_snapshot_step(struct sim_world *world, const char *id)
{
    json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, id);
    if (!snapshot)
        return;
    sim_set_text(snapshot, "status", "accomplished");
    sim_set_text(snapshot, "progress", "100%");
    sim_set_bool(snapshot, "available", true);
    sim_set_int(snapshot, "modified", sim_world_now(world));
}

void sim_snapshot_expire(struct sim_world *world, const char *id)
{
    json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, id);
    if (snapshot)
        sim_world_remove(world, SIM_SNAPSHOTS, snapshot);
}

/* The disk remembers its last snapshot, so that nobody has to look through all of them. */
bool sim_snapshot_is_making(const struct sim_world *world, const json_t *disk)
{
    const json_t *last = sim_world_find(world, SIM_SNAPSHOTS, cbk_json_text(disk, "last_snapshot"));
    return cbk_str_equal(cbk_json_text(last, "status"), "progressing");
}

json_t *sim_snapshot_make(struct sim_world *world, const json_t *disk, const char *name, const json_t *tags,
                          const char *group)
{
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "s-bp1");
    CBK_CLEANUP(cbk_string_freep) char *size = cbk_strf("%lld", (long long)cbk_json_int(disk, "size_gib", 0));
    json_t *snapshot =
        json_pack("{ss ss sO sO ss sO ss ss sb sI sI so ss}", "id", id, "name", name ? name : "", "disk_id",
                  json_object_get(disk, "id"), "instance_id", json_object_get(disk, "instance_id"), "disk_size", size,
                  "disk_type", json_object_get(disk, "type"), "status", "progressing", "progress", "0%", "available", 0,
                  "created", (json_int_t)sim_world_now(world), "modified", (json_int_t)sim_world_now(world), "tags",
                  tags ? json_copy((json_t *)tags) : json_object(), "group", group ? group : "");
    sim_set_int(snapshot, "bytes", cbk_json_int(disk, "size_gib", 0) * 1024 * 1024 * 256); /* a quarter is in use */
    sim_set_text(snapshot, "region", world->region);
    sim_world_add(world, SIM_SNAPSHOTS, snapshot);
    sim_set_text(sim_world_find(world, SIM_DISKS, cbk_json_text(disk, "id")), "last_snapshot", id);
    sim_timer_set(world, SIM_TIMER_SNAPSHOT, id, SIM_SNAPSHOT_MS);
    return snapshot;
}

json_t *sim_group_make(struct sim_world *world, const json_t *disks, const char *instance_id, const char *name,
                       const char *description, const json_t *tags)
{
    size_t index;
    json_t *disk;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "ssg-bp1");
    json_t *members = json_array();
    json_array_foreach(disks, index, disk) {
        /* The members are called after their group (U). */
        const json_t *snapshot = sim_snapshot_make(world, disk, name, tags, id);
        json_array_append(members, json_object_get(snapshot, "id"));
    }
    return sim_world_add(world, SIM_SNAPSHOT_GROUPS,
                         json_pack("{ss ss ss ss sI so so}", "id", id, "name", name ? name : "", "description",
                                   description ? description : "", "instance_id", instance_id, "created",
                                   (json_int_t)sim_world_now(world), "snapshots", members, "tags",
                                   tags ? json_copy((json_t *)tags) : json_object()));
}

/* A world file may say anything: only what lies in the pool is an image. */
const char *sim_snapshot_image(const struct sim_world *world, const json_t *snapshot)
{
    const char *image = cbk_json_text(snapshot, "image");
    return image && world->guests && sim_pool_holds(sim_guests_pool(world->guests), image) ? image : NULL;
}

void sim_snapshot_forget(const struct sim_world *world, const json_t *snapshot)
{
    const char *image = sim_snapshot_image(world, snapshot);
    if (image)
        (void)unlink(image);
}

json_t *sim_group_snapshots(const struct sim_world *world, const json_t *group)
{
    size_t index;
    json_t *id;
    json_t *list = json_array();
    json_array_foreach(json_object_get(group, "snapshots"), index, id) {
        json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, json_string_value(id));
        if (snapshot)
            json_array_append(list, snapshot);
    }
    return list;
}

const char *sim_group_status(const struct sim_world *world, const json_t *group)
{
    size_t index;
    json_t *snapshot;
    CBK_JSON *snapshots = sim_group_snapshots(world, group);
    json_array_foreach(snapshots, index, snapshot)
        if (!cbk_str_equal(cbk_json_text(snapshot, "status"), "accomplished"))
            return "progressing";
    return "accomplished";
}
