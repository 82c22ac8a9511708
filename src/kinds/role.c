/*
 * roles: RAM roles, their trust and the policies they carry. A policy is written "Custom/NAME" or "System/NAME" in the
 * attributes, since the two kinds of policies have names of their own.
 */
#include "cloud/ecs.h"
#include "cloud/ram.h"
#include "kinds/ambiguity.h"
#include "kinds/policy_doc.h"
#include "kinds/propagation.h"
#include "kinds/ram_tags.h"
#include "kinds/role_export.h"
#include "kinds/role_trust.h"

#include <string.h>

static json_t *policy_ref(const char *type, const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%s/%s", type, name);
    return json_string(text);
}

static json_t *desired_policies(const struct cbk_env *env, const json_t *declared)
{
    CBK_JSON *texts = json_array();
    size_t index;
    json_t *item;
    json_array_foreach(declared, index, item) {
        const char *address = json_string_value(item);
        const char *system = cbk_json_text(item, "system");
        if (address)
            json_array_append_new(texts, policy_ref("Custom", cbk_env_name(env, address)));
        else
            json_array_append_new(texts, system ? policy_ref("System", system)
                                                : policy_ref("Custom", cbk_json_text_or(item, "custom", "")));
    }
    return cbk_json_sorted_texts(texts);
}

static int desired_trust(const struct cbk_env *env, const struct cbk_object *object, json_t **ret,
                         struct cbk_error *err)
{
    const json_t *trust = json_object_get(object->declared, "trust");
    if (!trust) {
        *ret = cbk_policy_doc_normalise(json_object_get(object->declared, "trust_document"));
        return 0;
    }
    int r = cbk_role_trust_make(trust, cbk_json_text(env->stack, "provider.account"), ret, err);
    return r < 0 ? cbk_error_locate(err, cbk_env_span(env, object, "trust")) : 0;
}

static int role_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    json_t *trust = NULL;
    int r = desired_trust(env, object, &trust, err);
    if (r < 0)
        return r;
    object->desired = json_pack("{s:s, s:o, s:I, s:o}", "name", cbk_json_text_or(object->declared, "name", object->key),
                                "trust", trust, "max_session_duration",
                                (json_int_t)cbk_json_int(object->declared, "max_session_duration", 3600), "policies",
                                desired_policies(env, json_object_get(object->declared, "policies")));
    cbk_json_set_text(object->desired, "description", cbk_json_text(object->declared, "description"));
    cbk_ram_tags_desire(object);
    return 0;
}

static json_t *live_policies(const json_t *attached)
{
    CBK_JSON *texts = json_array();
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)attached, index, item)
        json_array_append_new(texts, policy_ref(cbk_json_text_or(item, "PolicyType", "Custom"),
                                                cbk_json_text_or(item, "PolicyName", "")));
    return cbk_json_sorted_texts(texts);
}

/* The instances of the region that carry the role. */
static int read_carriers(const struct cbk_env *env, const char *name, json_t **ret, struct cbk_error *err)
{
    CBK_JSON *rows = NULL;
    int r = cbk_ecs_list_instance_roles(env->cloud, NULL, name, &rows, err);
    if (r < 0)
        return r;
    CBK_JSON *ids = json_array();
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
        json_array_append_new(ids, json_string(cbk_json_text_or(row, "InstanceId", "?")));
    *ret = cbk_json_sorted_texts(ids);
    return 0;
}

