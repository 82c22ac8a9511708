/*
 * attachments: which instance carries which role. An instance carries one role at most; taking another one's place is
 * not done here unasked.
 */
#include "cloud/ecs.h"
#include "kinds/kind.h"
#include "kinds/propagation.h"

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
        if (!objects[i]->desired && !cbk_str_equal(instance->role, cbk_object_text(objects[i]->last, "role")))
            continue;
        objects[i]->live = json_pack("{s:s, s:s}", "instance", instance->id, "role", instance->role);
    }
    return 0;
}

static json_t *ids_of(const struct cbk_object *object)
{
    return json_pack("[s]", object->instance);
}

static int attach(const struct cbk_env *env, void *context, struct cbk_error *err)
{
    const struct cbk_object *object = context;
    CBK_JSON *ids = ids_of(object);
    return cbk_ecs_attach_role(env->cloud, cbk_object_text(object->desired, "role"), ids, err);
}

static int attachment_create(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    int r = cbk_until_propagated(env, attach, object, err);
    if (r < 0)
        return r;
    cbk_object_settle(object, object->instance);
    return 0;
}

static int attachment_update(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *ids = ids_of(object);
    int r = cbk_ecs_detach_role(env->cloud, cbk_object_text(object->live, "role"), ids, err);
    if (r < 0)
        return r;
    json_decref(object->live);
    object->live = NULL;
    return attachment_create(env, object, err);
}

static int attachment_destroy(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *ids = ids_of(object);
    return cbk_ecs_detach_role(env->cloud, cbk_object_text(object->live, "role"), ids, err);
}

const struct cbk_kind cbk_kind_attachment = {
    .section = "attachments",
    .name = "attachment",
    .per_instance = true,
    .exclusive = true,
    .desire = attachment_desire,
    .refresh = attachment_refresh,
    .create = attachment_create,
    .update = attachment_update,
    .destroy = attachment_destroy,
};
