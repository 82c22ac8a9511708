/* Trails, pointers, strict parsing, canonical text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"

#include <string.h>

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_json_parse("text", text, strlen(text), &json, &err) < 0)
        fail_msg("%s", err.message);
    return json;
}

static void trails_answer_or_give_the_other(void **state)
{
    (void)state;
    CBK_JSON *json = parse(
        "{\"Roles\": {\"Role\": [1]}, \"n\": 5, \"t\": \"x\", \"yes\": \"true\", \"no\": false, \"0\": \"false\"}");
    assert_true(json_is_array(cbk_json_at(json, "Roles.Role")));
    assert_null(cbk_json_at(json, "Roles.Rule"));
    assert_null(cbk_json_at(json, "n.deeper"));
    assert_ptr_equal(cbk_json_at(json, ""), json);
    assert_null(cbk_json_at(NULL, "a"));
    assert_string_equal(cbk_json_text(json, "t"), "x");
    assert_null(cbk_json_text(json, "n"));
    assert_string_equal(cbk_json_text_or(json, "n", "other"), "other");
    assert_int_equal(cbk_json_int(json, "n", 7), 5);
    assert_int_equal(cbk_json_int(json, "t", 7), 7);
    assert_true(cbk_json_bool(json, "yes", false));
    assert_false(cbk_json_bool(json, "no", true));
    assert_false(cbk_json_bool(json, "0", true));
    assert_true(cbk_json_bool(json, "t", true));
    cbk_json_set_text(json, "t", NULL);
    assert_string_equal(cbk_json_text(json, "t"), "x");
}

static void lists_of_texts(void **state)
{
    (void)state;
    CBK_JSON *texts = parse("[\"b\", 1, \"a\", \"b\"]");
    assert_true(cbk_json_array_has(texts, "a"));
    assert_false(cbk_json_array_has(texts, "c"));
    assert_false(cbk_json_array_has(NULL, "a"));
}

static const struct pointer_row {
    const char *pointer, *value; /* NULL: nothing */
    const char *path;
} pointers[] = {
    {"", NULL, ""},
    {"/a", "{\"b c\":[10,20],\"x/y\":{\"~\":1}}", "a"},
    {"/a/b c/1", "20", "a[\"b c\"][1]"},
    {"/a/b c/01", NULL, "a[\"b c\"].01"},
    {"/a/b c/2", NULL, "a[\"b c\"][2]"},
    {"/a/b c/-", NULL, "a[\"b c\"].-"},
    {"/a/x~1y/~0", "1", "a[\"x/y\"][\"~\"]"},
    {"/", "7", "[\"\"]"},
    {"/a/b c/0/deeper", NULL, "a[\"b c\"][0].deeper"},
    {"/a/b c/99999999999999999999", NULL, "a[\"b c\"].99999999999999999999"},
};

static void keys_are_told_in_order(void **state)
{
    (void)state;
    CBK_JSON *object = json_pack("{s:i, s:i, s:i}", "b", 1, "c", 2, "a", 3);
    CBK_JSON *keys = cbk_json_sorted_keys(object), *expected = json_pack("[s, s, s]", "a", "b", "c");
    assert_true(json_equal(keys, expected));
    CBK_JSON *none = cbk_json_sorted_keys(NULL);
    assert_int_equal(json_array_size(none), 0);
}

static void lists_are_sorted_by_their_canonical_texts(void **state)
{
    (void)state;
    CBK_JSON *list = parse("[{\"b\": 1, \"a\": 2}, \"x\", {\"a\": 1}, {\"a\": 1}]");
    CBK_JSON *sorted = cbk_json_sorted(list), *none = cbk_json_sorted(NULL);
    CBK_JSON *expected = parse("[\"x\", {\"a\": 1}, {\"a\": 1}, {\"a\": 2, \"b\": 1}]");
    assert_true(json_equal(sorted, expected));
    assert_int_equal(json_array_size(none), 0);
}

