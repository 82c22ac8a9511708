/* One small answer of a server that is not the cloud's gateway: the metadata service, a server of the user's. */
#ifndef CBK_CLOUD_FETCH_H
#define CBK_CLOUD_FETCH_H

#include "cloud/cloud.h"

struct cbk_fetch {
    const char *name; /* who answers, for messages: a URL may hold a secret */
    const char *method, *url;
    const struct cbk_http_header *header; /* one, or NULL */
    int64_t timeout_ms;                   /* to connect, and for all of it */
    bool direct;                          /* past every proxy */
};

/* *ret_text is the body of a 200; the caller wipes and frees it, for it may be a secret. Any other status is
 * CBK_E_NOT_FOUND (404) or CBK_E_AUTH, and its body is not told. Fails like cbk_http_send otherwise. */
CBK_MUST_CHECK int cbk_fetch_text(struct cbk_cloud *cloud, const struct cbk_fetch *fetch, char **ret_text,
                                  struct cbk_error *err);
/* The same as a JSON object; new reference. CBK_E_AUTH when it is none. */
CBK_MUST_CHECK int cbk_fetch_json(struct cbk_cloud *cloud, const struct cbk_fetch *fetch, json_t **ret,
                                  struct cbk_error *err);
/* Wipes and frees. */
void cbk_secret_freep(char **secret);

#endif
