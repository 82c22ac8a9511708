/* What a branch changes, by meaning, and which of it wants looking at: one edit of a stack a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"
#include "engine/compare.h"
#include "scratch.h"
#include "strict_schema.h"

static const char base_yaml[] =
    "cbk: 1\n"
    "stack: s\n"
    "provider: {region: cn-hangzhou, account: '1'}\n"
    "variables: {word: {default: secret, sensitive: true}, env: {default: prod}}\n"
    "state: {path: there}\n"
    "drift_ignore: [{address: roles.app, path: description, reason: they write it, until: '2027-01-01'}]\n"
    "instances: {all: {tags: {app: x}, expect: {min: 2, max: 9}}}\n"
    "policies:\n"
    "  p:\n"
    "    document: {Version: '1', Statement: [{Effect: Allow, Action: [ecs:A, ecs:B], Resource: ['*']}]}\n"
    "roles:\n"
    "  app: {trust: {service: [ecs.aliyuncs.com]}, policies: [policies.p], lifecycle: {prevent_destroy: true}}\n"
    "backup_policies:\n"
    "  nightly: {schedule: {every: 1d, from: '2026-12-01T02:00:00Z'}, retain: 30d}\n"
    "bindings:\n"
    "  all: {policy: backup_policies.nightly, instances: all, consistency: {level: crash}}\n"
    "snapshot_jobs:\n"
    "  all: {instances: all, consistency: {level: crash}, retain: 7d}\n"
    "  near: {instances: all, consistency: {level: crash}, require: crash, max_age: 1d}\n"
    "  deep: {instances: {ids: [i-1], expect: {max: 3}}, consistency: {level: application, role: roles.app}}\n";

static const struct {
    const char *old, *new;
    const char *changes;   /* "action address path path; ..." */
    const char *attention; /* "id address; ..." */
} rows[] = {
    {"ecs:A, ecs:B", "ecs:B, ecs:A", "", ""},
    {"# none", "# none", "", ""},
    {"default: secret", "default: other", "", ""},
    {"default: prod", "default: test", "update variables.env default; ", ""},
    {"ecs:A, ecs:B", "ecs:A", "update policies.p document.Statement; ", ""},
    {"ecs:A, ecs:B", "ecs:*", "update policies.p document.Statement; ", "permissions policies.p; "},
    {"{tags: {app: x}", "{tags: {app: y}", "update instances.all tags.app; ", ""},
    {"max: 9", "max: 10", "update instances.all expect.max; ", "expectation instances.all; "},
    {"max: 9", "max: 8", "update instances.all expect.max; ", ""},
    {"{min: 2, max: 9}", "{min: 2}", "update instances.all expect.max; ", "expectation instances.all; "},
    {"{min: 2, max: 9}", "{max: 9}", "update instances.all expect.min; ", "expectation instances.all; "},
    {"min: 2", "min: 3", "update instances.all expect.min; ", ""},
    {", expect:", ", allow_empty: true, expect:", "update instances.all allow_empty; ", "expectation instances.all; "},
    {", lifecycle: {prevent_destroy: true}", "", "update roles.app lifecycle; ", "protection roles.app; "},
    {"{prevent_destroy: true}", "{prevent_destroy: true, ignore: [trust]}", "update roles.app lifecycle.ignore; ",
     "ignore roles.app; "},
    {"retain: 30d", "retain: 29d", "update backup_policies.nightly rules; ", "retention backup_policies.nightly; "},
    {"retain: 30d", "retain: 31d", "update backup_policies.nightly rules; ", ""},
    {"retain: 7d", "retain: 1d", "update snapshot_jobs.all retain_days; ", "retention snapshot_jobs.all; "},
    {"retain: 7d", "retain: 7d, on_downgrade: accept", "update snapshot_jobs.all on_downgrade; ",
     "requirement snapshot_jobs.all; "},
    {"instances: all, consistency: {level: crash}}", "instances: all, disabled: true, consistency: {level: crash}}",
     "update bindings.all disabled; ", "backups bindings.all; "},
    {"  all: {policy: backup_policies.nightly, instances: all, consistency: {level: crash}}\n",
     "  any: {policy: backup_policies.nightly, instances: all, consistency: {level: crash}}\n", "create bindings.any",
     "backups bindings.all; "},
    {"until: '2027-01-01'", "until: '2026-06-01'", "update drift_ignore drift_ignore; ", ""},
    {"until: '2027-01-01'", "until: '2028-01-01'", "update drift_ignore drift_ignore; ", "drift-ignore drift_ignore; "},
    {"path: description, ", "", "update drift_ignore drift_ignore; ", "drift-ignore drift_ignore; "},
    {"account: '1'", "account: '2'", "update provider account; ", "place provider; "},
    {"max_age: 1d", "max_age: 1d, depends_on: [roles.app]", "update snapshot_jobs.near depends_on; ", ""},
    {"level: application", "level: crash",
     "update snapshot_jobs.deep freeze_timeout fs_freeze level post_thaw pre_freeze require role writers; ",
     "requirement snapshot_jobs.deep; "},
    {"level: application", "level: crash, group: true",
     "update snapshot_jobs.deep freeze_timeout fs_freeze group level post_thaw pre_freeze require role writers; ",
     "requirement snapshot_jobs.deep; "},
    {"{max: 3}", "{max: 4}", "update snapshot_jobs.deep instances.expect.max; ", "expectation snapshot_jobs.deep; "},
    {"{max: 3}", "{max: 2}", "update snapshot_jobs.deep instances.expect.max; ", ""},
    {"{ids: [i-1], expect: {max: 3}}", "all", "update snapshot_jobs.deep instances; ",
     "expectation snapshot_jobs.deep; "},
    {"  near: {instances: all,", "  near: {instances: {tags: {app: x}},", "update snapshot_jobs.near instances; ",
     "expectation snapshot_jobs.near; expectation snapshot_jobs.near; "},
    {"state: {path: there}\n", "", "delete state backend path; ", "place state; "},
    {"state: {path: there}", "state: {path: here}", "update state path; ", "place state; "},
    {"stack: s\n", "stack: t\n", "update stack stack; ", "place stack; "},
    {"variables:", "moved: [{from: roles.old, to: roles.app}]\nvariables:", "create moved", ""},
    {"variables:", "removed: [{address: roles.old, destroy: true}]\nvariables:", "create removed", ""},
    {"variables:", "removed: [{address: roles.old}]\nvariables:", "create removed", "forgotten removed; "},
    {"bindings:\n",
     "bindings:\n  idle: {policy: backup_policies.nightly, instances: {ids: [i-1]}, disabled: true, "
     "consistency: {level: crash}, lifecycle: {ignore: [disabled]}}\n",
     "create bindings.idle", "ignore bindings.idle; backups bindings.idle; "},
    {"roles:\n", "roles:\n  new: {trust: {account: ['3']}}\n", "create roles.new", "permissions roles.new; "},
};

