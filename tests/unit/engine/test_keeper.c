/* The keeper: every outcome is in the store before it counts, and the state is what its schema says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/keeper.h"
#include "scratch.h"
#include "strict_schema.h"

/* What another process reads. */
static const struct cbk_env env = {.stack_name = "web"};

static json_t *seen(const char *dir)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *reader = cbk_store_local_new(dir, "web");
    json_t *state = NULL;
    CBK_ERROR(err);
    if (cbk_store_read(reader, &state, &err) < 0)
        fail_msg("%s", err.message);
    return state;
}

static struct cbk_store *locked_store(const char *dir)
{
    struct cbk_store *store = cbk_store_local_new(dir, "web");
    CBK_ERROR(err);
    assert_int_equal(cbk_store_lock(store, &(struct cbk_lock_info){.operation = "apply", .stack = "web"}, &err), 0);
    return store;
}

static const json_t *resource_of(const json_t *state, const char *address)
{
    return json_object_get(json_object_get(state, "resources"), address);
}

static json_t *an_intent(const char *address)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s}, s:s, s:i, s:s}", "address", address, "step", "create", "action",
                     "CreateRole", "key", "RoleName", "R", "digest",
                     "0123456789012345678901234567890123456789012345678901234567890123", "at", 1, "wanted", "sha256:1");
}

static int64_t intend(struct cbk_keeper *keeper, const char *address)
{
    CBK_JSON *intent = an_intent(address);
    int64_t number = 0;
    CBK_ERROR(err);
    if (cbk_keeper_intend(keeper, intent, &number, &err) < 0)
        fail_msg("%s", err.message);
    return number;
}

static void outcomes_are_kept_as_they_come(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = locked_store(*state);
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL;
    CBK_CLEANUP(built_release) struct built role, job;
    CBK_ERROR(err);
    build_object(&(struct build_sides){&cbk_kind_role, "{}", "{'name': 'R'}", NULL, NULL}, &role);
    build_object(
        &(struct build_sides){&cbk_kind_snapshot_job, "{}", "{'instance': 'i-1', 'level': 'crash'}", NULL, NULL}, &job);
    assert_int_equal(cbk_keeper_new(store, NULL, &env, &keeper, &err), 0);
    CBK_JSON *empty = seen(*state);
    assert_strictly_valid("state", empty);
    assert_int_equal(cbk_json_int(empty, "serial", -1), 0);

    cbk_keeper_begin(keeper, &role.object);
    CBK_JSON *nothing_sent = seen(*state);
    assert_null(resource_of(nothing_sent, "roles.app"));
    int64_t number = intend(keeper, "roles.app");
    CBK_JSON *begun = seen(*state);
    assert_strictly_valid("state", begun);
    assert_true(cbk_json_bool(resource_of(begun, "roles.app"), "intent", false));
    assert_int_equal(json_array_size(json_object_get(begun, "intents")), 1);
    cbk_keeper_learn(keeper, number, false, NULL, NULL);

    cbk_object_settle(&role.object, "R");
    cbk_strings_push(&role.object.deps, "policies.b");
    cbk_strings_push(&role.object.deps, "policies.a");
    role.object.is_protected = true;
    assert_int_equal(cbk_keeper_put(keeper, &role.object, &err), 0);
    job.object.evidence = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:i}", "instance", "i-1", "snapshot_id", "s",
                                    "job_id", "j", "time", 1, "level", "crash", "why", "w", "trigger", 7);
    assert_int_equal(cbk_keeper_put(keeper, &job.object, &err), 0);
    CBK_JSON *done = seen(*state);
    assert_strictly_valid("state", done);
    assert_null(json_object_get(done, "intents"));
    const json_t *kept = resource_of(done, "roles.app");
    assert_null(json_object_get(kept, "intent"));
    assert_string_equal(cbk_json_text(kept, "id"), "R");
    assert_string_equal(json_string_value(json_array_get(json_object_get(kept, "depends_on"), 0)), "policies.a");
    assert_true(cbk_json_bool(kept, "prevent_destroy", false));
    assert_string_equal(cbk_json_text(resource_of(done, "snapshot_jobs.app[\"i-1\"]"), "attributes.level"), "crash");

    assert_int_equal(cbk_keeper_drop(keeper, "roles.app", &err), 0);
    CBK_JSON *dropped = seen(*state);
    assert_null(resource_of(dropped, "roles.app"));
    assert_int_equal(cbk_keeper_finish(keeper, NULL, "a note", &err), 0);
    CBK_JSON *last = seen(*state);
    assert_strictly_valid("state", last);
    assert_int_equal(cbk_json_int(last, "serial", -1), 1);
    assert_true(json_equal(json_object_get(last, "resources"), json_object_get(dropped, "resources")));
    assert_false(scratch_has(*state, "web.journal"));
}

