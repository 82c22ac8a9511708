/* Bindings: CreatePolicyBindings, UpdatePolicyBinding, DeletePolicyBinding, DescribePolicyBindings. */
#include "sim/action/page.h"
#include "sim/hbr/binding.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/hbr_binding_fields.h"
#include "sim/hbr/hbr_filter.h"

#include <string.h>

/* Application consistency needs to be told how; Windows has writers and needs no scripts. */
static int check_udm(struct sim_call *call, const json_t *binding)
{
    const json_t *detail = cbk_json_at(binding, "options.UdmDetail");
    const json_t *instance = sim_find(call, SIM_INSTANCES, cbk_json_text(binding, "data_source_id"));
    bool has_scripts =
        *cbk_json_text_or(detail, "PreScriptPath", "") && *cbk_json_text_or(detail, "PostScriptPath", "");
    if (!cbk_json_bool(detail, "AppConsistent", false))
        return 0;
    if (!*cbk_json_text_or(detail, "RamRoleName", "") ||
        (!has_scripts && !cbk_str_equal(cbk_json_text(instance, "os_type"), "windows")))
        return sim_fail(call, "InvalidParameter",
                        "AppConsistent needs RamRoleName, PreScriptPath and PostScriptPath."); /* (U) */
    return 0;
}

/* ---- create ---- */

