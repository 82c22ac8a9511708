#include "sim/real/guests.h"

#include "base/digest.h"
#include "base/log.h"
#include "sim/guest/assistant.h"
#include "sim/real/layout.h"
#include "sim/world/world.h"

#include <string.h>

/* A boot script may well start a database. */
enum { BOOT_SCRIPT_MS = 120 * 1000, MOST_SAID = 4000 };

struct member {
    struct sim_guest *guest;
    char *boot; /* its boot script; NULL: none */
};
CBK_VEC(members, struct member)

struct sim_guests {
    struct sim_pool *pool;
    struct sim_restores *restores;
    struct members members;
};

/* ---- one ---- */

static int run_boot_script(const struct member *member, struct cbk_error *err)
{
    struct sim_guest_order order = {.script = member->boot, .most_output = MOST_SAID, .timeout_ms = BOOT_SCRIPT_MS};
    SIM_PROCESS_RESULT(result);
    if (!member->boot)
        return 0;
    int r = sim_guest_run(member->guest, &order, &result, err);
    if (r == 0 && result.timed_out)
        r = cbk_fail(err, CBK_E_TIMEOUT, "its boot script did not end: %s", result.output.ptr);
    else if (r == 0 && result.exit_code)
        r = cbk_fail(err, CBK_E_CONFLICT, "its boot script ended with %d: %s", result.exit_code, result.output.ptr);
    return r < 0 ? cbk_wrap(err, "guest '%s'", sim_guest_id(member->guest)) : 0;
}

static int put_file(struct sim_guest *guest, const char *path, const json_t *record, struct cbk_error *err)
{
    CBK_STR(bytes);
    const char *code = NULL, *encoded = cbk_json_text(record, "base64");
    if (encoded)
        (void)cbk_base64_decode(encoded, strlen(encoded), &bytes);
    else
        cbk_str_add(&bytes, cbk_json_text_or(record, "content", ""));
    struct sim_guest_file file = {.path = path,
                                  .bytes = bytes.ptr,
                                  .len = bytes.len,
                                  .mode = cbk_json_text_or(record, "mode", "0644"),
                                  .owner = cbk_json_text_or(record, "owner", "root"),
                                  .overwrite = true};
    int r = sim_guest_put(guest, &file, &code, err);
    if (r == 0 && code)
        r = cbk_fail(err, CBK_E_VALIDATION, "cannot put the file '%s': %s", path, code);
    return r < 0 ? cbk_wrap(err, "guest '%s'", sim_guest_id(guest)) : 0;
}

static int put_files(struct sim_guest *guest, const json_t *instance, struct cbk_error *err)
{
    const char *path;
    json_t *record;
    int r = 0;
    json_object_foreach(json_object_get(instance, "files"), path, record)
        if (r == 0 && !cbk_json_bool(record, "directory", false))
            r = put_file(guest, path, record, err);
    return r;
}

static int start_one(struct sim_guests *guests, const json_t *instance, struct cbk_error *err)
{
    json_t *spec = NULL;
    bool is_new = false;
    const char *id = cbk_json_text(instance, "id");
    int r = sim_layout_make(guests->pool, instance, &spec, &is_new, err);
    if (r < 0)
        return cbk_wrap(err, "guest '%s'", id);
    struct member *member = members_add(&guests->members);
    member->boot = cbk_strdup(cbk_json_text(instance, "guest.boot"));
    member->guest = sim_guest_new(id, sim_pool_lock(guests->pool), spec);
    r = sim_guest_start(member->guest, false, err);
    if (r == 0 && is_new)
        r = put_files(member->guest, instance, err);
    if (r == 0)
        r = run_boot_script(member, err);
    if (r == 0)
        cbk_log(CBK_LOG_INFO, "guest %s: runs, its first process is %d", id, (int)sim_guest_pid(member->guest));
    return r;
}

/* ---- all ---- */

