/*
 * Ed25519 signatures, with keys in PEM files as 'openssl genpkey -algorithm ed25519' writes them.
 */
#ifndef CBK_BASE_SIGNATURE_H
#define CBK_BASE_SIGNATURE_H

#include "base/error.h"

/* Signs with a private key that nobody else may read and that has no passphrase; adds the signature in Base64 to
 * `out`. CBK_E_VALIDATION when the file is no such key. */
CBK_MUST_CHECK int cbk_signature_make(const char *key_path, const char *bytes, size_t len, struct cbk_str *out,
                                      struct cbk_error *err);
/* Is `signature` (Base64) the one of these bytes by the key whose public half stands in `key_path`? *ret_genuine says
 * so; that it is not is no error. */
CBK_MUST_CHECK int cbk_signature_check(const char *key_path, const char *bytes, size_t len, const char *signature,
                                       bool *ret_genuine, struct cbk_error *err);

#endif