static int check_new(struct sim_call *call, const json_t *binding)
{
    const char *type = cbk_json_text_or(binding, "source_type", ""),
               *id = cbk_json_text_or(binding, "data_source_id", "");
    if (!*type || !*id)
        return sim_fail(call, "MissingParameter",
                        "The input parameter \"%s\" that is mandatory for processing this request is not supplied.",
                        *type ? "DataSourceId" : "SourceType");
    if (strcmp(type, "UDM_ECS") == 0 && !sim_find(call, SIM_INSTANCES, id))
        return sim_fail(call, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist: %s.", id);
    if (sim_binding_find(call->world, type, id))
        return sim_fail(call, "PolicyAlreadyBoundWithThisDataSource",
                        "The data source %s has already been bound with a policy.", id);
    return check_udm(call, binding);
}

static bool is_twice(const json_t *bindings, const json_t *binding)
{
    size_t index;
    json_t *other;
    json_array_foreach(bindings, index, other)
        if (cbk_str_equal(cbk_json_text(other, "source_type"), cbk_json_text(binding, "source_type")) &&
            cbk_str_equal(cbk_json_text(other, "data_source_id"), cbk_json_text(binding, "data_source_id")))
            return true;
    return false;
}

/* Reads PolicyBindingList into records that are not in the world yet. All of them are good, or none is made (U). */
static int read_new(struct sim_call *call, const json_t *policy, json_t *bindings)
{
    static const struct sim_field fields[] = {
        {.name = "PolicyBindingList", .type = SIM_FIELD_OBJECTS, .fields = sim_hbr_binding_fields},
        {0},
    };
    size_t index;
    json_t *item;
    CBK_JSON *read = json_object();
    int r = sim_fields_read(call, "Request", call->params, fields, read);
    json_array_foreach(json_object_get(read, "PolicyBindingList"), index, item) {
        if (r < 0)
            break;
        CBK_JSON *binding = json_pack("{sO}", "policy_id", json_object_get(policy, "id"));
        sim_hbr_put_binding(item, binding);
        r = check_new(call, binding);
        if (r == 0 && is_twice(bindings, binding))
            r = sim_fail(call, "PolicyAlreadyBoundWithThisDataSource", "The list names a data source twice.");
        json_array_append(bindings, binding);
    }
    if (r == 0 && !json_array_size(bindings))
        return sim_fail(call, "InvalidParameter", "PolicyBindingList is empty.");
    return r;
}

/* The policy of PolicyId; one that is gone or going cannot be bound. */
static json_t *policy_to_bind(struct sim_call *call)
{
    json_t *policy = sim_find(call, SIM_BACKUP_POLICIES, sim_text(call, "PolicyId"));
    return cbk_str_equal(cbk_json_text(policy, "status"), "ACTIVE") ? policy : NULL;
}

static int create_bindings(struct sim_call *call)
{
    size_t index;
    json_t *binding;
    const json_t *policy = policy_to_bind(call);
    CBK_JSON *bindings = json_array();
    if (!policy)
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The policy does not exist."); /* (U) */
    int r = read_new(call, policy, bindings);
    if (r < 0)
        return r;
    json_array_foreach(bindings, index, binding) {
        sim_binding_fill(call->world, binding);
        /* SnapshotGroup=true is not kept at creation, without a word; UpdatePolicyBinding keeps it. */
        json_t *detail = cbk_json_at(binding, "options.UdmDetail");
        if (detail)
            sim_set_bool(detail, "SnapshotGroup", false);
        sim_world_add(call->world, SIM_BINDINGS, json_incref(binding));
    }
    return 0;
}

/* ---- update, delete ---- */

/* What is given replaces; what is left out of UdmDetail is kept (U). */
static int update_binding(struct sim_call *call)
{
    json_t *binding = sim_binding_find(call->world, sim_text(call, "SourceType"), sim_text(call, "DataSourceId"));
    if (!binding || !cbk_str_equal(cbk_json_text(binding, "policy_id"), sim_text(call, "PolicyId")))
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The policy binding does not exist."); /* (U) */
    CBK_JSON *fields = json_pack("{so}", "AdvancedOptions", json_deep_copy(json_object_get(binding, "options")));
    int r = sim_fields_read(call, "Request", call->params, sim_hbr_binding_fields, fields);
    CBK_JSON *changed = json_copy(binding);
    sim_hbr_put_binding(fields, changed);
    if (r == 0)
        r = check_udm(call, changed);
    if (r < 0)
        return r;
    sim_hbr_put_binding(fields, binding);
    sim_set_int(binding, "updated", sim_world_now(call->world));
    return 0;
}

/* Without DataSourceIds all bindings of the policy go (U); ids that are not bound are passed over (U). */
static int delete_binding(struct sim_call *call)
{
    size_t index;
    json_t *binding;
    const char *type = sim_text(call, "SourceType");
    const json_t *ids = sim_param(call, "DataSourceIds");
    if (!sim_find(call, SIM_BACKUP_POLICIES, sim_text(call, "PolicyId")))
        return sim_hbr_refuse(call, "InvalidResourceId.NotFound", "The policy does not exist."); /* (U) */
    CBK_JSON *bindings = sim_bindings_of(call->world, sim_text(call, "PolicyId"));
    json_array_foreach(bindings, index, binding)
        if ((!type || !*type || cbk_str_equal(type, cbk_json_text(binding, "source_type"))) &&
            (!ids || cbk_json_array_has(ids, cbk_json_text(binding, "data_source_id"))))
            sim_world_remove(call->world, SIM_BINDINGS, binding);
    return 0;
}

/* ---- list ---- */

static const struct sim_hbr_key keys[] = {
    {"PolicyId", "policy_id"},
    {"DataSourceId", "data_source_id"},
    {"DataSourceType", "source_type"},
    {0},
};

static bool same(const char *wanted, const json_t *binding, const char *key)
{
    return !wanted || !*wanted || cbk_str_equal(wanted, cbk_json_text(binding, key));
}

static bool is_wanted(const struct sim_call *call, const json_t *binding, const void *context)
{
    (void)context;
    return same(sim_text(call, "PolicyId"), binding, "policy_id") &&
           same(sim_text(call, "SourceType"), binding, "source_type") && sim_hbr_passes(call, binding, keys);
}

/* DataSourceIds counts only beside SourceType: a habit of the real one that bites. New reference. */
static json_t *named_bindings(const struct sim_call *call)
{
    size_t index;
    json_t *id;
    const char *type = sim_text(call, "SourceType");
    if (!type || !*type || !json_array_size(sim_param(call, "DataSourceIds")))
        return json_incref(sim_list(call, SIM_BINDINGS));
    CBK_JSON *ids = cbk_json_sorted_texts(sim_param(call, "DataSourceIds")); /* each once */
    json_t *list = json_array();
    json_array_foreach(ids, index, id) {
        json_t *binding = sim_binding_find(call->world, type, json_string_value(id));
        if (binding)
            json_array_append(list, binding);
    }
    return list;
}

static int describe_bindings(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "PolicyBindings", .fallback = 10, .least = 10, .most = 100};
    sim_bindings_follow_tags(call->world);
    CBK_JSON *list = named_bindings(call);
    bool is_filtered = sim_text(call, "PolicyId") || sim_text(call, "SourceType") || sim_param(call, "Filters");
    return sim_page(call, &rule, list, is_filtered ? is_wanted : NULL, NULL);
}

