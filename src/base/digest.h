/*
 * SHA-256, HMAC, Base64 and randomness: the one wrapper of OpenSSL's primitives, for signatures, digests and locks.
 */
#ifndef CBK_BASE_DIGEST_H
#define CBK_BASE_DIGEST_H

#include "base/str.h"

#include <stddef.h>

#define CBK_SHA256_HEX 64
#define CBK_SHA256_BYTES 32
#define CBK_SHA1_BYTES 20

/* Lower-case hex of the SHA-256 of `len` bytes, with a NUL. */
void cbk_sha256_hex(const void *bytes, size_t len, char ret_hex[CBK_SHA256_HEX + 1]);
void cbk_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                     unsigned char ret_mac[CBK_SHA256_BYTES]);
void cbk_hmac_sha1(const void *key, size_t key_len, const void *bytes, size_t len,
                   unsigned char ret_mac[CBK_SHA1_BYTES]);

void cbk_hex_add(struct cbk_str *out, const void *bytes, size_t len);
void cbk_base64_add(struct cbk_str *out, const void *bytes, size_t len);
/* Decodes standard Base64 (padding required, no white space). False when it is not that. */
bool cbk_base64_decode(const char *text, size_t len, struct cbk_str *out);

/* Fills from the system's random source; aborts when there is none. */
void cbk_random_bytes(void *bytes, size_t len);
/* Adds a random (version 4) UUID in lower case. */
void cbk_uuid_add(struct cbk_str *out);
/* Compares in constant time. */
bool cbk_secret_equal(const char *a, const char *b);
/* Overwrites memory that held a secret, in a way that the compiler keeps. */
void cbk_wipe(void *bytes, size_t len);

#endif
