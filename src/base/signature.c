#include "base/signature.h"

#include "base/digest.h"
#include "base/file.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define KEY_LIMIT 65536
#define SIGNATURE_BYTES 64

static inline void key_freep(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static inline void bio_freep(BIO **bio)
{
    BIO_free(*bio);
}

static inline void digest_freep(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* There is nobody to type a passphrase. */
static int no_passphrase(char *buffer, int size, int is_writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)context;
    return -1;
}

static int read_key(const char *path, bool is_private, EVP_PKEY **ret, struct cbk_error *err)
{
    int r = is_private ? cbk_file_check_private(path, err) : 0;
    if (r < 0)
        return r;
    char *text = NULL;
    size_t len = 0;
    r = cbk_file_read(path, KEY_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(bio_freep) BIO *bio = BIO_new_mem_buf(text, (int)len);
    CBK_CLEANUP(key_freep)
    EVP_PKEY *key = is_private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
                               : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    cbk_wipe(text, len);
    free(text);
    if (!key || EVP_PKEY_id(key) != EVP_PKEY_ED25519) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' is no %s Ed25519 key in PEM without a passphrase", path,
                       is_private ? "private" : "public");
        return cbk_error_hint(err, is_private ? "make one with: openssl genpkey -algorithm ed25519 -out FILE"
                                              : "take it from the private one with: openssl pkey -pubout");
    }
    *ret = key;
    key = NULL;
    return 0;
}

int cbk_signature_make(const char *key_path, const char *bytes, size_t len, struct cbk_str *out, struct cbk_error *err)
{
    CBK_CLEANUP(key_freep) EVP_PKEY *key = NULL;
    int r = read_key(key_path, /* is_private= */ true, &key, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[SIGNATURE_BYTES];
    size_t signature_len = sizeof(signature);
    if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &signature_len, (const unsigned char *)bytes, len) != 1)
        return cbk_fail(err, CBK_E_INTERNAL, "OpenSSL cannot sign with '%s'", key_path);
    cbk_base64_add(out, signature, signature_len);
    return 0;
}

int cbk_signature_check(const char *key_path, const char *bytes, size_t len, const char *signature, bool *ret_genuine,
                        struct cbk_error *err)
{
    CBK_CLEANUP(key_freep) EVP_PKEY *key = NULL;
    int r = read_key(key_path, /* is_private= */ false, &key, err);
    if (r < 0)
        return r;
    CBK_STR(raw);
    CBK_CLEANUP(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    *ret_genuine =
        cbk_base64_decode(signature, strlen(signature), &raw) && raw.len == SIGNATURE_BYTES && context &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
        EVP_DigestVerify(context, (const unsigned char *)raw.ptr, raw.len, (const unsigned char *)bytes, len) == 1;
    return 0;
}