/* A world that begins anew knows nothing of the snapshots that an earlier one has made here. */
static int sweep(const struct sim_guests *guests, const struct sim_world *world, struct cbk_error *err)
{
    size_t index;
    json_t *snapshot;
    CBK_JSON *known = json_array();
    json_array_foreach(sim_world_list(world, SIM_SNAPSHOTS), index, snapshot)
        if (cbk_json_text(snapshot, "image"))
            json_array_append(known, json_object_get(snapshot, "image"));
    return sim_pool_sweep(guests->pool, known, err);
}

int sim_guests_start(const struct sim_world *world, const char *dir, int64_t pool_mib, struct sim_guests **ret,
                     struct cbk_error *err)
{
    size_t index;
    json_t *instance;
    CBK_CLEANUP(sim_guests_freep) struct sim_guests *guests = CBK_NEW(struct sim_guests);
    guests->restores = sim_restores_new();
    int r = sim_pool_open(dir, pool_mib, &guests->pool, err);
    if (r == 0)
        r = sweep(guests, world, err);
    json_array_foreach(sim_world_list(world, SIM_INSTANCES), index, instance)
        if (r == 0 && json_object_get(instance, "guest"))
            r = start_one(guests, instance, err);
    if (r < 0)
        return r;
    if (!guests->members.len)
        cbk_log(CBK_LOG_WARN, "guests: no instance of the world has the key 'guest': all are virtual");
    *ret = sim_guests_steal(&guests);
    return 0;
}

void sim_guests_stop(const struct sim_guests *guests)
{
    for (size_t i = 0; i < guests->members.len; i++)
        sim_guest_stop(guests->members.items[i].guest);
}

void sim_guests_free(struct sim_guests *guests)
{
    if (!guests)
        return;
    for (size_t i = 0; i < guests->members.len; i++) {
        sim_guest_free(guests->members.items[i].guest);
        free(guests->members.items[i].boot);
    }
    members_release(&guests->members);
    sim_restores_free(guests->restores);
    sim_pool_free(guests->pool);
    free(guests);
}

void sim_guests_watch(const struct sim_guests *guests, const struct sim_world *world)
{
    for (size_t i = 0; guests && i < guests->members.len; i++) {
        struct sim_guest *guest = guests->members.items[i].guest;
        sim_guest_set_agent(guest, sim_assistant_online(sim_world_find(world, SIM_INSTANCES, sim_guest_id(guest))));
    }
}

struct sim_guest *sim_guests_find(const struct sim_guests *guests, const char *instance_id)
{
    for (size_t i = 0; guests && i < guests->members.len; i++)
        if (cbk_str_equal(sim_guest_id(guests->members.items[i].guest), instance_id))
            return guests->members.items[i].guest;
    return NULL;
}

int sim_guests_reboot(const struct sim_guests *guests, struct sim_guest *guest, struct cbk_error *err)
{
    int r = 0;
    sim_guest_stop(guest);
    for (size_t i = 0; i < guests->members.len; i++) {
        if (guests->members.items[i].guest != guest)
            continue;
        r = sim_guest_start(guest, true, err);
        if (r == 0)
            r = run_boot_script(&guests->members.items[i], err);
    }
    return r;
}

struct sim_restores *sim_guests_restores(const struct sim_guests *guests)
{
    return guests->restores;
}

const struct sim_pool *sim_guests_pool(const struct sim_guests *guests)
{
    return guests->pool;
}

json_t *sim_guests_describe(const struct sim_guests *guests)
{
    json_t *list = json_array();
    for (size_t i = 0; guests && i < guests->members.len; i++) {
        struct sim_guest *guest = guests->members.items[i].guest;
        const json_t *spec = sim_guest_spec(guest);
        json_array_append_new(list, json_pack("{ss sb si so so}", "instance", sim_guest_id(guest), "frozen",
                                              sim_guest_is_frozen(guest), "pid", (int)sim_guest_pid(guest), "hostname",
                                              json_deep_copy(json_object_get(spec, "hostname")), "disks",
                                              json_deep_copy(json_object_get(spec, "disks"))));
    }
    return list;
}
