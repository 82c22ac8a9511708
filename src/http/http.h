/*
 * The one wrapper of libcurl: a request, a response, connections kept and reused.
 *
 * A client is shared by all threads: each request borrows an idle curl handle (with its live connections) from it or
 * makes a new one. TLS is verified, redirects are not followed, proxies come from the environment for anything but
 * loopback. Bodies and headers are bounded.
 */
#ifndef CBK_HTTP_HTTP_H
#define CBK_HTTP_HTTP_H

#include "base/error.h"

#include <stdint.h>

struct cbk_http;

struct cbk_http_header {
    const char *name; /* lower case */
    const char *value;
};

struct cbk_http_request {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    const char *url;
    const struct cbk_http_header *headers;
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_len;
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t timeout_ms;         /* whole request; 0: 60 s */
    size_t body_limit;          /* of the answer; 0: 64 MiB */
    bool direct;                /* past every proxy, as it always is to loopback */
};

struct cbk_http_response {
    int status;
    struct cbk_str body;
    int64_t date;        /* the Date header as unix time, 0 when absent */
    int64_t retry_after; /* x-acs-retry-after in milliseconds (unit unverified), -1 when absent */
    char *content_type;  /* may be NULL */
};

CBK_MUST_CHECK int cbk_http_new(struct cbk_http **ret, struct cbk_error *err);
/* Whom to trust and who to be, as PEM files; each may be NULL: the system's authorities, and nobody. */
struct cbk_http_tls {
    const char *ca_file, *cert_file, *key_file;
};
/* For all requests to come. Called before the client is shared. */
void cbk_http_set_tls(struct cbk_http *http, const struct cbk_http_tls *tls);
/* NULL is fine. No request may be under way. */
void cbk_http_free(struct cbk_http *http);
CBK_DEFINE_OWNED(struct cbk_http, cbk_http)

/*
 * Sends one request and reads the answer, whatever its status. Fails with
 *   CBK_E_NETWORK    nothing reached the server (name, connection, TLS): repeating is safe
 *   CBK_E_AMBIGUOUS  the request was sent, at least in part, and no whole answer came: it may have had its effect
 *   CBK_E_LIMIT      the answer is larger than allowed (it may have had its effect too)
 * The caller releases the response in every case. Thread-safe.
 */
CBK_MUST_CHECK int cbk_http_send(struct cbk_http *http, const struct cbk_http_request *request,
                                 struct cbk_http_response *response, struct cbk_error *err);
/* Makes running transfers, and all to come, end soon with CBK_E_INTERRUPTED. Safe in a signal handler. */
void cbk_http_interrupt(struct cbk_http *http);
void cbk_http_response_release(struct cbk_http_response *response);

#define CBK_HTTP_RESPONSE(name)                                                                                        \
    CBK_CLEANUP(cbk_http_response_release) struct cbk_http_response name = {.body = CBK_STR_INIT, .retry_after = -1}

#endif
