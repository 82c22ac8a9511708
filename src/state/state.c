#include "state/state.h"

#include "base/digest.h"

json_t *cbk_state_new(const char *stack)
{
    CBK_STR(lineage);
    cbk_uuid_add(&lineage);
    return json_pack("{s:i, s:s, s:i, s:s, s:{}}", "version", CBK_STATE_VERSION, "lineage", lineage.ptr, "serial", 0,
                     "stack", stack, "resources");
}

static bool is_resource(const json_t *resource)
{
    return cbk_json_text(resource, "kind") && json_is_object(json_object_get(resource, "attributes"));
}

static bool is_intent(const json_t *intent)
{
    return json_is_integer(json_object_get(intent, "n")) && cbk_json_text(intent, "address") &&
           cbk_json_text(intent, "action") && json_is_object(json_object_get(intent, "key"));
}

int cbk_state_check(const json_t *state, const char *where, const char *stack, struct cbk_error *err)
{
    int64_t version = cbk_json_int(state, "version", 0);
    if (version > CBK_STATE_VERSION) {
        (void)cbk_fail(err, CBK_E_STATE, "the state in '%s' is of version %lld, this cbk knows %d", where,
                       (long long)version, CBK_STATE_VERSION);
        return cbk_error_hint(err, "use the newer cbk that wrote it");
    }
    if (version != CBK_STATE_VERSION || !cbk_state_lineage(state) || cbk_state_serial(state) < 0 ||
        !json_is_object(cbk_state_resources(state))) {
        (void)cbk_fail(err, CBK_E_STATE, "'%s' is not a state of cbk", where);
        return cbk_error_hint(err, "restore it from a copy, or move it away and adopt the objects with a new plan");
    }
    const char *owner = cbk_json_text(state, "stack");
    if (owner && !cbk_str_equal(owner, stack)) {
        (void)cbk_fail(err, CBK_E_STATE, "the state in '%s' belongs to the stack '%s', not to '%s'", where, owner,
                       stack);
        return cbk_error_hint(err, "each stack has a state of its own: give this one another place under 'state'");
    }
    const char *address;
    json_t *resource;
    json_object_foreach(cbk_state_resources(state), address, resource) {
        if (!is_resource(resource))
            return cbk_fail(err, CBK_E_STATE, "the state in '%s' is damaged at resource '%s'", where, address);
    }
    size_t index;
    json_t *intent;
    json_array_foreach(cbk_state_intents(state), index, intent)
        if (!is_intent(intent))
            return cbk_fail(err, CBK_E_STATE, "the state in '%s' is damaged at intent %zu", where, index + 1);
    return 0;
}

const char *cbk_state_lineage(const json_t *state)
{
    return cbk_json_text(state, "lineage");
}

int64_t cbk_state_serial(const json_t *state)
{
    return cbk_json_int(state, "serial", -1);
}

json_t *cbk_state_resources(const json_t *state)
{
    return json_object_get(state, "resources");
}

json_t *cbk_state_resource(const json_t *state, const char *address)
{
    return json_object_get(cbk_state_resources(state), address);
}

json_t *cbk_state_intents(const json_t *state)
{
    return json_object_get(state, "intents");
}

json_t *cbk_state_entry(const char *address, const json_t *resource)
{
    return json_pack("{s:s, s:O*}", "address", address, "resource", resource);
}

json_t *cbk_state_intent_entry(const json_t *intent)
{
    return json_pack("{s:O}", "intent", intent);
}

json_t *cbk_state_outcome_entry(int64_t number, bool is_open, const char *code, const char *request_id)
{
    return json_pack("{s:{s:I, s:b, s:s*, s:s*}}", "outcome", "n", (json_int_t)number, "open", (int)is_open, "code",
                     code, "request_id", request_id);
}

json_t *cbk_state_begun_entry(const json_t *head)
{
    return json_pack("{s:O}", "begun", head);
}

json_t *cbk_state_row_entry(const json_t *row)
{
    return json_pack("{s:O}", "row", row);
}

/* Where the intent of that number stands; the number of intents when there is none. */
static size_t place_of(const json_t *state, int64_t number)
{
    const json_t *intents = cbk_state_intents(state);
    size_t i = 0;
    while (i < json_array_size(intents) && cbk_json_int(json_array_get(intents, i), "n", -1) != number)
        i++;
    return i;
}

static void drop_intent(json_t *state, size_t place)
{
    json_t *intents = cbk_state_intents(state);
    if (place < json_array_size(intents))
        json_array_remove(intents, place);
    if (!json_array_size(intents))
        json_object_del(state, "intents");
}

static bool replay_intent(json_t *state, json_t *intent)
{
    if (!is_intent(intent))
        return false;
    drop_intent(state, place_of(state, cbk_json_int(intent, "n", -1)));
    if (!cbk_state_intents(state))
        json_object_set_new(state, "intents", json_array());
    json_array_append(cbk_state_intents(state), intent);
    return true;
}

static bool replay_outcome(json_t *state, const json_t *outcome)
{
    size_t place = place_of(state, cbk_json_int(outcome, "n", -1));
    if (!json_is_integer(json_object_get(outcome, "n")))
        return false;
    if (!cbk_json_bool(outcome, "open", false)) {
        drop_intent(state, place);
        return true;
    }
    json_t *intent = json_array_get(cbk_state_intents(state), place);
    cbk_json_set_text(intent, "code", cbk_json_text(outcome, "code"));
    cbk_json_set_text(intent, "request_id", cbk_json_text(outcome, "request_id"));
    return true;
}

static bool replay_resource(json_t *state, const json_t *entry)
{
    const char *address = cbk_json_text(entry, "address");
    json_t *resource = json_object_get(entry, "resource");
    if (!address || (resource && !is_resource(resource)))
        return false;
    if (resource)
        json_object_set(cbk_state_resources(state), address, resource);
    else
        json_object_del(cbk_state_resources(state), address);
    return true;
}

/* Whose end is not in the journal was killed: an apply that ends writes its ledger into the state itself. */
static bool replay_begun(json_t *state, const json_t *head)
{
    if (!json_is_object(head))
        return false;
    json_t *ledger = json_deep_copy(head);
    json_object_set_new(ledger, "cut_off", json_true());
    json_object_set_new(ledger, "rows", json_array());
    json_object_set_new(state, "last_apply", ledger);
    return true;
}

static bool replay_row(json_t *state, json_t *row)
{
    json_t *ledger = json_object_get(state, "last_apply");
    return json_is_object(row) && cbk_json_bool(ledger, "cut_off", false) &&
           json_array_append(json_object_get(ledger, "rows"), row) == 0;
}

bool cbk_state_replay(json_t *state, const json_t *entry)
{
    json_t *intent = json_object_get(entry, "intent"), *outcome = json_object_get(entry, "outcome");
    json_t *begun = json_object_get(entry, "begun"), *row = json_object_get(entry, "row");
    if (intent)
        return replay_intent(state, intent);
    if (outcome)
        return replay_outcome(state, outcome);
    if (begun)
        return replay_begun(state, begun);
    return row ? replay_row(state, row) : replay_resource(state, entry);
}
