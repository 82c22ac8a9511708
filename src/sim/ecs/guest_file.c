#include "sim/ecs/guest_file.h"

#include "base/digest.h"
#include "base/file.h"
#include "sim/guest/assistant.h"
#include "sim/guest/disk_tree.h"
#include "sim/real/guest.h"
#include "sim/world/work.h"

#include <string.h>

struct delivery {
    struct sim_work work;
    struct sim_guest *guest;
    char *instance_id, *path, *mode, *owner;
    struct cbk_str bytes;
    bool overwrite;
    const char *code; /* why it could not be written */
    struct cbk_error err;
};

static void run(struct sim_work *work)
{
    struct delivery *delivery = (struct delivery *)work;
    struct sim_guest_file file = {delivery->path, delivery->bytes.ptr, delivery->bytes.len,
                                  delivery->mode, delivery->owner,     delivery->overwrite};
    if (sim_guest_put(delivery->guest, &file, &delivery->code, &delivery->err) < 0)
        delivery->code = "ExecutionException";
}

static void done(struct sim_work *work, struct sim_world *world)
{
    size_t index;
    json_t *target;
    struct delivery *delivery = (struct delivery *)work;
    json_t *task = sim_world_find(world, SIM_SENT_FILES, work->key);
    const char *why = delivery->err.code ? delivery->err.message : delivery->code ? "The file cannot be written." : "";
    json_array_foreach(json_object_get(task, "targets"), index, target)
        if (cbk_str_equal(cbk_json_text(target, "instance_id"), delivery->instance_id))
            sim_assistant_end(world, target, delivery->code, why);
    if (task)
        sim_assistant_summarize(task);
    cbk_str_release(&delivery->bytes);
    cbk_error_release(&delivery->err);
    free(delivery->instance_id);
    free(delivery->path);
    free(delivery->mode);
    free(delivery->owner);
    free(work->key);
    free(delivery);
}

void sim_guest_file_start(struct sim_world *world, struct sim_guest *guest, const json_t *task, const char *instance_id)
{
    struct delivery *delivery = CBK_NEW(struct delivery);
    const char *encoded = cbk_json_text_or(task, "base64", "");
    delivery->work.run = run;
    delivery->work.done = done;
    delivery->work.key = cbk_strdup(cbk_json_text(task, "id"));
    delivery->guest = guest;
    delivery->instance_id = cbk_strdup(instance_id);
    delivery->path = sim_path_resolve(cbk_json_text_or(task, "directory", "/"), cbk_json_text_or(task, "name", ""));
    delivery->mode = cbk_strdup(cbk_json_text_or(task, "mode", "0644"));
    delivery->owner =
        cbk_strf("%s:%s", cbk_json_text_or(task, "owner", "root"), cbk_json_text_or(task, "group", "root"));
    delivery->overwrite = cbk_json_bool(task, "overwrite", false);
    delivery->bytes = (struct cbk_str)CBK_STR_INIT;
    (void)cbk_base64_decode(encoded, strlen(encoded), &delivery->bytes);
    sim_work_start(world->works, &delivery->work);
}
