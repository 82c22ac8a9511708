/* Vaults, backup policies and bindings. */
#include "cloud/hbr.h"

#include "cloud/batches.h"

#define VAULTS_PAGE 99 /* the API takes no more */
#define POLICIES_PAGE 100
#define BINDINGS_PAGE 100
#define BINDINGS_BATCH 50

/* What is gone has been deleted. */
static int unless_gone(int r)
{
    return r == CBK_E_NOT_FOUND ? 0 : r;
}

/* Calls what makes a thing, and takes its id out of the answer. */
static int create(struct cbk_cloud *cloud, const char *action, const json_t *params, const char *id_key, char **ret_id,
                  struct cbk_error *err)
{
    CBK_JSON *answer = NULL;
    int r = cbk_cloud_call(cloud, CBK_HBR, action, 0, params, &answer, err);
    if (r < 0)
        return r;
    const char *id = cbk_json_text(answer, id_key);
    if (!id || !*id)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s has no %s", action, id_key);
    *ret_id = cbk_strdup(id);
    return 0;
}

/* ---- vaults ---- */

int cbk_hbr_list_vaults(struct cbk_cloud *cloud, const char *vault_id, json_t **ret_vaults, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s?}", "VaultRegionId", cbk_cloud_region(cloud), "VaultId", vault_id);
    return cbk_cloud_list(cloud, CBK_HBR, "DescribeVaults", CBK_PAGE_NUMBER, VAULTS_PAGE, params, "Vaults.Vault",
                          ret_vaults, err);
}

int cbk_hbr_create_vault(struct cbk_cloud *cloud, const json_t *fields, char **ret_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "VaultRegionId", cbk_cloud_region(cloud));
    json_object_update(params, (json_t *)fields);
    return create(cloud, "CreateVault", params, "VaultId", ret_id, err);
}

int cbk_hbr_update_vault(struct cbk_cloud *cloud, const char *vault_id, const json_t *fields, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "VaultId", vault_id);
    json_object_update(params, (json_t *)fields);
    return cbk_cloud_call(cloud, CBK_HBR, "UpdateVault", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

int cbk_hbr_delete_vault(struct cbk_cloud *cloud, const char *vault_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "VaultId", vault_id);
    return unless_gone(cbk_cloud_call(cloud, CBK_HBR, "DeleteVault", CBK_CALL_IDEMPOTENT, params, NULL, err));
}

/* ---- policies ---- */

int cbk_hbr_list_policies(struct cbk_cloud *cloud, const char *policy_id, json_t **ret_policies, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s?}", "PolicyId", policy_id);
    return cbk_cloud_list(cloud, CBK_HBR, "DescribePoliciesV2", CBK_PAGE_COUNTED_TOKEN, POLICIES_PAGE, params,
                          "Policies", ret_policies, err);
}

static json_t *json_text(const json_t *value)
{
    return value ? cbk_params_json(json_incref((json_t *)value)) : NULL;
}

int cbk_hbr_create_policy(struct cbk_cloud *cloud, const char *name, const char *description, const char *type,
                          const json_t *rules, char **ret_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s?, s:s, s:o}", "PolicyName", name, "PolicyDescription", description,
                                 "PolicyType", type, "Rules", json_text(rules));
    return create(cloud, "CreatePolicyV2", params, "PolicyId", ret_id, err);
}

int cbk_hbr_update_policy(struct cbk_cloud *cloud, const char *policy_id, const char *name, const char *description,
                          const json_t *rules, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s?, s:s?, s:o?}", "PolicyId", policy_id, "PolicyName", name,
                                 "PolicyDescription", description, "Rules", json_text(rules));
    return cbk_cloud_call(cloud, CBK_HBR, "UpdatePolicyV2", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

int cbk_hbr_delete_policy(struct cbk_cloud *cloud, const char *policy_id, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s}", "PolicyId", policy_id);
    return unless_gone(cbk_cloud_call(cloud, CBK_HBR, "DeletePolicyV2", CBK_CALL_IDEMPOTENT, params, NULL, err));
}

/* ---- bindings ---- */

