/* Selectors: each condition alone, together, and the guards around what they match. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/selector.h"
#include "quick_json.h"

#define TAG(key, value) "{'TagKey': '" key "', 'TagValue': '" value "'}"
#define INSTANCE(id, name, zone, vpc, group, tag)                                                                      \
    "{'InstanceId': '" id "', 'InstanceName': '" name "', 'ZoneId': '" zone "', 'VpcAttributes': {'VpcId': '" vpc      \
    "'}, 'ResourceGroupId': '" group "', 'Tags': {'Tag': [{'TagKey': 'team', 'TagValue': 'x'}, " tag "]}}"

static const char *const instances[] = {
    INSTANCE("i-1", "db-1", "h", "vpc-1", "rg-a", TAG("app", "mysql")),
    INSTANCE("i-2", "db-2", "i", "vpc-1", "rg-b", TAG("app", "mysql")),
    INSTANCE("i-3", "web-1", "h", "vpc-2", "", TAG("app", "web")),
    INSTANCE("i-4", "", "h", "vpc-2", "", TAG("lone", "")),
    "{'InstanceId': 'i-5'}",
};

static struct cbk_inventory *build_fleet(void)
{
    CBK_STR(rows);
    for (size_t i = 0; i < CBK_ARRAY_LEN(instances); i++)
        cbk_str_addf(&rows, "%s%s", i ? ", " : "[", instances[i]);
    cbk_str_add_char(&rows, ']');
    return build_inventory(rows.ptr);
}

static const struct match_row {
    const char *selector;
    const char *ids; /* canonical */
} matches[] = {
    {"{'ids': ['i-2', 'i-1']}", "[\"i-1\",\"i-2\"]"},
    {"{'ids': ['i-5']}", "[\"i-5\"]"},
    {"{'names': ['db-1']}", "[\"i-1\"]"},
    {"{'names': ['db-*']}", "[\"i-1\",\"i-2\"]"},
    {"{'names': ['db-?', 'web-1']}", "[\"i-1\",\"i-2\",\"i-3\"]"},
    {"{'names': ['*']}", "[\"i-1\",\"i-2\",\"i-3\",\"i-4\",\"i-5\"]"},
    {"{'names': ['?*']}", "[\"i-1\",\"i-2\",\"i-3\"]"},
    {"{'names': ['DB-1'], 'allow_empty': true}", "[]"},
    {"{'names': ['i-1'], 'allow_empty': true}", "[]"}, /* an id is no name */
    {"{'tags': {'app': 'mysql'}}", "[\"i-1\",\"i-2\"]"},
    {"{'tags': {'app': 'mysql', 'team': 'x'}}", "[\"i-1\",\"i-2\"]"},
    {"{'tags': {'app': 'mysql', 'team': 'y'}, 'allow_empty': true}", "[]"},
    {"{'tags': {'app': 'mysq*'}, 'allow_empty': true}", "[]"}, /* values are no globs */
    {"{'tags': {'lone': ''}}", "[\"i-4\"]"},
    {"{'tags': {'nobody': ''}, 'allow_empty': true}", "[]"}, /* no tag is not an empty tag */
    {"{'zone': 'h'}", "[\"i-1\",\"i-3\",\"i-4\"]"},
    {"{'zone': '*', 'allow_empty': true}", "[]"},
    {"{'zone': ['h', 'i']}", "[\"i-1\",\"i-2\",\"i-3\",\"i-4\"]"},
    {"{'zone': ['i', 'x']}", "[\"i-2\"]"},
    {"{'vpc': 'vpc-1'}", "[\"i-1\",\"i-2\"]"},
    {"{'vpc': ['vpc-2', 'vpc-1'], 'zone': 'h'}", "[\"i-1\",\"i-3\",\"i-4\"]"},
    {"{'vpc': 'vpc', 'allow_empty': true}", "[]"},
    {"{'resource_group': 'rg-a'}", "[\"i-1\"]"},
    {"{'resource_group': ['rg-a', 'rg-b']}", "[\"i-1\",\"i-2\"]"},
    {"{'names': ['*'], 'exclude': [{'tags': {'app': 'mysql'}}]}", "[\"i-3\",\"i-4\",\"i-5\"]"},
    {"{'names': ['*'], 'exclude': [{'tags': {'app': 'mysql'}, 'zone': 'h'}]}", /* all of its conditions */
     "[\"i-2\",\"i-3\",\"i-4\",\"i-5\"]"},
    {"{'names': ['*'], 'exclude': [{'vpc': 'vpc-2'}, 'i-5', {'ids': ['i-1']}]}", "[\"i-2\"]"}, /* any of its items */
    {"{'names': ['*'], 'exclude': [{'names': ['db-*']}, {'resource_group': 'rg-a'}]}", "[\"i-3\",\"i-4\",\"i-5\"]"},
    {"{'zone': 'h', 'tags': {'app': 'mysql'}}", "[\"i-1\"]"},
    {"{'names': ['*-1'], 'zone': 'h'}", "[\"i-1\",\"i-3\"]"},
    {"{'names': ['*-1'], 'exclude': ['web*']}", "[\"i-1\"]"},
    {"{'names': ['*-1'], 'exclude': ['i-1']}", "[\"i-3\"]"},
    {"{'exclude': ['db-*', 'i-5']}", "[\"i-3\",\"i-4\"]"},
    {"{'ids': ['i-1', 'i-3'], 'tags': {'app': 'web'}}", "[\"i-3\"]"}, /* every condition, ids too */
    {"{'names': ['*'], 'exclude': ['*'], 'allow_empty': true}", "[]"},
    {"{'names': ['db-*'], 'expect': {'max': 1}}", "[\"i-1\",\"i-2\"]"}, /* a guard's business */
    {"{'names': ['db-*'], 'expect': {'min': 2, 'max': 2}}", "[\"i-1\",\"i-2\"]"},
    {"{'names': ['none'], 'expect': {'min': 0}, 'allow_empty': true}", "[]"},
    {"{'names': ['none'], 'allow_empty': true, 'expect': {'max': 3}}", "[]"},
};

