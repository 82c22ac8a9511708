/* YAML that reads back as what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/emit.h"
#include "quick_json.h"
#include "scratch.h"

#include "base/file.h"

#include <string.h>

static const struct row {
    const char *json;
    const char *yaml;
} rows[] = {
    {"{'a': 'plain text', 'b': ''}", "a: plain text\nb: \"\"\n"},
    {"{'a': ['no', 'On', 'y', 'null', '~', 'true']}", "a: [\"no\", \"On\", \"y\", \"null\", \"~\", \"true\"]\n"},
    {"{'a': ['1', '1.5', '0x10', '1e3', '2026-11-23', '.5', '-', '1234567890123456']}",
     "a: [\"1\", \"1.5\", \"0x10\", \"1e3\", \"2026-11-23\", \".5\", \"-\", \"1234567890123456\"]\n"},
    {"{'a': 1, 'b': true, 'c': null, 'd': 1.5}", "a: 1\nb: true\nc: null\nd: 1.5\n"},
    {"{'a': 'ecs:Describe*', 'b': '*', 'c': 'a: b', 'd': 'a #b', 'e': '#', 'f': '@x', 'g': '%', 'h': '{x}'}",
     "a: ecs:Describe*\nb: \"*\"\nc: \"a: b\"\nd: \"a #b\"\ne: \"#\"\nf: \"@x\"\ng: \"%\"\nh: \"{x}\"\n"},
    {"{'a': ' x', 'b': 'x ', 'c': 'two\\nlines\\n', 'd': 'tab\\there'}",
     "a: \" x\"\nb: \"x \"\nc: \"two\\nlines\\n\"\nd: \"tab\\there\"\n"},
    {"{'a': '${var.x} ${acs:Now} $5 $${'}", "a: \"$${var.x} $${acs:Now} $5 $$${\"\n"},
    {"{'a': '\\u0001 \\u007f \\u0085 \\u2028 \\u202e \\ufeff'}",
     "a: \"\\u0001 \\u007F \\u0085 \\u2028 \\u202E \\uFEFF\"\n"},
    {"{'a': '\\u5907\\u4efd', 'b': '\\ud83d\\ude00 ok'}", "a: \xe5\xa4\x87\xe4\xbb\xbd\nb: \xf0\x9f\x98\x80 ok\n"},
    {"{'a': {'b': {}, 'c': [], 'd': {'e': 'f'}}}", "a:\n  b: {}\n  c: []\n  d:\n    e: f\n"},
    {"{'a': [{'b': 1, 'c': [2, 3]}, {'d': {'e': 4}}, [5, [6]], {}]}",
     "a:\n  - b: 1\n    c: [2, 3]\n  - d:\n      e: 4\n  - - 5\n    - [6]\n  - {}\n"},
    {"{'no': 1, '2': 2, 'a b': 3, 'a: b': 4, '': 5}", "\"no\": 1\n\"2\": 2\na b: 3\n\"a: b\": 4\n\"\": 5\n"},
};

static void yaml_is_what_is_pinned(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *value = quick_json(rows[i].json);
        CBK_STR(text);
        cbk_yaml_add(&text, value, 0);
        assert_string_equal(text.ptr, rows[i].yaml);
    }
}

/* Through a stack, so that the variables' syntax has its chance to be taken for what it is not. */
static void yaml_reads_back(void **state)
{
    const char *dir = *state;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, "cbk.yaml");
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *value = quick_json(rows[i].json);
        CBK_JSON *stack = json_pack("{s:O}", "things", value);
        CBK_STR(text);
        CBK_ERROR(err);
        CBK_ERRORS(errors);
        CBK_CLEANUP(cbk_config_freep) struct cbk_config *config = NULL;
        const struct cbk_config_options options = {.dir = dir};
        cbk_yaml_add(&text, stack, 0);
        assert_int_equal(cbk_file_replace(path, text.ptr, text.len, 0644, &err), 0);
        if (cbk_config_load(&options, &config, &errors) < 0)
            fail_msg("%s\n%s", errors.list.items[0].message, text.ptr);
        assert_true(json_equal((json_t *)cbk_config_root(config), stack));
    }
}

static void long_lists_stand_in_lines_of_their_own(void **state)
{
    (void)state;
    CBK_JSON *list = json_array();
    for (int i = 0; i < 12; i++)
        json_array_append_new(list, json_string("ecs-instance-id"));
    CBK_JSON *value = json_pack("{s:O}", "ids", list);
    CBK_STR(text);
    cbk_yaml_add(&text, value, 2);
    assert_true(cbk_str_starts_with(text.ptr, "  ids:\n    - ecs-instance-id\n    - ecs-instance-id\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_is_what_is_pinned),
        cmocka_unit_test_setup_teardown(yaml_reads_back, scratch_setup, scratch_teardown),
        cmocka_unit_test(long_lists_stand_in_lines_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