static int list_batch(void *context, size_t batch, const json_t *ids, json_t *items, struct cbk_error *err)
{
    (void)batch;
    CBK_JSON *bindings = NULL;
    CBK_JSON *params = json_pack("{s:s, s:o}", "SourceType", "UDM_ECS", "DataSourceIds", json_text(ids));
    int r = cbk_cloud_list(context, CBK_HBR, "DescribePolicyBindings", CBK_PAGE_COUNTED_TOKEN, BINDINGS_PAGE, params,
                           "PolicyBindings", &bindings, err);
    if (r < 0)
        return r;
    size_t i;
    json_t *binding;
    json_array_foreach(bindings, i, binding) /* a filter that is ignored answers everything: it is looked at again */
        if (cbk_json_array_has(ids, cbk_json_text_or(binding, "DataSourceId", "")) &&
            cbk_str_equal(cbk_json_text(binding, "SourceType"), "UDM_ECS"))
            json_array_append(items, binding);
    return 0;
}

int cbk_hbr_list_bindings(struct cbk_cloud *cloud, const json_t *instance_ids, json_t **ret_bindings,
                          struct cbk_error *err)
{
    return cbk_batches_run(cloud, instance_ids, BINDINGS_BATCH, list_batch, cloud, ret_bindings, err);
}

int cbk_hbr_list_bindings_of_policy(struct cbk_cloud *cloud, const char *policy_id, json_t **ret_bindings,
                                    struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s, s:s}", "SourceType", "UDM_ECS", "PolicyId", policy_id);
    CBK_JSON *bindings = NULL;
    int r = cbk_cloud_list(cloud, CBK_HBR, "DescribePolicyBindings", CBK_PAGE_COUNTED_TOKEN, BINDINGS_PAGE, params,
                           "PolicyBindings", &bindings, err);
    if (r < 0)
        return r;
    for (size_t i = json_array_size(bindings); i-- > 0;)
        if (!cbk_str_equal(cbk_json_text(json_array_get(bindings, i), "PolicyId"), policy_id))
            json_array_remove(bindings, i);
    *ret_bindings = cbk_json_steal(&bindings);
    return 0;
}

int cbk_hbr_create_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                           const json_t *fields, struct cbk_error *err)
{
    CBK_JSON *binding = json_pack("{s:s, s:s}", "SourceType", "UDM_ECS", "DataSourceId", instance_id);
    json_object_update(binding, (json_t *)fields);
    /* Here, and only here, a string. */
    if (json_is_boolean(json_object_get(binding, "Disabled")))
        json_object_set_new(binding, "Disabled",
                            json_string(cbk_json_bool(binding, "Disabled", false) ? "true" : "false"));
    CBK_JSON *list = json_pack("[O]", binding);
    CBK_JSON *params = json_pack("{s:s, s:o}", "PolicyId", policy_id, "PolicyBindingList", json_text(list));
    return cbk_cloud_call(cloud, CBK_HBR, "CreatePolicyBindings", 0, params, NULL, err);
}

int cbk_hbr_update_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                           const json_t *fields, struct cbk_error *err)
{
    CBK_JSON *params =
        json_pack("{s:s, s:s, s:s}", "PolicyId", policy_id, "SourceType", "UDM_ECS", "DataSourceId", instance_id);
    json_object_update(params, (json_t *)fields);
    static const char *const fixed[] = {"CrossAccountType", "CrossAccountUserId", "CrossAccountRoleName"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(fixed); i++) /* this action knows none of them */
        json_object_del(params, fixed[i]);
    const json_t *options = json_object_get(params, "AdvancedOptions");
    if (options)
        json_object_set_new(params, "AdvancedOptions", json_text(options));
    return cbk_cloud_call(cloud, CBK_HBR, "UpdatePolicyBinding", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

int cbk_hbr_delete_binding(struct cbk_cloud *cloud, const char *policy_id, const char *instance_id,
                           struct cbk_error *err)
{
    CBK_JSON *ids = json_pack("[s]", instance_id);
    CBK_JSON *params =
        json_pack("{s:s, s:s, s:o}", "PolicyId", policy_id, "SourceType", "UDM_ECS", "DataSourceIds", json_text(ids));
    return unless_gone(cbk_cloud_call(cloud, CBK_HBR, "DeletePolicyBinding", CBK_CALL_IDEMPOTENT, params, NULL, err));
}
