#include "sim/front/gateway.h"

#include "base/time.h"
#include "sim/action/params.h"
#include "sim/front/auth.h"
#include "sim/front/pace.h"
#include "sim/front/page_fault.h"
#include "sim/ram/permission.h"
#include "sim/world/region.h"

#include <assert.h>
#include <string.h>
#include <time.h>

/* A request on its way through the door. */
struct passage {
    struct sim_call call;
    enum sim_service service;
    bool mutating;
    enum sim_fault fault;
    int64_t fault_ms;
    size_t number; /* in the journal */
};

static void passage_release(struct passage *passage)
{
    json_decref(passage->call.params);
    json_decref(passage->call.answer);
    free(passage->call.code);
    free(passage->call.message);
}

struct sim_gateway *sim_gateway_new(struct sim_world *world, const struct sim_options *options)
{
    struct sim_gateway *gateway = CBK_NEW(struct sim_gateway);
    gateway->options = *options;
    gateway->world = world;
    world->eventual_ms = options->eventual_ms;
    gateway->registry = sim_registry_new();
    gateway->journal = sim_journal_new();
    gateway->faults = sim_faults_new();
    gateway->nonces = sim_nonces_new();
    gateway->pace = sim_pace_new(options->qps);
    pthread_mutex_init(&gateway->lock, NULL);
    pthread_cond_init(&gateway->stopped, NULL);
    return gateway;
}

void sim_gateway_free(struct sim_gateway *gateway)
{
    if (!gateway)
        return;
    sim_registry_free(gateway->registry);
    sim_journal_free(gateway->journal);
    sim_faults_free(gateway->faults);
    sim_nonces_free(gateway->nonces);
    sim_pace_free(gateway->pace);
    sim_world_free(gateway->world);
    pthread_cond_destroy(&gateway->stopped);
    pthread_mutex_destroy(&gateway->lock);
    free(gateway);
}

void sim_gateway_tick(struct sim_gateway *gateway)
{
    pthread_mutex_lock(&gateway->lock);
    sim_world_tick(gateway->world);
    pthread_mutex_unlock(&gateway->lock);
}

void sim_gateway_stop(struct sim_gateway *gateway)
{
    pthread_mutex_lock(&gateway->lock);
    gateway->stopping = true;
    pthread_cond_broadcast(&gateway->stopped);
    pthread_mutex_unlock(&gateway->lock);
}

