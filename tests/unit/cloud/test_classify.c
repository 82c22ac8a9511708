/* Every code that the vendor documents, by vectors/error-classes.json: [code, HTTP status, class]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "cloud/cloud.h"

static void test_documented_codes(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_JSON *rows = NULL;
    CBK_ERROR(err);
    const char *path = CBK_SOURCE_DIR "/tests/unit/cloud/vectors/error-classes.json";
    assert_int_equal(cbk_file_read(path, 1 << 20, &text, &len, &err), 0);
    assert_int_equal(cbk_json_parse(path, text, len, &rows, &err), 0);
    assert_in_range(json_array_size(rows), 200, 400);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        const char *code = json_string_value(json_array_get(row, 0));
        int status = (int)json_integer_value(json_array_get(row, 1));
        const char *class = json_string_value(json_array_get(row, 2));
        const char *answer = cbk_error_id(cbk_cloud_classify(status, code));
        if (!cbk_str_equal(answer, class))
            fail_msg("%s (HTTP %d) is %s, not %s", code, status, answer, class);
    }
}

static void test_codes_nobody_documents(void **state)
{
    static const struct {
        int status, class;
        const char *code;
    } cases[] = {
        {400, CBK_E_THROTTLED, "Throttling.Whatever"},
        {429, CBK_E_THROTTLED, "Strange"},
        {503, CBK_E_RETRYABLE, "Strange"},
        {500, CBK_E_RETRYABLE, NULL},
        {429, CBK_E_THROTTLED, NULL},
        {404, CBK_E_VALIDATION, "InvalidStrange.NotFound"},
        {404, CBK_E_VALIDATION, NULL},
        {200, CBK_E_VALIDATION, "Strange"},
        {403, CBK_E_AUTH, "Forbidden.Whatever"},
        {409, CBK_E_CONFLICT, "EntityAlreadyExists.Whatever"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        assert_int_equal(cbk_cloud_classify(cases[i].status, cases[i].code), cases[i].class);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documented_codes),
        cmocka_unit_test(test_codes_nobody_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