/* The base with the row's edit. The caller frees. */
static char *edited(const char *old, const char *new)
{
    const char *at = strstr(base_yaml, old);
    if (!at)
        return cbk_strdup(base_yaml);
    return cbk_strf("%.*s%s%s", (int)(at - base_yaml), base_yaml, new, at + strlen(old));
}

static void add_changes(const json_t *comparison, struct cbk_str *out)
{
    size_t index, i;
    json_t *change, *row;
    json_array_foreach(json_object_get(comparison, "changes"), index, change) {
        cbk_str_addf(out, "%s %s", json_string_value(json_array_get(json_object_get(change, "actions"), 0)),
                     cbk_json_text(change, "address"));
        json_array_foreach(json_object_get(change, "diff"), i, row)
            cbk_str_addf(out, " %s", cbk_json_text(row, "path"));
        cbk_str_add(out, "; ");
    }
}

static void add_attention(const json_t *comparison, struct cbk_str *out)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(comparison, "attention"), index, item)
        cbk_str_addf(out, "%s %s; ", cbk_json_text(item, "id"), cbk_json_text(item, "address"));
}

static void edits_are_told_by_meaning(void **state)
{
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *base = build_stack(*state, base_yaml);
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_CLEANUP(cbk_string_freep) char *yaml = edited(rows[i].old, rows[i].new);
        CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *head = build_stack(*state, yaml);
        CBK_JSON *comparison = NULL;
        CBK_ERRORS(errors);
        CBK_STR(changes);
        CBK_STR(attention);
        assert_int_equal(cbk_stack_compare(&(struct cbk_compared){.stack = base}, &(struct cbk_compared){.stack = head},
                                           &comparison, &errors),
                         0);
        assert_strictly_valid("comparison", comparison);
        add_changes(comparison, &changes);
        add_attention(comparison, &attention);
        bool is_new = cbk_str_starts_with(rows[i].changes, "create");
        if ((is_new ? !cbk_str_starts_with(changes.ptr, rows[i].changes) : strcmp(changes.ptr, rows[i].changes) != 0) ||
            strcmp(attention.ptr, rows[i].attention) != 0)
            fail_msg("'%s' -> '%s': changes '%s', attention '%s'", rows[i].old, rows[i].new, changes.ptr,
                     attention.ptr);
        assert_int_equal(cbk_comparison_is_empty(comparison), !*rows[i].changes);
    }
}

static void secrets_are_not_told(void **state)
{
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *head = build_stack(*state, base_yaml);
    CBK_JSON *comparison = NULL;
    CBK_ERRORS(errors);
    CBK_STR(text);
    assert_int_equal(cbk_stack_compare(&(struct cbk_compared){.stack = NULL}, &(struct cbk_compared){.stack = head},
                                       &comparison, &errors),
                     0);
    assert_strictly_valid("comparison", comparison);
    cbk_json_add_pretty(&text, comparison);
    assert_non_null(strstr(text.ptr, "variables.word"));
    assert_null(strstr(text.ptr, "\"secret\""));
}

int main(void)
{
#define IN_SCRATCH(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {IN_SCRATCH(edits_are_told_by_meaning), IN_SCRATCH(secrets_are_not_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
