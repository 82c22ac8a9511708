/* Drift without a cloud: what has moved, how much it matters, and what is expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "engine/build.h"
#include "engine/drift_ignore.h"
#include "engine/drift_sort.h"
#include "quick_json.h"
#include "scratch.h"

#define DOC(action) "{'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': ['" action "'], 'Resource': ['*']}]}"
#define RULES(days) "{'rules': [{'schedule': {'every': '1d'}, 'retain_days': " days "}]}"
#define FILE_AT(mode) "{'pre_freeze': {'path': '/p', 'mode': '" mode "'}}"

/* What was applied (`last`), what lives, what git wants by now; and what comes of it. */
static const struct drift_case {
    const char *what;
    struct build_sides sides;
    const char *said; /* "path sort severity[ wanted]", a line each */
} cases[] = {
    {"nothing", {&cbk_kind_role, "{}", "{'name': 'R'}", "{'name': 'R'}", "{'name': 'R'}"}, ""},
    {"a change that waits in git",
     {&cbk_kind_role, "{}", "{'max_session_duration': 2}", "{'max_session_duration': 1}",
      "{'max_session_duration': 1}"},
     ""},
    {"what git has taken over",
     {&cbk_kind_role, "{}", "{'max_session_duration': 2}", "{'max_session_duration': 1}",
      "{'max_session_duration': 2}"},
     ""},
    {"a change in both",
     {&cbk_kind_role, "{}", "{'max_session_duration': 3}", "{'max_session_duration': 1}",
      "{'max_session_duration': 2}"},
     "max_session_duration changed warning wanted\n"},
    {"what was never applied is the cloud's business",
     {&cbk_kind_role, "{}", "{}", "{'name': 'R'}", "{'name': 'R', 'description': 'x'}"},
     ""},
    {"nobody declares it any more",
     {&cbk_kind_role, NULL, NULL, "{'description': 'a'}", "{'description': 'b'}"},
     "description changed note\n"},
    {"what lifecycle ignores",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['policies']}}", "{}", "{'policies': ['a']}", "{'policies': ['b']}"},
     ""},
    {"a trust that lets more in",
     {&cbk_kind_role, "{}", "{}", "{'trust': " DOC("sts:A") "}", "{'trust': " DOC("sts:*") "}"},
     "trust.Statement widened error\n"},
    {"a trust that lets less in",
     {&cbk_kind_role, "{}", "{}", "{'trust': " DOC("sts:*") "}", "{'trust': " DOC("sts:A") "}"},
     "trust.Statement changed error\n"},
    {"a document that allows more",
     {&cbk_kind_policy, "{}", "{}", "{'document': " DOC("ecs:A") "}", "{'document': " DOC("ecs:*") "}"},
     "document.Statement widened error\n"},
    {"one policy more",
     {&cbk_kind_role, "{}", "{}", "{'policies': ['Custom/a']}", "{'policies': ['Custom/a', 'System/b']}"},
     "policies widened error\n"},
    {"one policy less",
     {&cbk_kind_role, "{}", "{}", "{'policies': ['Custom/a', 'System/b']}", "{'policies': ['Custom/a']}"},
     "policies changed error\n"},
    {"tags",
     {&cbk_kind_policy, "{}", "{}", "{'tags': {'team': 'a', 'b.c': 'd'}}", "{'tags': {'team': 'b'}}"},
     "tags.b.c changed note\ntags.team changed note\n"},
    {"another role", {&cbk_kind_attachment, "{}", "{}", "{'role': 'A'}", "{'role': 'B'}"}, "role changed error\n"},
    {"a mode", {&cbk_kind_script, "{}", "{}", FILE_AT("0700"), FILE_AT("0755")}, "pre_freeze.mode changed error\n"},
    {"a file that is gone", {&cbk_kind_script, "{}", "{}", FILE_AT("0700"), "{}"}, "pre_freeze changed error\n"},
    {"shorter retention", {&cbk_kind_backup_policy, "{}", "{}", RULES("30"), RULES("7")}, "rules shortened error\n"},
    {"longer retention", {&cbk_kind_backup_policy, "{}", "{}", RULES("7"), RULES("30")}, "rules changed warning\n"},
    {"another name", {&cbk_kind_backup_policy, "{}", "{}", "{'name': 'a'}", "{'name': 'b'}"}, "name changed note\n"},
    {"a vault's key",
     {&cbk_kind_vault, "{}", "{}", "{'encryption': {'type': 'KMS'}}", "{'encryption': {'type': 'HBR_PRIVATE'}}"},
     "encryption.type changed warning\n"},
    {"a disabled binding",
     {&cbk_kind_binding, "{}", "{}", "{'disabled': false}", "{'disabled': true}"},
     "disabled changed error\n"},
    {"a binding to another policy",
     {&cbk_kind_binding, "{}", "{}", "{'policy': 'a'}", "{'policy': 'po-1'}"},
     "policy changed error\n"},
    {"a binding that asks for less",
     {&cbk_kind_binding, "{}", "{}", "{'level': 'application', 'freeze_timeout': 30}",
      "{'level': 'crash', 'freeze_timeout': 60}"},
     "freeze_timeout changed warning\nlevel changed error\n"},
};