void sim_gateway_sleep(struct sim_gateway *gateway, int64_t ms)
{
    if (ms <= 0)
        return;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t nanoseconds = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    pthread_mutex_lock(&gateway->lock);
    while (!gateway->stopping && pthread_cond_timedwait(&gateway->stopped, &gateway->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&gateway->lock);
}

/* ACS3 names action and version in headers, v1 in parameters; AssumeRoleWithOIDC comes unsigned with either. */
static const char *named(const struct sim_request *request, const char *param, const char *header)
{
    const char *by_param = sim_request_param(request, param), *by_header = sim_request_header(request, header);
    bool is_v1 = sim_request_param(request, "Signature") && !sim_request_is_v3(request);
    return is_v1 || (by_param && !sim_request_is_v3(request)) ? by_param : by_header;
}

/* Finds the action and lists the request. */
static int identify(struct sim_gateway *gateway, const struct sim_request *request, struct passage *passage)
{
    struct sim_call *call = &passage->call;
    const char *name = named(request, "Action", "x-acs-action"), *version = named(request, "Version", "x-acs-version");
    bool known_service = sim_service_of_version(version, &passage->service);
    if (known_service && name)
        call->action = sim_registry_find(gateway->registry, passage->service, name);
    passage->mutating =
        call->action && call->action->mutating && !(call->action->only_looks && call->action->only_looks(request));
    passage->number = sim_journal_arrive(gateway->journal, known_service ? sim_service_name(passage->service) : "",
                                         name ? name : "", passage->mutating);
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        return sim_fail(call, "UnsupportedHTTPMethod", "This HTTP method is not supported.");
    if (!name || !*name || !version || !*version)
        return sim_fail(call, "MissingParameter",
                        "The input parameter \"%s\" that is mandatory for processing this request is not supplied.",
                        !name || !*name ? "Action" : "Version");
    if (!call->action || strcmp(request->path, "/") != 0)
        return sim_fail(call, "InvalidAction.NotFound",
                        "Specified api is not found, please check your url and method.");
    if (call->action->post_only && strcmp(request->method, "POST") != 0)
        return sim_fail(call, "UnsupportedHTTPMethod", "This HTTP method is not supported.");
    return 0;
}

/* The region of the call: unknown ones are refused, known ones that are not this world's are empty. */
static int check_region(struct sim_call *call)
{
    const char *region = sim_text(call, "RegionId");
    if (!region || call->action->service != SIM_ECS || strcmp(region, call->world->region) == 0)
        return 0;
    call->elsewhere = true;
    if (!sim_region_exists(region))
        return sim_fail(call,
                        strcmp(call->action->name, "DescribeDisks") == 0 ? "InvalidRegion.NotFound"
                                                                         : "InvalidRegionId.NotFound",
                        "The specified RegionId does not exist.");
    return 0;
}

/* What happens inside, under the lock. */
static int enter(struct sim_gateway *gateway, const struct sim_request *request, struct passage *passage)
{
    struct sim_call *call = &passage->call;
    call->world = gateway->world;
    sim_world_tick(gateway->world);
    if (!call->action->anonymous) {
        int r = sim_auth_check(call, request, gateway->nonces);
        if (r < 0)
            return r;
    }
    if (!sim_pace_admit(gateway->pace, passage->service, cbk_time_monotonic_ms()))
        return sim_fail(call, "Throttling.User", "Request was denied due to user flow control.");
    int r = sim_params_decode(call, request);
    if (r == 0)
        r = check_region(call);
    if (r == 0)
        r = sim_permission_check(call);
    if (r == 0)
        r = call->action->handler(call);
    return r < 0 ? r : sim_page_fault(call, passage->fault);
}

static int refuse_by_fault(struct passage *passage)
{
    struct sim_call *call = &passage->call;
    switch (passage->fault) {
    case SIM_FAULT_HTTP_500:
    case SIM_FAULT_HTTP_500_AFTER:
        return sim_fail(call, "InternalError", "The request processing has failed due to some unknown error.");
    case SIM_FAULT_HTTP_503:
        return sim_fail(call, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");
    case SIM_FAULT_THROTTLE:
        return sim_fail(call, "Throttling.User", "Request was denied due to user flow control.");
    default:
        return 0;
    }
}

/* A client gives up long before; the simulator lets go when it stops. */
enum { HANG_MS = 3600 * 1000, SLOW_MS = 1000 };

/* Faults that happen to the connection, after or instead of the effect. */
static void strike(struct sim_gateway *gateway, const struct passage *passage, struct sim_reply *reply)
{
    int64_t ms = passage->fault_ms;
    switch (passage->fault) {
    case SIM_FAULT_HANG_BEFORE:
    case SIM_FAULT_HANG_AFTER:
        sim_gateway_sleep(gateway, ms ? ms : HANG_MS);
        reply->fate = SIM_FATE_DROP;
        return;
    case SIM_FAULT_DROP_BEFORE:
    case SIM_FAULT_DROP_AFTER:
        reply->fate = SIM_FATE_DROP;
        return;
    case SIM_FAULT_TRUNCATED:
        reply->fate = SIM_FATE_TRUNCATE;
        return;
    case SIM_FAULT_MALFORMED:
        cbk_str_clear(&reply->body);
        cbk_str_add(&reply->body, "{\"RequestId\": \"malformed by request\", <html>");
        return;
    case SIM_FAULT_SLOW:
        sim_gateway_sleep(gateway, ms ? ms : SLOW_MS);
        return;
    default:
        return;
    }
}

static void work(struct sim_gateway *gateway, const struct sim_request *request, struct passage *passage,
                 struct sim_reply *reply)
{
    const struct sim_shape *shape = NULL;
    if (passage->call.action)
        shape = sim_registry_shape(gateway->registry, passage->call.action);
    pthread_mutex_lock(&gateway->lock);
    if (!passage->call.code && passage->call.action && enter(gateway, request, passage) == 0 &&
        sim_fault_has_effect(passage->fault))
        (void)refuse_by_fault(passage); /* after the effect */
    sim_answer_render(&passage->call, shape, passage->service, reply);
    reply->date = sim_world_now(gateway->world);
    pthread_mutex_unlock(&gateway->lock);
    sim_journal_work(gateway->journal, passage->number);
}

void sim_gateway_serve(struct sim_gateway *gateway, const struct sim_request *request, struct sim_reply *reply)
{
    CBK_CLEANUP(passage_release) struct passage passage = {.call = {.params = json_object(), .answer = json_object()}};
    sim_request_id(passage.call.request_id);
    reply->format = sim_answer_format(request);
    int r = identify(gateway, request, &passage);
    if (passage.call.action)
        passage.fault = sim_faults_strike(gateway->faults, sim_service_name(passage.service), passage.call.action->name,
                                          passage.mutating, &passage.fault_ms);
    sim_gateway_sleep(gateway, gateway->options.latency_ms);
    if (r == 0 && !sim_fault_has_effect(passage.fault))
        r = refuse_by_fault(&passage);
    if (r < 0 || sim_fault_has_effect(passage.fault))
        work(gateway, request, &passage, reply);
    strike(gateway, &passage, reply);
    if (reply->fate != SIM_FATE_DROP)
        sim_journal_answer(gateway->journal, passage.number, reply->http_status,
                           passage.call.code ? passage.call.code : "");
}

void sim_gateway_refuse(struct sim_gateway *gateway, int http_status, const char *why, struct sim_reply *reply)
{
    CBK_CLEANUP(passage_release) struct passage passage = {.call = {.params = json_object(), .answer = json_object()}};
    sim_request_id(passage.call.request_id);
    /* Which code the real gateway has for a request that it cannot read is not documented (U). */
    int r = sim_fail_with(&passage.call, http_status, "InvalidParameter", "The request cannot be read: %s.", why);
    assert(r < 0);
    (void)r;
    passage.number = sim_journal_arrive(gateway->journal, "", "", false);
    work(gateway, NULL, &passage, reply);
    sim_journal_answer(gateway->journal, passage.number, reply->http_status, passage.call.code);
}
