#include "sim/ecs/ecs.h"

#include <string.h>

json_t *sim_ecs_instance(struct sim_call *call, const char *id, const char *code)
{
    json_t *instance = sim_find(call, SIM_INSTANCES, id);
    if (!instance && sim_fail(call, code, "The specified InstanceId does not exist: %s.", id ? id : "") < 0)
        return NULL;
    return instance;
}

int sim_ecs_dry_run(struct sim_call *call)
{
    if (!sim_bool(call, "DryRun", false))
        return 0;
    return sim_fail(call, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
}

static bool is_reserved(const char *key)
{
    return cbk_str_starts_with(key, "aliyun") || cbk_str_starts_with(key, "acs:") || strstr(key, "http://") ||
           strstr(key, "https://");
}

int sim_ecs_read_tags(struct sim_call *call, json_t **ret)
{
    size_t index;
    json_t *tag;
    CBK_JSON *tags = json_object();
    json_array_foreach(sim_param(call, "Tag"), index, tag) {
        const char *key = cbk_json_text_or(tag, "Key", ""), *value = cbk_json_text_or(tag, "Value", "");
        if (!*key || strlen(key) > 128 || is_reserved(key))
            return sim_fail(call, "InvalidTagKey.Malformed", "The specified Tag.%zu.Key is not valid.", index + 1);
        if (strlen(value) > 128 || strstr(value, "http://") || strstr(value, "https://"))
            return sim_fail(call, "InvalidTagValue.Malformed", "The specified Tag.%zu.Value is not valid.", index + 1);
        if (json_object_get(tags, key))
            return sim_fail(call, "Duplicate.TagKey", "The Tag.%zu.Key is given twice.", index + 1);
        json_object_set_new(tags, key, json_string(value));
    }
    *ret = cbk_json_steal(&tags);
    return 0;
}