static const struct sim_param create_bindings_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {.name = "PolicyBindingList", .type = SIM_JSON, .required = true},
    {0},
};
static const struct sim_param update_binding_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {.name = "SourceType", .type = SIM_TEXT, .required = true},
    {.name = "DataSourceId", .type = SIM_TEXT, .required = true},
    {.name = "AdvancedOptions", .type = SIM_JSON},
    {.name = "Disabled", .type = SIM_BOOL},
    {.name = "Exclude", .type = SIM_TEXT},
    {.name = "Include", .type = SIM_TEXT},
    {.name = "PolicyBindingDescription", .type = SIM_TEXT},
    {.name = "Source", .type = SIM_TEXT},
    {.name = "SpeedLimit", .type = SIM_TEXT},
    {0},
};
static const struct sim_param delete_binding_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT, .required = true},
    {.name = "DataSourceIds", .type = SIM_IDS},
    {.name = "SourceType", .type = SIM_TEXT},
    {0},
};
static const struct sim_param describe_bindings_params[] = {
    {.name = "PolicyId", .type = SIM_TEXT},
    {.name = "SourceType", .type = SIM_TEXT},
    {.name = "DataSourceIds", .type = SIM_IDS},
    SIM_HBR_FILTERS,
    {.name = "MaxResults", .type = SIM_INT},
    {.name = "NextToken", .type = SIM_TEXT},
    {0},
};

#define OPTIONS                                                                                                        \
    "AdvancedOptions=options{CommonFileSystemDetail{FetchSliceSize:i FullOnIncrementFail:b} CommonNasDetail{ClientId " \
    "ClusterId FetchSliceSize:i FullOnIncrementFail:b} FileDetail{AdvPolicy:b UseVSS:b} "                              \
    "OssDetail{IgnoreArchiveObject:b InventoryCleanupPolicy InventoryId} UdmDetail{AppConsistent:b "                   \
    "DestinationKmsKeyId DiskIdList[] EnableFsFreeze:b EnableWriters:b ExcludeDiskIdList[] PostScriptPath "            \
    "PreScriptPath RamRoleName SnapshotGroup:b TimeoutInSeconds:i}}"

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CreatePolicyBindings",
     .params = create_bindings_params,
     .handler = create_bindings,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "UpdatePolicyBinding",
     .params = update_binding_params,
     .handler = update_binding,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DeletePolicyBinding",
     .params = delete_binding_params,
     .handler = delete_binding,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "DescribePolicyBindings",
     .params = describe_bindings_params,
     .handler = describe_bindings,
     .answer = SIM_HBR_STATUS
     " MaxResults:i NextToken TotalCount:i PolicyBindings[" OPTIONS " CreatedByTag=created_by_tag:b "
     "CreatedTime=created:i CrossAccountRoleName=cross_account_role CrossAccountType=cross_account_type "
     "CrossAccountUserId=cross_account_user:i DataSourceId=data_source_id Disabled=disabled:b Exclude=exclude "
     "HitTags=hit_tags[Key Operator Value] Include=include PolicyBindingDescription=description PolicyBindingId=id "
     "PolicyId=policy_id Source=source SourceType=source_type SpeedLimit=speed_limit UpdatedTime=updated:i]"},
};
SIM_ACTIONS(sim_hbr_bindings);
