/* Backup jobs of guests: the plug-in's steps on a thread of their own, in real time. */
#include "base/log.h"
#include "sim/action/call.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/plugin.h"
#include "sim/real/guest_body.h"
#include "sim/real/guests.h"
#include "sim/world/work.h"

#include <string.h>
#include <unistd.h>

/* The vendor's limit for a freeze or thaw script. */
enum { USUAL_SCRIPT_MS = 1800 * 1000 };

struct guest_job {
    struct sim_work work;
    json_t *detail; /* a copy, which the order borrows from */
    struct sim_backup_order order;
    struct sim_reached reached;
    struct sim_guest_body body;
    bool copied;
};

static void run(struct sim_work *work)
{
    struct guest_job *job = (struct guest_job *)work;
    job->copied = sim_plugin_act(&job->order, &job->body.base, &job->reached);
    sim_guest_body_end(&job->body);
}

/* ---- how it ended ---- */

static void remove_copies(const json_t *copies)
{
    size_t index;
    json_t *pair;
    json_array_foreach(copies, index, pair)
        if (cbk_json_bool(pair, "made", false))
            (void)unlink(cbk_json_text(pair, "to"));
}

/* A snapshot of a guest's disk has the image that it is. */
static void name_images(const json_t *snapshots, const json_t *copies)
{
    size_t index, inner;
    json_t *snapshot, *pair;
    json_array_foreach(snapshots, index, snapshot)
        json_array_foreach(copies, inner, pair)
            if (cbk_str_equal(cbk_json_text(pair, "disk_id"), cbk_json_text(snapshot, "disk_id")))
                json_object_set(snapshot, "image", json_object_get(pair, "to"));
}

static void put_down(struct guest_job *job, struct sim_world *world, json_t *record)
{
    json_t *measured = json_deep_copy(job->body.measured);
    json_t *instance = sim_world_find(world, SIM_INSTANCES, cbk_json_text_or(record, "instance_id", ""));
    sim_set_text(measured, "level", job->reached.level);
    sim_set_text(measured, "reason", job->reached.reason);
    json_object_set_new(record, "guest", measured);
    CBK_STR(told);
    cbk_json_add_canonical(&told, measured);
    cbk_log(CBK_LOG_INFO, "job %s of guest %s: %s", job->work.key, sim_guest_id(job->body.guest), told.ptr);
    bool canceled = !cbk_str_equal(cbk_json_text(record, "status"), "RUNNING");
    bool broken_off = atomic_load(&job->work.cancel);
    if (canceled || broken_off || !job->copied || !instance) {
        remove_copies(job->body.copies);
        if (!canceled)
            sim_backup_job_fail(world, record,
                                broken_off           ? "The simulator ended."
                                : job->body.err.code ? job->body.err.message
                                                     : "The instance does not exist.");
        return;
    }
    CBK_JSON *snapshots = sim_backup_job_record(world, record, instance, &job->order, &job->reached);
    name_images(snapshots, job->body.copies);
}

static void done(struct sim_work *work, struct sim_world *world)
{
    struct guest_job *job = (struct guest_job *)work;
    json_t *record = sim_world_find(world, SIM_BACKUP_JOBS, work->key);
    if (record)
        put_down(job, world, record);
    else
        remove_copies(job->body.copies);
    sim_guest_body_release(&job->body);
    json_decref(job->detail);
    free(work->key);
    free(job);
}

/* ---- how it begins ---- */

/* [{disk_id, from, to}] of the disks that the order means and that have an image; new reference. */
static json_t *plan_copies(const struct sim_guests *guests, const struct sim_guest *guest, const json_t *disks,
                           const char *job_id)
{
    size_t index, inner;
    json_t *disk, *mounted;
    json_t *copies = json_array();
    json_array_foreach(disks, index, disk)
        json_array_foreach(json_object_get(sim_guest_spec(guest), "disks"), inner, mounted) {
            const char *id = cbk_json_text_or(disk, "id", "");
            CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("%s-%s", job_id, id);
            CBK_CLEANUP(cbk_string_freep) char *to = sim_pool_image(sim_guests_pool(guests), "snapshots", name);
            if (cbk_str_equal(cbk_json_text(mounted, "id"), id))
                json_array_append_new(
                    copies, json_pack("{ss ss ss}", "disk_id", id, "from", cbk_json_text(mounted, "image"), "to", to));
        }
    return copies;
}

void sim_guest_job_start(struct sim_world *world, struct sim_guest *guest, const json_t *job, json_t *instance,
                         const struct sim_reached *reached)
{
    const char *id = cbk_json_text(job, "id");
    const json_t *settings = json_object_get(instance, "guest");
    struct guest_job *task = CBK_NEW(struct guest_job);
    task->work.run = run;
    task->work.done = done;
    task->work.key = cbk_strdup(id);
    task->detail = json_deep_copy(json_object_get(job, "detail"));
    task->order = sim_backup_order_read(task->detail);
    task->reached = *reached;
    CBK_JSON *disks = sim_backup_disks(instance, &task->order);
    task->body.guest = guest;
    task->body.cancel = &task->work.cancel;
    task->body.copies = plan_copies(world->guests, guest, disks, id);
    task->body.copy_ms = cbk_json_int(settings, "copy_ms", 0);
    task->body.script_timeout_ms = cbk_json_int(settings, "script_timeout_ms", USUAL_SCRIPT_MS);
    sim_guest_body_init(&task->body);
    sim_work_start(world->works, &task->work);
}
