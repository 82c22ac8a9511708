/* A saved plan against the plan of now: what is kept of it, and when it is stale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/saved_plan.h"
#include "quick_json.h"

#include <string.h>

#define GROUND                                                                                                         \
    "'stack': 'web', 'destroy': false, 'provenance': {'config_digest': 'c'}, 'state': {'lineage': 'l', 'serial': 3}"
#define A(after) "{'address': 'a', 'actions': ['create'], 'before': null, 'after': " after "}"
#define B(before) "{'address': 'b', 'actions': ['update'], 'before': " before ", 'after': {}}"
#define NOTHING(address) "{'address': '" address "', 'actions': ['no-op'], 'before': {}, 'after': {}}"
#define ADOPT_A "{'address': 'a', 'actions': ['no-op'], 'adopt': true, 'before': {}, 'after': {}}"

/* The plan of now has the objects a and b, with something to do for each. */
static const struct row {
    const char *what;
    const char *saved, *now;
    const char *says; /* NULL: it is fresh */
    bool keeps_a, keeps_b;
} rows[] = {
    {"the same", "{" GROUND ", 'changes': [" A("{}") ", " B("{}") "]}",
     "{" GROUND ", 'changes': [" A("{}") ", " B("{}") "]}", NULL, true, true},
    {"words and places do not matter",
     "{" GROUND ", 'changes': [{'address': 'a', 'actions': ['create'], 'before': null, 'after': {}, 'line': 3, "
     "'reason': 'x', 'predicted': {'level': 'crash'}}]}",
     "{" GROUND ", 'changes': [" A("{}") "]}", NULL, true, false},
    {"what was not planned is not done", "{" GROUND ", 'changes': [" A("{}") ", " NOTHING("b") "]}",
     "{" GROUND ", 'changes': [" A("{}") ", " B("{}") "]}", NULL, true, false},
    {"what was not known is not done", "{" GROUND ", 'changes': [" A("{}") "]}",
     "{" GROUND ", 'changes': [" A("{}") ", " B("{}") "]}", NULL, true, false},
    {"an empty plan does nothing", "{" GROUND ", 'changes': []}", "{" GROUND ", 'changes': [" A("{}") "]}", NULL, false,
     false},
    {"what moved without being part of it is left", "{" GROUND ", 'changes': [" A("{}") ", " NOTHING("b") "]}",
     "{" GROUND ", 'changes': [" A("{}") ", " B("{'moved': 1}") "]}", NULL, true, false},
    {"an adoption is something", "{" GROUND ", 'changes': [" ADOPT_A "]}", "{" GROUND ", 'changes': [" ADOPT_A "]}",
     NULL, true, false},
    {"an adoption that is none any more", "{" GROUND ", 'changes': [" ADOPT_A "]}",
     "{" GROUND ", 'changes': [" NOTHING("a") "]}", "stale plan: a has changed since", false, false},
    {"another wish", "{" GROUND ", 'changes': [" A("{}") "]}", "{" GROUND ", 'changes': [" A("{'x': 1}") "]}",
     "stale plan: a has changed since", false, false},
    {"the live object moved", "{" GROUND ", 'changes': [" B("{}") "]}", "{" GROUND ", 'changes': [" B("{'x': 1}") "]}",
     "stale plan: b has changed since", false, false},
    {"done already", "{" GROUND ", 'changes': [" A("{}") "]}", "{" GROUND ", 'changes': [" NOTHING("a") "]}",
     "stale plan: a has changed since", false, false},
    {"gone from the stack", "{" GROUND ", 'changes': [" A("{}") "]}", "{" GROUND ", 'changes': []}",
     "stale plan: a has changed since", false, false},
    {"another stack", "{'stack': 'x'}", "{" GROUND ", 'changes': []}", "stale plan: it is a plan of another stack",
     false, false},
    {"a destruction", "{'stack': 'web', 'destroy': true}", "{" GROUND ", 'changes': []}",
     "stale plan: it is a plan of another kind", false, false},
    {"other files", "{'stack': 'web', 'destroy': false, 'provenance': {'config_digest': 'd'}}",
     "{" GROUND ", 'changes': []}", "stale plan: the stack's files have changed since", false, false},
    {"another state",
     "{'stack': 'web', 'destroy': false, 'provenance': {'config_digest': 'c'}, 'state': {'lineage': 'm', 'serial': 3}}",
     "{" GROUND ", 'changes': []}", "stale plan: it rests on another state", false, false},
    {"a later state",
     "{'stack': 'web', 'destroy': false, 'provenance': {'config_digest': 'c'}, 'state': {'lineage': 'l', 'serial': 2}}",
     "{" GROUND ", 'changes': []}", "stale plan: the state has changed since", false, false},
    {"nothing at all", "{}", "{" GROUND ", 'changes': []}", "stale plan: it is a plan of another stack", false, false},
    {"not an object", "[1]", "{" GROUND ", 'changes': []}", "stale plan: it is a plan of another stack", false, false},
};

static void a_saved_plan_is_done_as_it_was_read_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *saved = quick_json(rows[i].saved), *now = quick_json(rows[i].now);
        struct cbk_object a = {.kind = &cbk_kind_role, .address = "a"}, b = {.kind = &cbk_kind_role, .address = "b"};
        struct cbk_plan plan = {.json = now};
        cbk_changes_push(&plan.changes, (struct cbk_change){.object = &a, .actions = CBK_ACTION_CREATE});
        cbk_changes_push(&plan.changes, (struct cbk_change){.object = &b, .actions = CBK_ACTION_UPDATE});
        CBK_ERROR(err);
        int r = cbk_plan_restrict(&plan, saved, &err);
        if (!cbk_str_equal(err.message, rows[i].says) || r != (rows[i].says ? CBK_E_STALE_PLAN : 0))
            fail_msg("%s: %d, %s", rows[i].what, r, err.message ? err.message : "no error");
        if (r == 0) {
            assert_int_equal(plan.changes.items[0].actions, rows[i].keeps_a ? CBK_ACTION_CREATE : 0);
            assert_int_equal(plan.changes.items[1].actions, rows[i].keeps_b ? CBK_ACTION_UPDATE : 0);
            assert_int_equal(cbk_plan_is_empty(&plan), !rows[i].keeps_a && !rows[i].keeps_b);
        }
        cbk_changes_release(&plan.changes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_saved_plan_is_done_as_it_was_read_or_not_at_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
