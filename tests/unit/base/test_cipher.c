/* Keys and sealed texts, held against published vectors, and changed at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cipher.h"
#include "base/digest.h"

#include <string.h>

static size_t from_hex(const char *hex, unsigned char *out)
{
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned int byte = 0;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (unsigned char)byte;
    }
    return len;
}

/* Of the well-known list for PBKDF2 with HMAC-SHA-512; its first 32 bytes. */
static void a_passphrase_gives_the_published_key(void **state)
{
    (void)state;
    static const char salt[] = "saltSALTsaltSALTsaltSALTsaltSALTsalt";
    unsigned char key[CBK_CIPHER_KEY_BYTES];
    CBK_STR(hex);
    cbk_cipher_derive("passwordPASSWORDpassword", salt, strlen(salt), 4096, key);
    cbk_hex_add(&hex, key, sizeof(key));
    assert_string_equal(hex.ptr, "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71");
}

/* Test case 16 of the specification of GCM. */
#define KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define NONCE "cafebabefacedbaddecaf888"
#define ABOUT "\xfe\xed\xfa\xce\xde\xad\xbe\xef\xfe\xed\xfa\xce\xde\xad\xbe\xef\xab\xad\xda\xd2"
#define TEXT                                                                                                           \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657" \
    "ba637b39"
#define SEALED                                                                                                         \
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a" \
    "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b"

struct vector {
    unsigned char key[CBK_CIPHER_KEY_BYTES], nonce[CBK_CIPHER_NONCE_BYTES], text[64], sealed[80];
    size_t text_len, sealed_len;
};

static void read_vector(struct vector *ret)
{
    assert_int_equal(from_hex(KEY, ret->key), sizeof(ret->key));
    assert_int_equal(from_hex(NONCE, ret->nonce), sizeof(ret->nonce));
    ret->text_len = from_hex(TEXT, ret->text);
    ret->sealed_len = from_hex(SEALED, ret->sealed);
}

static void sealing_gives_the_published_bytes_and_opening_the_text(void **state)
{
    (void)state;
    struct vector vector;
    read_vector(&vector);
    CBK_STR(sealed);
    CBK_STR(text);
    cbk_cipher_seal(vector.key, vector.nonce, ABOUT, (const char *)vector.text, vector.text_len, &sealed);
    assert_int_equal(sealed.len, vector.sealed_len);
    assert_memory_equal(sealed.ptr, vector.sealed, vector.sealed_len);
    assert_true(cbk_cipher_open(vector.key, vector.nonce, ABOUT, sealed.ptr, sealed.len, &text));
    assert_int_equal(text.len, vector.text_len);
    assert_memory_equal(text.ptr, vector.text, vector.text_len);
}

static void whatever_was_changed_does_not_open(void **state)
{
    (void)state;
    struct vector vector;
    read_vector(&vector);
    CBK_STR(text);
    for (size_t i = 0; i < vector.sealed_len; i++) {
        vector.sealed[i] ^= 1;
        assert_false(cbk_cipher_open(vector.key, vector.nonce, ABOUT, (char *)vector.sealed, vector.sealed_len, &text));
        vector.sealed[i] ^= 1;
    }
    for (size_t len = 0; len < vector.sealed_len; len++)
        assert_false(cbk_cipher_open(vector.key, vector.nonce, ABOUT, (char *)vector.sealed, len, &text));
    assert_false(cbk_cipher_open(vector.key, vector.nonce, "", (char *)vector.sealed, vector.sealed_len, &text));
    vector.key[31] ^= 0x80;
    assert_false(cbk_cipher_open(vector.key, vector.nonce, ABOUT, (char *)vector.sealed, vector.sealed_len, &text));
    assert_int_equal(text.len, 0);
}

static void nothing_can_be_sealed_too(void **state)
{
    (void)state;
    struct vector vector;
    read_vector(&vector);
    CBK_STR(sealed);
    CBK_STR(text);
    cbk_cipher_seal(vector.key, vector.nonce, "", "", 0, &sealed);
    assert_int_equal(sealed.len, CBK_CIPHER_TAG_BYTES);
    assert_true(cbk_cipher_open(vector.key, vector.nonce, "", sealed.ptr, sealed.len, &text));
    assert_int_equal(text.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passphrase_gives_the_published_key),
        cmocka_unit_test(sealing_gives_the_published_bytes_and_opening_the_text),
        cmocka_unit_test(whatever_was_changed_does_not_open),
        cmocka_unit_test(nothing_can_be_sealed_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
