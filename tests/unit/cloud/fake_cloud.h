/*
 * A cloud that answers from a script: for each request the first line of its action that is not used up and whose
 * `match` stands in the form. What arrives is kept, in order, as "Action form"; what is not signed as it arrived is
 * answered with SignatureDoesNotMatch.
 */
#ifndef CBK_TESTS_FAKE_CLOUD_H
#define CBK_TESTS_FAKE_CLOUD_H

#include "cloud/cloud.h"

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order in which one reads a row */
struct line {
    const char *action;
    const char *match; /* NULL: any form */
    int status;        /* 0: 200; DROP: the connection is closed */
    const char *body;
    int times; /* 0: always */
};
#define DROP (-1)

struct fake_cloud;

/* Starts it on a port of its own, with a script that ends in a line without an action. */
struct fake_cloud *fake_cloud_start(const struct line *script);
void fake_cloud_stop(struct fake_cloud *fake);
/* A session with it, with a token if the environment has one; `deadline_ms` 0: the default. */
struct cbk_cloud *fake_cloud_session(struct fake_cloud *fake, int64_t deadline_ms);
/* How many requests of the action came; NULL: of any. */
size_t fake_cloud_count(struct fake_cloud *fake, const char *action);
/* The n-th request (from 0); "" when there was none. The caller frees. */
char *fake_cloud_request(struct fake_cloud *fake, size_t n);
/* What the n-th request had in a header ("x-acs-signature-nonce"). The caller frees. */
char *fake_cloud_header(struct fake_cloud *fake, size_t n, const char *name);
/* Called, on the server's thread, for every request before it is answered. */
void fake_cloud_on_request(struct fake_cloud *fake, void (*hook)(void *), void *context);

#endif
