/*
 * Guards: every one has its option, its section of the docs, its word in the schema. What they say of plans is pinned
 * by tests/cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/args.h"
#include "engine/guard_rows.h"

#include <string.h>

static char *read_text(const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("%s/%s", CBK_SOURCE_DIR, name);
    char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (cbk_file_read(path, 1 << 20, &text, &len, &err) < 0)
        fail_msg("%s", err.message);
    return text;
}

static void every_guard_is_told(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_string_freep) char *docs = read_text("docs/guards.md");
    CBK_CLEANUP(cbk_string_freep) char *schema = read_text("schemas/plan.schema.json");
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++) {
        assert_non_null(cbk_guard_rows[i].judge);
        CBK_CLEANUP(cbk_string_freep) char *heading = cbk_strf("\n## %s\n", cbk_guard_rows[i].id);
        CBK_CLEANUP(cbk_string_freep) char *word = cbk_strf("\"%s\"", cbk_guard_rows[i].id);
        assert_non_null(strstr(docs, heading));
        assert_non_null(strstr(schema, word));
    }
}

static unsigned takes_all(const char *command)
{
    (void)command;
    return CBK_OPT_ALL;
}

static void every_guard_has_its_own_option(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++) {
        CBK_CLEANUP(cbk_string_freep) char *option = cbk_strf("--allow-%s", cbk_guard_rows[i].id);
        char *words[] = {(char *)"cbk", (char *)"plan", option, NULL};
        CBK_CLEANUP(cbk_args_release) struct cbk_args args = {0};
        CBK_ERROR(err);
        if (cbk_args_parse(3, words, takes_all, &args, &err) < 0)
            fail_msg("%s", err.message);
        for (size_t j = 0; j < CBK_GUARD_COUNT; j++)
            assert_int_equal(args.allowed[j], i == j);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_guard_is_told),
        cmocka_unit_test(every_guard_has_its_own_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
