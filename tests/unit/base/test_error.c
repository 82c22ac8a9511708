/* How errors read: place, line, carets under what is meant, notes, hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/json.h"

#include <errno.h>
#include <string.h>

static struct cbk_source *source_of(const char *text)
{
    return cbk_source_new("a.yaml", cbk_strdup(text), strlen(text));
}

static const struct caret_row {
    const char *text;
    size_t line, column, width;
    const char *quoted;
} carets[] = {
    {"key: value\n", 1, 6, 5, "1 | key: value\n  |      ^^^^^\n"},
    {"a\nb", 2, 1, 1, "2 | b\n  | ^\n"},
    {"key: value\r\nx\r\n", 1, 6, 50, "1 | key: value\n  |      ^^^^^\n"},
    {"\tkey: v", 1, 2, 3, "1 | \tkey: v\n  | \t^^^\n"},
    {"\xe6\x95\xb0\xe6\x8d\xae: v", 1, 1, 2, "1 | \xe6\x95\xb0\xe6\x8d\xae: v\n  | ^^^^\n"},
    {"\xe6\x95\xb0: v", 1, 4, 1, "1 | \xe6\x95\xb0: v\n  |     ^\n"},
    {"e\xcc\x81: v", 1, 5, 1, "1 | e\xcc\x81: v\n  |    ^\n"},
    {"abc", 1, 4, 1, "1 | abc\n  |    ^\n"},
    {"", 1, 1, 1, "1 | \n  | ^\n"},
    {"a\x1b[31mb", 1, 7, 1, "1 | a\xef\xbf\xbd[31mb\n  |       ^\n"},
    {"\xe2\x80\xae"
     "ab",
     1, 2, 1,
     "1 | \xef\xbf\xbd"
     "ab\n  |  ^\n"},
    {"\xff"
     "ab",
     1, 2, 1,
     "1 | \xef\xbf\xbd"
     "ab\n  |  ^\n"},
    {"\t\x91\x86:", 1, 1, 1, "1 | \t\xef\xbf\xbd\xef\xbf\xbd:\n  | ^\n"},
    {"a", 7, 1, 1, ""},
    {"a", 0, 1, 1, ""},
};

static void carets_stand_under_what_is_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(carets); i++) {
        const struct caret_row *row = &carets[i];
        CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = source_of(row->text);
        const struct cbk_span span = {source, row->line, row->column, row->width};
        CBK_STR(quoted);
        cbk_span_quote(&span, &quoted);
        assert_string_equal(quoted.ptr, row->quoted);
    }
}

static void long_lines_are_cut_around_the_place(void **state)
{
    (void)state;
    CBK_STR(text);
    cbk_str_add_repeat(&text, 'a', 1000);
    cbk_str_add(&text, "HERE");
    cbk_str_add_repeat(&text, 'b', 1000);
    CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = source_of(text.ptr);
    const struct cbk_span span = {source, 1, 1001, 4};
    CBK_STR(quoted);
    cbk_span_quote(&span, &quoted);
    assert_true(quoted.len < 500);
    const char *line = strchr(quoted.ptr, '|'), *under = strrchr(quoted.ptr, '|');
    assert_int_equal(strstr(line, "HERE") - line, strstr(under, "^^^^") - under);
    assert_non_null(strstr(quoted.ptr, "b...\n"));
}

static void offsets_and_spans_agree(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_source_freep)
    struct cbk_source *source = source_of("a\xe6\x95\xb0"
                                          "b\n\nxy");
    static const struct {
        size_t offset, line, column;
    } rows[] = {{0, 1, 1}, {1, 1, 2}, {4, 1, 3}, {5, 1, 4}, {6, 2, 1}, {7, 3, 1}, {8, 3, 2}, {9, 3, 3}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        struct cbk_span span = cbk_source_span(source, rows[i].offset, 1);
        assert_int_equal(span.line, rows[i].line);
        assert_int_equal(span.column, rows[i].column);
        assert_int_equal(cbk_span_offset(&span), rows[i].offset);
    }
    const struct cbk_span behind = {source, 9, 1, 1};
    assert_int_equal(cbk_span_offset(&behind), 9);
}

static int deep_failure(struct cbk_error *err, struct cbk_span span)
{
    if (cbk_fail(err, CBK_E_THROTTLED, "slow \x1b[2Jdown") < 0)
        cbk_error_locate(err, span);
    cbk_error_note(err, span, "noted");
    err->request_id = cbk_strdup("R-1");
    return cbk_wrap(err, "refresh %s", "roles.app");
}

static void an_error_reads_from_the_top(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = source_of("k: v\n");
    CBK_ERROR(err);
    assert_int_equal(deep_failure(&err, (struct cbk_span){source, 1, 4, 1}), CBK_E_THROTTLED);
    CBK_STR(text);
    cbk_error_format(&err, &text);
    assert_string_equal(text.ptr, "a.yaml:1:4: error: refresh roles.app: slow \\x1b[2Jdown\n"
                                  "1 | k: v\n"
                                  "  |    ^\n"
                                  "a.yaml:1:4: note: noted\n"
                                  "1 | k: v\n"
                                  "  |    ^\n"
                                  "hint: the cloud asked for a slower pace: try again later or with fewer workers\n"
                                  "request id: R-1\n");
    assert_string_equal(cbk_error_id(err.code), "throttled");
}

static void an_error_is_json_too(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = source_of("k: v\n");
    CBK_ERROR(err);
    cbk_fail_at(&err, (struct cbk_span){source, 1, 4, 1}, CBK_E_SCHEMA, "bad \xff byte");
    cbk_error_hint(&err, "do %s", "this");
    cbk_error_note(&err, (struct cbk_span){0}, "n");
    CBK_JSON *json = cbk_error_json(&err);
    CBK_STR(text);
    cbk_json_add_canonical(&text, json);
    assert_string_equal(text.ptr, "{\"column\":4,\"file\":\"a.yaml\",\"hint\":\"do this\",\"id\":\"schema\",\"line\":1,"
                                  "\"message\":\"bad \\\\xff byte\",\"notes\":[{\"message\":\"n\"}]}");
}

static void moving_and_failing_again_leak_nothing(void **state)
{
    (void)state;
    CBK_ERROR(to);
    CBK_ERROR(from);
    cbk_fail(&to, CBK_E_IO, "old");
    cbk_fail_errno(&from, ENOENT, "cannot open '%s'", "x");
    assert_int_equal(cbk_error_move(&to, &from), CBK_E_IO);
    assert_string_equal(to.message, "cannot open 'x': No such file or directory");
    assert_int_equal(from.code, 0);
    cbk_fail(&to, CBK_E_USAGE, "again");
    assert_string_equal(to.message, "again");
    assert_null(to.hint);
}

static void errors_are_sorted_by_place_without_repetition(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_source_freep) struct cbk_source *source = source_of("k: v\nl: w\n");
    CBK_ERRORS(errors);
    assert_int_equal(cbk_errors_code(&errors), 0);
    static const struct {
        size_t line, column;
        const char *message;
    } rows[] = {{0, 0, "z"}, {2, 1, "c"}, {1, 4, "b"}, {1, 4, "a"}, {2, 1, "c"}, {0, 0, "z"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        struct cbk_span span = {rows[i].line ? source : NULL, rows[i].line, rows[i].column, 1};
        cbk_fail_at(cbk_errors_add(&errors), span, CBK_E_SCHEMA, "%s", rows[i].message);
    }
    cbk_errors_sort(&errors);
    assert_int_equal(errors.list.len, 4);
    static const char *const order[] = {"a", "b", "c", "z"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(order); i++)
        assert_string_equal(errors.list.items[i].message, order[i]);
    assert_int_equal(cbk_errors_code(&errors), CBK_E_SCHEMA);
}

static void long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    CBK_STR(text);
    CBK_ERROR(err);
    for (size_t i = 0; i < CBK_ERROR_MAX_MESSAGE; i++)
        cbk_str_add(&text, "\xc3\xa9");
    (void)cbk_fail(&err, CBK_E_SYNTAX, "%s", text.ptr);
    size_t len = strlen(err.message);
    assert_in_range(len, CBK_ERROR_MAX_MESSAGE - 3, CBK_ERROR_MAX_MESSAGE);
    assert_int_equal(cbk_str_utf8_span(err.message, len), len);
    assert_true(cbk_str_ends_with(err.message, "..."));
    cbk_str_truncate(&text, CBK_ERROR_MAX_MESSAGE);
    (void)cbk_fail(&err, CBK_E_SYNTAX, "%s", text.ptr);
    assert_string_equal(err.message, text.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carets_stand_under_what_is_meant),
        cmocka_unit_test(long_lines_are_cut_around_the_place),
        cmocka_unit_test(offsets_and_spans_agree),
        cmocka_unit_test(an_error_reads_from_the_top),
        cmocka_unit_test(an_error_is_json_too),
        cmocka_unit_test(moving_and_failing_again_leak_nothing),
        cmocka_unit_test(errors_are_sorted_by_place_without_repetition),
        cmocka_unit_test(long_messages_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
