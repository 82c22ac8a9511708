/* Which policies a role carries: attach, detach, and both lists. */
#include "sim/ram/ram.h"
#include "sim/world/visibility.h"

#include <string.h>

enum { MOST_SYSTEM = 20, MOST_CUSTOM = 10 };

static size_t count_attached(const json_t *role, const char *type)
{
    size_t index, count = 0;
    json_t *item;
    json_array_foreach(json_object_get(role, "policies"), index, item)
        count += cbk_str_equal(cbk_json_text(item, "type"), type);
    return count;
}

static void change_count(json_t *policy, int64_t by)
{
    sim_set_int(policy, "attachment_count", cbk_json_int(policy, "attachment_count", 0) + by);
}

static int attach(struct sim_call *call)
{
    const char *type = sim_text(call, "PolicyType"), *name = sim_text(call, "PolicyName");
    json_t *policy = sim_ram_policy(call);
    json_t *role = policy ? sim_ram_role(call) : NULL;
    if (!role)
        return -1;
    if (sim_ram_attachment(role, type, name))
        return sim_fail(call, "EntityAlreadyExists.Role.Policy", "The policy is already attached to the role: %s.",
                        name);
    if (count_attached(role, type) >= (strcmp(type, "System") == 0 ? MOST_SYSTEM : MOST_CUSTOM))
        return sim_fail(call, "LimitExceeded.Role.Policy", "The role carries as many %s policies as it may.", type);
    json_array_append_new(
        json_object_get(role, "policies"),
        json_pack("{ss ss sI}", "name", name, "type", type, "attached", (json_int_t)sim_world_now(call->world)));
    change_count(policy, 1);
    return 0;
}

static int detach(struct sim_call *call)
{
    const char *type = sim_text(call, "PolicyType"), *name = sim_text(call, "PolicyName");
    json_t *policy = sim_ram_policy(call);
    json_t *role = policy ? sim_ram_role(call) : NULL;
    if (!role)
        return -1;
    const json_t *attachment = sim_ram_attachment(role, type, name);
    if (!attachment)
        return sim_fail(call, "EntityNotExist.Role.Policy", "The policy is not attached to the role: %s.", name);
    json_t *policies = json_object_get(role, "policies");
    for (size_t i = json_array_size(policies); i-- > 0;)
        if (json_array_get(policies, i) == attachment)
            json_array_remove(policies, i);
    change_count(policy, -1);
    sim_touch(call->world, role, "detached");
    sim_touch(call->world, policy, "detached");
    return 0;
}

static int list_policies_for_role(struct sim_call *call)
{
    size_t index;
    json_t *item;
    json_t *role = sim_ram_role(call);
    if (!role)
        return -1;
    json_t *list = json_array();
    json_array_foreach(json_object_get(role, "policies"), index, item) {
        const json_t *policy = sim_world_find_pair(call->world, SIM_POLICIES, cbk_json_text_or(item, "type", ""),
                                                   cbk_json_text_or(item, "name", ""));
        json_t *view = json_copy(item);
        sim_set_text(view, "description", cbk_json_text(policy, "description"));
        sim_set_text(view, "default_version", cbk_json_text(policy, "default_version"));
        json_array_append_new(list, view);
    }
    sim_give(call, "Policy", list);
    return 0;
}

static int list_entities(struct sim_call *call)
{
    size_t index;
    json_t *role;
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    json_t *list = json_array();
    json_array_foreach(sim_world_list(call->world, SIM_ROLES), index, role) {
        json_t *attachment = sim_ram_attachment(role, cbk_json_text(policy, "type"), cbk_json_text(policy, "name"));
        if (!attachment)
            continue;
        json_t *view = json_copy(role);
        json_object_set(view, "attached", json_object_get(attachment, "attached"));
        json_array_append_new(list, view);
    }
    sim_give(call, "Role", list);
    sim_give(call, "User", sim_ram_users(call, policy));
    return 0;
}

static const struct sim_param attach_params[] = {
    SIM_RAM_POLICY_NAME, SIM_RAM_POLICY_TYPE, SIM_RAM_ROLE_NAME, {.name = "ResourceGroupId", .type = SIM_TEXT}, {0},
};
static const struct sim_param role_params[] = {SIM_RAM_ROLE_NAME, {0}};
static const struct sim_param policy_params[] = {SIM_RAM_POLICY_NAME, SIM_RAM_POLICY_TYPE, {0}};

static const struct sim_action rows[] = {
    {.service = SIM_RAM,
     .name = "AttachPolicyToRole",
     .params = attach_params,
     .handler = attach,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "DetachPolicyFromRole",
     .params = attach_params,
     .handler = detach,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "ListPoliciesForRole",
     .params = role_params,
     .handler = list_policies_for_role,
     .answer = "RequestId Policies{Policy[AttachDate=attached:t DefaultVersion=default_version Description=description "
               "PolicyName=name PolicyType=type]}"},
    {.service = SIM_RAM,
     .name = "ListEntitiesForPolicy",
     .params = policy_params,
     .handler = list_entities,
     .answer = "RequestId Groups{Group-[AttachDate Comments GroupName]} "
               "Roles{Role[Arn=arn AttachDate=attached:t Description=description RoleId=id RoleName=name]} "
               "Users{User[AttachDate DisplayName=name UserId=id UserName=name]}"},
};
SIM_ACTIONS(sim_ram_attachments);
