/*
 * Who we are to the cloud. Providers are asked in the order of the vendor's own chain; the first that knows something
 * is the one. Secrets live in memory only, are wiped when released, and are cut out of texts that reach a user.
 */
#ifndef CBK_CLOUD_CREDENTIALS_H
#define CBK_CLOUD_CREDENTIALS_H

#include "base/error.h"

struct cbk_credentials {
    char *access_key_id;
    char *access_key_secret;
    char *security_token; /* NULL: not temporary */
};

#define CBK_CREDENTIALS(name) CBK_CLEANUP(cbk_credentials_release) struct cbk_credentials name = {0}

/* CBK_E_AUTH when no provider knows any, naming all places looked at. The caller releases *ret. */
CBK_MUST_CHECK int cbk_credentials_find(struct cbk_credentials *ret, struct cbk_error *err);
void cbk_credentials_release(struct cbk_credentials *credentials);
/* Adds `text` with the secret and the token, wherever they stand in it, replaced by "[secret]". */
void cbk_credentials_add_redacted(struct cbk_str *out, const struct cbk_credentials *credentials, const char *text);

#endif
