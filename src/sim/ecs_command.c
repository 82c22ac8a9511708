/* Commands through Cloud Assistant: RunCommand, the two reads of results, and the state of the agents. */
#include "base/digest.h"
#include "sim/assistant.h"
#include "sim/machine.h"
#include "sim/token.h"

#include <string.h>

/* Output is cut at 24 KB, a command's text at 18 KB after Base64 (24 KB when it is not kept). */
enum { MOST_OUTPUT = 24 * 1024, MOST_KEPT = 18 * 1024, MOST_TEXT = 24 * 1024, MOST_INSTANCES = 100 };

/* ---- running ---- */

static void run_on(struct sim_world *world, const json_t *invocation, json_t *target)
{
    json_t *instance = sim_world_find(world, SIM_INSTANCES, cbk_json_text_or(target, "instance_id", ""));
    sim_set_int(target, "started", sim_world_now(world));
    const char *trouble = sim_assistant_trouble(instance);
    if (trouble) {
        sim_assistant_end(world, target, trouble, "The Cloud Assistant of the instance cannot be reached.");
        return;
    }
    CBK_STR(output);
    int code = sim_machine_run(world, instance, cbk_json_text_or(invocation, "content", ""), &output);
    size_t keep = output.len < MOST_OUTPUT ? output.len : MOST_OUTPUT;
    CBK_STR(encoded);
    cbk_base64_add(&encoded, output.ptr, keep);
    sim_set_text(target, "output", encoded.ptr);
    sim_set_int(target, "dropped", (int64_t)(output.len - keep));
    sim_set_int(target, "exit_code", code);
    sim_assistant_end(world, target, code ? "ExitCodeNonzero" : NULL, code ? "The exit code is not zero." : "");
}

void sim_invocation_step(struct sim_world *world, const char *id)
{
    size_t index;
    json_t *target;
    json_t *invocation = sim_world_find(world, SIM_INVOCATIONS, id);
    json_array_foreach(json_object_get(invocation, "targets"), index, target)
        if (cbk_str_equal(cbk_json_text(target, "status"), "Running"))
            run_on(world, invocation, target);
    if (invocation)
        sim_assistant_summarize(invocation);
}

/* The text of the command, decoded; a new reference, or a failure and NULL. */
static json_t *command_text(struct sim_call *call)
{
    const char *content = sim_text(call, "CommandContent");
    CBK_STR(encoded);
    CBK_STR(decoded);
    bool is_encoded = cbk_str_equal(sim_text(call, "ContentEncoding"), "Base64");
    json_t *text = NULL;
    if (!is_encoded)
        cbk_base64_add(&encoded, content, strlen(content));
    if ((is_encoded ? strlen(content) : encoded.len) > (sim_bool(call, "KeepCommand", false) ? MOST_KEPT : MOST_TEXT)) {
        if (sim_fail(call, "CmdContent.ExceedLimit", "The length of the command content exceeds the limit.") < 0)
            return NULL;
    }
    if (!is_encoded)
        text = json_string(content);
    else if (cbk_base64_decode(content, strlen(content), &decoded))
        text = json_stringn(decoded.ptr, decoded.len);
    if (!text && sim_fail(call, "InvalidParameter", "The command content is not Base64 of a text.") < 0)
        return NULL;
    return text;
}

/* Does the kind of script fit the systems of all targets? */
static int check_systems(struct sim_call *call, const json_t *targets)
{
    size_t index;
    json_t *target;
    bool for_linux = cbk_str_equal(sim_text(call, "Type"), "RunShellScript");
    json_array_foreach(targets, index, target) {
        const json_t *instance = sim_find(call, SIM_INSTANCES, cbk_json_text(target, "instance_id"));
        if (for_linux == cbk_str_equal(cbk_json_text(instance, "os_type"), "windows"))
            return sim_fail(call, "InvalidInstance.NotMatch", "The instance does not match the command type.");
    }
    return 0;
}

static const char *text_or(const struct sim_call *call, const char *name, const char *otherwise)
{
    const char *text = sim_text(call, name);
    return text && *text ? text : otherwise;
}

