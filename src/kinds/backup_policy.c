/*
 * backup_policies: when instances are backed up and how long the points are kept. A change takes effect on everything
 * that is bound; a deletion unbinds everything, and ends later.
 */
#include "base/time.h"
#include "cloud/hbr.h"
#include "kinds/backup_export.h"
#include "kinds/backup_rules.h"
#include "kinds/kind.h"
#include "kinds/numbered.h"

#include <string.h>

#define DELETING_MS ((int64_t)10 * 60 * 1000)
#define PAUSE_MS 500
#define NAMED_INSTANCES 5 /* of those that would lose their protection, in words */

static int policy_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    object->desired = json_pack("{s:s, s:s}", "name", cbk_json_text_or(object->declared, "name", object->key), "type",
                                cbk_json_text_or(object->declared, "type", "UDM_ECS_ONLY"));
    cbk_json_set_text(object->desired, "description", cbk_json_text(object->declared, "description"));
    return cbk_backup_rules_desire(env, object, err);
}

/* What is being deleted is seen for a while, and is as good as gone. The spelling of that state is unverified (U). */
static int list_policies(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *items = NULL;
    int r = cbk_hbr_list_policies(env->cloud, NULL, &items, err);
    if (r < 0)
        return r;
    for (size_t i = json_array_size(items); i-- > 0;)
        if (cbk_str_equal(cbk_json_text(json_array_get(items, i), "BusinessStatus"), "DELETING"))
            json_array_remove(items, i);
    *ret_items = cbk_json_steal(&items);
    return 0;
}

static void take_policy(const struct cbk_env *env, struct cbk_object *object, const json_t *policy)
{
    object->live = json_pack("{s:s, s:s}", "name", cbk_json_text_or(policy, "PolicyName", ""), "type",
                             cbk_json_text_or(policy, "PolicyType", "UDM_ECS_ONLY"));
    cbk_json_set_text(object->live, "description", cbk_json_text(policy, "PolicyDescription"));
    cbk_backup_rules_read(env, policy, object);
}

static int make_policy(const struct cbk_env *env, const struct cbk_object *object, char **ret_id, struct cbk_error *err)
{
    CBK_JSON *rules = cbk_backup_rules_write(env, object->desired, NULL);
    return cbk_hbr_create_policy(env->cloud, cbk_object_text(object->desired, "name"),
                                 cbk_object_text(object->desired, "description"),
                                 cbk_object_text(object->desired, "type"), rules, ret_id, err);
}

static const struct cbk_numbered policy_words = {
    .id_key = "PolicyId", .name_key = "PolicyName", .list = list_policies, .make = make_policy};

static int policy_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    return cbk_numbered_refresh(env, &policy_words, objects, count, take_policy, err);
}

static int policy_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = cbk_numbered_create(env, &policy_words, object, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->id);
    return 0;
}

