#include "sim/guest/assistant.h"

#include <string.h>

bool sim_assistant_online(const json_t *instance)
{
    return cbk_str_equal(cbk_json_text(instance, "assistant"), "online") &&
           cbk_str_equal(cbk_json_text(instance, "status"), "Running");
}

static json_t *new_target(const struct sim_call *call, const char *id)
{
    return json_pack("{ss ss sI}", "instance_id", id, "status", "Running", "created",
                     (json_int_t)sim_world_now(call->world));
}

/* The instances that bear all of ResourceTag.N. */
static void add_tagged(const struct sim_call *call, json_t *targets, size_t most)
{
    size_t index, inner;
    json_t *instance, *tag;
    json_array_foreach(sim_list(call, SIM_INSTANCES), index, instance) {
        bool wanted = true;
        json_array_foreach(sim_param(call, "ResourceTag"), inner, tag) {
            const char *value =
                json_string_value(json_object_get(json_object_get(instance, "tags"), cbk_json_text_or(tag, "Key", "")));
            wanted = wanted && cbk_str_equal(value, cbk_json_text_or(tag, "Value", ""));
        }
        if (wanted && json_array_size(targets) < most)
            json_array_append_new(targets, new_target(call, cbk_json_text(instance, "id")));
    }
}

json_t *sim_assistant_targets(struct sim_call *call, size_t most)
{
    size_t index;
    json_t *id;
    const json_t *ids = sim_param(call, "InstanceId");
    CBK_JSON *targets = json_array();
    if (json_array_size(ids) > most) {
        if (sim_fail(call, "InstanceIds.ExceedLimit", "The number of instance IDs exceeds the limit of %zu.", most) < 0)
            return NULL;
    }
    json_array_foreach(ids, index, id) {
        if (!sim_ecs_instance(call, json_string_value(id), "InvalidInstance.NotFound"))
            return NULL;
        json_array_append_new(targets, new_target(call, json_string_value(id)));
    }
    if (!ids && sim_param(call, "ResourceTag"))
        add_tagged(call, targets, most);
    if (!json_array_size(targets)) {
        if (sim_fail(call, "MissingParam.InstanceId", "The parameter InstanceId is missing.") < 0)
            return NULL;
    }
    return cbk_json_steal(&targets);
}

const char *sim_assistant_trouble(const json_t *instance)
{
    if (!instance)
        return "InstanceNotExists";
    if (!cbk_str_equal(cbk_json_text(instance, "status"), "Running"))
        return "InstanceNotRunning";
    return sim_assistant_online(instance) ? NULL : "ClientNotRunning";
}

void sim_assistant_end(struct sim_world *world, json_t *target, const char *code, const char *info)
{
    sim_set_text(target, "status", code ? "Failed" : "Success");
    sim_set_text(target, "error_code", code);
    sim_set_text(target, "error_info", info);
    sim_set_int(target, "finished", sim_world_now(world));
}

void sim_assistant_summarize(json_t *task)
{
    size_t index, failed = 0, running = 0;
    json_t *target;
    const json_t *targets = json_object_get(task, "targets");
    json_array_foreach(targets, index, target) {
        const char *status = cbk_json_text_or(target, "status", "");
        running += strcmp(status, "Running") == 0 || strcmp(status, "Pending") == 0;
        failed += strcmp(status, "Failed") == 0 || strcmp(status, "Timeout") == 0;
    }
    const char *status = running                              ? "Running"
                         : failed == json_array_size(targets) ? "Failed"
                         : failed                             ? "PartialFailed"
                                                              : "Success";
    sim_set_text(task, "status", status);
}
