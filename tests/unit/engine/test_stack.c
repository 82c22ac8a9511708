/* A stack that is well-formed. What is said about the others is pinned in tests/errors (test_error_cases.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "quick_json.h"
#include "scratch.h"

static const char *const yaml = "cbk: 1\n"
                                "stack: web\n"
                                "provider: {region: cn-hangzhou, account: '1'}\n"
                                "snapshot_jobs:\n"
                                "  nightly:\n"
                                "    instances: {ids: [i-1]}\n"
                                "    consistency: {level: application, role: roles.app, scripts: scripts.db}\n"
                                "    depends_on: [policies.b, roles.app]\n"
                                "scripts:\n"
                                "  db: {instances: fleet, pre_freeze: {source: a}, post_thaw: {source: b}}\n"
                                "instances:\n"
                                "  fleet: {zone: h}\n"
                                "roles:\n"
                                "  app:\n"
                                "    trust: {service: [ecs.aliyuncs.com]}\n"
                                "    policies: [policies.a, {system: X}, policies.b]\n"
                                "policies:\n"
                                "  b: {document_file: p.json}\n"
                                "  a: {document_file: p.json}\n";

static void declarations_know_what_they_need(void **state)
{
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = build_stack(*state, yaml);
    CBK_STR(text);
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = stack->declarations.items[i];
        cbk_str_addf(&text, "%s:%zu", declaration->address, declaration->span.line);
        for (size_t j = 0; j < declaration->needs.len; j++)
            cbk_str_addf(&text, " %s", declaration->needs.items[j]);
        cbk_str_add_char(&text, '\n');
        assert_ptr_equal(cbk_map_get(stack->by_address, declaration->address), declaration);
        assert_ptr_equal(cbk_pointer_get(stack->tree, declaration->pointer), declaration->value);
    }
    /* the kinds in their order, within one as written */
    assert_string_equal(text.ptr, "policies.b:18\n"
                                  "policies.a:19\n"
                                  "roles.app:14 policies.a policies.b\n"
                                  "scripts.db:10\n"
                                  "snapshot_jobs.nightly:5 roles.app scripts.db policies.b\n");
}

static void the_head_and_the_defaults_are_there(void **state)
{
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = build_stack(*state, yaml);
    assert_string_equal(stack->name, "web");
    assert_string_equal(stack->region, "cn-hangzhou");
    assert_string_equal(stack->account, "1");
    assert_int_equal(cbk_json_int(stack->tree, "roles.app.max_session_duration", 0), 3600);
    assert_string_equal(cbk_json_text(stack->tree, "snapshot_jobs.nightly.retain"), "7d");
    CBK_CLEANUP(cbk_stack_freep)
    struct cbk_stack *bare = build_stack(*state, "cbk: 1\nstack: s\nprovider: {region: cn-hangzhou}\n");
    assert_null(bare->account);
    assert_int_equal(bare->declarations.len, 0);
}

static void selectors_are_found_by_name_or_in_place(void **state)
{
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = build_stack(*state, yaml);
    const char *name = "";
    struct cbk_span span = {0};
    const json_t *named = cbk_stack_selector(stack, cbk_map_get(stack->by_address, "scripts.db"), &name, &span);
    assert_string_equal(name, "fleet");
    assert_string_equal(cbk_json_text(named, "zone"), "h");
    assert_int_equal(span.line, 12);
    const json_t *here =
        cbk_stack_selector(stack, cbk_map_get(stack->by_address, "snapshot_jobs.nightly"), &name, &span);
    assert_null(name);
    assert_true(cbk_json_array_has(json_object_get(here, "ids"), "i-1"));
    assert_int_equal(span.line, 6);
}

static void a_broken_stack_keeps_what_its_errors_point_at(void **state)
{
    const char *broken = "cbk: 1\nstack: s\nprovider: {region: cn-hangzhou}\nrules: {}\n";
    scratch_write(*state, "cbk.yaml", broken, strlen(broken));
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = NULL;
    CBK_ERRORS(errors);
    assert_int_equal(cbk_stack_load(&(struct cbk_config_options){.dir = *state}, &stack, &errors), CBK_E_SCHEMA);
    assert_non_null(stack);
    CBK_CLEANUP(cbk_string_freep) char *text = build_error_text(&errors);
    assert_non_null(strstr(text, "rules: {}")); /* the quoted line */
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(declarations_know_what_they_need),
        WITH_SCRATCH(the_head_and_the_defaults_are_there),
        WITH_SCRATCH(selectors_are_found_by_name_or_in_place),
        WITH_SCRATCH(a_broken_stack_keeps_what_its_errors_point_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
