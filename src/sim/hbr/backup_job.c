/*
 * A backup job of an instance, as it moves on the simulated clock: CREATED, RUNNING while the plugin and the snapshots
 * work, COMPLETE. It ends COMPLETE whatever level was reached: only the recovery point tells. The names of the states
 * before the end are not documented (U).
 */
#include "sim/action/call.h"
#include "sim/guest/virtual_body.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/plugin.h"
#include "sim/hbr/retention.h"
#include "sim/hbr/whim.h"
#include "sim/real/guests.h"

#include <string.h>

enum { START_MS = 300, POLL_MS = 500, DONE = 10000 /* 100 % */ };

json_t *sim_backup_job_start(struct sim_world *world, const char *instance_id, const char *name, const json_t *detail,
                             int64_t retention_days, const char *policy_id)
{
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "job-000");
    int64_t now = sim_world_now(world);
    json_t *job = json_pack("{ss ss ss ss ss si sI sI sI so ss ss}", "id", id, "name", name ? name : "", "instance_id",
                            instance_id, "source_type", "UDM_ECS", "status", "CREATED", "progress", 0, "created",
                            (json_int_t)now, "updated", (json_int_t)now, "retention", (json_int_t)retention_days,
                            "detail", detail ? json_deep_copy(detail) : json_object(), "policy_id", policy_id,
                            "trigger", *policy_id ? "SCHEDULE" : "MANUAL");
    sim_set_text(job, "region", world->region);
    json_object_set(job, "instance_name", json_object_get(sim_world_find(world, SIM_INSTANCES, instance_id), "name"));
    sim_world_add(world, SIM_BACKUP_JOBS, job);
    sim_timer_set(world, SIM_TIMER_BACKUP_JOB, id, START_MS);
    return job;
}

static void move_job(struct sim_world *world, json_t *job, const char *status, int progress)
{
    sim_set_text(job, "status", status);
    sim_set_int(job, "progress", progress);
    sim_set_int(job, "updated", sim_world_now(world));
    if (progress == DONE)
        sim_set_int(job, "completed", sim_world_now(world));
}

void sim_backup_job_fail(struct sim_world *world, json_t *job, const char *message)
{
    sim_set_text(job, "error_message", message);
    move_job(world, job, "FAILED", DONE);
}

static json_t *texts_of(const json_t *records, const char *key)
{
    size_t index;
    json_t *record;
    json_t *list = json_array();
    json_array_foreach(records, index, record)
        json_array_append(list, json_object_get(record, key));
    return list;
}

/* The recovery point of a run, not complete before its snapshots are. */
static void add_point(struct sim_world *world, json_t *job, const json_t *instance, const struct sim_reached *reached,
                      const struct sim_backup_result *result)
{
    int64_t now = sim_world_now(world), retention = cbk_json_int(job, "retention", 0);
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "s-000");
    json_t *point = json_pack(
        "{ss sO sO ss ss ss ss so so sI sI sI sI}", "id", id, "job_id", json_object_get(job, "id"), "instance_id",
        json_object_get(job, "instance_id"), "source_type", "UDM_ECS", "level", reached->level, "reason",
        reached->reason, "group_id", result->group_id, "disk_ids", texts_of(result->snapshots, "disk_id"), "native_ids",
        texts_of(result->snapshots, "id"), "created", (json_int_t)now, "started", (json_int_t)now, "retention",
        (json_int_t)retention, "expires", (json_int_t)(retention ? now + retention * 86400 : 0));
    static const char *const of_instance[] = {"name", "os_name", "os_name_en", "os_type"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(of_instance); i++)
        json_object_set(point, of_instance[i], json_object_get(instance, of_instance[i]));
    static const char *const of_job[] = {"retention_type", "immutable", "keep_latest"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(of_job); i++)
        if (json_object_get(job, of_job[i]))
            json_object_set(point, of_job[i], json_object_get(job, of_job[i]));
    json_object_set(point, "os_disk_id", json_object_get(json_array_get(json_object_get(instance, "disks"), 0), "id"));
    sim_set_text(point, "status", "RUNNING");
    json_object_set(job, "point_id", json_object_get(point, "id"));
    sim_world_add(world, SIM_RECOVERY_POINTS, point);
    sim_retention_begin(world, point);
}

