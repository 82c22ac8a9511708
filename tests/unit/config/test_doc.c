/* One YAML document: what scalars mean, where values stand, what aliases may cost. Messages: tests/errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/doc.h"

#include <string.h>

static struct cbk_doc *parse(const char *text, int code, struct cbk_errors *errors)
{
    struct cbk_doc *doc = NULL;
    assert_int_equal(cbk_doc_parse("a.yaml", cbk_strdup(text), strlen(text), &doc, errors), code);
    assert_non_null(doc);
    return doc;
}

static const struct value_row {
    const char *yaml, *json;
} values[] = {
    {"", "null"},
    {"~", "null"},
    {"null", "null"},
    {"Null", "null"},
    {"nULL", "\"nULL\""},
    {"true", "true"},
    {"FALSE", "false"},
    {"no", "\"no\""},
    {"on", "\"on\""},
    {"yes", "\"yes\""},
    {"y", "\"y\""},
    {"0", "0"},
    {"-17", "-17"},
    {"+17", "17"},
    {"0o17", "15"},
    {"0x1F", "31"},
    {"-0x1F", "\"-0x1F\""},
    {"0x", "\"0x\""},
    {"0o8", "\"0o8\""},
    {"017", "17"},
    {"1_000", "\"1_000\""},
    {"9223372036854775807", "9223372036854775807"},
    {"1.5", "1.5"},
    {"-.5", "-0.5"},
    {"1.", "1.0"},
    {"1e3", "1000.0"},
    {"1e", "\"1e\""},
    {".", "\".\""},
    {"+", "\"+\""},
    {"1.2.3", "\"1.2.3\""},
    {"12:30:45", "\"12:30:45\""},
    {"2026-12-01", "\"2026-12-01\""},
    {"nan", "\"nan\""},
    {"0x1p3", "\"0x1p3\""},
    {"'5'", "\"5\""},
    {"\"\"", "\"\""},
    {"\"\\u6570\\x41\\n\"", "\"\xe6\x95\xb0"
                            "A\\n\""},
    {"!!str 5", "\"5\""},
    {"!!str", "\"\""},
    {"! 5", "\"5\""},
    {"!!int 5", "5"},
    {"!!float 5", "5"},
    {"!!bool true", "true"},
    {"!!null", "null"},
    {"!!map {a: 1}", "{\"a\":1}"},
    {"!!seq [1]", "[1]"},
    {"!<tag:yaml.org,2002:str> 5", "\"5\""},
    {"|\n  a\n  b\n", "\"a\\nb\\n\""},
    {">-\n  a\n  b\n", "\"a b\""},
    {"a: &x [1, 2]\nb: *x", "{\"a\":[1,2],\"b\":[1,2]}"},
    {"a: &x {k: &y v}\nb: [*x, *y]\nc: &x 1\nd: *x",
     "{\"a\":{\"k\":\"v\"},\"b\":[{\"k\":\"v\"},\"v\"],\"c\":1,\"d\":1}"},
    {"&k a: 1\nb: *k", "{\"a\":1,\"b\":\"a\"}"},
    {"\"1\": a\n'true': b\n\"<<\": c", "{\"1\":\"a\",\"<<\":\"c\",\"true\":\"b\"}"},
    {"? a\n: 1\n? b\n", "{\"a\":1,\"b\":null}"},
    {"{a, b: c}", "{\"a\":null,\"b\":\"c\"}"},
    {"%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}"},
    {"# only\n", "null"},
    {"{\"json\": [true, null, -1.5e1]}", "{\"json\":[true,null,-15.0]}"},
    {"a: b # c\n", "{\"a\":\"b\"}"},
    {"a: b#c\r\nd: 1\r\n", "{\"a\":\"b#c\",\"d\":1}"},
};

static void values_are_those_of_the_core_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(values); i++) {
        CBK_ERRORS(errors);
        CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(values[i].yaml, 0, &errors);
        CBK_STR(json);
        cbk_json_add_canonical(&json, doc->root);
        assert_string_equal(json.ptr, values[i].json);
    }
}

static const char sample[] = "a: 1\n"              /* 1 */
                             "map:\n"              /* 2 */
                             "  key: \"v\"\n"      /* 3 */
                             "  \xe6\x95\xb0: x\n" /* 4 */
                             "list:\n"             /* 5 */
                             "- one\n"             /* 6 */
                             "- {k: [7, 88]}\n"    /* 7 */
                             "ref: &r {in: 1}\n"   /* 8 */
                             "use: *r\n"           /* 9 */
                             "sl/ash: {\"til~de\": 1}\n"
                             "text: |\n"
                             "  lines\n"
                             "empty:\n";

static const struct span_row {
    const char *pointer;
    bool of_key;
    size_t line, column, width;
} spans[] = {
    {"", false, 1, 1, 1},
    {"", true, 1, 1, 1},
    {"/a", false, 1, 4, 1},
    {"/a", true, 1, 1, 1},
    {"/map", false, 2, 1, 3},
    {"/map/key", false, 3, 8, 3},
    {"/map/key", true, 3, 3, 3},
    {"/map/\xe6\x95\xb0", true, 4, 3, 1},
    {"/map/\xe6\x95\xb0", false, 4, 6, 1},
    {"/map/absent", false, 2, 1, 3},
    {"/map/absent/deeper", true, 2, 1, 3},
    {"/list", false, 5, 1, 4},
    {"/list/0", false, 6, 3, 3},
    {"/list/0", true, 6, 3, 3},
    {"/list/1", false, 7, 3, 1},
    {"/list/1/k/1", false, 7, 11, 2},
    {"/list/2", false, 5, 1, 4},
    {"/use", false, 9, 6, 2},
    {"/use/in", true, 8, 10, 2},
    {"/sl~1ash/til~0de", true, 10, 10, 8},
    {"/empty", false, 13, 1, 5},
    {"/nowhere", true, 1, 1, 1},
};