static int run_command(struct sim_call *call)
{
    const char *known = NULL;
    CBK_JSON *tags = NULL;
    int r = sim_token_look(call, &known);
    if (r == 0 && known) {
        sim_give_text(call, "InvokeId", known);
        sim_give_text(call, "CommandId", cbk_json_text(sim_find(call, SIM_INVOCATIONS, known), "command_id"));
        return 0;
    }
    if (r == 0)
        r = sim_ecs_read_tags(call, &tags);
    if (r < 0)
        return r;
    CBK_JSON *targets = sim_assistant_targets(call, MOST_INSTANCES);
    if (!targets || check_systems(call, targets) < 0)
        return -1;
    CBK_JSON *text = command_text(call);
    if (!text)
        return -1;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "t-hz");
    CBK_CLEANUP(cbk_string_freep) char *command = sim_world_new_id(call->world, "c-hz");
    json_t *invocation =
        json_pack("{ss ss sO sO sO ss ss ss ss ss ss sI sI ss}", "id", id, "command_id", command, "content", text,
                  "targets", targets, "tags", tags, "type", sim_text(call, "Type"), "name", text_or(call, "Name", ""),
                  "description", text_or(call, "Description", ""), "working_dir", text_or(call, "WorkingDir", "/root"),
                  "username", text_or(call, "Username", "root"), "repeat_mode", text_or(call, "RepeatMode", "Once"),
                  "timeout", (json_int_t)sim_int(call, "Timeout", 60), "created",
                  (json_int_t)sim_world_now(call->world), "status", "Running");
    sim_set_text(invocation, "frequency", sim_text(call, "Frequency"));
    sim_set_text(invocation, "launcher", sim_text(call, "Launcher"));
    sim_set_text(invocation, "termination_mode", sim_text(call, "TerminationMode"));
    sim_world_add(call->world, SIM_INVOCATIONS, invocation);
    sim_timer_set(call->world, SIM_TIMER_INVOCATION, id, SIM_ASSISTANT_MS);
    sim_token_keep(call, id);
    sim_give_text(call, "InvokeId", id);
    sim_give_text(call, "CommandId", command);
    return 0;
}

/* ---- results ---- */

/* The older, coarser words for a status. */
static const char *coarse(const char *status)
{
    return strcmp(status, "Success") == 0 ? "Finished" : status;
}

/* A target as results show it: with what its invocation knows, output as the caller wants it. */
static json_t *view_target(const struct sim_call *call, const json_t *invocation, json_t *target)
{
    static const char *const shared[] = {"command_id", "username", "repeat_mode",
                                         "tags",       "launcher", "termination_mode"};
    json_t *view = json_copy(target);
    sim_set_text(view, "invoke_id", cbk_json_text(invocation, "id"));
    sim_set_text(view, "record_status", coarse(cbk_json_text_or(invocation, "status", "")));
    sim_set_text(view, "coarse", coarse(cbk_json_text_or(target, "status", "")));
    sim_set_int(view, "repeats", json_object_get(target, "finished") ? 1 : 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(shared); i++)
        if (json_object_get(invocation, shared[i]))
            json_object_set(view, shared[i], json_object_get(invocation, shared[i]));
    const char *output = cbk_json_text(target, "output");
    if (output && cbk_str_equal(sim_text(call, "ContentEncoding"), "PlainText")) {
        CBK_STR(plain);
        (void)cbk_base64_decode(output, strlen(output), &plain);
        json_t *text = json_stringn(plain.ptr, plain.len);
        json_object_set_new(view, "output", text ? text : json_string(""));
    }
    return view;
}

static const struct sim_match invocation_matches[] = {
    {"InvokeId", "id", SIM_SAME, NULL, NULL},         {"CommandId", "command_id", SIM_SAME, NULL, NULL},
    {"CommandName", "name", SIM_GLOB, NULL, NULL},    {"CommandType", "type", SIM_SAME, NULL, NULL},
    {"InvokeStatus", "status", SIM_SAME, NULL, NULL}, {"RepeatMode", "repeat_mode", SIM_SAME, NULL, NULL},
    {"Tag", "tags", SIM_TAGGED, NULL, NULL},          {0},
};