static int role_read(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const char *name = object->id ? object->id : cbk_object_text(object->desired, "name");
    CBK_JSON *role = NULL, *attached = NULL;
    int r = cbk_ram_get_role(env->cloud, name, &role, err);
    if (r < 0 || !role)
        return r;
    r = cbk_ram_list_policies_for_role(env->cloud, name, &attached, err);
    if (r < 0 || !attached) /* gone between the two reads */
        return r;
    const json_t *trust = json_object_get(role, "AssumeRolePolicyDocument");
    if (!json_is_object(trust))
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the cloud's answer has no trust policy for the role '%s'", name);
    object->live = json_pack("{s:s, s:o, s:I, s:o}", "name", name, "trust", cbk_policy_doc_normalise(trust),
                             "max_session_duration", (json_int_t)cbk_json_int(role, "MaxSessionDuration", 3600),
                             "policies", live_policies(attached));
    cbk_json_set_text(object->live, "description", cbk_json_text(role, "Description"));
    if (!cbk_object_may_go(object))
        return 0;
    json_t *carried_by = NULL;
    r = read_carriers(env, name, &carried_by, err);
    if (r == 0)
        json_object_set_new(object->live, "carried_by", carried_by);
    return r;
}

static int role_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count, struct cbk_error *err)
{
    int r = cbk_refresh_each(env, objects, count, role_read, err);
    return r < 0 ? r : cbk_ram_tags_read(env, "role", objects, count, err);
}

typedef int (*policy_call)(struct cbk_cloud *cloud, const char *type, const char *policy, const char *role,
                           struct cbk_error *err);

/* Calls `call` for every policy of `list` that `other` has not. */
static int for_policies_not_in(const struct cbk_env *env, const char *role, const json_t *list, const json_t *other,
                               policy_call call, struct cbk_error *err)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)list, index, item) {
        const char *text = json_string_value(item);
        const char *slash = text ? strchr(text, '/') : NULL;
        if (!slash || cbk_json_array_has(other, text))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *type = cbk_strndup(text, (size_t)(slash - text));
        int r = call(env->cloud, type, slash + 1, role, err);
        if (r < 0)
            return cbk_wrap(err, "policy '%s'", text);
    }
    return 0;
}

/* Attaches before it detaches: a role in use is never without what it keeps. */
static int change_policies(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const char *name = cbk_object_text(object->desired, "name");
    const json_t *wanted = json_object_get(object->desired, "policies");
    const json_t *present = object->live ? json_object_get(object->live, "policies") : NULL;
    int r = for_policies_not_in(env, name, wanted, present, cbk_ram_attach_policy_to_role, err);
    if (r < 0)
        return r;
    return for_policies_not_in(env, name, present, wanted, cbk_ram_detach_policy_from_role, err);
}

static int finish(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = change_policies(env, object, err);
    if (r < 0)
        return r;
    cbk_ram_tags_settle(object, cbk_object_text(object->desired, "name"));
    return 0;
}

static int create_role(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *desired = object->desired;
    CBK_JSON *tags = cbk_ram_tags_wanted(object);
    return cbk_ram_create_role(env->cloud, cbk_object_text(desired, "name"), json_object_get(desired, "trust"),
                               cbk_object_text(desired, "description"),
                               cbk_json_int(desired, "max_session_duration", 0), tags, NULL, err);
}

static int role_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    static const char *const sent[] = {"name", "trust", "description", "max_session_duration", NULL};
    static const struct cbk_certainty creation = {create_role, role_read, sent};
    int r = cbk_until_certain(env, &creation, object, err);
    if (r < 0)
        return r;
    /* From here on the role exists and is ours, whatever becomes of its policies. */
    cbk_ram_tags_settle(object, cbk_object_text(object->desired, "name"));
    json_object_set_new(object->live, "policies", json_array());
    return finish(env, object, err);
}

static bool differs(const struct cbk_object *object, const char *key)
{
    const json_t *wanted = json_object_get(object->desired, key);
    const json_t *present = json_object_get(object->live, key);
    return wanted && (!present || !json_equal((json_t *)wanted, (json_t *)present));
}

static int role_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *desired = object->desired;
    const json_t *trust = differs(object, "trust") ? json_object_get(desired, "trust") : NULL;
    const char *description = differs(object, "description") ? cbk_object_text(desired, "description") : NULL;
    int64_t duration = differs(object, "max_session_duration") ? cbk_json_int(desired, "max_session_duration", 0) : 0;
    int r = 0;
    if (trust || description || duration)
        r = cbk_ram_update_role(env->cloud, cbk_object_text(desired, "name"), trust, description, duration, err);
    if (r == 0)
        r = cbk_ram_tags_change(env, "role", object, err);
    return r < 0 ? r : finish(env, object, err);
}

