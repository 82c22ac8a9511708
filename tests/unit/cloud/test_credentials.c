#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/credentials.h"

#include <string.h>

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
    const struct cbk_credentials credentials = {id, secret, token, NULL, 0};
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_STR(out);
        cbk_credentials_add_redacted(&out, &credentials, cases[i].text);
        assert_string_equal(out.ptr, cases[i].expected);
    }
}

static void test_a_secret_of_a_letter_takes_no_word_apart(void **state)
{
    char id[] = "id", secret[] = "s";
    const struct cbk_credentials credentials = {id, secret, NULL, NULL, 0};
    (void)state;
    CBK_STR(out);
    cbk_credentials_add_redacted(&out, &credentials, "EntityNotExist.Policy");
    assert_string_equal(out.ptr, "EntityNotExist.Policy");
}

static void test_a_copy_is_a_whole_one(void **state)
{
    char id[] = "id", secret[] = "hush", origin[] = "here";
    const struct cbk_credentials credentials = {id, secret, NULL, origin, 17};
    (void)state;
    CBK_CREDENTIALS(copy);
    copy.security_token = cbk_strdup("of another");
    cbk_credentials_copy(&copy, &credentials);
    memset(secret, 'x', strlen(secret));
    assert_string_equal(copy.access_key_id, "id");
    assert_string_equal(copy.access_key_secret, "hush");
    assert_null(copy.security_token);
    assert_string_equal(copy.origin, "here");
    assert_int_equal(copy.expires, 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_a_secret_of_a_letter_takes_no_word_apart),
        cmocka_unit_test(test_a_copy_is_a_whole_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
