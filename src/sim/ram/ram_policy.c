/* RAM policies: CreatePolicy, GetPolicy, UpdatePolicyDescription, DeletePolicy, ListPolicies. */
#include "sim/action/page.h"
#include "sim/ram/ram.h"
#include "sim/world/visibility.h"

enum { MOST_POLICIES = 1500 };

static size_t count_custom(const struct sim_world *world)
{
    size_t index, count = 0;
    json_t *policy;
    json_array_foreach(sim_world_list(world, SIM_POLICIES), index, policy)
        count += cbk_str_equal(cbk_json_text(policy, "type"), "Custom");
    return count;
}

static int create_policy(struct sim_call *call)
{
    const char *name = sim_text(call, "PolicyName");
    int64_t now = sim_world_now(call->world);
    CBK_JSON *tags = NULL;
    int r = sim_ram_check_policy_name(call, name);
    if (r == 0)
        r = sim_ram_check_document(call, "PolicyDocument", false, "InvalidParameter.PolicyDocument.Length");
    if (r == 0)
        r = sim_ram_read_tags(call, &tags);
    if (r < 0)
        return r;
    if (sim_world_find_pair(call->world, SIM_POLICIES, "Custom", name))
        return sim_fail(call, "EntityAlreadyExists.Policy", "The policy already exists: %s.", name);
    if (count_custom(call->world) >= MOST_POLICIES)
        return sim_fail(call, "LimitExceeded.Policy", "The count of policies is beyond the limit of %d.",
                        MOST_POLICIES);
    json_t *policy = json_pack("{ss ss ss ss si si sI sI sO s[{ss ss sI}]}", "name", name, "type", "Custom",
                               "description", sim_text(call, "Description") ? sim_text(call, "Description") : "",
                               "default_version", "v1", "version_count", 1, "attachment_count", 0, "created",
                               (json_int_t)now, "updated", (json_int_t)now, "tags", tags, "versions", "id", "v1",
                               "document", sim_text(call, "PolicyDocument"), "created", (json_int_t)now);
    sim_share(call, "Policy", sim_world_add(call->world, SIM_POLICIES, policy));
    return 0;
}

static int get_policy(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    json_t *version = sim_ram_version(policy, cbk_json_text(policy, "default_version"));
    json_t *view = json_copy(policy); /* shallow: the answer puts the default document beside the policy's own */
    sim_set_text(view, "document", cbk_json_text(version, "document"));
    CBK_JSON *users = sim_ram_users(call, policy);
    sim_set_int(view, "attachment_count",
                cbk_json_int(policy, "attachment_count", 0) + (int64_t)json_array_size(users));
    sim_give(call, "Policy", view);
    json_t *version_view = json_copy(version);
    sim_set_bool(version_view, "is_default", true);
    sim_give(call, "DefaultPolicyVersion", version_view);
    return 0;
}

static int update_description(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    sim_set_text(policy, "description", sim_text(call, "NewDescription"));
    sim_set_int(policy, "updated", sim_world_now(call->world));
    sim_share(call, "Policy", policy);
    return 0;
}

static int delete_policy(struct sim_call *call)
{
    json_t *policy = sim_ram_policy(call);
    if (!policy)
        return -1;
    /* Which code says that a role still carries the policy is not settled: the vendor's list has this one (U). */
    if (cbk_json_int(policy, "attachment_count", 0) || sim_is_fresh(call->world, policy, "detached"))
        return sim_fail(call, "DeleteConflict.Policy.Role", "The policy is still attached to a role: %s.",
                        sim_text(call, "PolicyName"));
    CBK_JSON *users = sim_ram_users(call, policy);
    if (json_array_size(users))
        return sim_fail(call, "DeleteConflict.Policy.User", "The policy is still attached to a user: %s.",
                        cbk_json_text(json_array_get(users, 0), "name"));
    if (json_array_size(json_object_get(policy, "versions")) > 1 && !sim_bool(call, "CascadingDelete", false))
        return sim_fail(call, "DeleteConflict.Policy.Version", "The policy still has versions: %s.",
                        sim_text(call, "PolicyName"));
    sim_world_remove(call->world, SIM_POLICIES, policy);
    return 0;
}