/* The invocations that can be meant: one when it is named. New reference. */
static json_t *candidates(const struct sim_call *call)
{
    const char *id = sim_text(call, "InvokeId");
    if (!id || !*id)
        return json_incref(sim_list(call, SIM_INVOCATIONS));
    json_t *invocation = sim_find(call, SIM_INVOCATIONS, id);
    return invocation ? json_pack("[O]", invocation) : json_array();
}

static bool wants_target(const struct sim_call *call, const json_t *target)
{
    const char *instance = sim_text(call, "InstanceId");
    return !instance || !*instance || cbk_str_equal(instance, cbk_json_text(target, "instance_id"));
}

static json_t *wanted_targets(const struct sim_call *call, const json_t *invocation)
{
    size_t index;
    json_t *target;
    json_t *list = json_array();
    json_array_foreach(json_object_get(invocation, "targets"), index, target)
        if (wants_target(call, target))
            json_array_append_new(list, view_target(call, invocation, target));
    return list;
}

static int describe_results(struct sim_call *call)
{
    static const struct sim_page_rule rule = {
        .into = "InvocationResult", .fallback = 10, .most = 50, .bad_page = "InvalidParam.PageSize"};
    size_t index;
    json_t *invocation;
    CBK_JSON *rows = json_array();
    CBK_JSON *list = candidates(call);
    for (index = json_array_size(list); index-- > 0;) { /* the newest first */
        invocation = json_array_get(list, index);
        if (!sim_matches(call, invocation, invocation_matches))
            continue;
        CBK_JSON *targets = wanted_targets(call, invocation);
        json_array_extend(rows, targets);
    }
    return sim_page(call, &rule, rows, NULL, NULL);
}

static json_t *view_invocation(const struct sim_call *call, json_t *invocation, json_t *targets)
{
    json_t *view = json_copy(invocation);
    sim_set_text(view, "coarse", coarse(cbk_json_text_or(invocation, "status", "")));
    json_object_set(view, "targets", targets);
    const char *content = cbk_json_text_or(invocation, "content", "");
    if (!cbk_str_equal(sim_text(call, "ContentEncoding"), "PlainText")) {
        CBK_STR(encoded);
        cbk_base64_add(&encoded, content, strlen(content));
        sim_set_text(view, "content", encoded.ptr);
    }
    if (!sim_bool(call, "IncludeOutput", false)) {
        size_t index;
        json_t *target;
        json_array_foreach(targets, index, target)
            json_object_del(target, "output");
    }
    return view;
}

static int describe_invocations(struct sim_call *call)
{
    static const struct sim_page_rule rule = {
        .into = "Invocation", .fallback = 10, .most = 50, .bad_page = "InvalidParam.PageSize"};
    CBK_JSON *rows = json_array();
    CBK_JSON *list = candidates(call);
    for (size_t index = json_array_size(list); index-- > 0;) {
        json_t *invocation = json_array_get(list, index);
        CBK_JSON *targets = wanted_targets(call, invocation);
        if (json_array_size(targets) && sim_matches(call, invocation, invocation_matches))
            json_array_append_new(rows, view_invocation(call, invocation, targets));
    }
    return sim_page(call, &rule, rows, NULL, NULL);
}

/* ---- agents ---- */

/* A heartbeat comes every minute while the agent runs; "last_heartbeat" of the world says when it fell silent. */
static json_t *view_agent(const struct sim_call *call, const json_t *instance)
{
    int64_t now = sim_world_now(call->world);
    bool online = sim_assistant_online(instance),
         missing = cbk_str_equal(cbk_json_text(instance, "assistant"), "missing");
    int64_t silent_since = cbk_json_int(instance, "last_heartbeat", cbk_json_int(instance, "created", now) - 3 * 86400);
    json_t *view =
        json_pack("{sO ss ss}", "id", json_object_get(instance, "id"), "online", online ? "true" : "false", "os_type",
                  cbk_str_equal(cbk_json_text(instance, "os_type"), "windows") ? "Windows" : "Linux");
    if (missing)
        return view;
    sim_set_text(view, "version", "2.2.3.857");
    sim_set_int(view, "heartbeat", online ? now / 60 * 60 : silent_since);
    return view;
}