static void selectors_match_what_they_say(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_inventory_freep) struct cbk_inventory *inventory = build_fleet();
    for (size_t i = 0; i < CBK_ARRAY_LEN(matches); i++) {
        CBK_JSON *selector = quick_json(matches[i].selector), *ids = NULL;
        CBK_ERROR(err);
        CBK_STR(text);
        if (cbk_selector_resolve(selector, "s", (struct cbk_span){0}, inventory, &ids, &err) < 0)
            fail_msg("%s: %s", matches[i].selector, err.message);
        cbk_json_add_canonical(&text, ids);
        if (strcmp(text.ptr, matches[i].ids) != 0)
            fail_msg("%s: %s", matches[i].selector, text.ptr);
    }
}

static const struct refusal_row {
    const char *selector;
    const char *name;
    int code;
    const char *message;
} refusals[] = {
    {"{'names': ['none']}", "db", CBK_E_CHECK, "the selector 'db' matches no instance"},
    {"{'names': ['none']}", NULL, CBK_E_CHECK, "the selector 'written here' matches no instance"},
    {"{'names': ['none'], 'allow_empty': false}", "db", CBK_E_CHECK, "the selector 'db' matches no instance"},
    {"{'names': ['none'], 'expect': {'min': 0}}", "db", CBK_E_CHECK, "the selector 'db' matches no instance"},
    {"{'names': ['none'], 'expect': {'min': 1}}", "db", CBK_E_CHECK,
     "the selector 'db' matches 0 instances, at least 1 are expected"},
    {"{'names': ['none'], 'expect': {'min': 1}, 'allow_empty': true}", "db", CBK_E_CHECK,
     "the selector 'db' matches 0 instances, at least 1 are expected"},
    {"{'names': ['db-*'], 'expect': {'min': 3}}", "db", CBK_E_CHECK,
     "the selector 'db' matches 2 instances, at least 3 are expected"},
    {"{'ids': ['i-1', 'i-9']}", "db", CBK_E_NOT_FOUND, "no instance 'i-9' in this region and account"},
    {"{'ids': ['i-9'], 'allow_empty': true}", "db", CBK_E_NOT_FOUND, "no instance 'i-9' in this region and account"},
};

static void guards_refuse(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_inventory_freep) struct cbk_inventory *inventory = build_fleet();
    CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = cbk_source_new("cbk.yaml", cbk_strdup("db:\n"), 4);
    const struct cbk_span span = cbk_source_span(source, 0, 2);
    for (size_t i = 0; i < CBK_ARRAY_LEN(refusals); i++) {
        CBK_JSON *selector = quick_json(refusals[i].selector), *ids = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_selector_resolve(selector, refusals[i].name, span, inventory, &ids, &err),
                         refusals[i].code);
        assert_string_equal(err.message, refusals[i].message);
        assert_int_equal(err.span.line, 1);
        assert_non_null(err.hint);
        assert_null(ids);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_match_what_they_say),
        cmocka_unit_test(guards_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
