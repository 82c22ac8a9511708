#include "sim/ecs/invocation.h"

#include "base/digest.h"
#include "sim/front/token.h"
#include "sim/real/guests.h"
#include "sim/world/machine.h"

#include <string.h>

/* Instances of one call: 100. */
enum { MOST_INSTANCES = 100, MOST_PARAMETERS = 10, MOST_PARAMETER_NAME = 64 };

/* ---- the run ---- */

void sim_command_end(struct sim_world *world, json_t *target, const struct sim_command_outcome *outcome)
{
    CBK_STR(encoded);
    cbk_base64_add(&encoded, outcome->output, outcome->len);
    sim_set_text(target, "output", encoded.ptr);
    sim_set_int(target, "dropped", (int64_t)outcome->dropped);
    sim_set_int(target, "exit_code", outcome->exit_code);
    if (outcome->timed_out) {
        sim_assistant_end(world, target, "ExecutionTimeout", "The command has not ended in time.");
        sim_set_text(target, "status", "Timeout");
        return;
    }
    sim_assistant_end(world, target, outcome->exit_code ? "ExitCodeNonzero" : NULL,
                      outcome->exit_code ? "The exit code is not zero." : "");
}

static void run_on(struct sim_world *world, const json_t *invocation, json_t *target)
{
    const char *id = cbk_json_text_or(target, "instance_id", "");
    json_t *instance = sim_world_find(world, SIM_INSTANCES, id);
    struct sim_guest *guest = sim_guests_find(world->guests, id);
    sim_set_int(target, "started", sim_world_now(world));
    const char *trouble = sim_assistant_trouble(instance);
    if (trouble) {
        sim_assistant_end(world, target, trouble, "The Cloud Assistant of the instance cannot be reached.");
        return;
    }
    if (guest) {
        sim_guest_command_start(world, guest, invocation, id);
        return;
    }
    CBK_STR(output);
    int code = sim_machine_run(world, instance, cbk_json_text_or(invocation, "content", ""), &output);
    size_t keep = output.len < SIM_COMMAND_OUTPUT ? output.len : SIM_COMMAND_OUTPUT;
    sim_command_end(world, target, &(struct sim_command_outcome){code, false, output.ptr, keep, output.len - keep});
}

void sim_invocation_step(struct sim_world *world, const char *id)
{
    size_t index;
    json_t *target;
    json_t *invocation = sim_world_find(world, SIM_INVOCATIONS, id);
    bool stopped = cbk_str_equal(cbk_json_text(invocation, "status"), "Stopped");
    json_array_foreach(json_object_get(invocation, "targets"), index, target)
        if (cbk_str_equal(cbk_json_text(target, "status"), "Running"))
            run_on(world, invocation, target);
    if (invocation && !stopped)
        sim_assistant_summarize(invocation);
}

/* ---- the start ---- */

/* Does the kind of script fit the systems of all targets? */
static int check_systems(struct sim_call *call, const json_t *command, const json_t *targets)
{
    size_t index;
    json_t *target;
    bool for_linux = cbk_str_equal(cbk_json_text(command, "type"), "RunShellScript");
    json_array_foreach(targets, index, target) {
        const json_t *instance = sim_find(call, SIM_INSTANCES, cbk_json_text(target, "instance_id"));
        if (for_linux == cbk_str_equal(cbk_json_text(instance, "os_type"), "windows"))
            return sim_fail(call, "InvalidInstance.NotMatch", "The instance does not match the command type.");
    }
    return 0;
}

static int check_parameters(struct sim_call *call, const json_t *command)
{
    const char *name;
    json_t *value;
    json_t *parameters = sim_param(call, "Parameters");
    if (!json_object_size(parameters))
        return 0;
    if (!cbk_json_bool(command, "enable_parameter", false))
        return sim_fail(call, "Parameter.Disabled", "Parameters are given, but the command takes none.");
    if (json_object_size(parameters) > MOST_PARAMETERS)
        return sim_fail(call, "ParameterCount.ExceedLimit", "There are more than %d parameters.", MOST_PARAMETERS);
    json_object_foreach(parameters, name, value) {
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf("{{%s}}", name);
        if (strlen(name) > MOST_PARAMETER_NAME)
            return sim_fail(call, "ParameterKey.ExceedLimit", "The name of a parameter is too long.");
        if (!json_is_string(value) || !strstr(cbk_json_text_or(command, "content", ""), place))
            return sim_fail(call, "Parameter.NotMatched", "The parameter %s is not one of the command.", name);
    }
    return 0;
}