static void places_are_found_by_pointer(void **state)
{
    (void)state;
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(sample, 0, &errors);
    for (size_t i = 0; i < CBK_ARRAY_LEN(spans); i++) {
        struct cbk_span span = cbk_doc_span(doc, spans[i].pointer, spans[i].of_key);
        if (span.line != spans[i].line || span.column != spans[i].column || span.width != spans[i].width)
            fail_msg("'%s' is at %zu:%zu, %zu wide", spans[i].pointer, span.line, span.column, span.width);
        assert_ptr_equal(span.source, doc->source);
    }
}

static void an_unreadable_document_has_a_source_only(void **state)
{
    (void)state;
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse("a: [1\n", CBK_E_SYNTAX, &errors);
    assert_null(doc->root);
    struct cbk_span span = cbk_doc_span(doc, "/a", false);
    assert_ptr_equal(span.source, doc->source);
    assert_int_equal(span.line, 0);
}

static void add_nested(struct cbk_str *text, size_t depth)
{
    cbk_str_add_repeat(text, '[', depth);
    cbk_str_add_repeat(text, ']', depth);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    CBK_STR(allowed);
    CBK_STR(deep);
    add_nested(&allowed, CBK_DOC_MAX_DEPTH);
    add_nested(&deep, CBK_DOC_MAX_DEPTH + 1);
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *fine = parse(allowed.ptr, 0, &errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *refused = parse(deep.ptr, CBK_E_LIMIT, &errors);
    assert_non_null(fine->root);
    assert_null(refused->root);
    assert_int_equal(errors.list.items[0].span.column, CBK_DOC_MAX_DEPTH + 1);
}

static void aliases_count_towards_nesting(void **state)
{
    (void)state;
    CBK_STR(text);
    cbk_str_add(&text, "a: &a ");
    add_nested(&text, 60);
    cbk_str_add(&text, "\nb: ");
    cbk_str_add_repeat(&text, '[', 50);
    cbk_str_add(&text, "*a");
    cbk_str_add_repeat(&text, ']', 50);
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(text.ptr, CBK_E_LIMIT, &errors);
    assert_null(doc->root);
}

static void a_billion_laughs_are_refused(void **state)
{
    (void)state;
    CBK_STR(text);
    cbk_str_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        cbk_str_addf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            cbk_str_addf(&text, "%s*a%d", j ? ", " : "", i - 1);
        cbk_str_add(&text, "]\n");
    }
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(text.ptr, CBK_E_LIMIT, &errors);
    assert_null(doc->root);
    assert_string_equal(errors.list.items[0].message, "aliases expand to more than 100000 values");
}

static void long_keys_cost_what_they_are_long(void **state)
{
    (void)state;
    CBK_STR(text);
    for (int depth = 0; depth < 50; depth++) { /* 50 levels of 1000 characters; a map by pointer would hold 50 MB */
        cbk_str_add_repeat(&text, ' ', (size_t)depth);
        cbk_str_add_repeat(&text, 'k', 900);
        cbk_str_add(&text, ":\n");
    }
    for (int i = 0; i < 1000; i++) {
        cbk_str_add_repeat(&text, ' ', 50);
        cbk_str_addf(&text, "m%d: 1\n", i);
    }
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(text.ptr, 0, &errors);
    assert_non_null(doc->root);
}

static void errors_are_gathered_up_to_a_limit(void **state)
{
    (void)state;
    CBK_STR(text);
    for (int i = 0; i < 200; i++)
        cbk_str_add(&text, "a: 1\n");
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse(text.ptr, CBK_E_SYNTAX, &errors);
    assert_null(doc->root);
    assert_int_equal(errors.list.len, CBK_DOC_MAX_ERRORS + 1);
    assert_string_equal(errors.list.items[CBK_DOC_MAX_ERRORS].message, "too many errors: the rest is not read");
}

static void mistakes_leave_the_rest_readable(void **state)
{
    (void)state;
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse("a: 1\na: 2\n5: x\nb: *no\nc: 3\n", CBK_E_SYNTAX, &errors);
    assert_int_equal(errors.list.len, 3);
    CBK_STR(json);
    cbk_json_add_canonical(&json, doc->root);
    assert_string_equal(json.ptr, "{\"a\":1,\"b\":null,\"c\":3}");
}

static void a_byte_order_mark_is_no_column(void **state)
{
    (void)state;
    CBK_ERRORS(errors);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = parse("\xef\xbb\xbfkey: v\n", 0, &errors);
    assert_non_null(json_object_get(doc->root, "key"));
    assert_int_equal(cbk_doc_span(doc, "/key", false).column, 6);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    CBK_ERRORS(errors);
    struct cbk_doc *doc = NULL;
    assert_int_equal(cbk_doc_read("/nowhere/cbk.yaml", &doc, &errors), CBK_E_IO);
    assert_null(doc);
    assert_int_equal(errors.list.len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_core_schema),
        cmocka_unit_test(places_are_found_by_pointer),
        cmocka_unit_test(an_unreadable_document_has_a_source_only),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(aliases_count_towards_nesting),
        cmocka_unit_test(a_billion_laughs_are_refused),
        cmocka_unit_test(long_keys_cost_what_they_are_long),
        cmocka_unit_test(errors_are_gathered_up_to_a_limit),
        cmocka_unit_test(mistakes_leave_the_rest_readable),
        cmocka_unit_test(a_byte_order_mark_is_no_column),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
