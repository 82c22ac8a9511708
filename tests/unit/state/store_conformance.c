#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/store_conformance.h"

#include "state/state.h"

#include <string.h>

#define OWNED_STORE CBK_CLEANUP(cbk_store_freep) struct cbk_store

static struct cbk_store *open_handle(const struct cbk_store_seat *seat)
{
    struct cbk_store *store = seat->open(seat->context);
    assert_non_null(store);
    return store;
}

static void must(int r, const struct cbk_error *err)
{
    if (r < 0)
        fail_msg("%s", err->message);
}

static void lock(struct cbk_store *store)
{
    CBK_ERROR(err);
    must(cbk_store_lock(store, &(struct cbk_lock_info){.operation = "apply", .stack = CBK_CONFORMANCE_STACK}, &err),
         &err);
}

static json_t *read_state(struct cbk_store *store)
{
    CBK_ERROR(err);
    json_t *state = NULL;
    must(cbk_store_read(store, &state, &err), &err);
    return state;
}

static void write_state(struct cbk_store *store, const json_t *state, int64_t expected_serial)
{
    CBK_ERROR(err);
    must(cbk_store_write(store, state, expected_serial, NULL, &err), &err);
}

static json_t *resource(int number)
{
    return json_pack("{s:s, s:{s:i}}", "kind", "policy", "attributes", "number", number);
}

/* number < 0: the address is gone */
static void append(struct cbk_store *store, const char *address, int number)
{
    CBK_ERROR(err);
    CBK_JSON *what = number < 0 ? NULL : resource(number);
    CBK_JSON *entry = cbk_state_entry(address, what);
    must(cbk_store_append(store, entry, &err), &err);
}

static json_t *state_of_serial(int serial)
{
    json_t *state = cbk_state_new(CBK_CONFORMANCE_STACK);
    json_object_set_new(state, "serial", json_integer(serial));
    return state;
}

/* The resources as compact text, for comparing at a glance. */
static void assert_resources(struct cbk_store *store, const char *expected)
{
    CBK_JSON *state = read_state(store);
    CBK_STR(text);
    cbk_json_add_canonical(&text, cbk_state_resources(state));
    assert_string_equal(text.ptr, expected);
}

#define R1 "{\"attributes\":{\"number\":1},\"kind\":\"policy\"}"
#define R2 "{\"attributes\":{\"number\":2},\"kind\":\"policy\"}"

static void an_empty_store_has_no_state(const struct cbk_store_seat *seat)
{
    OWNED_STORE *store = open_handle(seat);
    CBK_JSON *state = read_state(store);
    assert_null(state);
    lock(store);
    state = read_state(store);
    assert_null(state);
}

static void what_was_written_is_what_others_read(const struct cbk_store_seat *seat)
{
    OWNED_STORE *writer = open_handle(seat), *reader = open_handle(seat);
    CBK_JSON *state = state_of_serial(0);
    json_object_set_new(cbk_state_resources(state), "policies.a", resource(1));
    json_object_set_new(state, "unknown", json_string("\u00e4\u4e2d"));
    lock(writer);
    write_state(writer, state, 0);
    CBK_JSON *seen = read_state(reader), *own = read_state(writer);
    assert_true(json_equal(seen, state));
    assert_true(json_equal(own, state));
}

static void a_serial_that_moved_refuses_the_write(const struct cbk_store_seat *seat)
{
    static const int wrong[] = {-1, 0, 4, 6};
    OWNED_STORE *store = open_handle(seat);
    CBK_JSON *state = state_of_serial(5), *other = state_of_serial(6);
    CBK_ERROR(err);
    lock(store);
    assert_int_equal(cbk_store_write(store, state, 5, NULL, &err),
                     CBK_E_STATE); /* there is none yet: that counts as 0 */
    write_state(store, state, 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(wrong); i++) {
        assert_int_equal(cbk_store_write(store, other, wrong[i], NULL, &err), CBK_E_STATE);
        assert_non_null(strstr(err.message, "moved"));
        CBK_JSON *seen = read_state(store);
        assert_true(json_equal(seen, state));
    }
    write_state(store, other, 5);
    CBK_JSON *seen = read_state(store);
    assert_true(json_equal(seen, other));
}

static void one_holder_at_a_time(const struct cbk_store_seat *seat)
{
    OWNED_STORE *first = open_handle(seat), *second = open_handle(seat);
    CBK_ERROR(err);
    const struct cbk_lock_info info = {.operation = "destroy", .stack = CBK_CONFORMANCE_STACK};
    lock(first);
    assert_int_equal(cbk_store_lock(second, &info, &err), CBK_E_LOCKED);
    assert_non_null(strstr(err.message, "'apply'")); /* what the holder does, not what the one who waits wants */
    assert_non_null(err.hint);
    CBK_JSON *state = read_state(second); /* reading needs no lock */
    assert_null(state);
    cbk_store_unlock(first);
    lock(second);
    assert_int_equal(cbk_store_lock(first, &info, &err), CBK_E_LOCKED);
    cbk_store_freep(&second); /* a freed handle gives its lock back */
    lock(first);
}

