/* Which role an instance carries: attach, detach, describe. Each answers for every instance of the call by itself. */
#include "sim/ecs/ecs.h"
#include "sim/ram/document.h"
#include "sim/ram/permission.h"
#include "sim/world/visibility.h"

#include <string.h>

/* The result for one instance. Code "200" is the cloud's way to say that it is done. */
static json_t *result(const char *id, const char *code, const char *message)
{
    return json_pack("{ss ss ss sb}", "id", id, "code", code, "message", message, "success", strcmp(code, "200") == 0);
}

static void give_results(struct sim_call *call, const char *into, json_t *results)
{
    size_t index, failed = 0;
    json_t *item;
    json_array_foreach(results, index, item)
        failed += !json_is_true(json_object_get(item, "success"));
    sim_give_int(call, "TotalCount", (int64_t)json_array_size(results));
    sim_give_int(call, "FailCount", (int64_t)failed);
    sim_give_text(call, "RamRoleName", sim_text(call, "RamRoleName"));
    sim_give(call, into, results);
}

/* Whoever gives a role to an instance, or takes it away, must be allowed to pass it. */
static int check_pass_role(struct sim_call *call)
{
    const char *name = sim_text(call, "RamRoleName");
    CBK_CLEANUP(cbk_string_freep)
    char *arn = cbk_strf("acs:ram:*:%s:role/%s", call->world->account, name && *name ? name : "*");
    if (!sim_caller_may(call, "ram:PassRole", arn))
        return sim_fail(call, "InvalidUser.PassRoleForbidden",
                        "The RAM user does not have the privilege to pass a role.");
    return 0;
}

/* The role to attach, or a failure and NULL. */
static const json_t *attachable_role(struct sim_call *call)
{
    const char *name = sim_text(call, "RamRoleName");
    const json_t *role = sim_visible_role(call->world, name);
    if (!role && sim_fail(call, "InvalidRamRole.NotFound", "The specified RamRole does not exist: %s.", name) < 0)
        return NULL;
    if (!sim_document_trusts(cbk_json_text_or(role, "trust_document", ""), "Service", "ecs.aliyuncs.com", NULL)) {
        if (sim_fail(call, "InvalidRamRole.NotEcsRole", "The specified RamRole does not trust ECS: %s.", name) < 0)
            return NULL;
    }
    return role;
}

