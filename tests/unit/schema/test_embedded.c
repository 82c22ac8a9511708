/* The embedded schemas compile, and say no where they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "schema/schema.h"

#define DIGEST "'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'"

static const char *const plan =
    "{'format_version': '1.0', 'stack': 's', 'account': null, 'region': 'r', 'destroy': false,"
    " 'summary': {'create': 0, 'update': 0, 'replace': 0, 'delete': 0, 'run': 1},"
    " 'changes': [{'address': 'snapshot_jobs.a', 'kind': 'snapshot_job', 'title': 'a', 'actions': ['run'],"
    "   'cause': 'config', 'before': null, 'after': {}, 'depends_on': [],"
    "   'diff': [{'path': 'p', 'before': 1, 'after': 2, 'cause': 'drift'}],"
    "   'predicted': {'level': 'crash', 'reasons': ['x']}}],"
    " 'checks': [{'id': 'CBK101', 'address': 'a', 'instance': 'i', 'instance_name': '', 'ok': true, 'message': 'm'}],"
    " 'provenance': {'commit': null, 'dirty': null, 'config_digest': " DIGEST "},"
    " 'state': {'lineage': null, 'serial': 0}, 'digest': " DIGEST "}";

static const char *const state_text =
    "{'version': 1, 'lineage': 'l', 'serial': 0, 'stack': 's', 'resources': {'roles.r': {'kind': 'role', 'id': 'R',"
    " 'attributes': {}, 'applied_digest': " DIGEST ", 'depends_on': []}}}";

/* What stands at `parent` is given `value` under `key`; value NULL: it is taken out. */
static const struct row {
    const struct cbk_schema *(*schema)(void);
    const char *const *base;
    const char *parent, *key, *value;
    bool is_valid;
} rows[] = {
    {cbk_schema_plan, &plan, "", "later", "1", true}, /* a minor version may add keys */
    {cbk_schema_plan, &plan, "", "format_version", "'1.7'", true},
    {cbk_schema_plan, &plan, "", "format_version", "'2.0'", false},
    {cbk_schema_plan, &plan, "", "format_version", NULL, false},
    {cbk_schema_plan, &plan, "", "digest", "'x'", false},
    {cbk_schema_plan, &plan, "/summary", "run", NULL, false},
    {cbk_schema_plan, &plan, "/summary", "run", "-1", false},
    {cbk_schema_plan, &plan, "/changes/0", "actions", "['create', 'delete']", true},
    {cbk_schema_plan, &plan, "/changes/0", "actions", "[]", false},
    {cbk_schema_plan, &plan, "/changes/0", "actions", "['replace']", false},
    {cbk_schema_plan, &plan, "/changes/0", "actions", "['run', 'run']", false},
    {cbk_schema_plan, &plan, "/changes/0", "cause", "null", true},
    {cbk_schema_plan, &plan, "/changes/0", "cause", "'none'", false},
    {cbk_schema_plan, &plan, "/changes/0", "before", "[]", false},
    {cbk_schema_plan, &plan, "/changes/0", "adopt", "false", false},
    {cbk_schema_plan, &plan, "/changes/0/diff/0", "cause", "null", false},
    {cbk_schema_plan, &plan, "/changes/0/diff/0", "before", NULL, false},
    {cbk_schema_plan, &plan, "/changes/0/predicted", "level", "'CRASH'", false},
    {cbk_schema_plan, &plan, "/checks/0", "id", "'CBK1'", false},
    {cbk_schema_plan, &plan, "/state", "serial", "-1", false},
    {cbk_schema_state, &state_text, "", "later", "1", true},
    {cbk_schema_state, &state_text, "", "version", "2", false},
    {cbk_schema_state, &state_text, "", "lineage", "''", false},
    {cbk_schema_state, &state_text, "", "serial", "-1", false},
    {cbk_schema_state, &state_text, "", "resources", "[]", false},
    {cbk_schema_state, &state_text, "/resources/roles.r", "attributes", "null", false},
    {cbk_schema_state, &state_text, "/resources/roles.r", "kind", NULL, false},
    {cbk_schema_state, &state_text, "/resources/roles.r", "intent", "true", true},
    {cbk_schema_state, &state_text, "/resources/roles.r", "intent", "false", false},
    {cbk_schema_state, &state_text, "/resources/roles.r", "applied_digest", "'md5:1'", false},
    {cbk_schema_state, &state_text, "/resources/roles.r", "evidence", "{}", false},
};

static void ignore_violation(void *context, const struct cbk_violation *violation)
{
    (void)context;
    (void)violation;
}

static void contracts_are_kept_and_breaches_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        CBK_JSON *json = quick_json(*row->base), *value = quick_json(row->value);
        json_t *parent = cbk_pointer_get(json, row->parent);
        assert_non_null(parent);
        assert_int_equal(cbk_schema_validate(row->schema(), json, ignore_violation, NULL), 0);
        if (value)
            json_object_set(parent, row->key, value);
        else
            assert_int_equal(json_object_del(parent, row->key), 0);
        size_t wrong = cbk_schema_validate(row->schema(), json, ignore_violation, NULL);
        if ((wrong == 0) != row->is_valid)
            fail_msg("%s/%s = %s: %zu violations", row->parent, row->key, row->value ? row->value : "nothing", wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(contracts_are_kept_and_breaches_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
