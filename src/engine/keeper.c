#include "engine/keeper.h"

#include "engine/address.h"
#include "kinds/kind.h"
#include "state/state.h"

#include <pthread.h>

struct cbk_keeper {
    struct cbk_store *store;
    json_t *state;
    int64_t serial; /* of the state as the store has it */
    bool dirty;
    pthread_mutex_t lock;
};

int cbk_keeper_new(struct cbk_store *store, const json_t *state, const struct cbk_env *env, struct cbk_keeper **ret,
                   struct cbk_error *err)
{
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = CBK_NEW(struct cbk_keeper);
    (void)pthread_mutex_init(&keeper->lock, NULL);
    keeper->store = store;
    keeper->state = state ? json_deep_copy(state) : cbk_state_new(env->stack_name);
    cbk_json_set_text(keeper->state, "region", cbk_json_text(env->stack, "provider.region"));
    keeper->serial = cbk_state_serial(keeper->state);
    if (!state) {
        int r = cbk_store_write(store, keeper->state, 0, "begin the state", err);
        if (r < 0)
            return r;
    }
    *ret = cbk_keeper_steal(&keeper);
    return 0;
}

void cbk_keeper_free(struct cbk_keeper *keeper)
{
    if (!keeper)
        return;
    json_decref(keeper->state);
    (void)pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}

static int record(struct cbk_keeper *keeper, const json_t *entry, struct cbk_error *err)
{
    (void)pthread_mutex_lock(&keeper->lock);
    int r = cbk_store_append(keeper->store, entry, err);
    if (r == 0) {
        (void)cbk_state_replay(keeper->state, entry);
        keeper->dirty = true;
    }
    (void)pthread_mutex_unlock(&keeper->lock);
    return r;
}

static json_t *deps_of(const struct cbk_object *object)
{
    CBK_JSON *deps = json_array();
    for (size_t i = 0; i < object->deps.len; i++)
        json_array_append_new(deps, json_string(object->deps.items[i]));
    return cbk_json_sorted_texts(deps);
}

static json_t *make_resource(const struct cbk_object *object, const json_t *attributes)
{
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(object->desired);
    json_t *resource = json_pack("{s:s, s:s, s:o, s:s, s:o}", "kind", object->kind->name, "id",
                                 object->id ? object->id : cbk_object_title(object), "attributes",
                                 json_deep_copy(attributes), "applied_digest", digest, "depends_on", deps_of(object));
    if (object->evidence)
        json_object_set(resource, "evidence", object->evidence);
    if (object->is_protected)
        json_object_set_new(resource, "prevent_destroy", json_true());
    if (object->is_adopted)
        json_object_set_new(resource, "adopted", json_true());
    return resource;
}

int cbk_keeper_intend(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *resource = make_resource(object, object->desired);
    json_object_set_new(resource, "intent", json_true());
    CBK_JSON *entry = cbk_state_entry(object->address, resource);
    return record(keeper, entry, err);
}

int cbk_keeper_put(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err)
{
    /* A job's object lives as a point, which expires; what was applied is what was asked for. */
    CBK_JSON *resource = make_resource(object, object->kind->decide ? object->desired : object->live);
    CBK_JSON *entry = cbk_state_entry(object->address, resource);
    return record(keeper, entry, err);
}

int cbk_keeper_drop(struct cbk_keeper *keeper, const char *address, struct cbk_error *err)
{
    CBK_JSON *entry = cbk_state_entry(address, NULL);
    return record(keeper, entry, err);
}

/* What the state holds at `address` now; NULL: nothing. New reference. */
static json_t *copy_of(struct cbk_keeper *keeper, const char *address)
{
    (void)pthread_mutex_lock(&keeper->lock);
    json_t *copy = json_deep_copy(cbk_state_resource(keeper->state, address));
    (void)pthread_mutex_unlock(&keeper->lock);
    return copy;
}

int cbk_keeper_note(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *resource = copy_of(keeper, object->address);
    CBK_JSON *attributes = json_object();
    const char *key;
    json_t *last;
    json_object_foreach((json_t *)object->last, key, last) {
        json_t *live = json_object_get(object->live, key);
        if (live)
            json_object_set_new(attributes, key, json_deep_copy(live));
    }
    json_object_set(resource, "attributes", attributes);
    CBK_JSON *entry = cbk_state_entry(object->address, resource);
    return record(keeper, entry, err);
}

/* Records what stands at `from` under `to`. */
static int copy_to(struct cbk_keeper *keeper, const char *from, const char *to, struct cbk_error *err)
{
    CBK_JSON *resource = copy_of(keeper, from);
    if (!resource)
        return cbk_fail(err, CBK_E_INTERNAL, "the state knows nothing at '%s'", from);
    json_object_del(resource, "prevent_destroy"); /* a replacement that is under way has been allowed */
    CBK_JSON *entry = cbk_state_entry(to, resource);
    return record(keeper, entry, err);
}

int cbk_keeper_set_aside(struct cbk_keeper *keeper, const char *address, const char *former, struct cbk_error *err)
{
    return copy_to(keeper, address, former, err);
}

int cbk_keeper_replace(struct cbk_keeper *keeper, const struct cbk_object *old, const struct cbk_object *object,
                       struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *former = cbk_address_former(old->address, old->id);
    int r = copy_to(keeper, old->was ? old->was : old->address, former, err);
    return r < 0 ? r : cbk_keeper_intend(keeper, object, err);
}

int cbk_keeper_take_back(struct cbk_keeper *keeper, const struct cbk_object *old, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *former = cbk_address_former(old->address, old->id);
    int r = copy_to(keeper, former, old->address, err);
    return r < 0 ? r : cbk_keeper_drop(keeper, former, err);
}

int cbk_keeper_drop_former(struct cbk_keeper *keeper, const struct cbk_object *old, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *former = cbk_address_former(old->address, old->id);
    return cbk_keeper_drop(keeper, former, err);
}

int cbk_keeper_finish(struct cbk_keeper *keeper, const char *note, struct cbk_error *err)
{
    if (!keeper->dirty)
        return 0;
    json_object_set_new(keeper->state, "serial", json_integer((json_int_t)keeper->serial + 1));
    int r = cbk_store_write(keeper->store, keeper->state, keeper->serial, note, err);
    if (r < 0)
        return r;
    keeper->serial++;
    keeper->dirty = false;
    return 0;
}