static json_t *attach_one(struct sim_call *call, const char *id)
{
    json_t *instance = sim_find(call, SIM_INSTANCES, id);
    if (!instance)
        return result(id, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
    /* An instance carries one role. The code for a second one is not documented; this one has the form of ECS (U). */
    if (*cbk_json_text_or(instance, "role", ""))
        return result(id, "IncorrectInstanceStatus", "The instance already carries a RAM role.");
    sim_set_text(instance, "role", sim_text(call, "RamRoleName"));
    if (sim_text(call, "Policy"))
        sim_set_text(instance, "role_session_policy", sim_text(call, "Policy"));
    return result(id, "200", "success");
}

static int attach(struct sim_call *call)
{
    size_t index;
    json_t *id;
    if (check_pass_role(call) < 0 || !attachable_role(call))
        return -1;
    json_t *results = json_array();
    json_array_foreach(sim_param(call, "InstanceIds"), index, id)
        json_array_append_new(results, attach_one(call, json_string_value(id)));
    give_results(call, "AttachInstanceRamRoleResult", results);
    return 0;
}

static json_t *detach_one(struct sim_call *call, const char *id)
{
    const char *wanted = sim_text(call, "RamRoleName");
    json_t *instance = sim_find(call, SIM_INSTANCES, id);
    if (!instance)
        return result(id, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
    CBK_CLEANUP(cbk_string_freep) char *role = cbk_strdup(cbk_json_text_or(instance, "role", ""));
    /* Whether a role that is named must be the one that is carried is not documented; here it must (U). */
    if (!*role || (wanted && *wanted && strcmp(wanted, role) != 0))
        return result(id, "InvalidRamRole.NotFound", "The instance does not carry the specified RamRole.");
    sim_set_text(instance, "role", "");
    json_object_del(instance, "role_session_policy");
    json_t *done = result(id, "200", "success");
    json_object_set_new(done, "roles", json_pack("[{ss ss}]", "id", id, "role", role));
    return done;
}

static int detach(struct sim_call *call)
{
    size_t index;
    json_t *id;
    if (check_pass_role(call) < 0)
        return -1;
    json_t *results = json_array();
    json_array_foreach(sim_param(call, "InstanceIds"), index, id)
        json_array_append_new(results, detach_one(call, json_string_value(id)));
    give_results(call, "DetachInstanceRamRoleResult", results);
    return 0;
}

static bool carries(const struct sim_call *call, const json_t *instance, const void *role)
{
    (void)call;
    return !role || cbk_str_equal(cbk_json_text(instance, "role"), role);
}

static int describe(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "InstanceRamRoleSet", .fallback = 10, .most = 50};
    size_t index;
    json_t *id;
    const char *role = sim_text(call, "RamRoleName");
    const json_t *ids = sim_param(call, "InstanceIds");
    if (!json_array_size(ids) && (!role || !*role))
        return sim_fail(call, "InvalidParameter.AllEmpty", "InstanceIds and RamRoleName are both empty.");
    json_array_foreach(ids, index, id)
        if (!sim_ecs_instance(call, json_string_value(id), "InvalidInstanceId.NotFound"))
            return -1;
    sim_give_text(call, "RegionId", sim_text(call, "RegionId"));
    CBK_JSON *list = sim_named(call, SIM_INSTANCES, "InstanceIds");
    return sim_page(call, &rule, list, role && *role ? carries : NULL, role);
}

#define INSTANCE_IDS(most, need)                                                                                       \
    {                                                                                                                  \
        .name = "InstanceIds", .type = SIM_IDS, .required = (need), .max = (most),                                     \
        .missing = "MissingParameter.InstanceIds", .code = "InvalidInstanceIds.Malformed"                              \
    }

static const struct sim_param attach_params[] = {
    SIM_ECS_REGION,
    INSTANCE_IDS(100, true),
    {.name = "RamRoleName", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.RamRoleName"},
    {.name = "Policy", .type = SIM_TEXT, .max = 1024},
    {0},
};
static const struct sim_param detach_params[] = {
    SIM_ECS_REGION,
    INSTANCE_IDS(100, true),
    {.name = "RamRoleName", .type = SIM_TEXT},
    {0},
};
static const struct sim_param describe_params[] = {
    SIM_ECS_REGION,
    INSTANCE_IDS(50, false),
    {.name = "RamRoleName", .type = SIM_TEXT},
    {.name = "PageNumber", .type = SIM_INT},
    {.name = "PageSize", .type = SIM_INT},
    {0},
};

#define RESULT "Code=code InstanceId=id Message=message Success=success:b"
#define COUNTS "RequestId FailCount:i RamRoleName TotalCount:i "

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "AttachInstanceRamRole",
     .params = attach_params,
     .handler = attach,
     .mutating = true,
     .answer = COUNTS "AttachInstanceRamRoleResults{AttachInstanceRamRoleResult[" RESULT "]}"},
    {.service = SIM_ECS,
     .name = "DetachInstanceRamRole",
     .params = detach_params,
     .handler = detach,
     .mutating = true,
     .answer = COUNTS "DetachInstanceRamRoleResults{DetachInstanceRamRoleResult[" RESULT
                      " InstanceRamRoleSets{InstanceRamRoleSet=roles[InstanceId=id RamRoleName=role]}]}"},
    {.service = SIM_ECS,
     .name = "DescribeInstanceRamRole",
     .params = describe_params,
     .handler = describe,
     .answer = "RequestId RegionId TotalCount:i "
               "InstanceRamRoleSets{InstanceRamRoleSet[InstanceId=id RamRoleName=role]}"},
};
SIM_ACTIONS(sim_ecs_roles);
