/* A local store with some steps in it. */
#ifndef CBK_TESTS_STATE_STEPS_H
#define CBK_TESTS_STATE_STEPS_H

#include "scratch.h"
#include "state/state.h"
#include "state/store.h"

#define STACK "mysql"

/* A policy of this number, as a resource. */
CBK_UNUSED static json_t *numbered_resource(int number)
{
    return json_pack("{s:s, s:{s:i}}", "kind", "policy", "attributes", "number", number);
}

CBK_UNUSED static int lock_store(struct cbk_store *store, struct cbk_error *err)
{
    return cbk_store_lock(store, &(struct cbk_lock_info){.operation = "apply", .stack = STACK}, err);
}

CBK_UNUSED static int append_numbered(struct cbk_store *store, int number, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("policies.p%d", number);
    CBK_JSON *resource = numbered_resource(number);
    CBK_JSON *entry = cbk_state_entry(address, resource);
    return cbk_store_append(store, entry, err);
}

/* A store of `dir` that is locked, has the state `serial` written, and `steps` steps appended. */
CBK_UNUSED static struct cbk_store *store_with_steps(const char *dir, int serial, int steps)
{
    struct cbk_store *store = cbk_store_local_new(dir, STACK);
    CBK_JSON *state = cbk_state_new(STACK);
    json_object_set_new(state, "serial", json_integer(serial));
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    assert_int_equal(cbk_store_write(store, state, 0, NULL, &err), 0);
    for (int i = 0; i < steps; i++)
        assert_int_equal(append_numbered(store, i, &err), 0);
    return store;
}

#endif
