/*
 * Keys from passphrases, and text sealed with them: PBKDF2 with SHA-512, AES-256 in Galois/counter mode. A sealed text
 * cannot be read without its key, nor changed unnoticed.
 */
#ifndef CBK_BASE_CIPHER_H
#define CBK_BASE_CIPHER_H

#include "base/str.h"

#include <stddef.h>

#define CBK_CIPHER_KEY_BYTES 32
#define CBK_CIPHER_NONCE_BYTES 12
#define CBK_CIPHER_TAG_BYTES 16

/* Derives a key; takes tens of milliseconds at 600,000 iterations, which is what it is for. */
void cbk_cipher_derive(const char *passphrase, const void *salt, size_t salt_len, int iterations,
                       unsigned char ret_key[CBK_CIPHER_KEY_BYTES]);
/*
 * Seals `text`: adds ciphertext and tag, as long as the text and CBK_CIPHER_TAG_BYTES more. `about` is authenticated
 * with it and not hidden. A nonce must never be used twice with a key: take a random one for each text.
 */
void cbk_cipher_seal(const unsigned char key[CBK_CIPHER_KEY_BYTES], const unsigned char nonce[CBK_CIPHER_NONCE_BYTES],
                     const char *about, const char *text, size_t len, struct cbk_str *out);
/* Opens what was sealed; false, with nothing added, when the key is another one or a byte of it or of `about` has been
 * changed. */
bool cbk_cipher_open(const unsigned char key[CBK_CIPHER_KEY_BYTES], const unsigned char nonce[CBK_CIPHER_NONCE_BYTES],
                     const char *about, const char *sealed, size_t len, struct cbk_str *out);

#endif
