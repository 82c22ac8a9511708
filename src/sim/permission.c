#include "sim/permission.h"

#include "sim/document.h"
#include "sim/ram.h"

bool sim_role_may(const struct sim_world *world, const json_t *role, const char *action, const char *resource)
{
    size_t index;
    json_t *item;
    bool allowed = false;
    json_array_foreach(json_object_get(role, "policies"), index, item) {
        const json_t *policy = sim_world_find_pair(world, SIM_POLICIES, cbk_json_text_or(item, "type", ""),
                                                   cbk_json_text_or(item, "name", ""));
        const json_t *version = sim_ram_version(policy, cbk_json_text(policy, "default_version"));
        enum sim_verdict verdict = sim_document_judge(cbk_json_text_or(version, "document", ""), action, resource);
        if (verdict == SIM_DENIED)
            return false;
        allowed = allowed || verdict == SIM_ALLOWED;
    }
    return allowed;
}