static void pointers_lead_to_values_and_read_as_paths(void **state)
{
    (void)state;
    CBK_JSON *json = parse("{\"a\": {\"b c\": [10, 20], \"x/y\": {\"~\": 1}}, \"\": 7}");
    for (size_t i = 0; i < CBK_ARRAY_LEN(pointers); i++) {
        const struct pointer_row *row = &pointers[i];
        CBK_STR(path);
        cbk_pointer_add_path(&path, row->pointer);
        assert_string_equal(path.ptr, row->path);
        CBK_STR(text);
        const json_t *value = cbk_pointer_get(json, row->pointer);
        if (value && *row->pointer)
            cbk_json_add_canonical(&text, value);
        assert_string_equal(text.ptr, row->value ? row->value : "");
    }
    assert_ptr_equal(cbk_pointer_get(json, ""), json);
    assert_null(cbk_pointer_get(json, "a"));
}

static void pointers_are_built_and_taken_apart(void **state)
{
    (void)state;
    CBK_STR(pointer);
    cbk_pointer_add_key(&pointer, "a/b~c");
    cbk_pointer_add_index(&pointer, 12);
    assert_string_equal(pointer.ptr, "/a~1b~0c/12");
    const char *at = pointer.ptr;
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_pointer_next(&at);
    CBK_CLEANUP(cbk_string_freep) char *index = cbk_pointer_next(&at);
    size_t number = 0;
    assert_string_equal(key, "a/b~c");
    assert_true(cbk_pointer_index(index, &number));
    assert_int_equal(number, 12);
    assert_int_equal(*at, '\0');
}

static const struct {
    const char *text, *complaint;
} broken[] = {
    {"{\"a\": 1, \"a\": 2}", "answer is not valid JSON: line 1, column 12: duplicate object key near '\"a\"'"},
    {"[1] x", "answer is not valid JSON: line 1, column 5: end of file expected near 'x'"},
    {"[1,\n2,]", NULL},
    {"", NULL},
    {"\"\xff\"", NULL},
};

static void parsing_is_strict(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(broken); i++) {
        CBK_ERROR(err);
        json_t *json = NULL;
        assert_int_equal(cbk_json_parse("answer", broken[i].text, strlen(broken[i].text), &json, &err), CBK_E_SYNTAX);
        assert_null(json);
        if (broken[i].complaint)
            assert_string_equal(err.message, broken[i].complaint);
    }
}

static void equal_values_give_equal_bytes(void **state)
{
    (void)state;
    CBK_JSON *a = parse("{\"b\": [1, {\"z\": null, \"y\": true}], \"a\": \"\\u6570\"}");
    CBK_JSON *b = parse("{\"a\": \"\xe6\x95\xb0\", \"b\": [1, {\"y\": true, \"z\": null}]}");
    CBK_STR(text);
    cbk_json_add_canonical(&text, a);
    assert_string_equal(text.ptr, "{\"a\":\"\xe6\x95\xb0\",\"b\":[1,{\"y\":true,\"z\":null}]}");
    CBK_CLEANUP(cbk_string_freep) char *one = cbk_json_digest(a);
    CBK_CLEANUP(cbk_string_freep) char *two = cbk_json_digest(b);
    assert_string_equal(one, two);
    assert_true(cbk_str_starts_with(one, "sha256:"));
    assert_int_equal(strlen(one), strlen("sha256:") + 64);
    CBK_STR(pretty);
    CBK_JSON *small = parse("{\"a\": 1}");
    cbk_json_add_pretty(&pretty, small);
    assert_string_equal(pretty.ptr, "{\n  \"a\": 1\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trails_answer_or_give_the_other),
        cmocka_unit_test(lists_of_texts),
        cmocka_unit_test(keys_are_told_in_order),
        cmocka_unit_test(lists_are_sorted_by_their_canonical_texts),
        cmocka_unit_test(pointers_lead_to_values_and_read_as_paths),
        cmocka_unit_test(pointers_are_built_and_taken_apart),
        cmocka_unit_test(parsing_is_strict),
        cmocka_unit_test(equal_values_give_equal_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
