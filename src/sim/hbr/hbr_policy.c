/* Backup policies: CreatePolicyV2, UpdatePolicyV2, DeletePolicyV2, DescribePoliciesV2, ExecutePolicyV2. */
#include "sim/action/page.h"
#include "sim/hbr/backup_policy.h"
#include "sim/hbr/binding.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/hbr_rule.h"

#include <string.h>

/* The policy of PolicyId unless it is being deleted. Which code HBR has for one that is gone is not known (U). */
static json_t *living_policy(struct sim_call *call, int *ret)
{
    json_t *policy = sim_find(call, SIM_BACKUP_POLICIES, sim_text(call, "PolicyId"));
    if (policy && cbk_str_equal(cbk_json_text(policy, "status"), "ACTIVE"))
        return policy;
    *ret = sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The policy does not exist.");
    return NULL;
}

static int create_policy(struct sim_call *call)
{
    CBK_JSON *rules = NULL;
    const char *type = sim_text(call, "PolicyType");
    int r = sim_hbr_read_rules(call, type && *type ? type : NULL, &rules);
    if (r < 0)
        return r;
    if (!type || !*type)
        type = sim_hbr_rules_use_vault(rules, NULL) ? "STANDARD" : "UDM_ECS_ONLY";
    json_t *policy = json_pack("{ss sO}", "type", type, "rules", rules);
    sim_set_text(policy, "name", sim_text(call, "PolicyName"));
    sim_set_text(policy, "description", sim_text(call, "PolicyDescription"));
    size_t index;
    json_t *rule;
    json_array_foreach(rules, index, rule) /* ids are the service's to give */
        json_object_del(rule, "RuleId");
    sim_backup_policy_fill(call->world, policy);
    sim_world_add(call->world, SIM_BACKUP_POLICIES, policy);
    sim_give_text(call, "PolicyId", cbk_json_text(policy, "id"));
    return 0;
}

/* Rules that keep their RuleId and Schedule keep their next time too; an id that is not the policy's is given anew. */
static void replace_rules(json_t *policy, json_t *rules)
{
    size_t index;
    json_t *rule;
    json_array_foreach(rules, index, rule) {
        const json_t *before = sim_backup_policy_rule(policy, cbk_json_text(rule, "RuleId"));
        if (!before)
            json_object_del(rule, "RuleId");
        else if (cbk_str_equal(cbk_json_text(before, "Schedule"), cbk_json_text(rule, "Schedule")) &&
                 json_object_get(before, "due"))
            json_object_set(rule, "due", json_object_get(before, "due"));
    }
    json_object_set(policy, "rules", rules);
}

static int update_policy(struct sim_call *call)
{
    int r = 0;
    CBK_JSON *rules = NULL;
    json_t *policy = living_policy(call, &r);
    if (!policy)
        return r;
    if (sim_param(call, "Rules"))
        r = sim_hbr_read_rules(call, cbk_json_text(policy, "type"), &rules);
    if (r < 0)
        return r;
    if (sim_text(call, "PolicyName"))
        sim_set_text(policy, "name", sim_text(call, "PolicyName"));
    if (sim_text(call, "PolicyDescription"))
        sim_set_text(policy, "description", sim_text(call, "PolicyDescription"));
    if (rules)
        replace_rules(policy, rules);
    sim_set_int(policy, "updated", sim_world_now(call->world));
    sim_backup_policy_fill(call->world, policy);
    return 0;
}

/* Deleting once more what is being deleted does no harm (U). */
static int delete_policy(struct sim_call *call)
{
    json_t *policy = sim_find(call, SIM_BACKUP_POLICIES, sim_text(call, "PolicyId"));
    if (!policy)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The policy does not exist."); /* (U) */
    if (cbk_str_equal(cbk_json_text(policy, "status"), "ACTIVE"))
        sim_backup_policy_delete(call->world, policy);
    return 0;
}

static bool is_wanted(const struct sim_call *call, const json_t *policy, const void *context)
{
    (void)context;
    const char *id = sim_text(call, "PolicyId");
    return !id || !*id || cbk_str_equal(id, cbk_json_text(policy, "id"));
}

static json_t *view_policy(const struct sim_world *world, const json_t *policy)
{
    json_t *view = json_copy((json_t *)policy);
    CBK_JSON *bindings = sim_bindings_of(world, cbk_json_text_or(policy, "id", ""));
    sim_set_int(view, "bindings", (int64_t)json_array_size(bindings));
    return view;
}

