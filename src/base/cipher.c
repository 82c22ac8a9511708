#include "base/cipher.h"

#include "base/alloc.h"
#include "base/digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static inline void context_freep(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

/* Fails only when the library is broken; going on without its work would be worse. */
static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "cbk: %s failed in OpenSSL\n", what);
    abort();
}

void cbk_cipher_derive(const char *passphrase, const void *salt, size_t salt_len, int iterations,
                       unsigned char ret_key[CBK_CIPHER_KEY_BYTES])
{
    size_t len = strlen(passphrase);
    must(len <= INT_MAX && salt_len <= INT_MAX &&
             PKCS5_PBKDF2_HMAC(passphrase, (int)len, salt, (int)salt_len, iterations, EVP_sha512(),
                               CBK_CIPHER_KEY_BYTES, ret_key) == 1,
         "PBKDF2");
}

/* OpenSSL counts in int; longer texts are fed in pieces. */
static bool update(EVP_CIPHER_CTX *context, unsigned char *out, const unsigned char *in, size_t len)
{
    const size_t piece = 1U << 30;
    for (size_t done = 0; done < len; done += piece) {
        int written = 0, take = (int)(len - done < piece ? len - done : piece);
        if (EVP_CipherUpdate(context, out ? out + done : NULL, &written, in + done, take) != 1)
            return false;
    }
    return true;
}

static bool begin(EVP_CIPHER_CTX *context, const unsigned char *key, const unsigned char *nonce, const char *about,
                  bool seals)
{
    return EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, NULL, NULL, seals) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IVLEN, CBK_CIPHER_NONCE_BYTES, NULL) == 1 &&
           EVP_CipherInit_ex(context, NULL, NULL, key, nonce, seals) == 1 &&
           update(context, NULL, (const unsigned char *)about, strlen(about));
}

void cbk_cipher_seal(const unsigned char key[CBK_CIPHER_KEY_BYTES], const unsigned char nonce[CBK_CIPHER_NONCE_BYTES],
                     const char *about, const char *text, size_t len, struct cbk_str *out)
{
    CBK_CLEANUP(context_freep) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    unsigned char tag[CBK_CIPHER_TAG_BYTES], *sealed = cbk_alloc(len + 1, 1);
    int rest = 0;
    must(context && begin(context, key, nonce, about, /* seals= */ true) &&
             update(context, sealed, (const unsigned char *)text, len) &&
             EVP_CipherFinal_ex(context, sealed + len, &rest) == 1 &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, sizeof(tag), tag) == 1,
         "AES-256-GCM");
    cbk_str_add_bytes(out, sealed, len);
    cbk_str_add_bytes(out, tag, sizeof(tag));
    free(sealed);
}

bool cbk_cipher_open(const unsigned char key[CBK_CIPHER_KEY_BYTES], const unsigned char nonce[CBK_CIPHER_NONCE_BYTES],
                     const char *about, const char *sealed, size_t len, struct cbk_str *out)
{
    if (len < CBK_CIPHER_TAG_BYTES)
        return false;
    size_t text_len = len - CBK_CIPHER_TAG_BYTES;
    unsigned char tag[CBK_CIPHER_TAG_BYTES], *text = cbk_alloc(text_len + 1, 1);
    memcpy(tag, sealed + text_len, sizeof(tag));
    CBK_CLEANUP(context_freep) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int rest = 0;
    must(context && begin(context, key, nonce, about, /* seals= */ false), "AES-256-GCM");
    bool genuine = update(context, text, (const unsigned char *)sealed, text_len) &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) == 1 &&
                   EVP_CipherFinal_ex(context, text + text_len, &rest) == 1;
    if (genuine)
        cbk_str_add_bytes(out, text, text_len);
    cbk_wipe(text, text_len);
    free(text);
    return genuine;
}