static bool agent_runs_on(const struct sim_call *call, const json_t *instance)
{
    const char *system = sim_text(call, "OSType");
    bool windows = cbk_str_equal(cbk_json_text(instance, "os_type"), "windows");
    return !system || !*system || cbk_str_equal(system, windows ? "Windows" : "Linux");
}

static bool keep_agent(const struct sim_call *call, const json_t *instance, const void *context)
{
    (void)context;
    return agent_runs_on(call, instance);
}

static int describe_agents(struct sim_call *call)
{
    struct sim_page_rule rule = {.into = "agents", .fallback = 10, .most = 50};
    size_t index;
    json_t *item;
    const json_t *ids = sim_param(call, "InstanceId");
    json_array_foreach(ids, index, item)
        if (!sim_ecs_instance(call, json_string_value(item), "InvalidInstance.NotFound"))
            return -1;
    if (ids)
        rule.fallback = SIM_ASSISTANT_MOST_INSTANCES; /* no pages when instances are named */
    CBK_JSON *list = sim_named(call, SIM_INSTANCES, "InstanceId");
    int r = sim_page(call, &rule, list, sim_text(call, "OSType") ? keep_agent : NULL, NULL);
    if (r < 0)
        return r;
    json_t *views = json_array();
    json_array_foreach(json_object_get(call->answer, "agents"), index, item)
        json_array_append_new(views, view_agent(call, item));
    sim_give(call, "InstanceCloudAssistantStatus", views);
    return 0;
}

static const struct sim_param run_command_params[] = {
    SIM_ECS_REGION,
    {.name = "CommandContent", .type = SIM_TEXT, .required = true},
    {.name = "Type",
     .type = SIM_TEXT,
     .required = true,
     .one_of = "RunBatScript|RunPowerShellScript|RunShellScript",
     .code = "InvalidCmdType.NotFound"},
    {.name = "InstanceId", .type = SIM_LIST},
    {.name = "ResourceTag", .type = SIM_RECORDS, .fields = "Key Value", .max = 20},
    {.name = "ContentEncoding", .type = SIM_TEXT, .one_of = "PlainText|Base64"},
    {.name = "ClientToken", .type = SIM_TEXT, .max = 64},
    {.name = "Name", .type = SIM_TEXT, .max = 128, .code = "CmdName.ExceedLimit"},
    {.name = "Description", .type = SIM_TEXT, .max = 512, .code = "CmdDesc.ExceedLimit"},
    {.name = "Timeout", .type = SIM_INT, .min = 10},
    {.name = "Username", .type = SIM_TEXT, .max = 255, .code = "Username.ExceedLimit"},
    {.name = "WorkingDir", .type = SIM_TEXT, .max = 200},
    {.name = "RepeatMode",
     .type = SIM_TEXT,
     .one_of = "Once|Period|NextRebootOnly|EveryReboot|DryRun",
     .code = "InvalidRepeatMode.NotFound"},
    {.name = "Frequency", .type = SIM_TEXT},
    {.name = "KeepCommand", .type = SIM_BOOL},
    {.name = "EnableParameter", .type = SIM_BOOL},
    {.name = "Parameters", .type = SIM_JSON},
    {.name = "ContainerId", .type = SIM_TEXT},
    {.name = "ContainerName", .type = SIM_TEXT},
    {.name = "Launcher", .type = SIM_TEXT, .max = 1024},
    {.name = "TerminationMode", .type = SIM_TEXT, .one_of = "Process|ProcessTree"},
    {.name = "OssOutputDelivery", .type = SIM_TEXT},
    {.name = "WindowsPasswordName", .type = SIM_TEXT},
    {.name = "Timed", .type = SIM_BOOL},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    {0},
};
static const struct sim_param describe_results_params[] = {
    SIM_ECS_REGION,
    {.name = "InvokeId", .type = SIM_TEXT},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "CommandId", .type = SIM_TEXT},
    {.name = "InvokeRecordStatus", .type = SIM_TEXT},
    {.name = "IncludeHistory", .type = SIM_BOOL},
    {.name = "ContentEncoding", .type = SIM_TEXT, .one_of = "PlainText|Base64"},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    SIM_ECS_PAGES,
    {0},
};
static const struct sim_param describe_invocations_params[] = {
    SIM_ECS_REGION,
    {.name = "InvokeId", .type = SIM_TEXT},
    {.name = "InstanceId", .type = SIM_TEXT},
    {.name = "CommandId", .type = SIM_TEXT},
    {.name = "CommandName", .type = SIM_TEXT},
    {.name = "CommandType", .type = SIM_TEXT},
    {.name = "InvokeStatus", .type = SIM_TEXT},
    {.name = "RepeatMode", .type = SIM_TEXT},
    {.name = "IncludeOutput", .type = SIM_BOOL},
    {.name = "ContentEncoding", .type = SIM_TEXT, .one_of = "PlainText|Base64"},
    {.name = "Timed", .type = SIM_BOOL},
    SIM_ECS_TAG,
    SIM_ECS_GROUP,
    SIM_ECS_PAGES,
    {0},
};
static const struct sim_param describe_agents_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceId", .type = SIM_LIST, .max = SIM_ASSISTANT_MOST_INSTANCES, .code = "InstanceIds.ExceedLimit"},
    {.name = "OSType", .type = SIM_TEXT, .one_of = "Windows|Linux|FreeBSD"},
    SIM_ECS_PAGES,
    {0},
};

