/* Values and their changes on one line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quick_json.h"
#include "render/value.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct value_row {
    const char *value, *text;
} values[] = {
    {NULL, "(none)"},
    {"null", "(none)"},
    {"true", "true"},
    {"-5", "-5"},
    {"1.5", "1.5"},
    {"''", "\"\""},
    {"'a b'", "\"a b\""},
    {"'" HASH "'", "0123456789ab..."},
    {"'sha256:" HASH "'", "\"sha256:" HASH "\""},
    {"[]", "[]"},
    {"{}", "{}"},
    {"['a', 'b']", "a, b"},
    {"['a', 1]", "a, ?"},
    {"[1, 'a']", "[1,\"a\"]"},
    {"{'b': 1, 'a': [2]}", "{\"a\":[2],\"b\":1}"},
    {"{'Effect': 'Allow', 'Action': ['a', 'b'], 'Resource': ['*']}", "Allow a, b on *"},
    {"{'Effect': 'Deny', 'NotAction': 'a', 'NotResource': ['x']}", "Deny all but a on all but x"},
    {"{'Effect': 'Allow', 'Action': ['sts:AssumeRole'], 'Principal': {'Service': ['e'], 'RAM': ['r']}}",
     "Allow sts:AssumeRole to RAM r to Service e"},
    {"{'Effect': 'Allow', 'Action': ['a'], 'Condition': {'Bool': {'k': ['true']}}}",
     "Allow a if {\"Bool\":{\"k\":[\"true\"]}}"},
    {"{'Effect': 5}", "?"},
    {"{'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': ['a']}, {'Effect': 'Deny', 'Action': ['b']}]}",
     "Allow a; Deny b"},
    {"{'Statement': []}", ""},
    {"{'Statement': 'x'}", "{\"Statement\":\"x\"}"},
};

static void values_read_as_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(values); i++) {
        CBK_JSON *value = quick_json(values[i].value);
        CBK_STR(text);
        cbk_value_add(&text, value);
        assert_string_equal(text.ptr, values[i].text);
    }
}

static const struct change_row {
    const char *before, *after, *text;
} changes[] = {
    {"1", "2", "1 -> 2"},
    {NULL, "'a'", "(none) -> \"a\""},
    {"'a'", NULL, "\"a\" -> (none)"},
    {"['a']", NULL, "a -> (none)"},
    {"['a', 'b']", "['b', 'c']", "- \"a\", + \"c\""},
    {"['a']", "[]", "- \"a\""},
    {"[]", "['a', 'b']", "+ \"a\", + \"b\""},
    {"[{'Effect': 'Allow', 'Action': ['a']}]", "[{'Effect': 'Allow', 'Action': ['a', 'b']}]",
     "- Allow a, + Allow a, b"},
    {"{'Statement': []}", "[1]", " -> [1]"},
};

static void changes_read_as_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(changes); i++) {
        CBK_JSON *before = quick_json(changes[i].before), *after = quick_json(changes[i].after);
        CBK_STR(text);
        cbk_value_add_change(&text, before, after);
        assert_string_equal(text.ptr, changes[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_read_as_in_the_table),
        cmocka_unit_test(changes_read_as_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
