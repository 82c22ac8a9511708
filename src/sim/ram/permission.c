#include "sim/ram/permission.h"

#include "base/time.h"
#include "sim/action/action.h"
#include "sim/ram/document.h"
#include "sim/ram/ram.h"

#include <string.h>

/* A policy of a principal: {name, type}, or in a credential just the name. */
static const json_t *find_policy(const struct sim_world *world, const json_t *item)
{
    const char *name = json_is_string(item) ? json_string_value(item) : cbk_json_text_or(item, "name", "");
    const char *type = json_is_string(item) ? NULL : cbk_json_text(item, "type");
    if (type)
        return sim_world_find_pair(world, SIM_POLICIES, type, name);
    const json_t *custom = sim_world_find_pair(world, SIM_POLICIES, "Custom", name);
    return custom ? custom : sim_world_find_pair(world, SIM_POLICIES, "System", name);
}

bool sim_principal_may(const struct sim_world *world, const json_t *principal, const char *action, const char *resource,
                       const json_t *context)
{
    size_t index;
    json_t *item;
    bool allowed = false;
    json_array_foreach(json_object_get(principal, "policies"), index, item) {
        const json_t *policy = find_policy(world, item);
        const json_t *version = sim_ram_version(policy, cbk_json_text(policy, "default_version"));
        enum sim_verdict verdict =
            sim_document_judge(cbk_json_text_or(version, "document", ""), action, resource, context);
        if (verdict == SIM_DENIED)
            return false;
        allowed = allowed || verdict == SIM_ALLOWED;
    }
    return allowed;
}

/* What conditions can ask about a request here. */
static json_t *context_of(const struct sim_call *call)
{
    CBK_STR(now);
    cbk_time_add_utc(&now, sim_world_now(call->world));
    return json_pack("{ss ss ss}", "acs:SourceIp", "127.0.0.1", "acs:SecureTransport", "false", "acs:CurrentTime",
                     now.ptr);
}

bool sim_caller_may(const struct sim_call *call, const char *action, const char *resource)
{
    const json_t *principal = call->caller.principal;
    if (!principal)
        return true;
    CBK_JSON *context = context_of(call);
    if (!sim_principal_may(call->world, principal, action, resource, context))
        return false;
    const char *narrower = cbk_json_text(call->caller.session, "policy");
    return !narrower || sim_document_judge(narrower, action, resource, context) == SIM_ALLOWED;
}

/* Which parameters name what: the end of the resource's arn. */
static const struct {
    enum sim_service service;
    const char *param, *type;
    bool global;
} resources[] = {
    {SIM_RAM, "RoleName", "role", true},        {SIM_RAM, "PolicyName", "policy", true},
    {SIM_ECS, "InstanceId", "instance", false}, {SIM_ECS, "InstanceIds", "instance", false},
    {SIM_ECS, "DiskId", "disk", false},         {SIM_ECS, "DiskIds", "disk", false},
    {SIM_ECS, "SnapshotId", "snapshot", false}, {SIM_ECS, "SnapshotIds", "snapshot", false},
    {SIM_HBR, "InstanceId", "instance", false}, {SIM_HBR, "PolicyId", "policy", false},
    {SIM_HBR, "VaultId", "vault", false},
};

static bool may_one(const struct sim_call *call, const char *action, const char *type, bool global, const char *id)
{
    CBK_CLEANUP(cbk_string_freep)
    char *arn = cbk_strf("acs:%s:%s:%s:%s%s%s", sim_service_name(call->action->service),
                         global ? "*" : call->world->region, call->world->account, type, *type ? "/" : "", id);
    return sim_caller_may(call, action, arn);
}

static bool may_all(const struct sim_call *call, const char *action)
{
    size_t index;
    json_t *id;
    bool named = false;
    for (size_t i = 0; i < CBK_ARRAY_LEN(resources); i++) {
        const json_t *value = sim_param(call, resources[i].param);
        if (resources[i].service != call->action->service || !value)
            continue;
        named = true;
        if (json_is_string(value) &&
            !may_one(call, action, resources[i].type, resources[i].global, json_string_value(value)))
            return false;
        json_array_foreach(value, index, id)
            if (!may_one(call, action, resources[i].type, resources[i].global, json_string_value(id)))
                return false;
    }
    return named || may_one(call, action, "", false, "*");
}

int sim_permission_check(struct sim_call *call)
{
    const struct sim_action *action = call->action;
    if (!call->caller.principal || action->anonymous)
        return 0;
    CBK_CLEANUP(cbk_string_freep)
    char *name = action->permission ? cbk_strdup(action->permission)
                                    : cbk_strf("%s:%s", sim_service_name(action->service), action->name);
    const char *role = sim_text(call, "RoleArn"); /* AssumeRole names its resource whole */
    bool allowed = action->service == SIM_STS && role ? sim_caller_may(call, name, role) : may_all(call, name);
    if (allowed || strcmp(name, "sts:GetCallerIdentity") == 0) /* which nobody can be denied */
        return 0;
    if (action->hides && !sim_bool(call, "DryRun", false)) {
        call->elsewhere = true;
        return 0;
    }
    bool central = action->service == SIM_RAM || action->service == SIM_STS;
    return sim_fail(call, central ? "NoPermission" : "Forbidden.RAM", /* HBR's code (U) */
                    "You are not authorized to do this action. You should be authorized by RAM: %s.", name);
}
