/*
 * attachments: which instance carries which role. An instance carries one role at most, so the old one goes before the
 * new one comes; taking a foreign one's place is not done unasked (replace_existing).
 */
#include "base/time.h"
#include "cloud/ecs.h"
#include "cloud/ram.h"
#include "kinds/kind.h"
#include "kinds/policy_doc.h"
#include "kinds/propagation.h"

#define GONE_MS ((int64_t)5 * 1000) /* what RAM itself has not known for so long, it will not get to know (U) */

static int attachment_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)err;
    const char *role = cbk_json_text_or(object->declared, "role", "");
    object->desired = json_pack("{s:s, s:s}", "instance", object->instance, "role", cbk_env_name(env, role));
    return 0;
}

/*
 * The inventory has read every mentioned instance's role, in bulk. Where git wants nothing any more, a role that is not
 * the one that was attached from here is none of our business.
 */
static int attachment_refresh(const struct cbk_env *env, struct cbk_object **objects, size_t count,
                              struct cbk_error *err)
{
    (void)err;
    for (size_t i = 0; i < count; i++) {
        const struct cbk_instance *instance = cbk_env_instance(env, objects[i]->instance);
        if (!instance || !instance->role)
            continue;
        if (!objects[i]->desired && !objects[i]->is_exported &&
            !cbk_str_equal(instance->role, cbk_object_text(objects[i]->last, "role")))
            continue;
        objects[i]->live = json_pack("{s:s, s:s}", "instance", instance->id, "role", instance->role);
    }
    return 0;
}

/* ECS would refuse it, after all the time that RAM may take to tell of a new role: better said now. */
static int attachment_judge(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                            struct cbk_error *err)
{
    (void)goes;
    (void)ret_remark;
    const struct cbk_object *role =
        object->desired ? cbk_env_object(env, cbk_json_text_or(object->declared, "role", "")) : NULL;
    if (!role || !role->desired || cbk_policy_doc_trusts(json_object_get(role->desired, "trust"), "ecs.aliyuncs.com"))
        return 0;
    (void)cbk_fail_at(err, cbk_env_span(env, object, "role"), CBK_E_VALIDATION,
                      "instances cannot carry the role '%s', which does not trust ecs.aliyuncs.com",
                      cbk_object_title(role));
    return cbk_error_hint(err, "add ecs.aliyuncs.com to 'service' of its trust");
}

static json_t *ids_of(const struct cbk_object *object)
{
    return json_pack("[s]", object->instance);
}

/* One role to put on one instance. */
struct errand {
    const struct cbk_object *object;
    const char *role;
    int64_t missing_since_ms; /* since when RAM itself does not know the role; 0: it does */
};

/* ECS does not know the role. Either it has not heard of it yet, or there is none: RAM can tell. */
static int ask_ram(const struct cbk_env *env, struct errand *errand, struct cbk_error *err)
{
    CBK_JSON *role = NULL;
    CBK_ERROR(blind);
    int64_t now = cbk_time_monotonic_ms();
    bool is_missing = cbk_ram_get_role(env->cloud, errand->role, &role, &blind) == 0 && !role;
    if (!is_missing || !errand->missing_since_ms)
        errand->missing_since_ms = is_missing ? now : 0;
    if (!is_missing || now - errand->missing_since_ms < GONE_MS)
        return err->code;
    CBK_ERROR(gone);
    (void)cbk_fail(&gone, CBK_E_NOT_FOUND, "the role '%s' is gone: RAM does not know it either", errand->role);
    (void)cbk_error_hint(&gone, "somebody has deleted it meanwhile; another plan tells what is to be done");
    return cbk_error_move(err, &gone);
}

static int attach(const struct cbk_env *env, void *context, struct cbk_error *err)
{
    struct errand *errand = context;
    CBK_JSON *ids = ids_of(errand->object);
    int r = cbk_ecs_attach_role(env->cloud, errand->role, ids, err);
    return r < 0 && cbk_str_equal(err->cloud_code, "InvalidRamRole.NotFound") ? ask_ram(env, errand, err) : r;
}

static int put_on(const struct cbk_env *env, const struct cbk_object *object, const char *role, struct cbk_error *err)
{
    struct errand errand = {object, role, 0};
    return cbk_until_propagated(env, attach, &errand, err);
}

static int take_off(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *ids = ids_of(object);
    return cbk_ecs_detach_role(env->cloud, cbk_object_text(object->live, "role"), ids, err);
}

static int attachment_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = put_on(env, object, cbk_object_text(object->desired, "role"), err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->instance);
    return 0;
}

/* Puts the old role back, since the new one was refused, and tells of it. Returns err's code. */
static int put_back(const struct cbk_env *env, const struct cbk_object *object, struct cbk_error *err)
{
    const char *old = cbk_object_text(object->live, "role");
    CBK_ERROR(failure);
    if (put_on(env, object, old, &failure) < 0)
        return cbk_error_note(err, (struct cbk_span){0}, "and its role '%s' could not be put back: %s", old,
                              failure.message);
    return cbk_error_note(err, (struct cbk_span){0}, "its role '%s' has been put back", old);
}

/* One try: what ECS refuses because it does not know the new role yet must not leave the instance without any. */
static int exchange(const struct cbk_env *env, void *context, struct cbk_error *err)
{
    struct errand *errand = context;
    const struct cbk_object *object = errand->object;
    int r = take_off(env, object, err);
    if (r < 0)
        return r;
    r = attach(env, errand, err);
    bool unknown = r == CBK_E_AMBIGUOUS || r == CBK_E_INTERRUPTED; /* the new one may be there: the next plan tells */
    return r < 0 && !unknown ? put_back(env, object, err) : r;
}

/* Nothing of an attachment can change but the role. */
static int attachment_replace(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    struct errand errand = {object, cbk_object_text(object->desired, "role"), 0};
    int r = cbk_until_propagated(env, exchange, &errand, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->instance);
    return 0;
}

static int attachment_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    return take_off(env, object, err);
}

static int attachment_enumerate(const struct cbk_env *env, json_t **ret_items, struct cbk_error *err)
{
    (void)err;
    *ret_items = json_array();
    CBK_MAP_FOREACH(entry, env->instances) {
        const struct cbk_instance *instance = cbk_map_entry_value(entry);
        if (instance->role)
            json_array_append_new(*ret_items, json_pack("{s:s}", "id", instance->id));
    }
    return 0;
}

static json_t *attachment_declare(const struct cbk_env *env, const struct cbk_map *addresses,
                                  const struct cbk_object *object, const json_t *item, char **ret_remark)
{
    (void)env;
    (void)item;
    const char *name = cbk_object_text(object->live, "role");
    const char *role = cbk_export_address(addresses, &cbk_kind_role, name);
    if (!role)
        *ret_remark = cbk_strf("its role '%s' is not declared here", name);
    return role ? json_pack("{s:s}", "role", role) : NULL;
}

const struct cbk_kind cbk_kind_attachment = {
    .section = "attachments",
    .name = "attachment",
    .per_instance = true,
    .exclusive = true,
    .desire = attachment_desire,
    .refresh = attachment_refresh,
    .create = attachment_create,
    .update = attachment_replace,
    .destroy = attachment_destroy,
    .replace = attachment_replace,
    .judge = attachment_judge,
    .gap = "the instance carries no role for a moment: what runs on it gets no credentials meanwhile",
    .enumerate = attachment_enumerate,
    .declare = attachment_declare,
    .plan_actions = "ecs:DescribeInstanceRamRole",
    .apply_actions = "ecs:AttachInstanceRamRole ecs:DetachInstanceRamRole ram:PassRole",
};
