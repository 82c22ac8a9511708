#include "sim/front/admin.h"

#include "base/time.h"
#include "sim/real/guests.h"
#include "sim/world/machine.h"
#include "sim/world/world_file.h"

#include <string.h>

/* What a page is given and gives back. */
struct visit {
    struct sim_gateway *gateway;
    const struct sim_request *request;
    const json_t *body; /* the posted JSON; NULL without one */
    json_t *answer;     /* new reference; NULL: {"ok": true} */
};

static int get_requests(struct visit *visit, struct cbk_error *err)
{
    (void)err;
    const char *since = sim_request_param(visit->request, "since");
    visit->answer = sim_journal_dump(visit->gateway->journal, since ? strtoul(since, NULL, 10) : 0);
    return 0;
}

static int get_world(struct visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_world_tick(visit->gateway->world);
    visit->answer = sim_world_dump(visit->gateway->world, true);
    return 0;
}

static int post_world(struct visit *visit, struct cbk_error *err)
{
    return sim_world_patch(visit->gateway->world, visit->body, err);
}

static int post_faults(struct visit *visit, struct cbk_error *err)
{
    return sim_faults_add(visit->gateway->faults, visit->body, err);
}

static int delete_faults(struct visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_faults_clear(visit->gateway->faults);
    return 0;
}

static int get_clock(struct visit *visit, struct cbk_error *err)
{
    (void)err;
    sim_world_tick(visit->gateway->world);
    CBK_STR(now);
    cbk_time_add_utc(&now, sim_world_now(visit->gateway->world));
    visit->answer = json_pack("{sI ss}", "unix", (json_int_t)sim_world_now(visit->gateway->world), "now", now.ptr);
    return 0;
}

static int post_clock(struct visit *visit, struct cbk_error *err)
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

static json_t *find_instance(const struct visit *visit, struct cbk_error *err)
{
    const char *id = cbk_json_text(visit->body, "instance");
    json_t *instance = sim_world_find(visit->gateway->world, SIM_INSTANCES, id);
    if (!instance)
        (void)cbk_fail(err, CBK_E_NOT_FOUND, "there is no instance '%s'", id ? id : "");
    return instance;
}

/* Runs `in_guest` without the world's lock where the instance is a guest, else `in_world` with it. */
static int in_instance(struct visit *visit, int (*in_guest)(struct visit *, struct sim_guest *, struct cbk_error *),
                       void (*in_world)(struct visit *, json_t *instance), struct cbk_error *err)
{
    struct sim_gateway *gateway = visit->gateway;
    struct sim_guest *guest = sim_guests_find(gateway->world->guests, cbk_json_text(visit->body, "instance"));
    if (guest)
        return in_guest(visit, guest, err);
    pthread_mutex_lock(&gateway->lock);
    json_t *instance = find_instance(visit, err);
    if (instance)
        in_world(visit, instance);
    pthread_mutex_unlock(&gateway->lock);
    return instance ? 0 : CBK_E_NOT_FOUND;
}

static int reboot_guest(struct visit *visit, struct sim_guest *guest, struct cbk_error *err)
{
    return sim_guests_reboot(visit->gateway->world->guests, guest, err);
}

static void reboot_virtual(struct visit *visit, json_t *instance)
{
    sim_machine_reboot(visit->gateway->world, instance);
}

static int post_reboot(struct visit *visit, struct cbk_error *err)
{
    return in_instance(visit, reboot_guest, reboot_virtual, err);
}

static int run_in_guest(struct visit *visit, struct sim_guest *guest, struct cbk_error *err)
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

/* The instance and its disks are gone. What becomes of a binding whose instance is, is not published: it stays (U). */
static int post_release(struct visit *visit, struct cbk_error *err)
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

static void run_in_virtual(struct visit *visit, json_t *instance)
{
    CBK_STR(output);
    int code = sim_machine_run(visit->gateway->world, instance, cbk_json_text_or(visit->body, "command", ""), &output);
    visit->answer = json_pack("{si ss}", "exit_code", code, "output", output.ptr);
}

/* {"instance", "command"}: runs it there as root, unsigned and at once. */
static int post_run(struct visit *visit, struct cbk_error *err)
{
    return in_instance(visit, run_in_guest, run_in_virtual, err);
}

static int get_guests(struct visit *visit, struct cbk_error *err)
{
    (void)err;
    visit->answer = sim_guests_describe(visit->gateway->world->guests);
    return 0;
}

static const struct page {
    const char *method, *path;
    int (*serve)(struct visit *visit, struct cbk_error *err);
    bool locks; /* the world, all the time */
} pages[] = {
    {"GET", "/_sim/requests", get_requests, false},   {"GET", "/_sim/world", get_world, true},
    {"POST", "/_sim/world", post_world, true},        {"POST", "/_sim/faults", post_faults, false},
    {"DELETE", "/_sim/faults", delete_faults, false}, {"GET", "/_sim/clock", get_clock, true},
    {"POST", "/_sim/clock", post_clock, true},        {"POST", "/_sim/reboot", post_reboot, false},
    {"POST", "/_sim/release", post_release, true},    {"POST", "/_sim/run", post_run, false},
    {"GET", "/_sim/guests", get_guests, false},
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

static void visit_page(const struct page *page, struct visit *visit, struct sim_reply *reply)
{
    CBK_ERROR(err);
    CBK_JSON *body = NULL;
    int r = 0;
    if (strcmp(page->method, "POST") == 0)
        r = cbk_json_parse("body", visit->request->body, visit->request->body_len, &body, &err);
    visit->body = body;
    if (r == 0) {
        if (page->locks)
            pthread_mutex_lock(&visit->gateway->lock);
        r = page->serve(visit, &err);
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
            visit_page(&pages[i], &(struct visit){.gateway = gateway, .request = request}, reply);
            return;
        }
    answer_error(reply, 404, "there is no such page");
}