static void unlocking_twice_harms_nobody(const struct cbk_store_seat *seat)
{
    OWNED_STORE *first = open_handle(seat), *second = open_handle(seat);
    lock(first);
    cbk_store_unlock(first);
    cbk_store_unlock(first);
    lock(second);
    cbk_store_unlock(first);
    CBK_ERROR(err);
    assert_int_equal(
        cbk_store_lock(first, &(struct cbk_lock_info){.operation = "apply", .stack = CBK_CONFORMANCE_STACK}, &err),
        CBK_E_LOCKED);
}

static void a_step_needs_a_state(const struct cbk_store_seat *seat)
{
    OWNED_STORE *store = open_handle(seat);
    CBK_JSON *entry = cbk_state_entry("policies.a", NULL);
    CBK_ERROR(err);
    lock(store);
    assert_int_equal(cbk_store_append(store, entry, &err), CBK_E_INTERNAL);
}

static void steps_are_seen_at_once(const struct cbk_store_seat *seat)
{
    OWNED_STORE *writer = open_handle(seat), *reader = open_handle(seat);
    CBK_JSON *state = state_of_serial(3);
    lock(writer);
    write_state(writer, state, 0);
    append(writer, "policies.b", 2);
    assert_resources(reader, "{\"policies.b\":" R2 "}");
    append(writer, "policies.a", 2);
    append(writer, "policies.a", 1);
    assert_resources(reader, "{\"policies.a\":" R1 ",\"policies.b\":" R2 "}");
    append(writer, "policies.b", -1);
    append(writer, "policies.never", -1);
    assert_resources(reader, "{\"policies.a\":" R1 "}");
    CBK_JSON *seen = read_state(reader);
    assert_string_equal(cbk_state_lineage(seen), cbk_state_lineage(state));
    assert_true(cbk_state_serial(seen) > 3); /* another state than the one that was written */
}

static void a_write_ends_the_story_of_its_steps(const struct cbk_store_seat *seat)
{
    OWNED_STORE *writer = open_handle(seat), *reader = open_handle(seat);
    CBK_JSON *state = state_of_serial(0), *next = NULL;
    lock(writer);
    write_state(writer, state, 0);
    append(writer, "policies.a", 1);
    next = read_state(writer);
    json_object_set_new(next, "serial", json_integer(1));
    json_object_del(cbk_state_resources(next), "policies.a");
    write_state(writer, next, 0);
    CBK_JSON *seen = read_state(reader);
    assert_true(json_equal(seen, next)); /* not once more the step that came before */
    append(writer, "policies.b", 2);
    assert_resources(reader, "{\"policies.b\":" R2 "}");
}

static void the_next_holder_takes_over_what_a_dead_one_did(const struct cbk_store_seat *seat)
{
    OWNED_STORE *dead = open_handle(seat), *heir = open_handle(seat);
    CBK_JSON *state = state_of_serial(7);
    lock(dead);
    write_state(dead, state, 0);
    append(dead, "policies.a", 1);
    append(dead, "policies.b", 2);
    cbk_store_freep(&dead);
    CBK_JSON *found = read_state(heir);
    assert_int_equal(cbk_state_serial(found), 8);
    lock(heir);
    CBK_JSON *folded = read_state(heir);
    assert_true(json_equal(folded, found));
    append(heir, "policies.a", -1);
    assert_resources(heir, "{\"policies.b\":" R2 "}"); /* its own steps stand on what it took over */
    CBK_JSON *last = read_state(heir);
    json_object_set_new(last, "serial", json_integer(9));
    write_state(heir, last, 8);
    cbk_store_unlock(heir);
    assert_resources(heir, "{\"policies.b\":" R2 "}");
}

static void a_handle_serves_one_apply_after_another(const struct cbk_store_seat *seat)
{
    OWNED_STORE *store = open_handle(seat);
    CBK_JSON *state = state_of_serial(0);
    lock(store);
    write_state(store, state, 0);
    append(store, "policies.a", 1);
    cbk_store_unlock(store); /* the apply ended without its write */
    lock(store);
    append(store, "policies.b", 2);
    assert_resources(store, "{\"policies.a\":" R1 ",\"policies.b\":" R2 "}");
}

void cbk_store_conformance(const struct cbk_store_seat *seat)
{
    static void (*const promises[])(const struct cbk_store_seat *) = {
        an_empty_store_has_no_state,
        what_was_written_is_what_others_read,
        a_serial_that_moved_refuses_the_write,
        one_holder_at_a_time,
        unlocking_twice_harms_nobody,
        a_step_needs_a_state,
        steps_are_seen_at_once,
        a_write_ends_the_story_of_its_steps,
        the_next_holder_takes_over_what_a_dead_one_did,
        a_handle_serves_one_apply_after_another,
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(promises); i++) {
        seat->clear(seat->context);
        promises[i](seat);
    }
}
