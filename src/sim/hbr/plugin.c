#include "sim/hbr/plugin.h"

#include "sim/action/call.h"
#include "sim/guest/assistant.h"
#include "sim/world/snapshot.h"

#include <string.h>

/* ---- what is asked for, and what is reached ---- */

struct sim_backup_order sim_backup_order_read(const json_t *detail)
{
    enum { USUAL_TIMEOUT_S = 30 };
    return (struct sim_backup_order){
        .app_consistent = cbk_json_bool(detail, "appConsistent", false),
        .freeze = cbk_json_bool(detail, "enableFsFreeze", true),
        .writers = cbk_json_bool(detail, "enableWriters", true),
        .snapshot_group = cbk_json_bool(detail, "snapshotGroup", false),
        .pre_script = cbk_json_text_or(detail, "preScriptPath", "/tmp/prescript.sh"),
        .post_script = cbk_json_text_or(detail, "postScriptPath", "/tmp/postscript.sh"),
        .role = cbk_json_text_or(detail, "ramRoleName", ""),
        .timeout_s = cbk_json_int(detail, "timeoutInSeconds", USUAL_TIMEOUT_S),
        .disk_ids = json_object_get(detail, "diskIdList"),
        .exclude_ids = json_object_get(detail, "excludeDiskIdList"),
    };
}

json_t *sim_backup_disks(const json_t *instance, const struct sim_backup_order *order)
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

/* How much a level promises. */
static int rank(const char *level)
{
    return strcmp(level, SIM_LEVEL_APPLICATION) == 0 ? 2 : strcmp(level, SIM_LEVEL_FILE_SYSTEM) == 0;
}

/* The first thing that brings it down to where it ends is the reason that is told. */
void sim_reached_lower(struct sim_reached *reached, const char *level, const char *reason)
{
    if (rank(level) >= rank(reached->level))
        return;
    reached->level = level;
    reached->reason = reason;
}

/* ---- the steps in the instance ---- */

static bool reaches(const struct sim_reached *reached, const char *level)
{
    return strcmp(reached->level, level) == 0;
}

static void look_around(struct sim_body *body, struct sim_reached *reached)
{
    if (!reaches(reached, SIM_LEVEL_CRASH) && !body->ops->find_mounts(body))
        sim_reached_lower(reached, SIM_LEVEL_CRASH, "HBR.DeviceMountedTwice"); /* (U) */
}

/* Whoever has run the first script runs the second, also when the first has failed in the midst of its work (U). */
static bool prepare(const struct sim_backup_order *order, struct sim_body *body, struct sim_reached *reached)
{
    if (!reaches(reached, SIM_LEVEL_APPLICATION))
        return false;
    if (!body->ops->script_is_fit(body, order->pre_script))
        sim_reached_lower(reached, reached->without_scripts, "HBR.PreScriptNotReady"); /* (U) */
    else if (!body->ops->script_is_fit(body, order->post_script))
        sim_reached_lower(reached, reached->without_scripts, "HBR.PostScriptNotReady"); /* (U) */
    if (!reaches(reached, SIM_LEVEL_APPLICATION))
        return false;
    if (!body->ops->run_script(body, order->pre_script, true))
        sim_reached_lower(reached, reached->without_scripts, "HBR.PreScriptFailed"); /* (U) */
    return true;
}

static bool hold_still(const struct sim_backup_order *order, struct sim_body *body, struct sim_reached *reached)
{
    if (reaches(reached, SIM_LEVEL_CRASH) || !order->freeze)
        return false;
    if (!body->ops->agent_runs(body)) {
        sim_reached_lower(reached, SIM_LEVEL_CRASH, "HBR.CloudAssistantNotRunning"); /* (U) */
        return false;
    }
    if (!body->ops->freeze(body, order->timeout_s)) {
        sim_reached_lower(reached, SIM_LEVEL_CRASH, "HBR.FreezeFailed"); /* (U) */
        return false;
    }
    return true;
}

bool sim_plugin_act(const struct sim_backup_order *order, struct sim_body *body, struct sim_reached *reached)
{
    look_around(body, reached);
    bool ran = prepare(order, body, reached);
    bool frozen = hold_still(order, body, reached);
    bool copied = body->ops->copy(body);
    if ((ran || frozen) && !body->ops->agent_runs(body)) {
        sim_reached_lower(reached, SIM_LEVEL_CRASH, "HBR.CloudAssistantNotRunning"); /* (U) */
        return copied; /* nobody is left to order the thaw, nor to run the script */
    }
    if (frozen && !body->ops->thaw(body))
        sim_reached_lower(reached, SIM_LEVEL_CRASH, "HBR.FreezeTimedOut"); /* (U) */
    if (ran && !body->ops->run_script(body, order->post_script, false))
        sim_reached_lower(reached, reached->without_scripts, "HBR.PostScriptFailed"); /* (U) */
    return copied;
}

/* ---- the snapshots ---- */

void sim_backup_result_release(struct sim_backup_result *result)
{
    json_decref(result->snapshots);
    free(result->group_id);
}

static json_t *snapshot_tags(const char *level, const char *job_id)
{
    json_t *tags = json_pack("{ss}", "HBR JobId", job_id);
    if (strcmp(level, SIM_LEVEL_APPLICATION) == 0)
        sim_set_text(tags, "APPConsistent", "True");
    else if (strcmp(level, SIM_LEVEL_FILE_SYSTEM) == 0)
        sim_set_text(tags, "FsConsistent", "True");
    return tags;
}

/* A group where the disks can be in one, else a snapshot for each disk. */
void sim_plugin_record(struct sim_world *world, json_t *instance, const struct sim_backup_order *order,
                       const char *job_id, const struct sim_reached *reached, struct sim_backup_result *ret)
{
    size_t index;
    json_t *disk;
    const char *instance_id = cbk_json_text_or(instance, "id", "");
    CBK_JSON *disks = sim_backup_disks(instance, order);
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("Created-from-HBR-job:%s", job_id);
    CBK_JSON *tags = snapshot_tags(reached->level, job_id);
    if (order->app_consistent && sim_assistant_online(instance) && !json_object_get(instance, "plugin_installed"))
        sim_set_int(instance, "plugin_installed", sim_world_now(world)); /* Cloud Assistant installs it on first use */
    bool wants_group = order->app_consistent || order->snapshot_group;
    if (wants_group && sim_disks_are_essd(json_object_get(instance, "disks")) && sim_disks_fit_a_group(disks)) {
        const json_t *group = sim_group_make(world, disks, instance_id, name, "", tags);
        ret->group_id = cbk_strdup(cbk_json_text(group, "id"));
        ret->snapshots = sim_group_snapshots(world, group);
        return;
    }
    ret->group_id = cbk_strdup("");
    ret->snapshots = json_array();
    json_array_foreach(disks, index, disk)
        json_array_append(ret->snapshots, sim_snapshot_make(world, disk, name, tags, NULL));
}
