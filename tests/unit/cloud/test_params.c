#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/params.h"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    return json;
}

static void test_spreading(void **state)
{
    static const struct {
        const char *params, *form;
    } cases[] = {
        {"{}", ""},
        {"{\"RoleName\": \"r 1\", \"MaxItems\": 100}", "MaxItems=100&RoleName=r%201"},
        {"{\"Overwrite\": true, \"KeepCommand\": false}", "KeepCommand=false&Overwrite=true"},
        {"{\"RegionId\": null, \"Description\": \"\"}", "Description="},
        {"{\"InstanceId\": [\"i-a\", \"i-b\"]}", "InstanceId.1=i-a&InstanceId.2=i-b"},
        {"{\"Tag\": [{\"Key\": \"app\", \"Value\": \"m&n\"}]}", "Tag.1.Key=app&Tag.1.Value=m%26n"},
        {"{\"Filters\": [{\"Key\": \"JobId\", \"Values\": [\"a\", \"b\"]}]}",
         "Filters.1.Key=JobId&Filters.1.Values.1=a&Filters.1.Values.2=b"},
        {"{\"Empty\": [], \"Nothing\": {}}", ""},
        {"{\"Big\": 9007199254740993, \"Less\": -1}", "Big=9007199254740993&Less=-1"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_JSON *params = parse(cases[i].params);
        CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
        CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
        CBK_STR(form);
        CBK_ERROR(err);
        assert_int_equal(cbk_params_spread(params, arena, &pairs, &err), 0);
        cbk_sign_add_canonical_query(&form, pairs.items, pairs.len);
        assert_string_equal(form.ptr, cases[i].form);
    }
}

static void test_reals_are_refused(void **state)
{
    (void)state;
    CBK_JSON *params = parse("{\"A\": [{\"B\": 1.5}]}");
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
    CBK_ERROR(err);
    assert_int_equal(cbk_params_spread(params, arena, &pairs, &err), CBK_E_INTERNAL);
    assert_string_equal(err.message, "parameter 'A.1.B' is a real number");
}

static void test_json_text(void **state)
{
    (void)state;
    CBK_JSON *text = cbk_params_json(parse("{\"b\": [1, \"x\"], \"a\": true}"));
    assert_string_equal(json_string_value(text), "{\"a\":true,\"b\":[1,\"x\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spreading),
        cmocka_unit_test(test_reals_are_refused),
        cmocka_unit_test(test_json_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
