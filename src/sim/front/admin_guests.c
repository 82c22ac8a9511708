#include "sim/front/admin_page.h"
#include "sim/world/snapshot.h"

int sim_admin_reboot_guest(struct sim_visit *visit, struct sim_guest *guest, struct cbk_error *err)
{
    return sim_guests_reboot(visit->gateway->world->guests, guest, err);
}

int sim_admin_run_in_guest(struct sim_visit *visit, struct sim_guest *guest, struct cbk_error *err)
{
    enum { MOST_OUTPUT = 1024 * 1024 };
    SIM_PROCESS_RESULT(result);
    struct sim_guest_order order = {.script = cbk_json_text_or(visit->body, "command", ""), .most_output = MOST_OUTPUT};
    int r = sim_guest_run(guest, &order, &result, err);
    if (r < 0)
        return r;
    size_t len = cbk_str_utf8_span(result.output.ptr, result.output.len);
    visit->answer = json_pack("{si so}", "exit_code", result.exit_code, "output", json_stringn(result.output.ptr, len));
    return 0;
}

int sim_admin_list_guests(struct sim_visit *visit, struct cbk_error *err)
{
    (void)err;
    visit->answer = sim_guests_describe(visit->gateway->world->guests);
    return 0;
}

/* The image of a snapshot (the caller frees), and of which disk; under the lock, since records change. */
static char *find_image(struct sim_visit *visit, const char *id, char **ret_disk)
{
    pthread_mutex_lock(&visit->gateway->lock);
    const struct sim_world *world = visit->gateway->world;
    const json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, id);
    char *image = cbk_strdup(sim_snapshot_image(world, snapshot));
    *ret_disk = cbk_strdup(cbk_json_text(snapshot, "disk_id"));
    pthread_mutex_unlock(&visit->gateway->lock);
    return image;
}

int sim_admin_restore_disk(struct sim_visit *visit, struct cbk_error *err)
{
    const char *id = cbk_json_text_or(visit->body, "snapshot", "");
    CBK_CLEANUP(cbk_string_freep) char *disk = NULL;
    CBK_CLEANUP(cbk_string_freep) char *device = NULL;
    CBK_CLEANUP(cbk_string_freep) char *image = find_image(visit, id, &disk);
    if (!image)
        return cbk_fail(err, CBK_E_NOT_FOUND, "there is no snapshot '%s' of a guest's disk", id);
    int r = sim_restore_attach(sim_guests_restores(visit->gateway->world->guests), image, &device, err);
    if (r == 0)
        visit->answer = json_pack("{ss ss}", "device", device, "disk_id", disk);
    return r;
}

int sim_admin_release_disk(struct sim_visit *visit, struct cbk_error *err)
{
    const char *device = cbk_json_text_or(visit->body, "device", "");
    const struct sim_guests *guests = visit->gateway->world->guests;
    if (!guests || !sim_restore_release(sim_guests_restores(guests), device))
        return cbk_fail(err, CBK_E_NOT_FOUND, "'%s' is no restored disk", device);
    return 0;
}
