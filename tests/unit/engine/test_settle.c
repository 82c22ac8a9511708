/* Settling: what became of a call is told by what lives now, and where that does not tell, it says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/settle.h"
#include "quick_json.h"

/* One open intent of one object. Sides are JSON, NULL: it does not live. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order in which one reads a row */
struct row {
    const char *what;
    const char *action;
    const char *before, *wanted, *live;
    const char *verdict;
};

#define WAS "{'name': 'R', 'policies': ['Custom/A']}"
#define IS_TO_BE "{'name': 'R', 'policies': ['Custom/A', 'Custom/P']}"
#define OTHERWISE "{'name': 'R', 'policies': ['Custom/Z']}"

static const struct row rows[] = {
    {"made", "CreateRole", NULL, IS_TO_BE, IS_TO_BE, "done"},
    {"made, and not all of it yet", "CreateRole", NULL, IS_TO_BE, OTHERWISE, "done"},
    {"not made", "CreateRole", NULL, IS_TO_BE, NULL, "not_done"},
    {"changed", "UpdateRole", WAS, IS_TO_BE, IS_TO_BE, "done"},
    {"not changed", "UpdateRole", WAS, IS_TO_BE, WAS, "not_done"},
    {"changed by somebody else meanwhile", "UpdateRole", WAS, IS_TO_BE, OTHERWISE, "unknown"},
    {"gone before it was changed", "UpdateRole", WAS, IS_TO_BE, NULL, "unknown"},
    {"removed", "DeleteRole", WAS, NULL, NULL, "done"},
    {"not removed", "DeleteRole", WAS, NULL, WAS, "not_done"},
    {"not removed, and changed before", "DeleteRole", WAS, NULL, OTHERWISE, "not_done"},
    {"removed, to be made anew", "DeleteRole", WAS, IS_TO_BE, NULL, "done"},
    {"added to a list", "AttachPolicyToRole", NULL, IS_TO_BE, "{'name': 'R', 'policies': ['Custom/P']}", "done"},
    {"not added to a list", "AttachPolicyToRole", NULL, IS_TO_BE, WAS, "not_done"},
    {"taken off a list", "DetachPolicyFromRole", IS_TO_BE, NULL, WAS, "done"},
    {"not taken off a list", "DetachPolicyFromRole", IS_TO_BE, NULL, IS_TO_BE, "not_done"},
    {"list gone with its owner", "DetachPolicyFromRole", IS_TO_BE, NULL, NULL, "done"},
    {"leaves nothing behind", "RunCommand", WAS, IS_TO_BE, WAS, "unknown"},
    {"an action of a later version", "NobodyKnowsThis", WAS, IS_TO_BE, IS_TO_BE, "done"},
    {"likewise", "NobodyKnowsThis", WAS, IS_TO_BE, NULL, "unknown"},
};

static void set_digest(json_t *intent, const char *name, const char *side)
{
    CBK_JSON *value = quick_json(side);
    CBK_CLEANUP(cbk_string_freep) char *digest = value ? cbk_json_digest(value) : NULL;
    cbk_json_set_text(intent, name, digest);
}

static json_t *state_with(const struct row *row, const char *address)
{
    json_t *intent = json_pack("{s:i, s:s, s:s, s:{s:s, s:s, s:s}, s:i}", "n", 7, "address", address, "action",
                               row->action, "key", "RoleName", "R", "PolicyType", "Custom", "PolicyName", "P", "at", 1);
    set_digest(intent, "before", row->before);
    set_digest(intent, "wanted", row->wanted);
    return json_pack("{s:[o]}", "intents", intent);
}

/* The only row of what is told of `address`. */
static json_t *settled(const struct row *row, const char *address, const char *unreachable)
{
    CBK_CLEANUP(cbk_objects_freep) struct cbk_objects *objects = cbk_objects_new();
    CBK_JSON *state = state_with(row, address);
    CBK_JSON *told = NULL;
    CBK_ERROR(err);
    struct cbk_object *object = cbk_objects_add(objects, &cbk_kind_role, "app", NULL);
    object->live = quick_json(row->live);
    object->unreachable = cbk_strdup(unreachable);
    object->was = "roles.before";
    const struct cbk_plan plan = {.state = state, .objects = objects};
    if (cbk_settle(&plan, &told, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(json_array_size(told), 1);
    assert_int_equal(cbk_json_int(json_array_get(told, 0), "n", 0), 7);
    return json_incref(json_array_get(told, 0));
}

static void what_lives_tells_what_was_done(void **state)
{
    bool wrong = false;
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *row = settled(&rows[i], "roles.app", NULL);
        const char *verdict = cbk_json_text_or(row, "verdict", "?");
        bool has_reason = cbk_json_text(row, "why"), is_unknown = cbk_str_equal(verdict, "unknown");
        if (cbk_str_equal(verdict, rows[i].verdict) && has_reason == is_unknown)
            continue;
        print_error("%s: %s instead of %s\n", rows[i].what, verdict, rows[i].verdict);
        wrong = true;
    }
    assert_false(wrong);
}

static void an_object_that_moved_is_found(void **state)
{
    (void)state;
    CBK_JSON *row = settled(&rows[0], "roles.before", NULL);
    assert_string_equal(cbk_json_text(row, "verdict"), "done");
}

static void what_is_nowhere_cannot_be_told(void **state)
{
    (void)state;
    CBK_JSON *row = settled(&rows[0], "roles.nowhere", NULL);
    assert_string_equal(cbk_json_text(row, "verdict"), "unknown");
    assert_null(json_object_get(row, "stays"));
}

/* An instance that is stopped now may tell later. */
static void what_cannot_be_seen_now_stays_open(void **state)
{
    (void)state;
    CBK_JSON *row = settled(&rows[0], "roles.app", "the instance is stopped");
    assert_string_equal(cbk_json_text(row, "verdict"), "unknown");
    assert_string_equal(cbk_json_text(row, "why"), "the instance is stopped");
    assert_true(cbk_json_bool(row, "stays", false));
}

static void nothing_open_is_nothing_told(void **state)
{
    CBK_JSON *told = NULL;
    CBK_JSON *kept = json_object();
    CBK_ERROR(err);
    (void)state;
    assert_int_equal(cbk_settle(&(struct cbk_plan){0}, &told, &err), 0);
    assert_int_equal(cbk_settle(&(struct cbk_plan){.state = kept}, &told, &err), 0);
    assert_null(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lives_tells_what_was_done), cmocka_unit_test(an_object_that_moved_is_found),
        cmocka_unit_test(what_is_nowhere_cannot_be_told), cmocka_unit_test(what_cannot_be_seen_now_stays_open),
        cmocka_unit_test(nothing_open_is_nothing_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