#define TARGET                                                                                                         \
    "Dropped=dropped:i ErrorCode=error_code ErrorInfo=error_info ExitCode=exit_code:i InstanceId=instance_id "         \
    "InvocationStatus=status OssOutputErrorCode- OssOutputErrorInfo- OssOutputStatus- OssOutputUri- Output=output "    \
    "Repeats=repeats:i StartTime=started:t StopTime-"

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "RunCommand",
     .params = run_command_params,
     .handler = run_command,
     .mutating = true,
     .answer = "RequestId CommandId InvokeId"},
    {.service = SIM_ECS,
     .name = "DescribeInvocationResults",
     .params = describe_results_params,
     .handler = describe_results,
     .answer = "RequestId Invocation{InvocationResults{InvocationResult[CommandId=command_id ContainerId- "
               "ContainerName- " TARGET " FinishedTime=finished:t InvokeId=invoke_id InvokeRecordStatus=record_status "
               "Launcher=launcher OssOutputDelivery- " SIM_ECS_TAGS " TerminationMode=termination_mode "
               "Username=username]} NextToken PageNumber:i PageSize:i TotalCount:i}"},
    {.service = SIM_ECS,
     .name = "DescribeInvocations",
     .params = describe_invocations_params,
     .handler = describe_invocations,
     .answer = SIM_ECS_PAGED
     " Invocations{Invocation[CommandContent=content CommandDescription=description CommandId=command_id "
     "CommandName=name CommandType=type ContainerId- ContainerName- CreationTime=created:t Frequency=frequency "
     "InvocationStatus=status InvokeId=id InvokeInstances{InvokeInstance=targets[CreationTime=created:t " TARGET
     " FinishTime=finished:t InstanceInvokeStatus=coarse Timed-:b UpdateTime=finished:t]} InvokeStatus=coarse "
     "Launcher=launcher OssOutputDelivery- Parameters~'{}' RepeatMode=repeat_mode " SIM_ECS_TAGS
     " TerminationMode=termination_mode Timed-:b Timeout=timeout:i Username=username WorkingDir=working_dir]}"},
    {.service = SIM_ECS,
     .name = "DescribeCloudAssistantStatus",
     .params = describe_agents_params,
     .handler = describe_agents,
     .answer =
         SIM_ECS_PAGED " InstanceCloudAssistantStatusSet{InstanceCloudAssistantStatus[ActiveTaskCount-:i "
                       "CloudAssistantStatus=online CloudAssistantVersion=version InstanceId=id InvocationCount-:i "
                       "LastHeartbeatTime=heartbeat:m LastInvokedTime- OSType=os_type SupportSessionManager:b~true]}"},
};
SIM_ACTIONS(sim_ecs_commands);