json_t *sim_backup_job_record(struct sim_world *world, json_t *job, json_t *instance,
                              const struct sim_backup_order *order, const struct sim_reached *reached)
{
    CBK_CLEANUP(sim_backup_result_release) struct sim_backup_result result = {0};
    struct sim_reached told = *reached;
    sim_plugin_record(world, instance, order, cbk_json_text(job, "id"), reached, &result);
    sim_whim_twist(instance, &told, result.snapshots);
    add_point(world, job, instance, &told, &result);
    sim_timer_set(world, SIM_TIMER_BACKUP_JOB, cbk_json_text(job, "id"), POLL_MS);
    return json_incref(result.snapshots);
}

static void begin(struct sim_world *world, json_t *job)
{
    struct sim_backup_order order = sim_backup_order_read(json_object_get(job, "detail"));
    const char *instance_id = cbk_json_text_or(job, "instance_id", "");
    json_t *instance = sim_world_find(world, SIM_INSTANCES, instance_id);
    struct sim_guest *guest = sim_guests_find(world->guests, instance_id);
    if (!instance) {
        sim_backup_job_fail(world, job, "The instance does not exist.");
        return;
    }
    if (sim_whim_failure(instance)) {
        sim_backup_job_fail(world, job, sim_whim_failure(instance));
        return;
    }
    CBK_JSON *disks = sim_backup_disks(instance, &order);
    if (!json_array_size(disks)) {
        sim_backup_job_fail(world, job, "All attached ESSD Disks were excluded");
        return;
    }
    struct sim_reached reached = sim_plugin_foresee(world, instance, &order);
    sim_set_int(job, "started", sim_world_now(world));
    move_job(world, job, "RUNNING", DONE / 2);
    if (guest) {
        sim_guest_job_start(world, guest, job, instance, &reached);
        return;
    }
    struct sim_virtual_body body = sim_virtual_body(instance);
    (void)sim_plugin_act(&order, &body.base, &reached);
    json_decref(sim_backup_job_record(world, job, instance, &order, &reached));
}

static bool snapshots_are_done(const struct sim_world *world, const json_t *point)
{
    size_t index;
    json_t *id;
    json_array_foreach(json_object_get(point, "native_ids"), index, id) {
        const json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, json_string_value(id));
        if (snapshot && !cbk_json_bool(snapshot, "available", false))
            return false;
    }
    return true;
}

static void finish_when_done(struct sim_world *world, json_t *job)
{
    json_t *point = sim_world_find(world, SIM_RECOVERY_POINTS, cbk_json_text_or(job, "point_id", ""));
    const json_t *instance = sim_world_find(world, SIM_INSTANCES, cbk_json_text_or(job, "instance_id", ""));
    if ((point && !snapshots_are_done(world, point)) || sim_whim_never_ends(instance)) {
        sim_timer_set(world, SIM_TIMER_BACKUP_JOB, cbk_json_text(job, "id"), POLL_MS);
        return;
    }
    if (point) {
        sim_set_text(point, "status", sim_whim_status(instance));
        sim_set_int(point, "completed", sim_world_now(world));
    }
    move_job(world, job, sim_whim_status(instance), DONE);
}

void sim_backup_job_step(struct sim_world *world, const char *id)
{
    json_t *job = sim_world_find(world, SIM_BACKUP_JOBS, id);
    const char *status = cbk_json_text_or(job, "status", "");
    if (strcmp(status, "CREATED") == 0)
        begin(world, job);
    else if (strcmp(status, "RUNNING") == 0)
        finish_when_done(world, job);
}
