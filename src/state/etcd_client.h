/*
 * Calls of etcd's v3 API through its JSON gateway (POST /v3/kv/range and so on): several endpoints, one of which has to
 * answer; user and password or TLS certificates. Keys and values are Base64 in that API; the helpers here speak plain.
 *
 * A call is repeated at the next endpoint when one does not answer, also when the request may have had its effect. So
 * callers only send what may be repeated: reads, and transactions that say under which revision they hold.
 */
#ifndef CBK_STATE_ETCD_CLIENT_H
#define CBK_STATE_ETCD_CLIENT_H

#include "base/error.h"
#include "base/json.h"

struct cbk_etcd;

/* `settings`: {endpoints: [URL], username_env, password_env, ca_file, cert_file, key_file}, paths relative to `dir`.
 * Nothing is called yet. CBK_E_VALIDATION: plain http beyond loopback, a variable that is not set. */
CBK_MUST_CHECK int cbk_etcd_new(const json_t *settings, const char *dir, struct cbk_etcd **ret, struct cbk_error *err);
/* NULL is fine. No call may be under way. */
void cbk_etcd_free(struct cbk_etcd *etcd);
CBK_DEFINE_OWNED(struct cbk_etcd, cbk_etcd)

/* Calls `method` ("kv/txn"); *ret_answer is a new reference. CBK_E_NETWORK when no endpoint answered in time,
 * CBK_E_AUTH when the credentials are refused, CBK_E_STATE for what etcd says otherwise. Thread-safe. */
CBK_MUST_CHECK int cbk_etcd_call(struct cbk_etcd *etcd, const char *method, const json_t *request, json_t **ret_answer,
                                 struct cbk_error *err);

/* Base64 of a key or a value, as a JSON string. New reference. */
json_t *cbk_etcd_bytes(const char *text, size_t len);
/* The end of the range of all keys that begin with `prefix`. New reference. */
json_t *cbk_etcd_range_end(const char *prefix);
/* Decodes a field in Base64; "" where it is absent. The caller frees. */
char *cbk_etcd_text(const json_t *json, const char *key, size_t *ret_len);
/* 64-bit numbers travel as text; 0 where the field is absent, as etcd leaves zeros out. */
int64_t cbk_etcd_number(const json_t *json, const char *trail);

#endif
