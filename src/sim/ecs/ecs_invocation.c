/* What became of commands: DescribeInvocationResults, DescribeInvocations. */
#include "base/digest.h"
#include "sim/ecs/ecs.h"

#include <string.h>

/* The older, coarser words for a status. */
static const char *coarse(const char *status)
{
    return strcmp(status, "Success") == 0 ? "Finished" : status;
}

/* Output as text; a character that was cut in two at the end is left out, and what is no text at all is not shown. */
static json_t *plain_output(const struct cbk_str *output)
{
    for (size_t cut = 0; cut < 4 && cut <= output->len; cut++) {
        json_t *text = json_stringn(output->ptr, output->len - cut);
        if (text)
            return text;
    }
    return json_string("");
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
        json_object_set_new(view, "output", plain_output(&plain));
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

#define TARGET                                                                                                         \
    "Dropped=dropped:i ErrorCode=error_code ErrorInfo=error_info ExitCode=exit_code:i InstanceId=instance_id "         \
    "InvocationStatus=status OssOutputErrorCode- OssOutputErrorInfo- OssOutputStatus- OssOutputUri- Output=output "    \
    "Repeats=repeats:i StartTime=started:t StopTime=stopped:t"

static const struct sim_action rows[] = {
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
     "Launcher=launcher OssOutputDelivery- Parameters=parameters RepeatMode=repeat_mode " SIM_ECS_TAGS
     " TerminationMode=termination_mode Timed-:b Timeout=timeout:i Username=username WorkingDir=working_dir]}"},
};
SIM_ACTIONS(sim_ecs_invocations);
