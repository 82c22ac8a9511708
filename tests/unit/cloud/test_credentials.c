#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/credentials.h"

#include <string.h>

static int clear(void **state)
{
    (void)state;
    unsetenv("ALIBABA_CLOUD_ACCESS_KEY_ID");
    unsetenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    unsetenv("ALIBABA_CLOUD_SECURITY_TOKEN");
    return 0;
}

static void test_the_environment(void **state)
{
    (void)state;
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1);
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "", 1);
    CBK_CREDENTIALS(lasting);
    CBK_CREDENTIALS(temporary);
    CBK_ERROR(err);
    assert_int_equal(cbk_credentials_find(&lasting, &err), 0);
    assert_string_equal(lasting.access_key_id, "id");
    assert_string_equal(lasting.access_key_secret, "secret");
    assert_null(lasting.security_token);
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "token", 1);
    assert_int_equal(cbk_credentials_find(&temporary, &err), 0);
    assert_string_equal(temporary.security_token, "token");
}

static void test_none(void **state)
{
    (void)state;
    CBK_CREDENTIALS(found);
    CBK_ERROR(err);
    assert_int_equal(cbk_credentials_find(&found, &err), CBK_E_AUTH);
    assert_string_equal(err.message, "no credentials found in the environment (ALIBABA_CLOUD_ACCESS_KEY_ID, "
                                     "ALIBABA_CLOUD_ACCESS_KEY_SECRET)");
    assert_non_null(strstr(err.hint, "export ALIBABA_CLOUD_ACCESS_KEY_ID"));
    assert_null(found.access_key_id);
}

static void test_half(void **state)
{
    (void)state;
    CBK_CREDENTIALS(found);
    CBK_ERROR(err);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    assert_int_equal(cbk_credentials_find(&found, &err), CBK_E_AUTH);
    assert_non_null(strstr(err.message, "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set"));
    clear(NULL);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hush", 1);
    assert_int_equal(cbk_credentials_find(&found, &err), CBK_E_AUTH);
    assert_non_null(strstr(err.message, "ALIBABA_CLOUD_ACCESS_KEY_ID is not set"));
    assert_null(strstr(err.message, "hush"));
}

static void test_redaction(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"nothing here", "nothing here"},
        {"hush", "[secret]"},
        {"a hushhush b", "a [secret][secret] b"},
        {"x tok/en+ y hus", "x [secret] y hus"},
        {"", ""},
    };
    char id[] = "id", secret[] = "hush", token[] = "tok/en+";
    const struct cbk_credentials credentials = {id, secret, token};
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_STR(out);
        cbk_credentials_add_redacted(&out, &credentials, cases[i].text);
        assert_string_equal(out.ptr, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_environment, clear, clear),
        cmocka_unit_test_setup_teardown(test_none, clear, clear),
        cmocka_unit_test_setup_teardown(test_half, clear, clear),
        cmocka_unit_test(test_redaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
