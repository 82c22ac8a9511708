/*
 * Who we are to the cloud. Secrets live in memory only, are wiped when released, and are cut out of texts that reach a
 * user. Where they come from: identity.h.
 */
#ifndef CBK_CLOUD_CREDENTIALS_H
#define CBK_CLOUD_CREDENTIALS_H

#include "base/error.h"

#include <stdint.h>

struct cbk_credentials {
    char *access_key_id; /* NULL: nobody in particular, requests are not signed */
    char *access_key_secret;
    char *security_token; /* NULL: not temporary. Of unsigned requests: the secret that stands in them */
    char *origin;         /* where they come from, as a hint names it: "profile 'prod' of '...'"; may be NULL */
    int64_t expires;      /* by the cloud's clock, in unix seconds; 0: never, or not known */
};

#define CBK_CREDENTIALS(name) CBK_CLEANUP(cbk_credentials_release) struct cbk_credentials name = {0}

void cbk_credentials_release(struct cbk_credentials *credentials);
/* Hands them over and leaves `credentials` empty. */
struct cbk_credentials cbk_credentials_steal(struct cbk_credentials *credentials);
/* Releases what `to` held and makes it a copy. */
void cbk_credentials_copy(struct cbk_credentials *to, const struct cbk_credentials *from);
/* Adds `text` with the secret and the token, wherever they stand in it, replaced by "[secret]"; not
 * one of three characters or less. */
void cbk_credentials_add_redacted(struct cbk_str *out, const struct cbk_credentials *credentials, const char *text);

#endif
