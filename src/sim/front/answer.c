#include "sim/front/answer.h"

#include "base/digest.h"
#include "sim/front/auth.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void sim_reply_release(struct sim_reply *reply)
{
    cbk_str_release(&reply->body);
}

enum sim_format sim_answer_format(const struct sim_request *request)
{
    const char *format = sim_request_param(request, "Format");
    if (format && strcasecmp(format, "json") == 0)
        return SIM_FORMAT_JSON;
    if (format && strcasecmp(format, "xml") == 0)
        return SIM_FORMAT_XML;
    bool is_v3 = sim_request_is_v3(request) ||
                 (sim_request_header(request, "x-acs-action") && !sim_request_param(request, "Action"));
    const char *accept = sim_request_header(request, "accept");
    if (is_v3)
        return accept && strcasecmp(accept, "application/xml") == 0 ? SIM_FORMAT_XML : SIM_FORMAT_JSON;
    return SIM_FORMAT_XML;
}

void sim_request_id(char ret_id[37])
{
    CBK_STR(id);
    cbk_uuid_add(&id);
    for (size_t i = 0; i < 36; i++)
        ret_id[i] = (char)toupper((unsigned char)id.ptr[i]);
    ret_id[36] = '\0';
}

/* The gateway's error; HBR's carry Success as all its answers do. */
static void render_error(const struct sim_call *call, enum sim_service service, struct sim_reply *reply)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    const struct sim_shape *shape = sim_shape_parse(arena, "RequestId HostId Code Message Recommend Success:b?");
    CBK_CLEANUP(cbk_string_freep)
    char *recommend =
        cbk_strf("https://api.aliyun.com/troubleshoot?q=%s&product=%s", call->code, sim_service_product(service));
    CBK_JSON *view = json_pack("{ss ss ss ss ss}", "RequestId", call->request_id, "HostId", sim_service_host(service),
                               "Code", call->code, "Message", call->message, "Recommend", recommend);
    if (service == SIM_HBR)
        sim_set_bool(view, "Success", false);
    sim_shape_render(shape, view, reply->format, "Error", &reply->body);
}

void sim_answer_render(const struct sim_call *call, const struct sim_shape *shape, enum sim_service service,
                       struct sim_reply *reply)
{
    cbk_str_clear(&reply->body);
    reply->http_status = call->code ? call->http_status : 200;
    if (call->code) {
        render_error(call, service, reply);
        return;
    }
    sim_set_text(call->answer, "RequestId", call->request_id);
    if (service == SIM_HBR && !json_object_get(call->answer, "Success")) { /* on every answer that has them */
        sim_set_text(call->answer, "Code", "200");
        sim_set_text(call->answer, "Message", "successful");
        sim_set_bool(call->answer, "Success", true);
    }
    CBK_CLEANUP(cbk_string_freep) char *root = cbk_strf("%sResponse", call->action->name);
    sim_shape_render(shape, call->answer, reply->format, root, &reply->body);
}
