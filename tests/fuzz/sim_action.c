/* Parameters of any action, past the signature: decoded by the table, handled, rendered. */
#include "sim/action/params.h"
#include "sim/front/gateway.h"
#include "sim/world/world_file.h"

#include <string.h>

static const char world_text[] =
    "{\"instances\": [{\"id\": \"i-1\", \"files\": {\"/tmp/a\": {\"mode\": \"0700\"}}}, {\"id\": \"i-2\"}],"
    "\"roles\": [{\"name\": \"r\", \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}, \"policies\": [\"p\"]}],"
    "\"policies\": [{\"name\": \"p\", \"document\": {\"Version\": \"1\", \"Statement\": []}}]}";

static struct sim_registry *registry;

static struct sim_world *make_world(void)
{
    CBK_ERROR(err);
    CBK_JSON *json = NULL;
    struct sim_world *world = NULL;
    if (cbk_json_parse("world", world_text, strlen(world_text), &json, &err) < 0 ||
        sim_world_load(json, &world, &err) < 0)
        abort();
    return world;
}

static void release(struct sim_call *call)
{
    json_decref(call->params);
    json_decref(call->answer);
    free(call->code);
    free(call->message);
    sim_world_free(call->world);
}

/* "service/Action?query". A query may hold several calls, separated by newlines; they share a world. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!registry)
        registry = sim_registry_new();
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = make_world();
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strndup((const char *)data, size);
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        enum sim_service service = SIM_ECS;
        char *query = strchr(line, '?'), *slash = strchr(line, '/');
        if (!query || !slash || slash > query)
            continue;
        CBK_ERROR(err);
        CBK_CLEANUP(sim_request_release) struct sim_request request;
        CBK_CLEANUP(sim_reply_release) struct sim_reply reply = {.body = CBK_STR_INIT};
        sim_request_init(&request, "GET");
        *query = *slash = '\0';
        while (service < SIM_SERVICE_COUNT && strcmp(sim_service_name(service), line) != 0)
            service++;
        struct sim_call call = {.world = world, .params = json_object(), .answer = json_object()};
        if (service < SIM_SERVICE_COUNT)
            call.action = sim_registry_find(registry, service, slash + 1);
        *query = '?';
        if (call.action && sim_request_set_target(&request, query, &err) == 0) {
            reply.format = sim_request_param(&request, "Format") ? SIM_FORMAT_XML : SIM_FORMAT_JSON;
            int r = sim_params_decode(&call, &request);
            if (r == 0)
                r = call.action->handler(&call);
            if (r < 0 && !call.code) /* a failure says what it is */
                abort();
            sim_answer_render(&call, sim_registry_shape(registry, call.action), service, &reply);
            sim_world_advance(world, 700);
        }
        call.world = NULL;
        release(&call);
    }
    return 0;
}
