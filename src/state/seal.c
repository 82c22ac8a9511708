#include "state/seal.h"

#include "base/cipher.h"
#include "base/digest.h"
#include "base/file.h"

#include <string.h>

#define CIPHER "AES-256-GCM"
#define KDF "PBKDF2-SHA512"
#define NO_KDF "none" /* the key file is the key */
#define ITERATIONS 600000
#define MAX_ITERATIONS 10000000 /* a text from a stranger must not keep us busy for hours */
#define SALT_BYTES 16
#define KEY_FILE_LIMIT 4096

/* A key derived once: the same salt comes back with every text. */
struct derived {
    char *salt; /* Base64 */
    int64_t iterations;
    unsigned char bytes[CBK_CIPHER_KEY_BYTES];
};
CBK_VEC(derived_keys, struct derived)

struct key {
    char *passphrase; /* NULL: `bytes` is the key */
    unsigned char bytes[CBK_CIPHER_KEY_BYTES];
    struct derived_keys derived;
};

struct cbk_seal {
    struct key key, former;
    bool has_former, was_plain;
    char *salt; /* for what is sealed from here on, Base64; NULL: not chosen yet */
};

static void release_key(struct key *key)
{
    if (key->passphrase)
        cbk_wipe(key->passphrase, strlen(key->passphrase));
    free(key->passphrase);
    for (size_t i = 0; i < key->derived.len; i++) {
        cbk_wipe(key->derived.items[i].bytes, CBK_CIPHER_KEY_BYTES);
        free(key->derived.items[i].salt);
    }
    derived_keys_release(&key->derived);
    cbk_wipe(key->bytes, sizeof(key->bytes));
}

void cbk_seal_free(struct cbk_seal *seal)
{
    if (!seal)
        return;
    release_key(&seal->key);
    release_key(&seal->former);
    free(seal->salt);
    free(seal);
}

/* --- keys ----------------------------------------------------------------------------------------------------------
 */

static bool decode_hex(const char *text, size_t len, struct cbk_str *out)
{
    static const char digits[] = "0123456789abcdef";
    if (len != 2 * (size_t)CBK_CIPHER_KEY_BYTES)
        return false;
    for (size_t i = 0; i < len; i += 2) {
        const char *high = memchr(digits, text[i] | 0x20, 16), *low = memchr(digits, text[i + 1] | 0x20, 16);
        if (!high || !low)
            return false;
        cbk_str_add_char(out, (char)((high - digits) * 16 + (low - digits)));
    }
    return true;
}

/* The key as its 32 bytes, as hex or as Base64, the two with or without a newline. */
static bool decode_key(const char *text, size_t len, unsigned char ret[CBK_CIPHER_KEY_BYTES])
{
    CBK_STR(bytes);
    size_t trimmed = len;
    while (trimmed && (text[trimmed - 1] == '\n' || text[trimmed - 1] == '\r'))
        trimmed--;
    if (len == CBK_CIPHER_KEY_BYTES)
        cbk_str_add_bytes(&bytes, text, len);
    else if (!decode_hex(text, trimmed, &bytes))
        cbk_str_clear(&bytes);
    bool is_key = bytes.len == CBK_CIPHER_KEY_BYTES ||
                  (cbk_base64_decode(text, trimmed, &bytes) && bytes.len == CBK_CIPHER_KEY_BYTES);
    if (is_key)
        memcpy(ret, bytes.ptr, CBK_CIPHER_KEY_BYTES);
    cbk_wipe(bytes.ptr, bytes.len);
    return is_key;
}

static int read_key_file(const char *path, unsigned char ret[CBK_CIPHER_KEY_BYTES], struct cbk_error *err)
{
    int r = cbk_file_check_private(path, err);
    if (r < 0)
        return r;
    char *text = NULL;
    size_t len = 0;
    r = cbk_file_read(path, KEY_FILE_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    bool is_key = decode_key(text, len, ret);
    cbk_wipe(text, len);
    free(text);
    if (is_key)
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' is no key of %d bytes, nor the Base64 or hex of one", path,
                   CBK_CIPHER_KEY_BYTES);
    return cbk_error_hint(err, "make one with: openssl rand -base64 %d", CBK_CIPHER_KEY_BYTES);
}

