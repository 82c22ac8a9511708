/*
 * bindings: which policy backs up which instance, and how consistently. An instance has one policy at most, so a change
 * of policy takes the old binding away and makes the new one at once; everything else changes in place.
 *
 * A binding has no id that any call takes: its key is the policy and the instance, and that is what is remembered of
 * it, as "po-000abc/i-bp1abc".
 */
#include "kinds/binding_fields.h"

#include "base/log.h"
#include "base/time.h"
#include "cloud/hbr.h"
#include "kinds/backup_export.h"
#include "kinds/backup_rules.h"
#include "kinds/numbered.h"

#include <string.h>

#define SEEN_WAIT_MS ((int64_t)30 * 1000) /* how late the list may be with a new binding (U) */
#define PAUSE_MS 500

static int binding_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const char *policy = cbk_json_text_or(object->declared, "policy", "");
    if (cbk_str_equal(cbk_json_text(cbk_env_declaration(env, policy), "type"), "STANDARD")) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "instances cannot be bound to '%s', a policy of type STANDARD", policy);
        return cbk_error_locate(err, cbk_env_span(env, object, "policy"));
    }
    object->desired = json_pack("{s:s, s:s}", "instance", object->instance, "policy", cbk_env_name(env, policy));
    return cbk_binding_desire(env, object, err);
}

/* ---- what lives ---- */

static void number(struct cbk_object *object, const char *policy_id)
{
    CBK_CLEANUP(cbk_string_freep) char *id = cbk_strf("%s/%s", policy_id, object->instance);
    cbk_object_number(object, id);
}

/* The policy that the object's binding is remembered with; the caller frees; NULL: its id does not tell. */
static char *bound_policy(const struct cbk_object *object)
{
    const char *slash = object->id ? strchr(object->id, '/') : NULL;
    return slash ? cbk_strndup(object->id, (size_t)(slash - object->id)) : NULL;
}

/* The policy that it is, or was, declared with; NULL: it has no id. Borrowed. */
static const char *policy_id(const struct cbk_env *env, const struct cbk_object *object)
{
    const struct cbk_object *policy = NULL;
    if (object->declared)
        policy = cbk_env_object(env, cbk_json_text_or(object->declared, "policy", ""));
    for (size_t i = 0; !object->declared && i < object->deps.len; i++)
        if (cbk_str_starts_with(object->deps.items[i], "backup_policies."))
            policy = cbk_env_object(env, object->deps.items[i]);
    return policy ? policy->id : NULL;
}

/* Where git wants nothing any more, only what was bound from here is ours to take away. */
static bool is_left_over(const struct cbk_env *env, const struct cbk_object *object, const json_t *binding)
{
    CBK_CLEANUP(cbk_string_freep) char *remembered = bound_policy(object);
    const char *ours = remembered ? remembered : policy_id(env, object);
    return !cbk_json_bool(binding, "CreatedByTag", false) && cbk_str_equal(cbk_json_text(binding, "PolicyId"), ours);
}

/* The name of a policy that git has dropped and the binding was made with; NULL: none, or the new one has it, too. */
static const char *dropped_name(const struct cbk_env *env, const struct cbk_object *object, const char *id)
{
    for (size_t i = 0; i < object->deps.len; i++) {
        const struct cbk_object *policy = cbk_env_object(env, object->deps.items[i]);
        if (!policy || policy->kind != &cbk_kind_backup_policy || policy->declared || !cbk_str_equal(policy->id, id))
            continue;
        const char *name = cbk_object_text(policy->last, "name");
        return cbk_str_equal(name, cbk_object_text(object->desired, "policy")) ? NULL : name;
    }
    return NULL;
}

/* A policy of this stack by its name, any other by its id. What a tag rule binds is no binding of ours, whatever it
 * says. */
static char *live_policy(const struct cbk_env *env, const struct cbk_object *object, const json_t *binding)
{
    const char *id = cbk_json_text_or(binding, "PolicyId", ""), *name = cbk_numbered_name(env, "backup_policies", id);
    CBK_CLEANUP(cbk_string_freep) char *remembered = object->is_watched ? bound_policy(object) : NULL;
    if (!name)
        name = dropped_name(env, object, id);
    if (!name && cbk_str_equal(remembered, id)) /* the state may have let go of the policy itself */
        name = cbk_object_text(object->last, "policy");
    return cbk_strf("%s%s", name ? name : id, cbk_json_bool(binding, "CreatedByTag", false) ? " by a tag rule" : "");
}

static void take_binding(const struct cbk_env *env, struct cbk_object *object, const json_t *binding)
{
    CBK_CLEANUP(cbk_string_freep) char *policy = live_policy(env, object, binding);
    object->live = json_pack("{s:s, s:s}", "instance", object->instance, "policy", policy);
    cbk_binding_read(binding, object->live);
    if (cbk_json_bool(binding, "CreatedByTag", false))
        json_object_set_new(object->live, "by_tag", json_true());
    number(object, cbk_json_text_or(binding, "PolicyId", ""));
}

