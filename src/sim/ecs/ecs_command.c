/* Commands through Cloud Assistant: RunCommand, InvokeCommand, StopInvocation. */
#include "base/digest.h"
#include "sim/ecs/invocation.h"
#include "sim/front/request.h"
#include "sim/guest/shell.h"
#include "sim/world/work.h"

#include <string.h>

/* A command's text after Base64: 18 KB when it is kept, 24 KB when it is not. */
enum { MOST_KEPT = 18 * 1024, MOST_TEXT = 24 * 1024 };

/* The text of CommandContent, plain; a new reference, NULL when it is not the Base64 of a text. */
static json_t *plain_text(const char *content, const char *encoding)
{
    CBK_STR(decoded);
    if (!cbk_str_equal(encoding, "Base64"))
        return json_string(content);
    return cbk_base64_decode(content, strlen(content), &decoded) ? json_stringn(decoded.ptr, decoded.len) : NULL;
}

static int check_length(struct sim_call *call)
{
    const char *content = sim_text(call, "CommandContent");
    size_t len = strlen(content), most = sim_bool(call, "KeepCommand", false) ? MOST_KEPT : MOST_TEXT;
    if (!cbk_str_equal(sim_text(call, "ContentEncoding"), "Base64"))
        len = (len + 2) / 3 * 4;
    if (len > most)
        return sim_fail(call, "CmdContent.ExceedLimit", "The length of the command content exceeds the limit.");
    return 0;
}

static int run_command(struct sim_call *call)
{
    static const char *const texts[][2] = {{"Name", "name"}, {"Description", "description"}, {"Type", "type"}};
    const char *invocation = NULL;
    int r = check_length(call);
    if (r < 0)
        return r;
    json_t *content = plain_text(sim_text(call, "CommandContent"), sim_text(call, "ContentEncoding"));
    if (!content)
        return sim_fail(call, "InvalidParameter", "The command content is not Base64 of a text.");
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "c-hz");
    CBK_JSON *command = json_pack("{ss so sb}", "id", id, "content", content, "enable_parameter",
                                  sim_bool(call, "EnableParameter", false));
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        sim_set_text(command, texts[i][1], sim_text(call, texts[i][0]));
    r = sim_invocation_start(call, command, &invocation);
    if (r < 0)
        return r;
    const json_t *started = sim_find(call, SIM_INVOCATIONS, invocation);
    sim_give_text(call, "CommandId", cbk_json_text(started, "command_id"));
    if (sim_bool(call, "KeepCommand", false) && cbk_str_equal(cbk_json_text(started, "command_id"), id))
        sim_world_add(call->world, SIM_COMMANDS, cbk_json_steal(&command));
    return 0;
}

static int invoke_command(struct sim_call *call)
{
    const char *invocation = NULL;
    const json_t *command = sim_find(call, SIM_COMMANDS, sim_text(call, "CommandId"));
    if (!command)
        return sim_fail(call, "InvalidCmdId.NotFound", "The specified command ID does not exist.");
    return sim_invocation_start(call, command, &invocation);
}

static int stop_invocation(struct sim_call *call)
{
    size_t index;
    json_t *target;
    json_t *invocation = sim_find(call, SIM_INVOCATIONS, sim_text(call, "InvokeId"));
    const json_t *only = sim_param(call, "InstanceId");
    if (!invocation)
        return sim_fail(call, "InvalidInvokeId.NotFound", "The specified invoke ID does not exist.");
    json_array_foreach(json_object_get(invocation, "targets"), index, target) {
        if (!cbk_str_equal(cbk_json_text(target, "status"), "Running") ||
            (only && !cbk_json_array_has(only, cbk_json_text(target, "instance_id"))))
            continue;
        sim_set_text(target, "status", "Terminated");
        sim_set_int(target, "stopped", sim_world_now(call->world));
        sim_set_int(target, "finished", sim_world_now(call->world));
        sim_set_text(invocation, "status", "Stopped");
    }
    if (!only) /* where some are to go on, those of guests do, unheard */
        sim_work_cancel(call->world->works, cbk_json_text(invocation, "id"));
    return 0;
}

/* A script that only looks is listed as a call that changes nothing: clients read files back with RunCommand. */
static bool only_looks(const struct sim_request *request)
{
    const char *content = sim_request_param(request, "CommandContent");
    CBK_JSON *text = content ? plain_text(content, sim_request_param(request, "ContentEncoding")) : NULL;
    return text && sim_shell_only_looks(json_string_value(text));
}

static const struct sim_param run_command_params[] = {
    SIM_ECS_REGION,
    {.name = "CommandContent", .type = SIM_TEXT, .required = true},
    {.name = "Type",
     .type = SIM_TEXT,
     .required = true,
     .one_of = "RunBatScript|RunPowerShellScript|RunShellScript",
     .code = "InvalidCmdType.NotFound"},
    {.name = "ContentEncoding", .type = SIM_TEXT, .one_of = "PlainText|Base64"},
    {.name = "Name", .type = SIM_TEXT, .max = 128, .code = "CmdName.ExceedLimit"},
    {.name = "Description", .type = SIM_TEXT, .max = 512, .code = "CmdDesc.ExceedLimit"},
    {.name = "KeepCommand", .type = SIM_BOOL},
    {.name = "EnableParameter", .type = SIM_BOOL},
    SIM_INVOCATION_PARAMS,
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param invoke_command_params[] = {
    SIM_ECS_REGION,
    {.name = "CommandId", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.CommandId"},
    SIM_INVOCATION_PARAMS,
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param stop_invocation_params[] = {
    SIM_ECS_REGION,
    {.name = "InvokeId", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.InvokeId"},
    {.name = "InstanceId", .type = SIM_LIST, .max = SIM_ASSISTANT_MOST_INSTANCES, .code = "InstanceIds.ExceedLimit"},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "RunCommand",
     .params = run_command_params,
     .handler = run_command,
     .mutating = true,
     .only_looks = only_looks,
     .answer = "RequestId CommandId InvokeId"},
    {.service = SIM_ECS,
     .name = "InvokeCommand",
     .params = invoke_command_params,
     .handler = invoke_command,
     .mutating = true,
     .answer = "RequestId InvokeId"},
    {.service = SIM_ECS,
     .name = "StopInvocation",
     .params = stop_invocation_params,
     .handler = stop_invocation,
     .mutating = true,
     .answer = "RequestId"},
};
SIM_ACTIONS(sim_ecs_commands);
