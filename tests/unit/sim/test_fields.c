#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/action/fields.h"

#include <string.h>

static const struct sim_field inner_fields[] = {
    {.name = "Name", .type = SIM_FIELD_TEXT},
    {.name = "Count", .type = SIM_FIELD_INT},
    {0},
};
static const struct sim_field fields[] = {
    {.name = "Text", .type = SIM_FIELD_TEXT},
    {.name = "Choice", .type = SIM_FIELD_TEXT, .one_of = "ONE|TWO"},
    {.name = "Number", .type = SIM_FIELD_INT, .min = 1, .max = 10},
    {.name = "Flag", .type = SIM_FIELD_BOOL},
    {.name = "Texts", .type = SIM_FIELD_TEXTS},
    {.name = "Object", .type = SIM_FIELD_OBJECT, .fields = inner_fields},
    {.name = "Objects", .type = SIM_FIELD_OBJECTS, .fields = inner_fields},
    {0},
};

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *json = NULL;
    assert_int_equal(cbk_json_parse("test", text, strlen(text), &json, &err), 0);
    return json;
}

static void test_read(void **state)
{
    (void)state;
    static const struct {
        const char *object, *before, *expected;
    } cases[] = {
        {"{}", "{}", "{}"},
        {"{\"Text\": \"x\", \"Unknown\": 1, \"Number\": null}", "{}", "{\"Text\":\"x\"}"},
        {"{\"Number\": \"7\", \"Flag\": \"true\"}", "{}", "{\"Flag\":true,\"Number\":7}"},
        {"{\"Choice\": \"TWO\", \"Texts\": []}", "{}", "{\"Choice\":\"TWO\",\"Texts\":[]}"},
        {"{\"Object\": {\"Count\": 2}}", "{\"Object\": {\"Count\": 1, \"Name\": \"kept\"}}",
         "{\"Object\":{\"Count\":2,\"Name\":\"kept\"}}"},
        {"{\"Object\": \"{\\\"Name\\\": \\\"as text\\\"}\"}", "{}", "{\"Object\":{\"Name\":\"as text\"}}"},
        {"{\"Objects\": [{\"Name\": \"a\"}, {}]}", "{\"Objects\": [{\"Count\": 1}]}",
         "{\"Objects\":[{\"Name\":\"a\"},{}]}"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_STR(text);
        struct sim_call call = {0};
        CBK_JSON *object = parse(cases[i].object);
        CBK_JSON *into = parse(cases[i].before);
        assert_int_equal(sim_fields_read(&call, "Param", object, fields, into), 0);
        cbk_json_add_canonical(&text, into);
        assert_string_equal(text.ptr, cases[i].expected);
    }
}

static void test_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *object, *where;
    } cases[] = {
        {"[]", "\"Param\""},
        {"{\"Text\": 1}", "\"Param.Text\""},
        {"{\"Choice\": \"THREE\"}", "\"Param.Choice\""},
        {"{\"Choice\": \"ON\"}", "\"Param.Choice\""},
        {"{\"Number\": 0}", "\"Param.Number\""},
        {"{\"Number\": 11}", "\"Param.Number\""},
        {"{\"Number\": \"7 \"}", "\"Param.Number\""},
        {"{\"Number\": \"\"}", "\"Param.Number\""},
        {"{\"Number\": 1.5}", "\"Param.Number\""},
        {"{\"Flag\": \"yes\"}", "\"Param.Flag\""},
        {"{\"Flag\": 1}", "\"Param.Flag\""},
        {"{\"Texts\": \"a\"}", "\"Param.Texts\""},
        {"{\"Texts\": [1]}", "\"Param.Texts\""},
        {"{\"Object\": []}", "\"Param.Object\""},
        {"{\"Object\": \"{\"}", "\"Param.Object\""},
        {"{\"Object\": {\"Count\": \"x\"}}", "\"Param.Object.Count\""},
        {"{\"Objects\": {}}", "\"Param.Objects\""},
        {"{\"Objects\": [{}, 1]}", "\"Param.Objects[1]\""},
        {"{\"Objects\": [{}, {\"Name\": []}]}", "\"Param.Objects[1].Name\""},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct sim_call call = {0};
        CBK_JSON *object = parse(cases[i].object);
        CBK_JSON *into = json_object();
        assert_int_equal(sim_fields_read(&call, "Param", object, fields, into), -1);
        assert_string_equal(call.code, "InvalidParameter");
        if (!strstr(call.message, cases[i].where))
            fail_msg("'%s' does not name %s", call.message, cases[i].where);
        free(call.code);
        free(call.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