static void a_replaced_object_is_remembered_until_it_has_gone(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = locked_store(*state);
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL;
    CBK_CLEANUP(built_release) struct built old, new;
    CBK_ERROR(err);
    build_object(&(struct build_sides){&cbk_kind_role, "{}", "{'name': 'Old'}", NULL, "{'name': 'Old'}"}, &old);
    build_object(&(struct build_sides){&cbk_kind_role, "{}", "{'name': 'New'}", NULL, NULL}, &new);
    old.object.id = "Old";
    old.object.is_protected = true;
    assert_int_equal(cbk_keeper_new(store, NULL, &env, &keeper, &err), 0);
    assert_int_equal(cbk_keeper_put(keeper, &old.object, &err), 0);

    assert_int_equal(cbk_keeper_replace(keeper, &old.object, &new.object, &err), 0);
    cbk_keeper_learn(keeper, intend(keeper, "roles.app"), false, NULL, NULL);
    CBK_JSON *both = seen(*state);
    assert_strictly_valid("state", both);
    assert_string_equal(cbk_json_text(resource_of(both, "roles.app"), "id"), "New");
    assert_true(cbk_json_bool(resource_of(both, "roles.app"), "intent", false));
    assert_string_equal(cbk_json_text(resource_of(both, "roles.app~Old"), "id"), "Old");
    assert_null(json_object_get(resource_of(both, "roles.app~Old"), "prevent_destroy"));

    assert_int_equal(cbk_keeper_take_back(keeper, &old.object, &err), 0);
    CBK_JSON *back = seen(*state);
    assert_string_equal(cbk_json_text(resource_of(back, "roles.app"), "id"), "Old");
    assert_null(resource_of(back, "roles.app~Old"));

    assert_int_equal(cbk_keeper_replace(keeper, &old.object, &new.object, &err), 0);
    assert_int_equal(cbk_keeper_drop_former(keeper, &old.object, &err), 0);
    CBK_JSON *gone = seen(*state);
    assert_null(resource_of(gone, "roles.app~Old"));
    assert_non_null(resource_of(gone, "roles.app"));
}

static void nothing_done_is_nothing_written(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = locked_store(*state);
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL, *again = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_keeper_new(store, NULL, &env, &keeper, &err), 0);
    CBK_JSON *before = seen(*state);
    assert_int_equal(cbk_keeper_finish(keeper, NULL, "a note", &err), 0);
    assert_int_equal(cbk_keeper_new(store, before, &env, &again, &err), 0);
    assert_int_equal(cbk_keeper_finish(again, NULL, "a note", &err), 0);
    CBK_JSON *after = seen(*state);
    assert_true(json_equal(before, after));
}

static void the_serial_grows_by_one_an_apply(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = locked_store(*state);
    CBK_ERROR(err);
    for (int i = 1; i <= 3; i++) {
        CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL;
        CBK_JSON *before = seen(*state);
        assert_int_equal(cbk_keeper_new(store, before, &env, &keeper, &err), 0);
        assert_int_equal(cbk_keeper_drop(keeper, "roles.none", &err), 0);
        assert_int_equal(cbk_keeper_drop(keeper, "roles.none", &err), 0);
        assert_int_equal(cbk_keeper_finish(keeper, NULL, "a note", &err), 0);
        assert_int_equal(cbk_keeper_finish(keeper, NULL, "a note", &err), 0);
        CBK_JSON *after = seen(*state);
        assert_int_equal(cbk_json_int(after, "serial", -1), i);
    }
}

/* What is known of a call closes its intent; what is not, stays open for the next apply, which numbers from there. */
static void open_intents_outlive_the_apply(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = locked_store(*state);
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL, *next = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_keeper_new(store, NULL, &env, &keeper, &err), 0);
    int64_t first = intend(keeper, "roles.app"), second = intend(keeper, "roles.app"),
            third = intend(keeper, "roles.b");
    cbk_keeper_learn(keeper, first, false, NULL, "R-1");
    cbk_keeper_learn(keeper, second, true, "ambiguous", "R-2");
    cbk_keeper_learn(keeper, third, true, NULL, NULL);
    cbk_keeper_close_intents(keeper, "roles.b");
    assert_int_equal(cbk_keeper_finish(keeper, NULL, "a note", &err), 0);
    CBK_JSON *left = seen(*state);
    assert_strictly_valid("state", left);
    const json_t *intents = json_object_get(left, "intents");
    assert_int_equal(json_array_size(intents), 1);
    assert_int_equal(cbk_json_int(json_array_get(intents, 0), "n", 0), second);
    assert_string_equal(cbk_json_text(json_array_get(intents, 0), "code"), "ambiguous");
    assert_string_equal(cbk_json_text(json_array_get(intents, 0), "request_id"), "R-2");

    assert_int_equal(cbk_keeper_new(store, left, &env, &next, &err), 0);
    assert_int_equal(intend(next, "roles.c"), second + 1);
    cbk_keeper_learn(next, second, false, NULL, NULL);
    cbk_keeper_close_intents(next, "roles.c");
    assert_int_equal(cbk_keeper_finish(next, NULL, "a note", &err), 0);
    CBK_JSON *last = seen(*state);
    assert_null(json_object_get(last, "intents"));
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(outcomes_are_kept_as_they_come),   WITH_SCRATCH(a_replaced_object_is_remembered_until_it_has_gone),
        WITH_SCRATCH(open_intents_outlive_the_apply),   WITH_SCRATCH(nothing_done_is_nothing_written),
        WITH_SCRATCH(the_serial_grows_by_one_an_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