/* The policy as it is now; NULL when it is gone. */
static int read_policy(const struct cbk_env *env, const char *id, json_t **ret_policy, struct cbk_error *err)
{
    CBK_JSON *policies = NULL;
    int r = cbk_hbr_list_policies(env->cloud, id, &policies, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *policy;
    json_array_foreach(policies, index, policy) /* a filter that is ignored answers everything */
        if (cbk_str_equal(cbk_json_text(policy, "PolicyId"), id))
            *ret_policy = json_incref(policy);
    return 0;
}

static const char *if_changed(const struct cbk_object *object, const char *key)
{
    const char *wanted = cbk_object_text(object->desired, key);
    return cbk_str_equal(wanted, cbk_object_text(object->live, key)) ? NULL : wanted;
}

static bool rules_changed(const struct cbk_object *object)
{
    static const char *const keys[] = {"rules", "keep", "archive_after_days", "immutable", "replication", "tag_rules"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        if (!json_equal(json_object_get(object->desired, keys[i]), json_object_get(object->live, keys[i])))
            return true;
    return false;
}

/* An update sends the rules whole, so they are read again: each keeps its id, and what this does not know of it. */
static int policy_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *policy = NULL;
    int r = read_policy(env, object->id, &policy, err);
    if (r < 0)
        return r;
    if (!policy)
        return cbk_fail(err, CBK_E_NOT_FOUND, "the backup policy '%s' has gone meanwhile", object->id);
    CBK_JSON *rules = NULL;
    if (rules_changed(object))
        rules = cbk_backup_rules_write(env, object->desired, json_object_get(policy, "Rules"));
    r = cbk_hbr_update_policy(env->cloud, object->id, if_changed(object, "name"), if_changed(object, "description"),
                              rules, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->id);
    return 0;
}

/* ---- the end ---- */

/* Whom a policy protects. */
struct protection {
    json_t *bindings;
    struct cbk_strings instances; /* that somebody bound; borrowed from the bindings */
    size_t tagged;                /* how many its tag rules bound */
};

static void release_protection(struct protection *protection)
{
    json_decref(protection->bindings);
    cbk_strings_release(&protection->instances);
}

/* Instances that the map knows (NULL: none is known) do not count. */
static int read_protection(const struct cbk_env *env, const char *id, const struct cbk_map *known,
                           struct protection *ret, struct cbk_error *err)
{
    int r = cbk_hbr_list_bindings_of_policy(env->cloud, id, &ret->bindings, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *binding;
    json_array_foreach(ret->bindings, index, binding) {
        const char *instance = cbk_json_text_or(binding, "DataSourceId", "");
        if (cbk_json_bool(binding, "CreatedByTag", false))
            ret->tagged++;
        else if (!known || !cbk_map_get(known, instance))
            cbk_strings_push(&ret->instances, instance);
    }
    return 0;
}

/*
 * The instances that this stack binds: their bindings go, or move, before the policy. One that is let go of by a
 * 'removed' block does neither. The caller frees.
 */
static struct cbk_map *bound_here(const struct cbk_env *env)
{
    struct cbk_map *bound = cbk_map_new();
    CBK_MAP_FOREACH(entry, env->objects) {
        struct cbk_object *object = cbk_map_entry_value(entry);
        if (object->kind == &cbk_kind_binding && !object->is_released)
            cbk_map_set(bound, object->instance, object);
    }
    return bound;
}

static void add_names(struct cbk_str *out, const struct cbk_strings *instances)
{
    for (size_t i = 0; i < instances->len && i < NAMED_INSTANCES; i++)
        cbk_str_addf(out, "%s%s", i ? ", " : "", instances->items[i]);
    if (instances->len > NAMED_INSTANCES)
        cbk_str_addf(out, " and %zu more", instances->len - NAMED_INSTANCES);
}

static int fail_protects(const struct cbk_object *object, const struct cbk_strings *instances, struct cbk_error *err)
{
    CBK_STR(names);
    add_names(&names, instances);
    (void)cbk_fail_at(err, object->span, CBK_E_CHECK,
                      "%s (%s) still protects instances that this stack does not bind: %s", object->address, object->id,
                      names.ptr);
    return cbk_error_hint(err,
                          "deleting it would leave them unprotected: bind them to another policy first, or keep this "
                          "one");
}

static int policy_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                        struct cbk_error *err)
{
    CBK_CLEANUP(release_protection) struct protection protection = {0};
    if (!goes)
        return 0;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *known = bound_here(env);
    int r = read_protection(env, object->id, known, &protection, err);
    if (r < 0)
        return r;
    if (protection.instances.len)
        return fail_protects(object, &protection.instances, err);
    if (protection.tagged)
        *ret_remark = cbk_strf("%zu %s that its tag rules bound will have no policy", protection.tagged,
                               protection.tagged == 1 ? "instance" : "instances");
    return 0;
}

static int wait_until_gone(const struct cbk_env *env, const char *id, struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + DELETING_MS;
    for (;;) {
        CBK_JSON *policy = NULL;
        int r = read_policy(env, id, &policy, err);
        if (r < 0 || !policy)
            return r;
        if (cbk_env_interrupted(env))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted while the backup policy '%s' was being deleted", id);
        if (cbk_time_monotonic_ms() > deadline)
            return cbk_fail(err, CBK_E_TIMEOUT, "the backup policy '%s' is still there ten minutes after its deletion",
                            id);
        cbk_env_sleep(env, PAUSE_MS);
    }
}

/* Who is bound is looked at once more: a binding that could not be moved must not be taken along. */
static int policy_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_CLEANUP(release_protection) struct protection protection = {0};
    int r = read_protection(env, object->id, NULL, &protection, err);
    if (r < 0)
        return r;
    if (protection.instances.len)
        return fail_protects(object, &protection.instances, err);
    r = cbk_hbr_delete_policy(env->cloud, object->id, err);
    return r < 0 ? r : wait_until_gone(env, object->id, err);
}

static int policy_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    CBK_JSON *list = NULL;
    int r = list_policies(env, &list, err);
    if (r == 0)
        *ret_items = cbk_backup_export_items(list, "PolicyId");
    return r;
}

const struct cbk_kind cbk_kind_backup_policy = {
    .section = "backup_policies",
    .name = "backup_policy",
    .title = "name",
    .numbered = true,
    .desire = policy_desire,
    .refresh = policy_refresh,
    .create = policy_create,
    .update = policy_update,
    .destroy = policy_destroy,
    .judge = policy_judge,
    .enumerate = policy_enumerate,
    .declare = cbk_backup_policy_declare,
    .exports_ids = true,
    .shortens = cbk_backup_rules_shorten,
    .plan_actions = "hbr:DescribePoliciesV2 hbr:DescribePolicyBindings hbr:DescribeVaults",
    .apply_actions = "hbr:CreatePolicyV2 hbr:UpdatePolicyV2 hbr:DeletePolicyV2",
};
