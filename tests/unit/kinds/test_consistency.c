/* What `consistency` asks for, in the words of jobs and of bindings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/consistency.h"
#include "quick_json.h"

static const char *const stack_text =
    "{'roles': {'app': {'name': 'AppRole'}},"
    " 'scripts': {'moved': {'pre_freeze': {'path': '/opt/freeze'}, 'post_thaw': {'path': '/opt/thaw'}}}}";

static const struct {
    const char *declared, *desired, *of_binding, *of_job;
} cases[] = {
    {"{'consistency': {'level': 'crash', 'role': 'roles.app', 'freeze_timeout': '9s', 'group': false}}",
     "{'level': 'crash'}", "{'AppConsistent': false, 'SnapshotGroup': false}",
     "{'appConsistent': false, 'snapshotGroup': false}"},
    {"{'consistency': {'level': 'crash', 'group': true}}", "{'level': 'crash', 'group': true}",
     "{'AppConsistent': false, 'SnapshotGroup': true}", "{'appConsistent': false, 'snapshotGroup': true}"},
    {"{'consistency': {'level': 'application', 'role': 'roles.app', 'freeze_timeout': '1m', 'fs_freeze': false}}",
     "{'level': 'application', 'role': 'AppRole', 'freeze_timeout': 60, 'fs_freeze': false,"
     " 'pre_freeze': '/tmp/prescript.sh', 'post_thaw': '/tmp/postscript.sh'}",
     "{'AppConsistent': true, 'SnapshotGroup': false, 'RamRoleName': 'AppRole', 'TimeoutInSeconds': 60,"
     " 'EnableFsFreeze': false, 'PreScriptPath': '/tmp/prescript.sh', 'PostScriptPath': '/tmp/postscript.sh'}",
     "{'appConsistent': true, 'snapshotGroup': false, 'ramRoleName': 'AppRole', 'timeoutInSeconds': 60,"
     " 'enableFsFreeze': false, 'preScriptPath': '/tmp/prescript.sh', 'postScriptPath': '/tmp/postscript.sh'}"},
    {"{'consistency': {'level': 'application', 'role': 'roles.app', 'scripts': 'scripts.moved', 'writers': true}}",
     "{'level': 'application', 'role': 'AppRole', 'freeze_timeout': 30, 'writers': true,"
     " 'pre_freeze': '/opt/freeze', 'post_thaw': '/opt/thaw'}",
     "{'AppConsistent': true, 'SnapshotGroup': false, 'RamRoleName': 'AppRole', 'TimeoutInSeconds': 30,"
     " 'EnableWriters': true, 'PreScriptPath': '/opt/freeze', 'PostScriptPath': '/opt/thaw'}",
     "{'appConsistent': true, 'snapshotGroup': false, 'ramRoleName': 'AppRole', 'timeoutInSeconds': 30,"
     " 'enableWriters': true, 'preScriptPath': '/opt/freeze', 'postScriptPath': '/opt/thaw'}"},
};

static int desire(const char *declared_text, json_t **ret_desired, struct cbk_error *err)
{
    CBK_JSON *stack = quick_json(stack_text);
    CBK_JSON *declared = quick_json(declared_text);
    const struct cbk_env env = {.stack = stack};
    struct cbk_object object = {.declared = declared, .desired = json_object()};
    int r = cbk_consistency_desire(&env, &object, err);
    *ret_desired = object.desired;
    return r;
}

static void every_wish_has_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_JSON *desired = NULL, *of_binding = NULL, *of_job = NULL;
        CBK_ERROR(err);
        assert_int_equal(desire(cases[i].declared, &desired, &err), 0);
        assert_same_json(desired, cases[i].desired);
        of_binding = cbk_consistency_detail(desired, CBK_DETAIL_OF_BINDING);
        of_job = cbk_consistency_detail(desired, CBK_DETAIL_OF_JOB);
        assert_same_json(of_binding, cases[i].of_binding);
        assert_same_json(of_job, cases[i].of_job);
    }
}

/* What a binding was told, it tells: nothing of what was wished for looks changed. */
static void what_is_sent_reads_as_it_was_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_JSON *desired = quick_json(cases[i].desired);
        CBK_JSON *detail = quick_json(cases[i].of_binding);
        CBK_JSON *read = json_object();
        cbk_consistency_read(detail, read);
        const char *key;
        json_t *value;
        json_object_foreach(desired, key, value)
            assert_true(json_equal(value, json_object_get(read, key)));
        assert_non_null(json_object_get(read, "group"));
    }
}

static void a_group_rules_application_out(void **state)
{
    (void)state;
    CBK_JSON *desired = NULL;
    CBK_ERROR(err);
    assert_int_equal(
        desire("{'consistency': {'level': 'application', 'role': 'roles.app', 'group': true}}", &desired, &err),
        CBK_E_VALIDATION);
    assert_string_equal(err.message, "a snapshot group rules application consistency out");
    assert_non_null(err.hint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wish_has_its_words),
        cmocka_unit_test(what_is_sent_reads_as_it_was_meant),
        cmocka_unit_test(a_group_rules_application_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
