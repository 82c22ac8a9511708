#include "sim/front/admin.h"

#include "base/time.h"
#include "sim/front/admin_page.h"
#include "sim/world/machine.h"
#include "sim/world/world_file.h"

#include <string.h>

static int get_requests(struct sim_visit *visit, struct cbk_error *err)
{
    (void)err;
    const char *since = sim_request_param(visit->request, "since");
    visit->answer = sim_journal_dump(visit->gateway->journal, since ? strtoul(since, NULL, 10) : 0);
    return 0;
}

static int get_world(struct sim_visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_world_tick(visit->gateway->world);
    visit->answer = sim_world_dump(visit->gateway->world, true);
    return 0;
}

static int post_world(struct sim_visit *visit, struct cbk_error *err)
{
    return sim_world_patch(visit->gateway->world, visit->body, err);
}

static int post_faults(struct sim_visit *visit, struct cbk_error *err)
{
    return sim_faults_add(visit->gateway->faults, visit->body, err);
}

static int delete_faults(struct sim_visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_faults_clear(visit->gateway->faults);
    return 0;
}

static int get_clock(struct sim_visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_world_tick(visit->gateway->world);
    CBK_STR(now);
    cbk_time_add_utc(&now, sim_world_now(visit->gateway->world));
    visit->answer = json_pack("{sI ss}", "unix", (json_int_t)sim_world_now(visit->gateway->world), "now", now.ptr);
    return 0;
}

static int post_clock(struct sim_visit *visit, struct cbk_error *err)
{
    const char *advance = cbk_json_text(visit->body, "advance");
    int64_t seconds = 0;
    if (!advance)
        return cbk_fail(err, CBK_E_VALIDATION, "nothing to advance by: {\"advance\": \"25h\"} is what is needed");
    int r = cbk_duration_parse(advance, &seconds, err);
    if (r < 0)
        return r;
    sim_world_advance(visit->gateway->world, seconds * 1000);
    return get_clock(visit, err);
}

static json_t *find_instance(const struct sim_visit *visit, struct cbk_error *err)
{
    const char *id = cbk_json_text(visit->body, "instance");
    json_t *instance = sim_world_find(visit->gateway->world, SIM_INSTANCES, id);
    if (!instance)
        (void)cbk_fail(err, CBK_E_NOT_FOUND, "there is no instance '%s'", id ? id : "");
    return instance;
}

static int post_reboot(struct sim_visit *visit, struct cbk_error *err)
{
    json_t *instance = find_instance(visit, err);
    if (!instance)
        return CBK_E_NOT_FOUND;
    sim_machine_reboot(visit->gateway->world, instance);
    return 0;
}

/* The instance and its disks are gone. What becomes of a binding whose instance is, is not published: it stays (U). */
static int post_release(struct sim_visit *visit, struct cbk_error *err)
{
    struct sim_world *world = visit->gateway->world;
    json_t *instance = find_instance(visit, err), *disk;
    size_t index;
    if (!instance)
        return CBK_E_NOT_FOUND;
    json_array_foreach(json_object_get(instance, "disks"), index, disk)
        sim_world_remove(world, SIM_DISKS, disk);
    sim_world_remove(world, SIM_INSTANCES, instance);
    return 0;
}

/* {"instance", "command"}: runs it there as root, unsigned and at once. */
static int post_run(struct sim_visit *visit, struct cbk_error *err)
{
    json_t *instance = find_instance(visit, err);
    if (!instance)
        return CBK_E_NOT_FOUND;
    CBK_STR(output);
    int code = sim_machine_run(visit->gateway->world, instance, cbk_json_text_or(visit->body, "command", ""), &output);
    visit->answer = json_pack("{si ss}", "exit_code", code, "output", output.ptr);
    return 0;
}

static const struct page {
    const char *method, *path;
    int (*serve)(struct sim_visit *visit, struct cbk_error *err);
    bool locks; /* the world, all the time */
    /* Serves it instead where the body's "instance" is a guest: without the lock, since that may take long. */
    int (*serve_guest)(struct sim_visit *visit, struct sim_guest *guest, struct cbk_error *err);
} pages[] = {
    {"GET", "/_sim/requests", get_requests, false, NULL},
    {"GET", "/_sim/world", get_world, true, NULL},
    {"POST", "/_sim/world", post_world, true, NULL},
    {"POST", "/_sim/faults", post_faults, false, NULL},
    {"DELETE", "/_sim/faults", delete_faults, false, NULL},
    {"GET", "/_sim/clock", get_clock, true, NULL},
    {"POST", "/_sim/clock", post_clock, true, NULL},
    {"POST", "/_sim/reboot", post_reboot, true, sim_admin_reboot_guest},
    {"POST", "/_sim/release", post_release, true, NULL},
    {"POST", "/_sim/run", post_run, true, sim_admin_run_in_guest},
    {"GET", "/_sim/guests", sim_admin_list_guests, false, NULL},
    {"POST", "/_sim/guests/restore", sim_admin_restore_disk, false, NULL},
    {"POST", "/_sim/guests/release", sim_admin_release_disk, false, NULL},
};

bool sim_admin_owns(const char *path)
{
    return cbk_str_starts_with(path, "/_sim/");
}

static void answer_error(struct sim_reply *reply, int http_status, const char *message)
{
    CBK_JSON *answer = json_pack("{ss}", "error", message);
    reply->http_status = http_status;
    cbk_str_clear(&reply->body);
    cbk_json_add_pretty(&reply->body, answer);
}

static void visit_page(const struct page *page, struct sim_visit *visit, struct sim_reply *reply)
{
    CBK_ERROR(err);
    CBK_JSON *body = NULL;
    int r = 0;
    if (strcmp(page->method, "POST") == 0)
        r = cbk_json_parse("body", visit->request->body, visit->request->body_len, &body, &err);
    visit->body = body;
    struct sim_guest *guest = sim_guests_find(visit->gateway->world->guests, cbk_json_text(body, "instance"));
    if (r == 0 && guest && page->serve_guest) {
        r = page->serve_guest(visit, guest, &err);
    } else if (r == 0) {
        if (page->locks)
            pthread_mutex_lock(&visit->gateway->lock);
        r = page->serve(visit, &err);
        if (page->locks)
            reply->date = sim_world_now(visit->gateway->world);
        if (page->locks)
            pthread_mutex_unlock(&visit->gateway->lock);
    }
    CBK_JSON *answer = visit->answer ? visit->answer : json_pack("{sb}", "ok", 1);
    reply->http_status = 200;
    if (r < 0)
        answer_error(reply, r == CBK_E_NOT_FOUND ? 404 : 400, err.message);
    else
        cbk_json_add_pretty(&reply->body, answer);
}

void sim_admin_serve(struct sim_gateway *gateway, const struct sim_request *request, bool from_loopback,
                     struct sim_reply *reply)
{
    reply->format = SIM_FORMAT_JSON;
    reply->date = cbk_time_now();
    if (!from_loopback) {
        answer_error(reply, 403, "these pages answer to loopback only");
        return;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(pages); i++)
        if (strcmp(pages[i].path, request->path) == 0 && strcmp(pages[i].method, request->method) == 0) {
            visit_page(&pages[i], &(struct sim_visit){.gateway = gateway, .request = request}, reply);
            return;
        }
    answer_error(reply, 404, "there is no such page");
}
