/* A state edited by hand: what moves with what, what is refused, and that a refusal changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "state/edit.h"
#include "state/state.h"

static const char kept[] =
    "{'version': 1, 'lineage': 'l', 'serial': 4, 'stack': 's', 'resources': {"
    " 'roles.a': {'kind': 'role', 'id': 'A', 'depends_on': ['policies.p']},"
    " 'roles.a~Old': {'kind': 'role', 'id': 'Old', 'depends_on': []},"
    " 'roles.ab': {'kind': 'role', 'id': 'AB', 'depends_on': []},"
    " 'policies.p': {'kind': 'policy', 'id': 'P', 'depends_on': []},"
    " 'scripts.s[\\\"i-1\\\"]': {'kind': 'script', 'id': 'i-1', 'depends_on': ['roles.a', 'roles.ab']},"
    " 'scripts.s[\\\"i-2\\\"]': {'kind': 'script', 'id': 'i-2', 'depends_on': []}}}";

/* Addresses, each with its needs. */
static char *describe(const json_t *state)
{
    CBK_STR(text);
    CBK_JSON *addresses = cbk_json_sorted_keys(cbk_state_resources(state));
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        const char *address = json_string_value(json_array_get(addresses, i));
        const json_t *needs = json_object_get(cbk_state_resource(state, address), "depends_on");
        cbk_str_addf(&text, "%s", address);
        for (size_t j = 0; j < json_array_size(needs); j++)
            cbk_str_addf(&text, " < %s", json_string_value(json_array_get(needs, j)));
        cbk_str_add_char(&text, '\n');
    }
    return cbk_str_detach(&text);
}

static const struct move {
    const char *from, *to;
    const char *after;   /* as described; NULL: refused */
    const char *message; /* of the refusal */
} moves[] = {
    {"roles.a", "roles.z",
     "policies.p\nroles.ab\nroles.z < policies.p\nroles.z~Old\n"
     "scripts.s[\"i-1\"] < roles.ab < roles.z\nscripts.s[\"i-2\"]\n",
     NULL},
    {"scripts.s", "scripts.t",
     "policies.p\nroles.a < policies.p\nroles.ab\nroles.a~Old\n"
     "scripts.t[\"i-1\"] < roles.a < roles.ab\nscripts.t[\"i-2\"]\n",
     NULL},
    {"scripts.s[\"i-2\"]", "scripts.t[\"i-2\"]",
     "policies.p\nroles.a < policies.p\nroles.ab\nroles.a~Old\n"
     "scripts.s[\"i-1\"] < roles.a < roles.ab\nscripts.t[\"i-2\"]\n",
     NULL},
    {"roles.a", "roles.ab", NULL, "the state knows something at 'roles.ab' already"},
    {"roles.a", "roles.a", NULL, "the state knows something at 'roles.a' already"},
    {"roles.aa", "roles.z", NULL, "the state knows nothing at 'roles.aa' (did you mean 'roles.a'?)"},
    {"roles.a", "policies.z", NULL, "'roles.a' and 'policies.z' are not of one section"},
    {"scripts.s[\"i-1\"]", "scripts.t", NULL, "'scripts.s[\"i-1\"]' and 'scripts.t' are not of the same instance"},
};

static void what_moves_takes_its_own_along(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(moves); i++) {
        CBK_JSON *before = quick_json(kept), *edited = quick_json(kept), *made = NULL;
        CBK_ERROR(err);
        int r = cbk_state_move(edited, moves[i].from, moves[i].to, &made, &err);
        if (moves[i].after) {
            CBK_CLEANUP(cbk_string_freep) char *after = describe(edited);
            assert_int_equal(r, 0);
            assert_string_equal(after, moves[i].after);
        } else {
            assert_true(r < 0);
            assert_string_equal(err.message, moves[i].message);
            assert_true(json_equal(edited, before));
        }
    }
}

static void what_is_removed_is_forgotten_with_its_past(void **state)
{
    (void)state;
    CBK_JSON *edited = quick_json(kept), *removed = NULL, *none = NULL;
    CBK_JSON *expected = quick_json("['roles.a', 'roles.a~Old']");
    CBK_ERROR(err);
    assert_int_equal(cbk_state_remove(edited, "roles.a", &removed, &err), 0);
    assert_true(json_equal(removed, expected));
    assert_null(cbk_state_resource(edited, "roles.a~Old"));
    assert_non_null(cbk_state_resource(edited, "roles.ab"));
    assert_int_equal(cbk_state_remove(edited, "roles.a", &none, &err), CBK_E_NOT_FOUND);
}

static const struct push {
    const char *lineage;
    int serial;
    bool is_same;
    const char *message; /* NULL: it may be pushed */
} pushes[] = {
    {"l", 5, false, NULL},
    {"l", 4, true, NULL},
    {"l", 4, false, "the state to push differs from the one that is kept under the same serial 4"},
    {"l", 3, true, "the state to push is older: its serial is 3, and 4 is kept"},
    {"m", 9, true, "the state to push is of another lineage: m, not l"},
};

static void what_is_pushed_is_newer_and_of_one_lineage(void **state)
{
    (void)state;
    CBK_JSON *current = quick_json(kept);
    for (size_t i = 0; i < CBK_ARRAY_LEN(pushes); i++) {
        CBK_JSON *incoming = quick_json(kept);
        CBK_ERROR(err);
        json_object_set_new(incoming, "lineage", json_string(pushes[i].lineage));
        json_object_set_new(incoming, "serial", json_integer(pushes[i].serial));
        if (!pushes[i].is_same)
            json_object_del(cbk_state_resources(incoming), "roles.ab");
        int r = cbk_state_check_push(current, incoming, &err);
        assert_int_equal(r, pushes[i].message ? CBK_E_STATE : 0);
        if (pushes[i].message)
            assert_string_equal(err.message, pushes[i].message);
        assert_int_equal(cbk_state_check_push(NULL, incoming, &err), 0);
    }
}

/* Calls of which nobody knows the end are asked about where their object is now, and not any more once it is forgotten.
 */
static void open_intents_go_along(void **state)
{
    (void)state;
    CBK_JSON *edited = quick_json(kept);
    CBK_JSON *moved = NULL, *removed = NULL;
    CBK_ERROR(err);
    json_object_set_new(edited, "intents",
                        quick_json("[{'n': 1, 'address': 'roles.a'}, {'n': 2, 'address': 'roles.ab'},"
                                   " {'n': 3, 'address': 'roles.a~Old'}]"));
    assert_int_equal(cbk_state_move(edited, "roles.a", "roles.z", &moved, &err), 0);
    assert_same_json(cbk_state_intents(edited), "[{'n': 1, 'address': 'roles.z'}, {'n': 2, 'address': 'roles.ab'},"
                                                " {'n': 3, 'address': 'roles.z~Old'}]");
    assert_int_equal(cbk_state_remove(edited, "roles.z", &removed, &err), 0);
    assert_same_json(cbk_state_intents(edited), "[{'n': 2, 'address': 'roles.ab'}]");
    cbk_json_decrefp(&removed);
    assert_int_equal(cbk_state_remove(edited, "roles.ab", &removed, &err), 0);
    assert_null(cbk_state_intents(edited));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_takes_its_own_along),
        cmocka_unit_test(what_is_removed_is_forgotten_with_its_past),
        cmocka_unit_test(what_is_pushed_is_newer_and_of_one_lineage),
        cmocka_unit_test(open_intents_go_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
