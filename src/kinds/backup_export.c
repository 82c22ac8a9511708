#include "kinds/backup_export.h"

#include "cloud/hbr.h"

#include <string.h>

json_t *cbk_backup_export_items(const json_t *list, const char *id_key)
{
    json_t *items = json_array();
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item)
        json_array_append_new(items, json_pack("{s:s}", "id", cbk_json_text_or(item, id_key, "")));
    return items;
}

static void set_if_true(json_t *declaration, const char *key, const json_t *live)
{
    if (cbk_json_bool(live, key, false))
        json_object_set_new(declaration, key, json_true());
}

/* Days as a duration, where there are any. */
static void set_days(json_t *declaration, const char *key, const json_t *live, const char *days_key)
{
    int64_t days = cbk_json_int(live, days_key, 0);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%lldd", (long long)days);
    cbk_json_set_text(declaration, key, days > 0 ? text : NULL);
}

static void set_unless_empty(json_t *declaration, const char *key, json_t *list)
{
    if (json_array_size(list) || json_object_size(list))
        json_object_set(declaration, key, list);
}

json_t *cbk_vault_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                          const json_t *item, char **ret_remark)
{
    static const char *const texts[] = {"name", "description", "type", "resource_group"};
    (void)env;
    (void)addresses;
    (void)item;
    (void)ret_remark;
    json_t *declaration = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        cbk_export_set_text(declaration, texts[i], object->live);
    set_if_true(declaration, "replication", object->live);
    set_if_true(declaration, "worm", object->live);
    if (cbk_str_equal(cbk_object_text(object->live, "encryption.type"), "KMS"))
        json_object_set(declaration, "encryption", json_object_get(object->live, "encryption"));
    return declaration;
}

/* ---- backup policies ---- */

static json_t *declare_rule(const struct cbk_map *addresses, const json_t *rule)
{
    const char *vault = cbk_json_text(rule, "vault");
    const char *address = vault ? cbk_export_address(addresses, &cbk_kind_vault, vault) : NULL;
    json_t *declared = json_pack("{s:O}", "schedule", json_object_get(rule, "schedule"));
    set_days(declared, "retain", rule, "retain_days");
    set_if_true(declared, "keep_latest", rule);
    cbk_json_set_text(declared, "vault", address ? address : vault);
    return declared;
}

/* A rule that stands alone is written into the policy itself. */
static void declare_rules(const struct cbk_map *addresses, const json_t *rules, json_t *declaration)
{
    CBK_JSON *declared = json_array();
    size_t index;
    json_t *rule;
    json_array_foreach((json_t *)rules, index, rule)
        json_array_append_new(declared, declare_rule(addresses, rule));
    if (json_array_size(declared) == 1)
        json_object_update(declaration, json_array_get(declared, 0));
    else
        json_object_set(declaration, "rules", declared);
}

static json_t *declare_keep(const json_t *keep)
{
    json_t *declared = json_object();
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)keep, index, row)
        set_days(declared, cbk_json_text_or(row, "period", ""), row, "days");
    return declared;
}

static json_t *declare_replication(const json_t *replication)
{
    json_t *declared = json_array();
    size_t index;
    json_t *copy;
    json_array_foreach((json_t *)replication, index, copy) {
        json_t *row = json_pack("{s:O}", "region", json_object_get(copy, "region"));
        set_days(row, "retain", copy, "retain_days");
        json_array_append_new(declared, row);
    }
    return declared;
}

static json_t *declare_tag_rules(const json_t *tag_rules)
{
    json_t *declared = json_array();
    size_t index;
    json_t *filters;
    json_array_foreach((json_t *)tag_rules, index, filters)
        json_array_append_new(declared, json_pack("{s:O}", "filters", filters));
    return declared;
}

json_t *cbk_backup_policy_declare(const struct cbk_env *env, const struct cbk_map *addresses,
                                  const struct cbk_object *object, const json_t *item, char **ret_remark)
{
    (void)env;
    (void)item;
    (void)ret_remark;
    const json_t *live = object->live;
    CBK_JSON *keep = declare_keep(json_object_get(live, "keep"));
    CBK_JSON *replication = declare_replication(json_object_get(live, "replication"));
    CBK_JSON *tag_rules = declare_tag_rules(json_object_get(live, "tag_rules"));
    json_t *declaration = json_object();
    cbk_export_set_text(declaration, "name", live);
    cbk_export_set_text(declaration, "description", live);
    if (!cbk_str_equal(cbk_object_text(live, "type"), "UDM_ECS_ONLY"))
        cbk_export_set_text(declaration, "type", live);
    declare_rules(addresses, json_object_get(live, "rules"), declaration);
    set_unless_empty(declaration, "keep", keep);
    set_days(declaration, "archive_after", live, "archive_after_days");
    set_if_true(declaration, "immutable", live);
    set_unless_empty(declaration, "replication", replication);
    set_unless_empty(declaration, "tag_rules", tag_rules);
    return declaration;
}

