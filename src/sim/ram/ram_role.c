/* RAM roles: CreateRole, GetRole, UpdateRole, DeleteRole, ListRoles. */
#include "sim/action/page.h"
#include "sim/ram/ram.h"
#include "sim/world/visibility.h"
#include "sim/world/world_fill.h"

#include <string.h>

enum { MOST_ROLES = 1000 };

static int create_role(struct sim_call *call)
{
    const char *name = sim_text(call, "RoleName");
    int r = sim_ram_check_role_name(call, name);
    if (r == 0)
        r = sim_ram_check_document(call, "AssumeRolePolicyDocument", true,
                                   "InvalidParameter.AssumeRolePolicyDocument.Length");
    if (r < 0)
        return r;
    CBK_JSON *tags = NULL;
    r = sim_ram_read_tags(call, &tags);
    if (r < 0)
        return r;
    if (sim_world_find(call->world, SIM_ROLES, name))
        return sim_fail(call, "EntityAlreadyExists.Role", "The role already exists: %s.", name);
    if (json_array_size(sim_world_list(call->world, SIM_ROLES)) >= MOST_ROLES)
        return sim_fail(call, "LimitExceeded.Role", "The count of roles is beyond the limit of %d.", MOST_ROLES);
    json_t *role =
        json_pack("{ss ss sI sO}", "name", name, "trust_document", sim_text(call, "AssumeRolePolicyDocument"),
                  "max_session_duration", (json_int_t)sim_int(call, "MaxSessionDuration", 3600), "tags", tags);
    if (sim_text(call, "Description"))
        sim_set_text(role, "description", sim_text(call, "Description"));
    sim_role_fill(call->world, role);
    sim_touch(call->world, role, "made");
    sim_share(call, "Role", sim_world_add(call->world, SIM_ROLES, role));
    return 0;
}

static int get_role(struct sim_call *call)
{
    json_t *role = sim_ram_role(call);
    if (!role)
        return -1;
    sim_share(call, "Role", role);
    return 0;
}

static int update_role(struct sim_call *call)
{
    json_t *role = sim_ram_role(call);
    if (!role)
        return -1;
    int r = sim_ram_check_document(call, "NewAssumeRolePolicyDocument", true,
                                   "InvalidParameter.NewAssumeRolePolicyDocument.Length");
    if (r < 0)
        return r;
    /* What is not given stays as it is (U). */
    if (sim_text(call, "NewAssumeRolePolicyDocument"))
        sim_set_text(role, "trust_document", sim_text(call, "NewAssumeRolePolicyDocument"));
    if (sim_text(call, "NewDescription"))
        sim_set_text(role, "description", sim_text(call, "NewDescription"));
    sim_set_int(role, "max_session_duration",
                sim_int(call, "NewMaxSessionDuration", cbk_json_int(role, "max_session_duration", 3600)));
    sim_set_int(role, "updated", sim_world_now(call->world));
    sim_share(call, "Role", role);
    return 0;
}

static int delete_role(struct sim_call *call)
{
    json_t *role = sim_ram_role(call);
    if (!role)
        return -1;
    if (json_array_size(json_object_get(role, "policies")) || sim_is_fresh(call->world, role, "detached"))
        return sim_fail(call, "DeleteConflict.Role.Policy", "The role still has policies attached: %s.",
                        sim_text(call, "RoleName"));
    sim_world_remove(call->world, SIM_ROLES, role);
    return 0;
}

static int list_roles(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Role", .fallback = 100, .most = 1000};
    CBK_JSON *tags = NULL;
    int r = sim_ram_read_tags(call, &tags);
    if (r < 0)
        return r;
    return sim_page(call, &rule, sim_world_list(call->world, SIM_ROLES),
                    json_object_size(tags) ? sim_ram_has_tags : NULL, tags);
}

static const struct sim_param create_role_params[] = {
    SIM_RAM_ROLE_NAME,
    {.name = "AssumeRolePolicyDocument", .type = SIM_TEXT, .required = true},
    {.name = "Description", .type = SIM_TEXT, .min = 1, .max = 1024},
    {.name = "MaxSessionDuration", .type = SIM_INT, .min = 3600, .max = 43200},
    SIM_RAM_TAG,
    {0},
};
static const struct sim_param role_params[] = {SIM_RAM_ROLE_NAME, {0}};
static const struct sim_param update_role_params[] = {
    SIM_RAM_ROLE_NAME,
    {.name = "NewAssumeRolePolicyDocument", .type = SIM_TEXT},
    {.name = "NewDescription", .type = SIM_TEXT, .min = 1, .max = 1024},
    {.name = "NewMaxSessionDuration", .type = SIM_INT, .min = 3600, .max = 43200},
    {0},
};
static const struct sim_param list_roles_params[] = {
    {.name = "Marker", .type = SIM_TEXT},
    {.name = "MaxItems", .type = SIM_INT, .min = 1, .max = 1000},
    SIM_RAM_TAG,
    {0},
};

#define ROLE                                                                                                           \
    "Arn=arn AssumeRolePolicyDocument=trust_document CreateDate=created:t Description=description "                    \
    "MaxSessionDuration=max_session_duration:i RoleId=id RoleName=name"

static const struct sim_action rows[] = {
    {.service = SIM_RAM,
     .name = "CreateRole",
     .params = create_role_params,
     .handler = create_role,
     .mutating = true,
     .answer = "RequestId Role{" ROLE "}"},
    {.service = SIM_RAM,
     .name = "GetRole",
     .params = role_params,
     .handler = get_role,
     .answer = "RequestId Role{" ROLE " UpdateDate=updated:t}"},
    {.service = SIM_RAM,
     .name = "UpdateRole",
     .params = update_role_params,
     .handler = update_role,
     .mutating = true,
     .answer = "RequestId Role{" ROLE " UpdateDate=updated:t}"},
    {.service = SIM_RAM,
     .name = "DeleteRole",
     .params = role_params,
     .handler = delete_role,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "ListRoles",
     .params = list_roles_params,
     .handler = list_roles,
     .answer = "RequestId IsTruncated:b Marker? Roles{Role[Arn=arn CreateDate=created:t Description=description "
               "MaxSessionDuration=max_session_duration:i RoleId=id RoleName=name "
               "Tags{Tag=tags[TagKey=.key TagValue=.value]} UpdateDate=updated:t]}"},
};
SIM_ACTIONS(sim_ram_roles);
