#include "engine/vet.h"

#include "engine/address.h"
#include "schema/schema.h"
#include "state/state.h"

/* The first thing that is wrong by the schema; empty: nothing is. */
static void take_first(void *context, const struct cbk_violation *violation)
{
    struct cbk_str *first = context;
    if (first->len)
        return;
    cbk_pointer_add_path(first, violation->pointer);
    cbk_str_addf(first, "%s%s", first->len ? ": " : "", violation->message);
}

static int fail_damaged(const char *where, const char *why, struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_STATE, "the state in '%s' is damaged: %s", where, why);
    return cbk_error_hint(err, "restore it from a copy; or mend what 'cbk state pull' prints, and 'cbk state push' it");
}

static int vet_resource(struct cbk_arena *scratch, const char *address, const json_t *resource, const char *where,
                        struct cbk_error *err)
{
    const char *name = cbk_json_text_or(resource, "kind", "");
    const struct cbk_kind *kind = cbk_kind_by_name(name);
    struct cbk_address parts;
    CBK_STR(why);
    if (!kind || !cbk_address_parse(scratch, address, &parts)) {
        (void)cbk_fail(err, CBK_E_STATE, "the state in '%s' has an object of a kind not known here: '%s', a '%s'",
                       where, address, name);
        return cbk_error_hint(err, "use the cbk that wrote it; 'cbk state rm' forgets the object, and leaves it in the "
                                   "cloud");
    }
    if (parts.kind != kind)
        cbk_str_addf(&why, "'%s' cannot be a %s", address, name);
    else if (kind->per_instance != (parts.instance != NULL))
        cbk_str_addf(&why, "'%s' is not the address of a %s", address, name);
    return why.len ? fail_damaged(where, why.ptr, err) : 0;
}

int cbk_state_vet(const json_t *state, const char *where, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *scratch = cbk_arena_new();
    CBK_STR(wrong);
    if (cbk_schema_validate(cbk_schema_state(), state, take_first, &wrong))
        return fail_damaged(where, wrong.ptr, err);
    const char *address;
    json_t *resource;
    json_object_foreach(cbk_state_resources(state), address, resource) {
        int r = vet_resource(scratch, address, resource, where, err);
        if (r < 0)
            return r;
    }
    return 0;
}