static int check_schedule(struct sim_call *call)
{
    const char *mode = sim_text(call, "RepeatMode"), *frequency = sim_text(call, "Frequency");
    if (cbk_str_equal(mode, "Period") && (!frequency || !*frequency))
        return sim_fail(call, "MissingParam.Frequency", "The frequency must be given for a periodic command.");
    if (cbk_str_equal(mode, "DryRun"))
        return sim_fail(call, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
    return 0;
}

/* "{{name}}" gives way to the parameter's value. */
static char *fill_in(const char *content, const json_t *parameters)
{
    CBK_STR(out);
    while (*content) {
        const char *end = content[0] == '{' && content[1] == '{' ? strstr(content, "}}") : NULL;
        CBK_CLEANUP(cbk_string_freep) char *name = end ? cbk_strndup(content + 2, (size_t)(end - content) - 2) : NULL;
        const char *value = name ? json_string_value(json_object_get(parameters, name)) : NULL;
        if (value)
            cbk_str_add(&out, value);
        else
            cbk_str_add_char(&out, *content);
        content = value ? end + 2 : content + 1;
    }
    return cbk_str_detach(&out);
}

/* The call's parameter, else what the command says, else `otherwise`. */
static void settle(const struct sim_call *call, const json_t *command, json_t *invocation, const char *param,
                   const char *key, const char *otherwise)
{
    const char *asked = sim_text(call, param);
    sim_set_text(invocation, key, asked && *asked ? asked : cbk_json_text_or(command, key, otherwise));
}

static json_t *new_invocation(struct sim_call *call, const json_t *command, json_t *targets, json_t *tags)
{
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(call->world, "t-hz");
    CBK_CLEANUP(cbk_string_freep)
    char *content = fill_in(cbk_json_text_or(command, "content", ""), sim_param(call, "Parameters"));
    json_t *invocation = json_pack(
        "{ss sO ss sO sO sO sO sI ss}", "id", id, "command_id", json_object_get(command, "id"), "content", content,
        "type", json_object_get(command, "type"), "name", json_object_get(command, "name"), "targets", targets, "tags",
        tags, "created", (json_int_t)sim_world_now(call->world), "status", "Running");
    settle(call, command, invocation, "Description", "description", "");
    settle(call, command, invocation, "WorkingDir", "working_dir", "/root");
    settle(call, command, invocation, "Username", "username", "root");
    settle(call, command, invocation, "RepeatMode", "repeat_mode", "Once");
    settle(call, command, invocation, "Frequency", "frequency", "");
    settle(call, command, invocation, "Launcher", "launcher", "");
    settle(call, command, invocation, "TerminationMode", "termination_mode", "");
    sim_set_int(invocation, "timeout", sim_int(call, "Timeout", cbk_json_int(command, "timeout", 60)));
    if (sim_param(call, "Parameters"))
        json_object_set(invocation, "parameters", sim_param(call, "Parameters"));
    return sim_world_add(call->world, SIM_INVOCATIONS, invocation);
}

int sim_invocation_start(struct sim_call *call, const json_t *command, const char **ret_id)
{
    CBK_JSON *tags = NULL;
    int r = sim_token_look(call, ret_id);
    if (r == 0 && *ret_id) {
        sim_give_text(call, "InvokeId", *ret_id);
        return 0;
    }
    if (r == 0)
        r = sim_ecs_read_tags(call, &tags);
    if (r < 0)
        return r;
    CBK_JSON *targets = sim_assistant_targets(call, MOST_INSTANCES);
    if (!targets || check_systems(call, command, targets) < 0 || check_parameters(call, command) < 0 ||
        check_schedule(call) < 0)
        return -1;
    const json_t *invocation = new_invocation(call, command, targets, tags);
    *ret_id = cbk_json_text(invocation, "id");
    sim_timer_set(call->world, SIM_TIMER_INVOCATION, *ret_id, SIM_ASSISTANT_MS);
    sim_token_keep(call, *ret_id);
    sim_give_text(call, "InvokeId", *ret_id);
    return 0;
}
