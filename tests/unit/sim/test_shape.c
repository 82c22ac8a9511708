#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/action/action.h"

#include <string.h>

static void render(const char *shape, const char *view, enum sim_format format, const char *expected)
{
    CBK_ERROR(err);
    CBK_STR(out);
    CBK_JSON *json = NULL;
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    assert_int_equal(cbk_json_parse("view", view, strlen(view), &json, &err), 0);
    sim_shape_render(sim_shape_parse(arena, shape), json, format, "R", &out);
    assert_string_equal(out.ptr, expected);
}

static void test_json(void **state)
{
    (void)state;
    static const struct {
        const char *shape, *view, *expected;
    } cases[] = {
        {"A B:i C:b D:n", "{}", "{\"A\":\"\",\"B\":0,\"C\":false,\"D\":0}"},
        {"A=a B=b:i", "{\"a\": \"x\\\"\\n\", \"b\": 7}", "{\"A\":\"x\\\"\\n\",\"B\":7}"},
        {"A? B?", "{\"B\": \"b\"}", "{\"B\":\"b\"}"},
        {"A~x B:i~2 C~'all good'", "{\"A\": \"ignored\"}", "{\"A\":\"x\",\"B\":2,\"C\":\"all good\"}"},
        {"A- B-:i", "{\"A\": \"ignored\", \"B\": 1}", "{\"A\":\"\",\"B\":0}"},
        {"A=t:t B=t:m", "{\"t\": 1796061600}", "{\"A\":\"2026-11-30T18:00:00Z\",\"B\":\"2026-11-30T18:00Z\"}"},
        {"Rs{R[N=n]}", "{\"R\": [{\"n\": \"a\"}, {\"n\": \"b\"}]}", "{\"Rs\":{\"R\":[{\"N\":\"a\"},{\"N\":\"b\"}]}}"},
        {"Rs{R[N=n]}", "{}", "{\"Rs\":{\"R\":[]}}"},
        {"T[K=.key V=.value]", "{\"T\": {\"a\": \"1\"}}", "{\"T\":[{\"K\":\"a\",\"V\":\"1\"}]}"},
        {"T[]", "{\"T\": [\"a\", \"b\"]}", "{\"T\":[\"a\",\"b\"]}"},
        {"M:j", "{\"M\": {\"b\": 1, \"a\": [2]}}", "{\"M\":{\"a\":[2],\"b\":1}}"},
        {"O{A=a}", "{\"a\": \"outer\", \"O\": {\"a\": \"inner\"}}", "{\"O\":{\"A\":\"inner\"}}"},
        {"O{A=a}", "{\"a\": \"outer\"}", "{\"O\":{\"A\":\"outer\"}}"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        render(cases[i].shape, cases[i].view, SIM_FORMAT_JSON, cases[i].expected);
}

static void test_xml(void **state)
{
    (void)state;
    render("A=a Rs{R[N=n]} T[]", "{\"a\": \"<&>\", \"R\": [{\"n\": \"1\"}, {\"n\": \"2\"}], \"T\": [\"x\"]}",
           SIM_FORMAT_XML,
           "<?xml version='1.0' encoding='UTF-8'?><R><A>&lt;&amp;&gt;</A><Rs><R><N>1</N></R><R><N>2</N></R></Rs>"
           "<T>x</T></R>");
}

/* Making the registry parses every shape of the table, and aborts on one that is none. */
static void test_every_row(void **state)
{
    (void)state;
    CBK_CLEANUP(sim_registry_freep) struct sim_registry *registry = sim_registry_new();
    CBK_JSON *actions = sim_registry_describe(registry);
    size_t index;
    json_t *row;
    assert_true(json_array_size(actions) > 40);
    json_array_foreach(actions, index, row)
        assert_string_equal(cbk_json_text(row, "answer.RequestId"), "string");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
