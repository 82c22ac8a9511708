/* Strings that grow, near names, globs, and text from outside made harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/str.h"

#include <string.h>

static void a_string_is_never_null(void **state)
{
    (void)state;
    CBK_STR(s);
    assert_string_equal(s.ptr, "");
    cbk_str_add(&s, "");
    cbk_str_add_repeat(&s, 'x', 0);
    cbk_str_clear(&s);
    cbk_str_truncate(&s, 5);
    assert_string_equal(s.ptr, "");
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_str_detach(&s);
    assert_string_equal(text, "");
}

static void a_string_grows(void **state)
{
    (void)state;
    CBK_STR(s);
    for (int i = 0; i < 1000; i++)
        cbk_str_addf(&s, "%d,", i % 10);
    assert_int_equal(s.len, 2000);
    assert_int_equal(strlen(s.ptr), 2000);
    cbk_str_truncate(&s, 4);
    assert_string_equal(s.ptr, "0,1,");
    cbk_str_add_repeat(&s, '-', 100);
    assert_int_equal(s.len, 104);
    cbk_str_add_bytes(&s, "a\0b", 3);
    assert_int_equal(s.len, 107);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_str_detach(&s);
    assert_memory_equal(text + 104, "a\0b", 4);
    assert_string_equal(s.ptr, "");
}

static void a_ceiling_drops_the_rest(void **state)
{
    (void)state;
    CBK_STR(s);
    s.ceiling = 5;
    cbk_str_add(&s, "abc");
    assert_false(s.overflow);
    cbk_str_add(&s, "defg");
    assert_true(s.overflow);
    cbk_str_add_repeat(&s, 'x', 9);
    assert_string_equal(s.ptr, "abcde");
}

static const struct distance_row {
    const char *a, *b;
    size_t distance;
} distances[] = {
    {"", "", 0},       {"", "abc", 3},  {"abc", "", 3},  {"polcies", "policies", 1},
    {"abc", "acb", 1}, {"ab", "ba", 1}, {"abc", "c", 2}, {"kitten", "sitting", 3},
    {"a", "b", 1},
};

static void distances_count_edits_and_swaps(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(distances); i++) {
        assert_int_equal(cbk_str_distance(distances[i].a, distances[i].b), distances[i].distance);
        assert_int_equal(cbk_str_distance(distances[i].b, distances[i].a), distances[i].distance);
    }
}

static void the_nearest_name_is_near(void **state)
{
    (void)state;
    static const char *const names[] = {"policies", "roles", "scripts", "id"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"polcies", "policies"}, {"role", "roles"}, {"scirpts", "scripts"}, {"zebra", NULL}, {"xy", NULL}, {"", NULL},
        {"ids", "id"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        const char *nearest = cbk_str_nearest(rows[i].word, names, CBK_ARRAY_LEN(names));
        assert_true(cbk_str_equal(nearest, rows[i].nearest));
    }
    CBK_STR(hostile);
    cbk_str_add_repeat(&hostile, 'p', 1000000);
    assert_null(cbk_str_nearest(hostile.ptr, names, CBK_ARRAY_LEN(names)));
    assert_null(cbk_str_nearest("a", NULL, 0));
}

static const struct glob_row {
    const char *pattern, *text;
    bool matches;
} globs[] = {
    {"", "", true},           {"*", "", true},          {"?", "", false},     {"a*", "abc", true},
    {"*c", "abc", true},      {"a*c", "abd", false},    {"a?c", "abc", true}, {"**", "x", true},
    {"*a*b", "xaybzb", true}, {"*a*b", "xayb-", false}, {"a", "ab", false},   {"[a]", "a", false},
    {"[a]", "[a]", true},
};

static void globs_know_star_and_question_mark(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(globs); i++)
        assert_int_equal(cbk_str_glob(globs[i].pattern, globs[i].text), globs[i].matches);
}

static const struct visible_row {
    const char *text, *visible;
} visible[] = {
    {"plain \xe6\x95\xb0", "plain \xe6\x95\xb0"},
    {"a\nb\tc\r", "a\\nb\\tc\\r"},
    {"\x1b[31m\x7f", "\\x1b[31m\\x7f"},
    {"\xc2\x9b", "\\u009b"},
    {"\xe2\x80\xae", "\\u202e"},
    {"a\xff"
     "b\xc3",
     "a\\xff"
     "b\\xc3"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
};

static void text_from_outside_is_made_visible(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(visible); i++) {
        CBK_STR(s);
        cbk_str_add_visible(&s, visible[i].text);
        assert_string_equal(s.ptr, visible[i].visible);
    }
}

static void characters_cells_and_bytes_are_told_apart(void **state)
{
    (void)state;
    const char *text = "a\xe6\x95\xb0\xc3\xa9";
    assert_int_equal(cbk_str_chars(text, strlen(text)), 3);
    assert_int_equal(cbk_str_cells(text, strlen(text)), 4);
    assert_int_equal(cbk_str_utf8_span(text, strlen(text)), strlen(text));
    assert_int_equal(cbk_str_utf8_span(text, strlen(text) - 1), 4);
    assert_int_equal(cbk_str_utf8_span("ab\xff", 3), 2);
    assert_int_equal(cbk_str_utf8_span("\xc0\x80", 2), 0);
    assert_int_equal(cbk_str_utf8_span("", 0), 0);
    assert_true(cbk_str_is_visible("a", 1));
    assert_true(cbk_str_is_visible("\xe6\x95\xb0", 3));
    assert_false(cbk_str_is_visible("\x1b", 1));
    assert_false(cbk_str_is_visible("\xff", 1));
}

static void prefixes_and_suffixes(void **state)
{
    (void)state;
    assert_true(cbk_str_starts_with("abc", "ab"));
    assert_true(cbk_str_starts_with("abc", ""));
    assert_false(cbk_str_starts_with("a", "ab"));
    assert_true(cbk_str_ends_with("abc", "bc"));
    assert_false(cbk_str_ends_with("c", "bc"));
    assert_true(cbk_str_equal(NULL, NULL));
    assert_false(cbk_str_equal("", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_string_is_never_null),
        cmocka_unit_test(a_string_grows),
        cmocka_unit_test(a_ceiling_drops_the_rest),
        cmocka_unit_test(distances_count_edits_and_swaps),
        cmocka_unit_test(the_nearest_name_is_near),
        cmocka_unit_test(globs_know_star_and_question_mark),
        cmocka_unit_test(text_from_outside_is_made_visible),
        cmocka_unit_test(characters_cells_and_bytes_are_told_apart),
        cmocka_unit_test(prefixes_and_suffixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