static int take_key(const struct cbk_seal_key *from, struct key *ret, struct cbk_error *err)
{
    if (!from->passphrase)
        return read_key_file(from->key_file, ret->bytes, err);
    if (cbk_str_chars(from->passphrase, strlen(from->passphrase)) < CBK_PASSPHRASE_MIN_CHARS)
        return cbk_fail(err, CBK_E_VALIDATION, "the passphrase is shorter than %d characters",
                        CBK_PASSPHRASE_MIN_CHARS);
    ret->passphrase = cbk_strdup(from->passphrase);
    return 0;
}

int cbk_seal_new(const struct cbk_seal_key *key, const struct cbk_seal_key *former, struct cbk_seal **ret,
                 struct cbk_error *err)
{
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = CBK_NEW(struct cbk_seal);
    int r = take_key(key, &seal->key, err);
    if (r < 0)
        return r;
    seal->was_plain = former && former->plain;
    seal->has_former = former && !former->plain;
    r = seal->has_former ? take_key(former, &seal->former, err) : 0;
    if (r < 0)
        return cbk_wrap(err, "the former key");
    *ret = cbk_seal_steal(&seal);
    return 0;
}

/* The key's bytes for a text that was sealed with this salt. Borrowed. */
static const unsigned char *bytes_of(struct key *key, const char *salt, int64_t iterations)
{
    if (!key->passphrase)
        return key->bytes;
    for (size_t i = 0; i < key->derived.len; i++)
        if (key->derived.items[i].iterations == iterations && strcmp(key->derived.items[i].salt, salt) == 0)
            return key->derived.items[i].bytes;
    CBK_STR(raw);
    (void)cbk_base64_decode(salt, strlen(salt), &raw);
    struct derived *derived = derived_keys_add(&key->derived);
    derived->salt = cbk_strdup(salt);
    derived->iterations = iterations;
    cbk_cipher_derive(key->passphrase, raw.ptr, raw.len, (int)iterations, derived->bytes);
    return derived->bytes;
}

/* --- sealing -------------------------------------------------------------------------------------------------------
 */

static char *random_base64(size_t len)
{
    CBK_STR(text);
    unsigned char bytes[SALT_BYTES];
    cbk_random_bytes(bytes, len);
    cbk_base64_add(&text, bytes, len);
    return cbk_str_detach(&text);
}

/* Everything but the data, as it is authenticated. */
static void add_about(struct cbk_str *out, json_t *envelope)
{
    CBK_JSON *about = json_copy(envelope);
    json_object_del(about, "data");
    cbk_json_add_canonical(out, about);
}

static json_t *kdf_of(struct cbk_seal *seal)
{
    if (!seal->key.passphrase)
        return json_pack("{s:s}", "name", NO_KDF);
    if (!seal->salt)
        seal->salt = random_base64(SALT_BYTES);
    return json_pack("{s:s, s:i, s:s}", "name", KDF, "iterations", ITERATIONS, "salt", seal->salt);
}

void cbk_seal_close(struct cbk_seal *seal, const struct cbk_seal_label *label, const char *text, size_t len,
                    struct cbk_str *out)
{
    if (!seal) {
        cbk_str_add_bytes(out, text, len);
        return;
    }
    unsigned char nonce[CBK_CIPHER_NONCE_BYTES];
    cbk_random_bytes(nonce, sizeof(nonce));
    CBK_STR(nonce_text);
    cbk_base64_add(&nonce_text, nonce, sizeof(nonce));
    CBK_JSON *envelope = json_pack("{s:i, s:s, s:s, s:I, s:s, s:o, s:s}", "cbk_sealed", 1, "what", label->what,
                                   "lineage", label->lineage, "serial", (json_int_t)label->serial, "cipher", CIPHER,
                                   "kdf", kdf_of(seal), "nonce", nonce_text.ptr);
    CBK_STR(about);
    CBK_STR(sealed);
    CBK_STR(data);
    add_about(&about, envelope);
    cbk_cipher_seal(bytes_of(&seal->key, seal->salt, ITERATIONS), nonce, about.ptr, text, len, &sealed);
    cbk_base64_add(&data, sealed.ptr, sealed.len);
    json_object_set_new(envelope, "data", json_string(data.ptr));
    cbk_json_add_canonical(out, envelope);
}

/* --- opening -------------------------------------------------------------------------------------------------------
 */

/* A sealed text taken apart. */
struct envelope {
    const char *salt; /* NULL: the key needs none */
    int64_t iterations;
    struct cbk_str nonce, data, about;
};

