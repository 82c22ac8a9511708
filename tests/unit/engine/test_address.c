/* Addresses: there and back, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/address.h"

static const struct round_row {
    const char *section, *key, *instance;
    const char *text;
} rounds[] = {
    {"roles", "app", NULL, "roles.app"},
    {"policies", "a-b_c9", NULL, "policies.a-b_c9"},
    {"attachments", "mysql", "i-bp1abc", "attachments.mysql[\"i-bp1abc\"]"},
    {"snapshot_jobs", "m", "i-1", "snapshot_jobs.m[\"i-1\"]"},
    {"scripts", "9", "i-", "scripts.9[\"i-\"]"},
};

static void addresses_go_there_and_back(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    for (size_t i = 0; i < CBK_ARRAY_LEN(rounds); i++) {
        const struct round_row *row = &rounds[i];
        struct cbk_address parts;
        assert_string_equal(cbk_address_make(arena, row->section, row->key, row->instance), row->text);
        assert_true(cbk_address_parse(arena, row->text, &parts));
        assert_string_equal(parts.kind->section, row->section);
        assert_string_equal(parts.key, row->key);
        assert_true(cbk_str_equal(parts.instance, row->instance));
    }
}

static void what_was_replaced_has_an_address_of_its_own(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_address_former("roles.app", "Old.Name");
    struct cbk_address parts;
    assert_true(cbk_address_parse(arena, text, &parts));
    assert_string_equal(parts.key, "app");
    assert_string_equal(parts.former, "Old.Name");
    assert_null(parts.instance);
}

static void the_rest_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ".",
        "roles",
        "roles.",
        ".app",
        "role.app",
        "Roles.app",
        "instances.mysql",
        "attachments.[\"i-1\"]",
        "attachments.m[\"\"]",
        "attachments.m[\"i-1\"",
        "attachments.m[\"i-1\"]x",
        "attachments.m[i-1]",
        "attachments.m[\"",
        "roles.a.b",
        "roles.a b",
        "roles.\n",
        "roles.~Old",
        "roles.app~",
    };
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++) {
        struct cbk_address parts;
        if (cbk_address_parse(arena, texts[i], &parts))
            fail_msg("'%s' was taken for an address", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_go_there_and_back),
        cmocka_unit_test(what_was_replaced_has_an_address_of_its_own),
        cmocka_unit_test(the_rest_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
