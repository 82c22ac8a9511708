#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/hbr/hbr_filter.h"

#include <string.h>

static void test_passes(void **state)
{
    (void)state;
    static const struct sim_hbr_key keys[] = {{"Status", "status"}, {"CreatedTime", "created"}, {"Gone", "gone"}, {0}};
    static const struct {
        const char *filters;
        bool passes;
    } cases[] = {
        {"[]", true},
        {"[{\"Key\": \"Status\", \"Values\": [\"COMPLETE\"]}]", true},
        {"[{\"Key\": \"Status\", \"Values\": [\"FAILED\"]}]", false},
        {"[{\"Key\": \"Status\", \"Values\": [\"FAILED\", \"COMPLETE\"], \"Operator\": \"IN\"}]", true},
        {"[{\"Key\": \"Status\", \"Values\": [], \"Operator\": \"IN\"}]", false},
        {"[{\"Key\": \"Status\", \"Values\": [\"COMPLETE\"], \"Operator\": \"EQUAL\"}]", true},
        {"[{\"Key\": \"Status\", \"Values\": [\"COMPLETE\"], \"Operator\": \"NOT_EQUAL\"}]", false},
        {"[{\"Key\": \"Status\", \"Values\": [\"FAILED\"], \"Operator\": \"NOT_EQUAL\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"100\"], \"Operator\": \"EQUAL\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"100\"], \"Operator\": \"GREATER_THAN\"}]", false},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"99\"], \"Operator\": \"GREATER_THAN\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"100\"], \"Operator\": \"GREATER_THAN_OR_EQUAL\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"100\"], \"Operator\": \"LESS_THAN\"}]", false},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"100\"], \"Operator\": \"LESS_THAN_OR_EQUAL\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"90\", \"110\"], \"Operator\": \"BETWEEN\"}]", true},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"101\", \"110\"], \"Operator\": \"BETWEEN\"}]", false},
        {"[{\"Key\": \"CreatedTime\", \"Values\": [\"90\"], \"Operator\": \"BETWEEN\"}]", false},
        {"[{\"Key\": \"CreatedTime\", \"Operator\": \"LESS_THAN\"}]", false},
        {"[{\"Key\": \"Gone\", \"Values\": [\"x\"]}]", false},
        {"[{\"Key\": \"Nonsense\", \"Values\": [\"x\"]}]", true},
        {"[{\"Key\": \"Status\", \"Values\": [\"COMPLETE\"]}, {\"Key\": \"CreatedTime\", \"Values\": [\"1\"]}]", false},
    };
    CBK_JSON *record = json_pack("{ss si}", "status", "COMPLETE", "created", 100);
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        json_t *filters = NULL;
        assert_int_equal(cbk_json_parse("filters", cases[i].filters, strlen(cases[i].filters), &filters, &err), 0);
        CBK_JSON *params = json_pack("{so}", "Filters", filters);
        struct sim_call call = {.params = params};
        if (sim_hbr_passes(&call, record, keys) != cases[i].passes)
            fail_msg("%s: %s was expected", cases[i].filters, cases[i].passes ? "a pass" : "none");
    }
}

static void test_newest_first(void **state)
{
    (void)state;
    CBK_STR(text);
    CBK_JSON *list = json_pack("[iii]", 1, 2, 3);
    CBK_JSON *turned = sim_hbr_newest_first(list);
    cbk_json_add_canonical(&text, turned);
    assert_string_equal(text.ptr, "[3,2,1]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_newest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
