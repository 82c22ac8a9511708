#include "base/digest.h"

#include "base/alloc.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

/* These primitives fail only when the library itself is broken; going on with a wrong digest would be worse. */
static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "cbk: %s failed in OpenSSL\n", what);
    abort();
}

void cbk_sha256_hex(const void *bytes, size_t len, char ret_hex[CBK_SHA256_HEX + 1])
{
    unsigned char digest[CBK_SHA256_BYTES];
    must(EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL) == 1, "SHA-256");
    for (size_t i = 0; i < sizeof(digest); i++) {
        ret_hex[2 * i] = hex_digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = hex_digits[digest[i] & 15];
    }
    ret_hex[CBK_SHA256_HEX] = '\0';
}

static void hmac(const EVP_MD *md, const void *key, size_t key_len, const void *bytes, size_t len, unsigned char *ret)
{
    must(key_len <= INT_MAX && HMAC(md, key, (int)key_len, bytes, len, ret, NULL) != NULL, "HMAC");
}

void cbk_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                     unsigned char ret_mac[CBK_SHA256_BYTES])
{
    hmac(EVP_sha256(), key, key_len, bytes, len, ret_mac);
}

void cbk_hmac_sha1(const void *key, size_t key_len, const void *bytes, size_t len,
                   unsigned char ret_mac[CBK_SHA1_BYTES])
{
    hmac(EVP_sha1(), key, key_len, bytes, len, ret_mac);
}

void cbk_hex_add(struct cbk_str *out, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++) {
        cbk_str_add_char(out, hex_digits[at[i] >> 4]);
        cbk_str_add_char(out, hex_digits[at[i] & 15]);
    }
}

void cbk_base64_add(struct cbk_str *out, const void *bytes, size_t len)
{
    must(len <= INT_MAX / 2, "Base64 length");
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_alloc((len + 2) / 3 * 4 + 1, 1);
    int made = EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
    cbk_str_add_bytes(out, text, (size_t)made);
}

bool cbk_base64_decode(const char *text, size_t len, struct cbk_str *out)
{
    if (len % 4 || len > INT_MAX)
        return false;
    if (!len)
        return true;
    size_t padding = text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (strspn(text, alphabet) < len - padding) /* OpenSSL would take white space too */
        return false;
    CBK_CLEANUP(cbk_string_freep) char *bytes = cbk_alloc(len / 4 * 3 + 1, 1);
    int made = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)text, (int)len);
    if (made < 0 || (size_t)made < padding)
        return false;
    cbk_str_add_bytes(out, bytes, (size_t)made - padding);
    return true;
}

void cbk_random_bytes(void *bytes, size_t len)
{
    must(len <= INT_MAX && RAND_bytes(bytes, (int)len) == 1, "random source");
}

void cbk_uuid_add(struct cbk_str *out)
{
    unsigned char b[16];
    cbk_random_bytes(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    static const size_t groups[] = {4, 2, 2, 2, 6};
    for (size_t i = 0, at = 0; i < CBK_ARRAY_LEN(groups); at += groups[i++]) {
        if (i)
            cbk_str_add_char(out, '-');
        cbk_hex_add(out, b + at, groups[i]);
    }
}

bool cbk_secret_equal(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    return la == lb && CRYPTO_memcmp(a, b, la) == 0;
}

void cbk_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}