/* ---- bindings ---- */

int cbk_binding_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *ids = json_array(), *bindings = NULL;
    CBK_MAP_FOREACH(entry, env->instances)
        json_array_append_new(ids, json_string(cbk_map_entry_key(entry)));
    int r = cbk_hbr_list_bindings(env->cloud, ids, &bindings, err);
    if (r < 0)
        return r;
    CBK_JSON *policies = json_object(); /* instance -> policy: of two readings of one binding, one is enough */
    size_t index;
    json_t *binding;
    json_array_foreach(bindings, index, binding)
        if (!cbk_json_bool(binding, "CreatedByTag", false))
            json_object_set(policies, cbk_json_text_or(binding, "DataSourceId", ""),
                            json_object_get(binding, "PolicyId"));
    CBK_JSON *bound = cbk_json_sorted_keys(policies);
    *ret_items = json_array();
    json_array_foreach(bound, index, binding)
        json_array_append_new(*ret_items, json_pack("{s:O, s:O}", "id", binding, "policy",
                                                    json_object_get(policies, json_string_value(binding))));
    return 0;
}

/* Scripts at the vendor's paths need no declaration to be named; those elsewhere do, and cannot be read back. */
static bool are_at_home(const json_t *live)
{
    return cbk_str_equal(cbk_json_text_or(live, "pre_freeze", "/tmp/prescript.sh"), "/tmp/prescript.sh") &&
           cbk_str_equal(cbk_json_text_or(live, "post_thaw", "/tmp/postscript.sh"), "/tmp/postscript.sh");
}

static void set_freeze(json_t *consistency, const json_t *live)
{
    static const char *const switches[] = {"fs_freeze", "writers"};
    int64_t timeout = cbk_json_int(live, "freeze_timeout", 30);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%llds", (long long)timeout);
    cbk_json_set_text(consistency, "freeze_timeout", timeout != 30 ? text : NULL);
    for (size_t i = 0; i < CBK_ARRAY_LEN(switches); i++)
        if (!cbk_json_bool(live, switches[i], true))
            json_object_set_new(consistency, switches[i], json_false());
}

/* NULL, and why, where it cannot be declared. */
static json_t *declare_consistency(const struct cbk_map *addresses, const json_t *live, char **ret_remark)
{
    CBK_JSON *consistency = json_pack("{s:s}", "level", cbk_json_text_or(live, "level", "crash"));
    set_if_true(consistency, "group", live);
    if (!cbk_str_equal(cbk_json_text(live, "level"), "application"))
        return cbk_json_steal(&consistency);
    const char *role = cbk_export_address(addresses, &cbk_kind_role, cbk_json_text_or(live, "role", ""));
    const char *pre = cbk_json_text_or(live, "pre_freeze", ""), *post = cbk_json_text_or(live, "post_thaw", "");
    if (!role) {
        *ret_remark = cbk_strf("its role '%s' is not declared here", cbk_json_text_or(live, "role", ""));
        return NULL;
    }
    if (!are_at_home(live)) {
        *ret_remark =
            cbk_strf("its scripts are %s and %s: declare them under 'scripts' with these paths, then it", pre, post);
        return NULL;
    }
    *ret_remark = cbk_strf("its scripts, %s and %s, cannot be read back: declare them under 'scripts'", pre, post);
    cbk_json_set_text(consistency, "role", role);
    set_freeze(consistency, live);
    return cbk_json_steal(&consistency);
}

json_t *cbk_binding_declare(const struct cbk_env *env, const struct cbk_map *addresses, const struct cbk_object *object,
                            const json_t *item, char **ret_remark)
{
    (void)env;
    const json_t *live = object->live;
    const char *id = cbk_json_text_or(item, "policy", "");
    const char *policy = cbk_export_address(addresses, &cbk_kind_backup_policy, id);
    if (!policy) {
        *ret_remark = cbk_strf("its policy '%s' is not declared here", id);
        return NULL;
    }
    json_t *consistency = declare_consistency(addresses, live, ret_remark);
    if (!consistency)
        return NULL;
    json_t *declaration = json_pack("{s:s, s:o}", "policy", policy, "consistency", consistency);
    if (json_is_object(json_object_get(live, "disks")))
        json_object_set(declaration, "disks", json_object_get(live, "disks"));
    set_if_true(declaration, "disabled", live);
    cbk_export_set_text(declaration, "description", live);
    cbk_export_set_text(declaration, "copy_kms_key", live);
    if (json_object_get(live, "cross_account"))
        json_object_set(declaration, "cross_account", json_object_get(live, "cross_account"));
    return declaration;
}