static int binding_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    CBK_JSON *ids = json_array(), *bindings = NULL;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(ids, json_string(objects[i]->instance));
    CBK_JSON *once = cbk_json_sorted_texts(ids);
    int r = cbk_hbr_list_bindings(env->cloud, once, &bindings, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *by_instance = cbk_map_new();
    size_t index;
    json_t *binding;
    json_array_foreach(bindings, index, binding)
        cbk_map_set(by_instance, cbk_json_text_or(binding, "DataSourceId", ""), binding);
    for (size_t i = 0; i < count; i++) {
        binding = cbk_map_get(by_instance, objects[i]->instance);
        if (binding && (objects[i]->desired || objects[i]->is_exported || is_left_over(env, objects[i], binding)))
            take_binding(env, objects[i], binding);
    }
    return 0;
}

static int binding_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                         struct cbk_error *err)
{
    (void)goes;
    (void)ret_remark;
    if (!object->desired || !cbk_json_bool(object->live, "by_tag", false))
        return 0;
    (void)cbk_fail_at(err, cbk_env_span(env, object, "policy"), CBK_E_CONFLICT, "%s is bound to the policy %s",
                      object->instance, cbk_object_text(object->live, "policy"));
    return cbk_error_hint(err, "the rule would bind it again: change the rule or the tags, or take the instance out of "
                               "the selector");
}

/* The policy of that id that the plan knows, declared or not; NULL: none. */
static const struct cbk_object *policy_of_id(const struct cbk_env *env, const char *id)
{
    CBK_MAP_FOREACH(entry, env->objects) {
        const struct cbk_object *object = cbk_map_entry_value(entry);
        if (object->kind == &cbk_kind_backup_policy && object->live && cbk_str_equal(object->id, id))
            return object;
    }
    return NULL;
}

/* From one policy to another that keeps less is no other thing than the same policy made to keep less. */
static char *binding_keeps_less(const struct cbk_env *env, const struct cbk_object *object)
{
    CBK_CLEANUP(cbk_string_freep) char *id = bound_policy(object);
    const struct cbk_object *now = policy_of_id(env, id);
    const struct cbk_object *then = cbk_env_object(env, cbk_json_text_or(object->declared, "policy", ""));
    CBK_STR(less);
    const char *key;
    json_t *after;
    if (!now || !then || now == then)
        return NULL;
    json_object_foreach(then->desired, key, after)
        if (cbk_backup_rules_shorten(key, json_object_get(now->live, key), after))
            cbk_str_addf(&less, "%s%s", less.len ? ", " : "", key);
    return less.len
               ? cbk_strf("%s of policy '%s' instead of '%s'", less.ptr, cbk_object_title(then), cbk_object_title(now))
               : NULL;
}

/* ---- making and changing ---- */

/* The instance's binding as it is now; NULL: it has none. */
static int read_binding(const struct cbk_env *env, const struct cbk_object *object, json_t **ret_binding,
                        struct cbk_error *err)
{
    CBK_JSON *ids = json_pack("[s]", object->instance), *bindings = NULL;
    int r = cbk_hbr_list_bindings(env->cloud, ids, &bindings, err);
    if (r < 0)
        return r;
    *ret_binding = json_incref(json_array_get(bindings, 0));
    return 0;
}

static int await_binding(const struct cbk_env *env, const struct cbk_object *object, const char *policy,
                         json_t **ret_binding, struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + SEEN_WAIT_MS;
    for (;;) {
        CBK_JSON *binding = NULL;
        int r = read_binding(env, object, &binding, err);
        if (r < 0)
            return r;
        if (cbk_str_equal(cbk_json_text(binding, "PolicyId"), policy)) {
            *ret_binding = cbk_json_steal(&binding);
            return 0;
        }
        if (cbk_env_interrupted(env))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before the binding of '%s' was seen",
                            object->instance);
        if (binding || cbk_time_monotonic_ms() > deadline)
            return cbk_fail(err, CBK_E_AMBIGUOUS, "'%s' was bound to '%s', and %s", object->instance, policy,
                            binding ? "is bound to another policy now" : "does not show it");
        cbk_env_sleep(env, PAUSE_MS);
    }
}

static bool is_as_asked(const json_t *attributes, const json_t *binding)
{
    CBK_JSON *live = json_object();
    cbk_binding_read(binding, live);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)attributes, key, value) {
        bool is_option = strcmp(key, "instance") != 0 && strcmp(key, "policy") != 0;
        if (is_option && !json_equal(value, json_object_get(live, key)))
            return false;
    }
    return true;
}

/*
 * CreatePolicyBindings may keep less than it was told: SnapshotGroup=true becomes false without a word. So what was
 * made is read back, and what was not kept is said again by UpdatePolicyBinding, which keeps it.
 */
