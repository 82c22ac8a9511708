/* What an answer means: class, message, code, request id and hint, over bodies as the services send them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "cloud/answer.h"

#include <string.h>

static char id[] = "id", secret[] = "hush-hush", origin[] = "ALIBABA_CLOUD_ACCESS_KEY_ID";
static const struct cbk_credentials who = {.access_key_id = id, .access_key_secret = secret, .origin = origin};

static int judge(unsigned flags, int status, const char *body, int64_t date, json_t **ret, struct cbk_error *err)
{
    const struct cbk_asked asked = {CBK_RAM, "GetRole", flags, "https://ram.aliyuncs.com", &who};
    CBK_HTTP_RESPONSE(response);
    response.status = status;
    response.date = date;
    cbk_str_add(&response.body, body);
    return cbk_answer_judge(&asked, &response, ret, err);
}

static void test_successes(void **state)
{
    static const char *const bodies[] = {
        "{\"RequestId\": \"R\"}",
        "{\"Success\": true, \"Code\": \"200\", \"Message\": \"successful\"}",
        "{\"Success\": true, \"Code\": 200}",
        "{\"Success\": \"true\", \"Code\": \"OK\"}",
        "{\"Code\": null}",
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(bodies); i++) {
        CBK_JSON *answer = NULL;
        CBK_ERROR(err);
        assert_int_equal(judge(0, 200, bodies[i], 0, &answer, &err), 0);
        assert_true(json_is_object(answer));
    }
}

static void test_failures(void **state)
{
    static const struct {
        unsigned flags;
        int status;
        const char *body;
        int class;
        const char *message;
    } cases[] = {
        {0, 404, "{\"Code\": \"EntityNotExist.Role\", \"Message\": \"No role.\", \"RequestId\": \"R\"}",
         CBK_E_NOT_FOUND, "GetRole failed: No role (EntityNotExist.Role)"},
        {0, 200, "{\"Success\": false, \"Code\": \"CrossAccountBackupSlrNotExist\", \"Message\": \"none\"}", CBK_E_AUTH,
         "GetRole failed: none (CrossAccountBackupSlrNotExist)"},
        {0, 200, "{\"Success\": false, \"Code\": \"200\", \"Message\": \"no\"}", CBK_E_VALIDATION,
         "GetRole failed: no (HTTP 200)"},
        {0, 200, "{\"Success\": true, \"Code\": 403, \"Message\": \"no\"}", CBK_E_VALIDATION,
         "GetRole failed: no (403)"},
        {0, 400, "{\"Code\": \"Throttling.User\", \"Message\": \"slow\"}", CBK_E_THROTTLED,
         "GetRole failed: slow (Throttling.User)"},
        {CBK_CALL_READ, 500, "{\"Code\": \"InternalError\", \"Message\": \"oops\"}", CBK_E_RETRYABLE,
         "GetRole failed: oops (InternalError)"},
        /* what may have had its effect */
        {0, 500, "{\"Code\": \"InternalError\", \"Message\": \"oops\"}", CBK_E_AMBIGUOUS,
         "GetRole failed: oops (InternalError)"},
        {0, 400, "{\"Code\": \"SignatureNonceUsed\", \"Message\": \"used\"}", CBK_E_AMBIGUOUS,
         "GetRole failed: used (SignatureNonceUsed)"},
        {0, 502, "<html>bad gateway</html>", CBK_E_AMBIGUOUS,
         "GetRole failed: HTTP 502 from 'https://ram.aliyuncs.com' (no type)"},
        {CBK_CALL_READ, 502, "<html>bad gateway</html>", CBK_E_RETRYABLE,
         "GetRole failed: HTTP 502 from 'https://ram.aliyuncs.com' (no type)"},
        {0, 200, "", CBK_E_AMBIGUOUS, "GetRole was answered with nothing (HTTP 200)"},
        {0, 200, "{\"Role\": {", CBK_E_AMBIGUOUS, "the answer to GetRole is not a JSON object (HTTP 200, no type)"},
        {0, 200, "[]", CBK_E_AMBIGUOUS, "the answer to GetRole is not a JSON object (HTTP 200, no type)"},
        {0, 404, "not found", CBK_E_VALIDATION, "GetRole failed: HTTP 404 from 'https://ram.aliyuncs.com' (no type)"},
        {0, 403, "{\"Code\": \"Forbidden.RAM\"}", CBK_E_AUTH, "GetRole failed: no reason given (Forbidden.RAM)"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_JSON *answer = NULL;
        CBK_ERROR(err);
        int r = judge(cases[i].flags, cases[i].status, cases[i].body, 0, &answer, &err);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(r, cases[i].class);
        assert_int_equal(err.code, cases[i].class);
        assert_null(answer);
    }
}

