#include "engine/keeper.h"

#include "engine/address.h"
#include "kinds/kind.h"
#include "state/scribe.h"
#include "state/state.h"

#include <pthread.h>

struct cbk_keeper {
    struct cbk_store *store;
    struct cbk_scribe *scribe;
    int64_t serial;       /* of the state as the store has it */
    pthread_mutex_t lock; /* guards what follows */
    json_t *state;
    bool dirty;
    int64_t last_number; /* of an intent */
};

/* Higher than that of any intent which is open. */
static int64_t last_number_in(const json_t *state)
{
    int64_t last = 0;
    size_t index;
    json_t *intent;
    json_array_foreach(cbk_state_intents(state), index, intent)
        if (cbk_json_int(intent, "n", 0) > last)
            last = cbk_json_int(intent, "n", 0);
    return last;
}

int cbk_keeper_new(struct cbk_store *store, const json_t *state, const struct cbk_env *env, struct cbk_keeper **ret,
                   struct cbk_error *err)
{
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = CBK_NEW(struct cbk_keeper);
    (void)pthread_mutex_init(&keeper->lock, NULL);
    keeper->store = store;
    keeper->state = state ? json_deep_copy(state) : cbk_state_new(env->stack_name);
    cbk_json_set_text(keeper->state, "region", cbk_json_text(env->stack, "provider.region"));
    keeper->serial = cbk_state_serial(keeper->state);
    keeper->last_number = last_number_in(keeper->state);
    keeper->scribe = cbk_scribe_new(store);
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
    cbk_scribe_free(keeper->scribe);
    json_decref(keeper->state);
    (void)pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}

/* The state's own copy, since entries are of many threads. */
static void replay(struct cbk_keeper *keeper, const json_t *entry)
{
    CBK_JSON *copy = json_deep_copy(entry);
    (void)pthread_mutex_lock(&keeper->lock);
    (void)cbk_state_replay(keeper->state, copy);
    keeper->dirty = true;
    cbk_json_decrefp(&copy);
    (void)pthread_mutex_unlock(&keeper->lock);
}

static int record(struct cbk_keeper *keeper, const json_t *entry, struct cbk_error *err)
{
    int r = cbk_scribe_write(keeper->scribe, entry, err);
    if (r == 0)
        replay(keeper, entry);
    return r;
}

static void record_later(struct cbk_keeper *keeper, const json_t *entry)
{
    cbk_scribe_write_later(keeper->scribe, entry);
    replay(keeper, entry);
}

int cbk_keeper_intend(struct cbk_keeper *keeper, json_t *intent, int64_t *ret_number, struct cbk_error *err)
{
    (void)pthread_mutex_lock(&keeper->lock);
    int64_t number = ++keeper->last_number;
    (void)pthread_mutex_unlock(&keeper->lock);
    json_object_set_new(intent, "n", json_integer((json_int_t)number));
    CBK_JSON *entry = cbk_state_intent_entry(intent);
    int r = record(keeper, entry, err);
    if (r == 0)
        *ret_number = number;
    return r;
}

void cbk_keeper_learn(struct cbk_keeper *keeper, int64_t number, bool is_open, const char *code, const char *request_id)
{
    CBK_JSON *entry = cbk_state_outcome_entry(number, is_open, code, request_id);
    record_later(keeper, entry);
}

/* The numbers of the intents at an address, as a new array. */
static json_t *numbers_at(struct cbk_keeper *keeper, const char *address)
{
    json_t *numbers = json_array();
    size_t index;
    json_t *intent;
    (void)pthread_mutex_lock(&keeper->lock);
    json_array_foreach(cbk_state_intents(keeper->state), index, intent)
        if (cbk_str_equal(cbk_json_text(intent, "address"), address))
            json_array_append_new(numbers, json_integer((json_int_t)cbk_json_int(intent, "n", 0)));
    (void)pthread_mutex_unlock(&keeper->lock);
    return numbers;
}

void cbk_keeper_close_intents(struct cbk_keeper *keeper, const char *address)
{
    CBK_JSON *numbers = numbers_at(keeper, address);
    for (size_t i = 0; i < json_array_size(numbers); i++)
        cbk_keeper_learn(keeper, json_integer_value(json_array_get(numbers, i)), /* is_open= */ false, NULL, NULL);
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

void cbk_keeper_begin(struct cbk_keeper *keeper, const struct cbk_object *object)
{
    CBK_JSON *resource = make_resource(object, object->desired);
    json_object_set_new(resource, "intent", json_true());
    CBK_JSON *entry = cbk_state_entry(object->address, resource);
    record_later(keeper, entry);
}

/* A job's object lives as a point, which expires; what was applied is what was asked for. */
static json_t *entry_of(const struct cbk_object *object)
{
    CBK_JSON *resource = make_resource(object, object->kind->decide ? object->desired : object->live);
    return cbk_state_entry(object->address, resource);
}

int cbk_keeper_put(struct cbk_keeper *keeper, const struct cbk_object *object, struct cbk_error *err)
{
    CBK_JSON *entry = entry_of(object);
    return record(keeper, entry, err);
}

void cbk_keeper_put_later(struct cbk_keeper *keeper, const struct cbk_object *object)
{
    CBK_JSON *entry = entry_of(object);
    record_later(keeper, entry);
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

/* Records what stands at `from` under `to`, along with the next. */
static int copy_to(struct cbk_keeper *keeper, const char *from, const char *to, struct cbk_error *err)
{
    CBK_JSON *resource = copy_of(keeper, from);
    if (!resource)
        return cbk_fail(err, CBK_E_INTERNAL, "the state knows nothing at '%s'", from);
    json_object_del(resource, "prevent_destroy"); /* a replacement that is under way has been allowed */
    CBK_JSON *entry = cbk_state_entry(to, resource);
    record_later(keeper, entry);
    return 0;
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
    if (r == 0)
        cbk_keeper_begin(keeper, object);
    return r;
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

/* For the journal alone: an apply that ends brings the whole. */
void cbk_keeper_open_ledger(struct cbk_keeper *keeper, const json_t *head)
{
    CBK_JSON *entry = cbk_state_begun_entry(head);
    cbk_scribe_write_later(keeper->scribe, entry);
}

void cbk_keeper_enter(struct cbk_keeper *keeper, const json_t *row)
{
    CBK_JSON *entry = cbk_state_row_entry(row);
    cbk_scribe_write_later(keeper->scribe, entry);
}

int cbk_keeper_finish(struct cbk_keeper *keeper, const json_t *ledger, const char *note, struct cbk_error *err)
{
    if (!keeper->dirty && !ledger)
        return 0;
    cbk_json_set_copy(keeper->state, "last_apply", ledger);
    json_object_set_new(keeper->state, "serial", json_integer((json_int_t)keeper->serial + 1));
    int r = cbk_store_write(keeper->store, keeper->state, keeper->serial, note, err);
    if (r < 0)
        return r;
    keeper->serial++;
    keeper->dirty = false;
    return 0;
}
