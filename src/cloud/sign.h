/*
 * The two signatures of the cloud, as pure functions, for the client (which signs) and the simulator (which verifies).
 * Sources: the vendor's pages on request signatures; vectors made by the official SDKs (tests/unit/cloud/vectors).
 *
 * RPC v1 (HMAC-SHA1): all query and form parameters but Signature, sorted, percent-encoded, keyed by secret + "&".
 * ACS3-HMAC-SHA256: method, path, query, signed headers and the hash of the body, keyed by the bare secret.
 */
#ifndef CBK_CLOUD_SIGN_H
#define CBK_CLOUD_SIGN_H

#include "base/str.h"
#include "base/vec.h"

/* A parameter or header, decoded. */
struct cbk_pair {
    const char *name;
    const char *value;
};
CBK_VEC(cbk_pairs, struct cbk_pair)

/* Adds text percent-encoded by RFC 3986: A-Z a-z 0-9 - _ . ~ stay, every other byte is %XX. */
void cbk_percent_add(struct cbk_str *out, const char *text);

/* Adds "a=1&b=2": sorted by name (bytes; then by value), both sides encoded, empty values kept as "c=". */
void cbk_sign_add_canonical_query(struct cbk_str *out, const struct cbk_pair *pairs, size_t count);

/* The RPC v1 string to sign; a pair named Signature is left out. */
void cbk_sign_v1_string(struct cbk_str *out, const char *method, const struct cbk_pair *pairs, size_t count);
/* Adds the Base64 signature of that string. */
void cbk_sign_v1(struct cbk_str *out, const char *secret, const char *string_to_sign);

/* One ACS3 request to sign. `headers` are those that are signed, names in lower case, in any order. */
struct cbk_sign_v3_request {
    const char *method;
    const char *path;
    const struct cbk_pair *query; /* decoded */
    size_t query_count;
    const struct cbk_pair *headers;
    size_t header_count;
    const char *payload_hash; /* hex SHA-256 of the raw body */
};
/* Adds the canonical request; `ret_signed` (may be NULL) gets the names joined by ";". */
void cbk_sign_v3_canonical(struct cbk_str *out, const struct cbk_sign_v3_request *request, struct cbk_str *ret_signed);
/* Adds "ACS3-HMAC-SHA256\n" and the hash of the canonical request. */
void cbk_sign_v3_string(struct cbk_str *out, const char *canonical_request);
/* Adds the hex signature of that string. */
void cbk_sign_v3(struct cbk_str *out, const char *secret, const char *string_to_sign);

#endif
