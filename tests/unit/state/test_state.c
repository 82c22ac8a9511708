/* The model: what counts as a state, and what an entry of the journal does to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "state/state.h"

#include <string.h>

static void a_new_state_is_a_state(void **state)
{
    (void)state;
    CBK_JSON *first = cbk_state_new("mysql"), *second = cbk_state_new("mysql");
    CBK_ERROR(err);
    assert_int_equal(cbk_state_check(first, "here", "mysql", &err), 0);
    assert_int_equal(cbk_state_serial(first), 0);
    assert_int_equal(json_object_size(cbk_state_resources(first)), 0);
    assert_string_not_equal(cbk_state_lineage(first), cbk_state_lineage(second));
}

#define HEAD "{\"version\": 1, \"lineage\": \"l\", \"serial\": 0, \"stack\": \"mysql\""

static const struct check_row {
    const char *text;
    const char *says; /* NULL: it is a state */
} checks[] = {
    {HEAD ", \"resources\": {}}", NULL},
    {HEAD ", \"resources\": {\"policies.a\": {\"kind\": \"policy\", \"attributes\": {}}}}", NULL},
    {HEAD ", \"resources\": {}, \"later\": 1}", NULL},
    {"{\"version\": 1, \"lineage\": \"l\", \"serial\": 0, \"resources\": {}}", NULL},
    {"{\"version\": 2}", "the state in 'here' is of version 2, this cbk knows 1"},
    {"{\"version\": 9223372036854775807}", "the state in 'here' is of version 9223372036854775807, this cbk knows 1"},
    {"{\"version\": 0, \"lineage\": \"l\", \"serial\": 0, \"resources\": {}}", "'here' is not a state of cbk"},
    {"{\"version\": \"1\", \"lineage\": \"l\", \"serial\": 0, \"resources\": {}}", "'here' is not a state of cbk"},
    {"{}", "'here' is not a state of cbk"},
    {"[]", "'here' is not a state of cbk"},
    {"null", "'here' is not a state of cbk"},
    {"{\"version\": 1, \"serial\": 0, \"resources\": {}}", "'here' is not a state of cbk"},
    {"{\"version\": 1, \"lineage\": \"l\", \"resources\": {}}", "'here' is not a state of cbk"},
    {"{\"version\": 1, \"lineage\": \"l\", \"serial\": -1, \"resources\": {}}", "'here' is not a state of cbk"},
    {HEAD "}", "'here' is not a state of cbk"},
    {HEAD ", \"resources\": []}", "'here' is not a state of cbk"},
    {"{\"version\": 1, \"lineage\": \"l\", \"serial\": 0, \"stack\": \"web\", \"resources\": {}}",
     "the state in 'here' belongs to the stack 'web', not to 'mysql'"},
    {HEAD ", \"resources\": {\"roles.r\": {\"attributes\": {}}}}",
     "the state in 'here' is damaged at resource 'roles.r'"},
    {HEAD ", \"resources\": {\"roles.r\": {\"kind\": \"role\"}}}",
     "the state in 'here' is damaged at resource 'roles.r'"},
    {HEAD ", \"resources\": {\"roles.r\": {\"kind\": \"role\", \"attributes\": []}}}",
     "the state in 'here' is damaged at resource 'roles.r'"},
    {HEAD ", \"resources\": {\"roles.r\": 1}}", "the state in 'here' is damaged at resource 'roles.r'"},
};

static void what_is_no_state_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(checks); i++) {
        CBK_JSON *json = quick_json(checks[i].text);
        CBK_ERROR(err);
        int r = cbk_state_check(json, "here", "mysql", &err);
        assert_int_equal(r, checks[i].says ? CBK_E_STATE : 0);
        if (checks[i].says)
            assert_string_equal(err.message, checks[i].says);
    }
}

#define A "\"a\":{\"attributes\":{\"n\":1},\"kind\":\"k\"}"
#define B "\"b\":{\"attributes\":{},\"kind\":\"k\"}"