static void what_has_moved_is_told_with_how_much_it_matters(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(built_release) struct built built;
        CBK_STR(said);
        build_object(&cases[i].sides, &built);
        CBK_JSON *rows = cbk_diff_drift(&built.object, built.object.desired);
        size_t index;
        json_t *row;
        json_array_foreach(rows, index, row)
            cbk_str_addf(&said, "%s %s %s%s\n", cbk_json_text(row, "path"), cbk_drift_sorts[cbk_drift_sort_of(row)].id,
                         cbk_severity_name(cbk_drift_severity_of(built.object.kind, row)),
                         json_object_get(row, "wanted") ? " wanted" : "");
        if (strcmp(said.ptr, cases[i].said) != 0)
            fail_msg("%s:\n%s", cases[i].what, said.ptr);
    }
}

/* A walk's dates are those of one cloud: 2026-11-23, noon. */
#define NOON "2026-11-23T12:00:00Z"

static const struct ignore_case {
    const char *entries; /* of drift_ignore, in YAML's flow style */
    const char *address, *path;
    const char *said; /* the finding, settled as an error */
} ignore_cases[] = {
    {"", "roles.app", "trust", "{'severity': 'error'}"},
    {"{address: roles.app, reason: r}", "roles.app", "trust",
     "{'severity': null, 'ignored': {'reason': 'r', 'until': null}}"},
    {"{address: roles.app, reason: r}", "roles.app", NULL,
     "{'severity': null, 'ignored': {'reason': 'r', 'until': null}}"},
    {"{address: roles.app, reason: r}", "roles.apple", NULL, "{'severity': 'error'}"},
    {"{address: 'roles.*', reason: r}", "roles.apple", NULL,
     "{'severity': null, 'ignored': {'reason': 'r', 'until': null}}"},
    {"{address: 'scripts.mysql[\"i-1\"]', reason: r}", "scripts.mysql[\"i-1\"]", NULL,
     "{'severity': null, 'ignored': {'reason': 'r', 'until': null}}"},
    {"{address: 'scripts.mysql[\"i-1\"]', reason: r}", "scripts.mysql[\"i-2\"]", NULL, "{'severity': 'error'}"},
    {"{address: roles.app, path: trust, reason: r}", "roles.app", "trust.Statement",
     "{'severity': null, 'ignored': {'reason': 'r', 'until': null}}"},
    {"{address: roles.app, path: trust, reason: r}", "roles.app", "trusted", "{'severity': 'error'}"},
    {"{address: roles.app, path: trust, reason: r}", "roles.app", NULL, "{'severity': 'error'}"},
    {"{address: roles.app, reason: r, until: \"2026-11-24\"}", "roles.app", NULL,
     "{'severity': null, 'ignored': {'reason': 'r', 'until': '2026-11-24'}}"},
    {"{address: roles.app, reason: r, until: \"2026-11-23\"}", "roles.app", NULL,
     "{'severity': null, 'ignored': {'reason': 'r', 'until': '2026-11-23'}}"},
    {"{address: roles.app, reason: r, until: \"2026-11-22\"}", "roles.app", NULL,
     "{'severity': 'error', 'expired': {'reason': 'r', 'until': '2026-11-22'}}"},
    {"{address: roles.app, reason: old, until: \"2026-11-22\"}, {address: 'roles.*', reason: new}", "roles.app", NULL,
     "{'severity': null, 'ignored': {'reason': 'new', 'until': null}}"},
    {"{address: roles.app, reason: first}, {address: 'roles.*', reason: second}", "roles.app", NULL,
     "{'severity': null, 'ignored': {'reason': 'first', 'until': null}}"},
};

static void what_is_expected_does_not_count(void **state)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(ignore_cases); i++) {
        const struct ignore_case *row = &ignore_cases[i];
        CBK_CLEANUP(cbk_string_freep)
        char *yaml = cbk_strf("cbk: 1\nstack: s\nprovider: {region: cn-hangzhou}\ndrift_ignore: [%s]\n", row->entries);
        CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = build_stack(*state, yaml);
        CBK_CLEANUP(cbk_drift_ignores_release) struct cbk_drift_ignores ignores = {0};
        CBK_JSON *finding = json_object();
        CBK_ERROR(err);
        int64_t now = 0;
        assert_int_equal(cbk_time_parse(NOON, &now, &err), 0);
        cbk_drift_ignores_read(stack, now, &ignores);
        enum cbk_severity severity =
            cbk_drift_ignores_settle(&ignores, row->address, row->path, CBK_SEVERITY_ERROR, finding);
        assert_same_json(finding, row->said);
        assert_int_equal(severity, cbk_severity_parse(cbk_json_text(finding, "severity")));
    }
}

static void sorts_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_DRIFT_SORT_COUNT; i++) {
        assert_non_null(cbk_severity_name(cbk_drift_sorts[i].severity));
        assert_true(*cbk_drift_sorts[i].title && *cbk_drift_sorts[i].help);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(cbk_drift_sorts[i].id, cbk_drift_sorts[j].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_moved_is_told_with_how_much_it_matters),
        cmocka_unit_test_setup_teardown(what_is_expected_does_not_count, scratch_setup, scratch_teardown),
        cmocka_unit_test(sorts_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
