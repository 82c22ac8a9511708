/* Digests against the vectors of their standards: FIPS 180, RFC 4231, RFC 2202, RFC 4648. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/digest.h"

#include <string.h>

static void sha256_is_fips_180(void **state)
{
    (void)state;
    char hex[CBK_SHA256_HEX + 1];
    cbk_sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    cbk_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void macs_are_those_of_the_rfcs(void **state)
{
    (void)state;
    const char *text = "what do ya want for nothing?";
    unsigned char mac[CBK_SHA256_BYTES];
    CBK_STR(hex);
    cbk_hmac_sha256("Jefe", 4, text, strlen(text), mac);
    cbk_hex_add(&hex, mac, CBK_SHA256_BYTES);
    assert_string_equal(hex.ptr, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    cbk_str_clear(&hex);
    cbk_hmac_sha1("Jefe", 4, text, strlen(text), mac);
    cbk_hex_add(&hex, mac, CBK_SHA1_BYTES);
    assert_string_equal(hex.ptr, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

static const struct {
    const char *plain, *encoded;
} base64[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void base64_goes_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(base64); i++) {
        CBK_STR(encoded);
        CBK_STR(plain);
        cbk_base64_add(&encoded, base64[i].plain, strlen(base64[i].plain));
        assert_string_equal(encoded.ptr, base64[i].encoded);
        assert_true(cbk_base64_decode(encoded.ptr, encoded.len, &plain));
        assert_string_equal(plain.ptr, base64[i].plain);
    }
}

static void broken_base64_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {"Z", "Zg", "Zg=", "Zg==\n", " Zg==", "Z===", "====", "Zm9v!m9v", "Zg==Zg=="};
    for (size_t i = 0; i < CBK_ARRAY_LEN(broken); i++) {
        CBK_STR(plain);
        assert_false(cbk_base64_decode(broken[i], strlen(broken[i]), &plain));
        assert_int_equal(plain.len, 0);
    }
}

static void uuids_are_of_version_4_and_differ(void **state)
{
    (void)state;
    CBK_STR(one);
    CBK_STR(two);
    cbk_uuid_add(&one);
    cbk_uuid_add(&two);
    assert_int_equal(one.len, 36);
    assert_int_equal(one.ptr[14], '4');
    assert_non_null(strchr("89ab", one.ptr[19]));
    assert_string_not_equal(one.ptr, two.ptr);
}

static void secrets_are_compared_and_wiped(void **state)
{
    (void)state;
    char secret[] = "hush";
    assert_true(cbk_secret_equal(secret, "hush"));
    assert_false(cbk_secret_equal(secret, "hus"));
    assert_false(cbk_secret_equal(secret, "husk"));
    cbk_wipe(secret, strlen(secret));
    assert_memory_equal(secret, "\0\0\0\0", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_is_fips_180),
        cmocka_unit_test(macs_are_those_of_the_rfcs),
        cmocka_unit_test(base64_goes_both_ways),
        cmocka_unit_test(broken_base64_is_refused),
        cmocka_unit_test(uuids_are_of_version_4_and_differ),
        cmocka_unit_test(secrets_are_compared_and_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
