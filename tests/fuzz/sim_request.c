/* Requests as they come off the wire: target, headers, body; parsed, and served without a valid signature. */
#include "sim/front/gateway.h"
#include "sim/world/world_file.h"

#include <string.h>

static struct sim_gateway *gateway;

static void begin(void)
{
    CBK_ERROR(err);
    CBK_JSON *empty = json_object();
    struct sim_world *world = NULL;
    if (sim_world_load(empty, &world, &err) < 0)
        abort();
    gateway = sim_gateway_new(world, &(struct sim_options){0});
}

/* The first line is the target, "Name: value" lines follow, an empty line, the body. */
static int read_request(char *text, size_t len, struct sim_request *request, struct cbk_error *err)
{
    char *line = text, *end = memchr(line, '\n', len);
    if (!end)
        return sim_request_set_target(request, text, err);
    *end = '\0';
    int r = sim_request_set_target(request, line, err);
    while (r == 0) {
        line = end + 1;
        end = memchr(line, '\n', len - (size_t)(line - text));
        if (!end || end == line)
            break;
        *end = '\0';
        char *colon = strchr(line, ':');
        if (colon) {
            *colon = '\0';
            r = sim_request_add_header(request, line, colon + 1, err);
        }
    }
    const char *body = end ? end + 1 : line;
    return r < 0 ? r : sim_request_set_body(request, body, len - (size_t)(body - text), err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(err);
    CBK_CLEANUP(sim_request_release) struct sim_request request;
    CBK_CLEANUP(sim_reply_release) struct sim_reply reply = {.body = CBK_STR_INIT};
    if (!gateway)
        begin();
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_alloc(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    sim_request_init(&request, "POST");
    if (read_request(text, size, &request, &err) == 0)
        sim_gateway_serve(gateway, &request, &reply);
    return 0;
}