static const struct replay_row {
    const char *entry;
    bool is_entry;
    const char *resources;
} replays[] = {
    {"{'address': 'a', 'resource': {'kind': 'x', 'attributes': {}}}", true,
     "{\"a\":{\"attributes\":{},\"kind\":\"x\"}," B "}"},
    {"{'address': 'c', 'resource': {'kind': 'k', 'attributes': {}, 'more': 1}}", true,
     "{" A "," B ",\"c\":{\"attributes\":{},\"kind\":\"k\",\"more\":1}}"},
    {"{'address': 'b'}", true, "{" A "}"},
    {"{'address': 'unknown'}", true, "{" A "," B "}"},
    {"{'resource': {'kind': 'k', 'attributes': {}}}", false, "{" A "," B "}"},
    {"{'address': 1}", false, "{" A "," B "}"},
    {"{'address': 'b', 'resource': null}", false, "{" A "," B "}"},
    {"{'address': 'b', 'resource': []}", false, "{" A "," B "}"},
    {"{'address': 'b', 'resource': {}}", false, "{" A "," B "}"},
    {"{'address': 'b', 'resource': {'kind': 'k'}}", false, "{" A "," B "}"},
    {"{'address': 'b', 'resource': {'attributes': {}}}", false, "{" A "," B "}"},
    {"[]", false, "{" A "," B "}"},
};

static void entries_do_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(replays); i++) {
        CBK_JSON *before = quick_json("{'resources': {'a': {'kind': 'k', 'attributes': {'n': 1}}, 'b': {'kind': 'k', "
                                      "'attributes': {}}}}");
        CBK_JSON *entry = quick_json(replays[i].entry);
        CBK_STR(text);
        assert_int_equal(cbk_state_replay(before, entry), replays[i].is_entry);
        cbk_json_add_canonical(&text, cbk_state_resources(before));
        assert_string_equal(text.ptr, replays[i].resources);
    }
}

/* From the first to the last: what each leaves as the ledger of an apply that was killed. */
static const struct {
    const char *entry;
    bool is_entry;
    const char *last_apply; /* NULL: none */
} ledgers[] = {
    {"{'row': {'address': 'a'}}", false, NULL}, /* of no apply */
    {"{'begun': {'by': 'x', 'steps': 2}}", true, "{\"by\":\"x\",\"cut_off\":true,\"rows\":[],\"steps\":2}"},
    {"{'row': 1}", false, "{\"by\":\"x\",\"cut_off\":true,\"rows\":[],\"steps\":2}"},
    {"{'row': {'address': 'a'}}", true, "{\"by\":\"x\",\"cut_off\":true,\"rows\":[{\"address\":\"a\"}],\"steps\":2}"},
    {"{'begun': {'by': 'y'}}", true, "{\"by\":\"y\",\"cut_off\":true,\"rows\":[]}"},
    {"{'begun': []}", false, "{\"by\":\"y\",\"cut_off\":true,\"rows\":[]}"},
};

static void the_ledger_of_an_apply_that_was_killed_grows(void **state)
{
    (void)state;
    CBK_JSON *model = cbk_state_new("mysql");
    for (size_t i = 0; i < CBK_ARRAY_LEN(ledgers); i++) {
        CBK_JSON *entry = quick_json(ledgers[i].entry);
        CBK_STR(text);
        assert_int_equal(cbk_state_replay(model, entry), ledgers[i].is_entry);
        const json_t *ledger = json_object_get(model, "last_apply");
        assert_int_equal(ledger != NULL, ledgers[i].last_apply != NULL);
        if (ledger)
            cbk_json_add_canonical(&text, ledger);
        assert_string_equal(text.ptr, ledgers[i].last_apply ? ledgers[i].last_apply : "");
    }
}

static void an_entry_is_read_as_it_was_made(void **state)
{
    (void)state;
    CBK_JSON *model = cbk_state_new("mysql"),
             *resource = quick_json("{\"kind\": \"role\", \"attributes\": {\"a\": 1}}");
    CBK_JSON *made = cbk_state_entry("roles.r", resource), *gone = cbk_state_entry("roles.r", NULL);
    assert_true(cbk_state_replay(model, made));
    assert_true(json_equal(cbk_state_resource(model, "roles.r"), resource));
    assert_true(cbk_state_replay(model, gone));
    assert_null(cbk_state_resource(model, "roles.r"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_state_is_a_state),
        cmocka_unit_test(what_is_no_state_is_refused),
        cmocka_unit_test(entries_do_what_they_say),
        cmocka_unit_test(the_ledger_of_an_apply_that_was_killed_grows),
        cmocka_unit_test(an_entry_is_read_as_it_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
