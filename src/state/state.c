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

json_t *cbk_state_entry(const char *address, const json_t *resource)
{
    return json_pack("{s:s, s:O*}", "address", address, "resource", resource);
}

bool cbk_state_replay(json_t *state, const json_t *entry)
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