static int delete_role(const struct cbk_env *env, void *object, struct cbk_error *err)
{
    return cbk_ram_delete_role(env->cloud, ((struct cbk_object *)object)->id, err);
}

static int role_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const json_t *present = object->live ? json_object_get(object->live, "policies") : NULL;
    int r = for_policies_not_in(env, object->id, present, NULL, cbk_ram_detach_policy_from_role, err);
    if (r < 0)
        return r;
    return cbk_until_propagated(env, delete_role, object, err);
}

/* Does the plan take the role from that instance? */
static bool is_freed(const struct cbk_env *env, const char *instance, const char *role)
{
    CBK_MAP_FOREACH(entry, env->objects) {
        const struct cbk_object *object = cbk_map_entry_value(entry);
        if (object->kind != &cbk_kind_attachment || !cbk_str_equal(object->instance, instance) || object->heir)
            continue;
        return object->live && (cbk_object_may_go(object) ||
                                (object->desired && !cbk_str_equal(cbk_object_text(object->desired, "role"), role)));
    }
    return false;
}

/* RAM deletes a role that instances carry, and they are left without credentials: that must have been asked for. */
static int check_carriers(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    const char *name = cbk_object_text(object->live, "name");
    size_t index;
    json_t *id;
    json_array_foreach(json_object_get(object->live, "carried_by"), index, id) {
        if (is_freed(env, json_string_value(id), name))
            continue;
        (void)cbk_fail(err, CBK_E_CONFLICT, "role '%s' would be deleted while the instance '%s' carries it", name,
                       json_string_value(id));
        return cbk_error_hint(err, "take it off the instance, or let the stack forget it: removed: [{address: %s}]",
                              object->address);
    }
    return 0;
}

/* The policies that the role carries and that were not attached from here: they are detached before it goes. */
static int role_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                      struct cbk_error *err)
{
    const json_t *known = object->last ? json_object_get(object->last, "policies") : NULL;
    CBK_STR(list);
    size_t index;
    json_t *item;
    if (!goes)
        return 0;
    json_array_foreach(json_object_get(object->live, "policies"), index, item)
        if (known && !cbk_json_array_has(known, json_string_value(item)))
            cbk_str_addf(&list, "%s%s", list.len ? ", " : "", json_string_value(item));
    if (list.len)
        *ret_remark = cbk_strf("detaches what was attached from elsewhere: %s", list.ptr);
    return check_carriers(env, object, err);
}

/* Adding a policy or loosening the trust widens; the policies' own documents are judged where they are declared. */
static bool role_widens(const char *attribute, const json_t *before, const json_t *after)
{
    if (strcmp(attribute, "trust") == 0)
        return cbk_policy_doc_widens(before, after);
    if (strcmp(attribute, "policies") != 0)
        return false;
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)after, index, item)
        if (!cbk_json_array_has(before, json_string_value(item)))
            return true;
    return false;
}

const struct cbk_kind cbk_kind_role = {
    .section = "roles",
    .name = "role",
    .title = "name",
    .desire = role_desire,
    .refresh = role_refresh,
    .create = role_create,
    .update = role_update,
    .destroy = role_destroy,
    .judge = role_judge,
    .widens = role_widens,
    .enumerate = cbk_role_enumerate,
    .declare = cbk_role_declare,
    .plan_actions = "ram:GetRole ram:ListPoliciesForRole ram:ListTagResources "
                    "ecs:DescribeInstanceRamRole",
    .apply_actions = "ram:CreateRole ram:UpdateRole ram:DeleteRole ram:AttachPolicyToRole "
                     "ram:DetachPolicyFromRole ram:TagResources ram:UntagResources",
};