static void test_code_and_request_id_are_kept(void **state)
{
    (void)state;
    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    (void)!judge(0, 409, "{\"Code\": \"EntityAlreadyExists.Role\", \"RequestId\": \"R-1\"}", 0, &answer, &err);
    assert_string_equal(err.cloud_code, "EntityAlreadyExists.Role");
    assert_string_equal(err.request_id, "R-1");
}

static void test_secrets_stay_out_of_messages(void **state)
{
    (void)state;
    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    (void)!judge(0, 400,
                 "{\"Code\": \"SignatureDoesNotMatch\", \"Message\": \"Signature is not matched with our calculation. "
                 "server string to sign is:POST&%2F&SecurityToken%3Dabc\"}",
                 0, &answer, &err);
    assert_string_equal(err.message,
                        "GetRole failed: Signature is not matched with our calculation (SignatureDoesNotMatch)");
    assert_non_null(strstr(err.hint, "the secret does not belong"));
    (void)!judge(0, 400, "{\"Code\": \"X\", \"Message\": \"you sent hush-hush\"}", 0, &answer, &err);
    assert_string_equal(err.message, "GetRole failed: you sent [secret] (X)");
    (void)!judge(0, 400, "{\"Code\": \"Xhush-hush\", \"Message\": \"m\", \"RequestId\": \"hush-hush\"}", 0, &answer,
                 &err);
    assert_string_equal(err.message, "GetRole failed: m (X[secret])");
    assert_string_equal(err.cloud_code, "X[secret]");
    assert_string_equal(err.request_id, "[secret]");
}

static void test_long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    CBK_STR(message);
    cbk_str_add(&message, "ab");
    for (int i = 0; i < 400; i++)
        cbk_str_add(&message, "\xe6\x97\xa5");
    CBK_JSON *body = json_pack("{s:s, s:s}", "Code", "X", "Message", message.ptr);
    CBK_STR(text);
    cbk_json_add_canonical(&text, body);
    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    (void)!judge(0, 400, text.ptr, 0, &answer, &err);
    assert_int_equal(strlen(err.message), strlen("GetRole failed: ") + 599 + strlen(" (X)"));
    CBK_JSON *valid = json_string(err.message);
    assert_non_null(valid);
}

static void test_hints(void **state)
{
    static const struct {
        const char *code, *hint;
    } cases[] = {
        {"InvalidAccessKeyId.NotFound", "check ALIBABA_CLOUD_ACCESS_KEY_ID"},
        {"InvalidSecurityToken.Expired", "have expired"},
        {"InvalidSecurityToken.Malformed", "check ALIBABA_CLOUD_ACCESS_KEY_ID"},
        {"NoPermission", "ram:GetRole"},
        {"InvalidUser.PassRoleForbidden", "ram:PassRole"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_JSON *body = json_pack("{s:s}", "Code", cases[i].code);
        CBK_STR(text);
        cbk_json_add_canonical(&text, body);
        CBK_JSON *answer = NULL;
        CBK_ERROR(err);
        assert_int_equal(judge(0, 403, text.ptr, 0, &answer, &err), CBK_E_AUTH);
        assert_non_null(strstr(err.hint, cases[i].hint));
    }
}

static void test_clock_skew_is_measured(void **state)
{
    static const char body[] = "{\"Code\": \"InvalidTimeStamp.Expired\", \"Message\": \"expired\"}";
    (void)state;
    CBK_JSON *answer = NULL;
    CBK_ERROR(ahead);
    (void)!judge(0, 400, body, cbk_time_now() - (int64_t)2 * 86400, &answer, &ahead);
    assert_non_null(strstr(ahead.hint, "clock is 2d"));
    assert_non_null(strstr(ahead.hint, "ahead of the cloud's"));
    CBK_ERROR(behind);
    (void)!judge(0, 400, body, cbk_time_now() + 86400, &answer, &behind);
    assert_non_null(strstr(behind.hint, "behind the cloud's"));
    CBK_ERROR(unknown);
    (void)!judge(0, 400, body, 0, &answer, &unknown);
    assert_non_null(strstr(unknown.hint, "compare this machine's clock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_successes),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_code_and_request_id_are_kept),
        cmocka_unit_test(test_secrets_stay_out_of_messages),
        cmocka_unit_test(test_long_messages_are_cut_between_characters),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_clock_skew_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