static void release_envelope(struct envelope *envelope)
{
    cbk_str_release(&envelope->nonce);
    cbk_str_release(&envelope->data);
    cbk_str_release(&envelope->about);
}

static bool decode_field(const json_t *json, const char *key, struct cbk_str *out)
{
    const char *text = cbk_json_text(json, key);
    return text && cbk_base64_decode(text, strlen(text), out);
}

static bool take_apart(json_t *json, struct envelope *ret)
{
    const char *kdf = cbk_json_text(json, "kdf.name");
    CBK_STR(salt);
    if (cbk_json_int(json, "cbk_sealed", 0) != 1 || !cbk_str_equal(cbk_json_text(json, "cipher"), CIPHER) ||
        !decode_field(json, "nonce", &ret->nonce) || ret->nonce.len != CBK_CIPHER_NONCE_BYTES ||
        !decode_field(json, "data", &ret->data))
        return false;
    add_about(&ret->about, json);
    if (cbk_str_equal(kdf, NO_KDF))
        return true;
    ret->salt = cbk_json_text(json, "kdf.salt");
    ret->iterations = cbk_json_int(json, "kdf.iterations", 0);
    return cbk_str_equal(kdf, KDF) && ret->salt && cbk_base64_decode(ret->salt, strlen(ret->salt), &salt) &&
           ret->iterations > 0 && ret->iterations <= MAX_ITERATIONS;
}

static bool open_with(struct key *key, const struct envelope *envelope, struct cbk_str *ret_text)
{
    if (!key->passphrase !=
        !envelope->salt) /* a passphrase does not open what a key file has sealed, nor the reverse */
        return false;
    return cbk_cipher_open(bytes_of(key, envelope->salt, envelope->iterations),
                           (const unsigned char *)envelope->nonce.ptr, envelope->about.ptr, envelope->data.ptr,
                           envelope->data.len, ret_text);
}

static bool open_with_any(struct cbk_seal *seal, const struct envelope *envelope, struct cbk_str *ret_text)
{
    if (!open_with(&seal->key, envelope, ret_text))
        return seal->has_former && open_with(&seal->former, envelope, ret_text);
    if (envelope->salt && envelope->iterations == ITERATIONS && !seal->salt)
        seal->salt = cbk_strdup(envelope->salt); /* one derivation serves for reading and writing */
    return true;
}

static int open_sealed(struct cbk_seal *seal, const char *what, const char *place, json_t *json, json_t **ret,
                       struct cbk_error *err)
{
    CBK_CLEANUP(release_envelope)
    struct envelope envelope = {.nonce = CBK_STR_INIT, .data = CBK_STR_INIT, .about = CBK_STR_INIT};
    CBK_STR(text);
    if (!take_apart(json, &envelope))
        return cbk_fail(err, CBK_E_STATE, "'%s' is sealed in a way that this cbk does not know", place);
    if (!open_with_any(seal, &envelope, &text)) {
        (void)cbk_fail(err, CBK_E_STATE, "the seal of '%s' does not open: it is of another key, or has been changed",
                       place);
        return cbk_error_hint(err, "check state.encryption; after a change of keys, name the old one as 'former'");
    }
    if (!cbk_str_equal(cbk_json_text(json, "what"), what))
        return cbk_fail(err, CBK_E_STATE, "'%s' is a sealed %s, and no %s", place,
                        cbk_json_text_or(json, "what", "thing"), what);
    int r = cbk_json_parse(place, text.ptr, text.len, ret, err);
    cbk_wipe(text.ptr, text.len);
    return r;
}

bool cbk_seal_is_sealed(const json_t *json)
{
    return json_object_get(json, "cbk_sealed") != NULL;
}

int cbk_seal_open(struct cbk_seal *seal, const char *what, const char *place, json_t *json, json_t **ret,
                  struct cbk_error *err)
{
    bool is_sealed = cbk_seal_is_sealed(json);
    if (is_sealed && seal)
        return open_sealed(seal, what, place, json, ret, err);
    if (is_sealed) {
        (void)cbk_fail(err, CBK_E_STATE, "'%s' is sealed, and the stack has no key for it", place);
        return cbk_error_hint(err, "give it under state.encryption");
    }
    if (seal && !seal->was_plain) {
        (void)cbk_fail(err, CBK_E_STATE, "'%s' is not sealed, and the stack says that it is", place);
        return cbk_error_hint(err, "if it was never sealed so far, say so once: state.encryption.former: plain");
    }
    *ret = json_incref(json);
    return 0;
}