static int insist(const struct cbk_env *env, const struct cbk_object *object, const char *policy,
                  const json_t *attributes, const json_t *fields, struct cbk_error *err)
{
    CBK_JSON *binding = NULL;
    int r = await_binding(env, object, policy, &binding, err);
    if (r < 0 || is_as_asked(attributes, binding))
        return r;
    cbk_log(CBK_LOG_INFO, "the binding of %s was not kept as it was made; saying it again", object->instance);
    return cbk_hbr_update_binding(env->cloud, policy, object->instance, fields, err);
}

/* Binds, whatever has become of the answer. */
static int bind(const struct cbk_env *env, const struct cbk_object *object, const char *policy,
                const json_t *attributes, const json_t *fields, struct cbk_error *err)
{
    CBK_ERROR(failure);
    int r = cbk_hbr_create_binding(env->cloud, policy, object->instance, fields, &failure);
    if (r == CBK_E_AMBIGUOUS) {
        CBK_JSON *binding = NULL;
        r = read_binding(env, object, &binding, err);
        if (r == 0 && !cbk_str_equal(cbk_json_text(binding, "PolicyId"), policy))
            r = failure.code;
        else if (r < 0)
            return r;
    }
    if (r < 0)
        return cbk_error_move(err, &failure);
    return insist(env, object, policy, attributes, fields, err);
}

static int bind_as_desired(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const char *policy = policy_id(env, object);
    if (!policy)
        return cbk_fail(err, CBK_E_INTERNAL, "the policy of %s has no id", object->address);
    CBK_JSON *fields = cbk_binding_fields(object->desired);
    int r = bind(env, object, policy, object->desired, fields, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->id);
    number(object, policy);
    return 0;
}

static int binding_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return bind_as_desired(env, object, err);
}

static int binding_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *policy = bound_policy(object);
    CBK_JSON *fields = cbk_binding_fields(object->desired);
    int r = cbk_hbr_update_binding(env->cloud, policy, object->instance, fields, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->id);
    return 0;
}

static int binding_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *policy = bound_policy(object);
    return cbk_hbr_delete_binding(env->cloud, policy, object->instance, err);
}

/* The new binding was refused: the old one comes back, as it was. `err` says why it was refused, and goes on saying it.
 */
static int put_back(const struct cbk_env *env, const struct cbk_object *object, const json_t *old,
                    struct cbk_error *err)
{
    const char *policy = cbk_json_text_or(old, "PolicyId", "");
    CBK_JSON *attributes = json_object();
    CBK_JSON *fields = cbk_binding_fields_again(old);
    CBK_ERROR(failure);
    cbk_binding_read(old, attributes);
    if (bind(env, object, policy, attributes, fields, &failure) == 0)
        return cbk_wrap(err, "the binding to '%s' was put back", policy);
    (void)cbk_error_hint(err, "bind %s by hand, or apply again: it was bound to '%s', and putting that back failed: %s",
                         object->instance, policy, failure.message);
    return cbk_wrap(err, "%s IS NOT BOUND TO ANY POLICY NOW", object->instance);
}

static int binding_replace(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *old = NULL;
    int r = read_binding(env, object, &old, err);
    if (r == 0 && old)
        r = cbk_hbr_delete_binding(env->cloud, cbk_json_text_or(old, "PolicyId", ""), object->instance, err);
    if (r < 0)
        return r;
    r = bind_as_desired(env, object, err);
    return r < 0 && old ? put_back(env, object, old, err) : r;
}

static const struct cbk_kind *const binding_after[] = {&cbk_kind_attachment, &cbk_kind_script};

const struct cbk_kind cbk_kind_binding = {
    .section = "bindings",
    .name = "binding",
    .per_instance = true,
    .exclusive = true,
    .after = binding_after,
    .after_count = CBK_ARRAY_LEN(binding_after),
    .desire = binding_desire,
    .refresh = binding_refresh,
    .create = binding_create,
    .update = binding_update,
    .destroy = binding_destroy,
    .replace = binding_replace,
    .gap = "for about a second, between the two calls, no policy protects the instance; points that were made stay",
    .judge = binding_judge,
    .keeps_less = binding_keeps_less,
    .enumerate = cbk_binding_enumerate,
    .declare = cbk_binding_declare,
    .plan_actions = "hbr:DescribePolicyBindings hbr:DescribePoliciesV2 ecs:DescribeDisks "
                    "ecs:DescribeCloudAssistantStatus ecs:DescribeInstanceRamRole ecs:RunCommand "
                    "ecs:DescribeInvocationResults hbr:CheckRole ram:GetRole ram:ListPoliciesForRole "
                    "ram:GetPolicy",
    .apply_actions = "hbr:CreatePolicyBindings hbr:UpdatePolicyBinding hbr:DeletePolicyBinding",
};