struct filter {
    const char *type;
    const json_t *tags;
};

static bool is_wanted(const struct sim_call *call, const json_t *policy, const void *context)
{
    const struct filter *filter = context;
    return (!filter->type || cbk_str_equal(cbk_json_text(policy, "type"), filter->type)) &&
           sim_ram_has_tags(call, policy, filter->tags);
}

static int list_policies(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "Policy", .fallback = 100, .most = 1000};
    CBK_JSON *tags = NULL;
    int r = sim_ram_read_tags(call, &tags);
    if (r < 0)
        return r;
    struct filter filter = {sim_text(call, "PolicyType"), tags};
    return sim_page(call, &rule, sim_world_list(call->world, SIM_POLICIES), is_wanted, &filter);
}

static const struct sim_param create_policy_params[] = {
    SIM_RAM_POLICY_NAME,
    {.name = "PolicyDocument", .type = SIM_TEXT, .required = true},
    {.name = "Description", .type = SIM_TEXT, .min = 1, .max = 1024, .code = "InvalidParameter.Description.Length"},
    SIM_RAM_TAG,
    {0},
};
static const struct sim_param get_policy_params[] = {SIM_RAM_POLICY_NAME, SIM_RAM_POLICY_TYPE, {0}};
static const struct sim_param update_description_params[] = {
    SIM_RAM_POLICY_NAME,
    {.name = "NewDescription", .type = SIM_TEXT, .required = true, .min = 1, .max = 1024},
    {0},
};
static const struct sim_param delete_policy_params[] = {
    SIM_RAM_POLICY_NAME,
    {.name = "CascadingDelete", .type = SIM_BOOL},
    {0},
};
static const struct sim_param list_policies_params[] = {
    {.name = "Marker", .type = SIM_TEXT},
    {.name = "MaxItems", .type = SIM_INT, .min = 1, .max = 1000},
    {.name = "PolicyType", .type = SIM_TEXT, .one_of = "System|Custom", .code = "InvalidParameter.PolicyType"},
    SIM_RAM_TAG,
    {0},
};

#define POLICY                                                                                                         \
    "CreateDate=created:t DefaultVersion=default_version Description=description PolicyName=name PolicyType=type"

static const struct sim_action rows[] = {
    {.service = SIM_RAM,
     .name = "CreatePolicy",
     .params = create_policy_params,
     .handler = create_policy,
     .mutating = true,
     .answer = "RequestId Policy{" POLICY "}"},
    {.service = SIM_RAM,
     .name = "GetPolicy",
     .params = get_policy_params,
     .handler = get_policy,
     .answer = "RequestId DefaultPolicyVersion{CreateDate=created:t IsDefaultVersion=is_default:b "
               "PolicyDocument=document VersionId=id} "
               "Policy{AttachmentCount=attachment_count:i " POLICY " PolicyDocument=document UpdateDate=updated:t}"},
    {.service = SIM_RAM,
     .name = "UpdatePolicyDescription",
     .params = update_description_params,
     .handler = update_description,
     .mutating = true,
     .answer = "RequestId Policy{" POLICY " UpdateDate=updated:t}"},
    {.service = SIM_RAM,
     .name = "DeletePolicy",
     .params = delete_policy_params,
     .handler = delete_policy,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "ListPolicies",
     .params = list_policies_params,
     .handler = list_policies,
     .answer = "RequestId IsTruncated:b Marker? Policies{Policy[AttachmentCount=attachment_count:i " POLICY
               " Tags{Tag=tags[TagKey=.key TagValue=.value]} UpdateDate=updated:t]}"},
};
SIM_ACTIONS(sim_ram_policies);
