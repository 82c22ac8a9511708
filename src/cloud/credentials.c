#include "cloud/credentials.h"

#include "base/digest.h"

#include <string.h>

static void wipe(char **text)
{
    if (*text)
        cbk_wipe(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

void cbk_credentials_release(struct cbk_credentials *credentials)
{
    free(credentials->access_key_id);
    free(credentials->origin);
    wipe(&credentials->access_key_secret);
    wipe(&credentials->security_token);
    *credentials = (struct cbk_credentials){0};
}

struct cbk_credentials cbk_credentials_steal(struct cbk_credentials *credentials)
{
    struct cbk_credentials taken = *credentials;
    *credentials = (struct cbk_credentials){0};
    return taken;
}

void cbk_credentials_copy(struct cbk_credentials *to, const struct cbk_credentials *from)
{
    cbk_credentials_release(to);
    *to = (struct cbk_credentials){
        .access_key_id = cbk_strdup(from->access_key_id),
        .access_key_secret = cbk_strdup(from->access_key_secret),
        .security_token = cbk_strdup(from->security_token),
        .origin = cbk_strdup(from->origin),
        .expires = from->expires,
    };
}

/* What is shorter is nobody's secret but a test's, and cutting it out would take words and codes of the cloud apart. */
#define SHORTEST_SECRET ((size_t)4)

static bool begins_with_secret(const char *text, const char *secret)
{
    return secret && strlen(secret) >= SHORTEST_SECRET && cbk_str_starts_with(text, secret);
}

void cbk_credentials_add_redacted(struct cbk_str *out, const struct cbk_credentials *credentials, const char *text)
{
    const char *const secrets[] = {credentials->access_key_secret, credentials->security_token};
    while (*text) {
        size_t skip = 0;
        for (size_t i = 0; i < CBK_ARRAY_LEN(secrets) && skip == 0; i++)
            if (begins_with_secret(text, secrets[i]))
                skip = strlen(secrets[i]);
        if (skip)
            cbk_str_add(out, "[secret]");
        else
            cbk_str_add_char(out, *text);
        text += skip ? skip : 1;
    }
}