static int describe_policies(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Policies", .fallback = 10, .least = 10, .most = 100};
    size_t index;
    json_t *policy;
    sim_bindings_follow_tags(call->world);
    int r = sim_page(call, &rule, sim_list(call, SIM_BACKUP_POLICIES), is_wanted, NULL);
    json_t *page = json_object_get(call->answer, "Policies");
    json_array_foreach(page, index, policy)
        json_array_set_new(page, index, view_policy(call->world, policy));
    return r;
}

/* ---- running one now ---- */

/* The bindings to run: that of the data source, or all that are not disabled. New reference. */
static json_t *bindings_to_run(const struct sim_call *call, const json_t *policy)
{
    size_t index;
    json_t *binding;
    const char *source = sim_text(call, "DataSourceId"), *type = sim_text(call, "SourceType");
    CBK_JSON *all = sim_bindings_of(call->world, cbk_json_text_or(policy, "id", ""));
    json_t *chosen = json_array();
    json_array_foreach(all, index, binding) {
        bool is_named = source && *source;
        if (is_named ? !cbk_str_equal(source, cbk_json_text(binding, "data_source_id"))
                     : cbk_json_bool(binding, "disabled", false))
            continue;
        if (!type || !*type || cbk_str_equal(type, cbk_json_text(binding, "source_type")))
            json_array_append(chosen, binding);
    }
    return chosen;
}

static int execute_policy(struct sim_call *call)
{
    int r = 0;
    size_t index;
    json_t *binding, *first = NULL;
    const json_t *policy = living_policy(call, &r);
    if (!policy)
        return r;
    const json_t *rule = sim_backup_policy_rule(policy, sim_text(call, "RuleId"));
    if (!rule || !cbk_str_equal(cbk_json_text(rule, "RuleType"), "BACKUP"))
        return sim_fail(call, "InvalidParameter", "The specified RuleId is no BACKUP rule of the policy."); /* (U) */
    sim_bindings_follow_tags(call->world);
    CBK_JSON *bindings = bindings_to_run(call, policy);
    json_array_foreach(bindings, index, binding) {
        json_t *job = sim_backup_policy_run(call->world, policy, rule, binding);
        if (job)
            sim_set_text(job, "trigger", "MANUAL"); /* (U) */
        if (!first)
            first = job;
    }
    if (!first)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The data source is not bound."); /* (U) */
    sim_give_text(call, "JobId", cbk_json_text(first, "id")); /* of several, the first (U) */
    return 0;
}

static const struct sim_param create_policy_params[] = {
    {.name = "PolicyName", .type = SIM_TEXT},
    {.name = "PolicyDescription", .type = SIM_TEXT},
    {.name = "PolicyType", .type = SIM_TEXT, .one_of = "STANDARD|UDM_ECS_ONLY"},
    {.name = "Rules", .type = SIM_JSON},
    {0},
};
static const struct sim_param update_policy_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {.name = "PolicyName", .type = SIM_TEXT},
    {.name = "PolicyDescription", .type = SIM_TEXT},
    {.name = "Rules", .type = SIM_JSON},
    {0},
};
static const struct sim_param delete_policy_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {0},
};
static const struct sim_param describe_policies_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT},
    {.name = "MaxResults", .type = SIM_INT},
    {.name = "NextToken", .type = SIM_TEXT},
    {0},
};
static const struct sim_param execute_policy_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {.name = "RuleId", .type = SIM_TEXT, .required = true},
    {.name = "DataSourceId", .type = SIM_TEXT},
    {.name = "SourceType", .type = SIM_TEXT},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CreatePolicyV2",
     .params = create_policy_params,
     .handler = create_policy,
     .mutating = true,
     .answer = SIM_HBR_STATUS " PolicyId"},
    {.service = SIM_HBR,
     .name = "UpdatePolicyV2",
     .params = update_policy_params,
     .handler = update_policy,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DeletePolicyV2",
     .params = delete_policy_params,
     .handler = delete_policy,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DescribePoliciesV2",
     .params = describe_policies_params,
     .handler = describe_policies,
     .answer = SIM_HBR_STATUS " MaxResults:i NextToken TotalCount:i Policies[BusinessStatus=status "
                              "CreatedTime=created:i PolicyBindingCount=bindings:i PolicyDescription=description "
                              "PolicyId=id PolicyName=name PolicyType=type Rules=rules[" SIM_HBR_RULE "] "
                              "UpdatedTime=updated:i]"},
    {.service = SIM_HBR,
     .name = "ExecutePolicyV2",
     .params = execute_policy_params,
     .handler = execute_policy,
     .mutating = true,
     .answer = SIM_HBR_STATUS " JobId"},
};
SIM_ACTIONS(sim_hbr_policies);
