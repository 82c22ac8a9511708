#include "cloud/credentials.h"

#include "base/digest.h"

#include <string.h>

/* Sets *ret_found and fills *ret when it knows credentials; fails when what it knows is not usable. */
struct provider {
    const char *place; /* as the error names it */
    int (*find)(struct cbk_credentials *ret, bool *ret_found, struct cbk_error *err);
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static int from_environment(struct cbk_credentials *ret, bool *ret_found, struct cbk_error *err)
{
    const char *id = variable("ALIBABA_CLOUD_ACCESS_KEY_ID");
    const char *secret = variable("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    if (!id != !secret) {
        int r = cbk_fail(err, CBK_E_AUTH, "half of the credentials is missing: ALIBABA_CLOUD_ACCESS_KEY_%s is not set",
                         id ? "SECRET" : "ID");
        cbk_error_hint(err, "set both, or neither");
        return r;
    }
    *ret_found = id != NULL;
    if (id)
        *ret = (struct cbk_credentials){.access_key_id = cbk_strdup(id),
                                        .access_key_secret = cbk_strdup(secret),
                                        .security_token = cbk_strdup(variable("ALIBABA_CLOUD_SECURITY_TOKEN"))};
    return 0;
}

/* In the order of the vendor's credentials chain. */
static const struct provider providers[] = {
    {"the environment (ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET)", from_environment},
};

int cbk_credentials_find(struct cbk_credentials *ret, struct cbk_error *err)
{
    CBK_STR(places);
    for (size_t i = 0; i < CBK_ARRAY_LEN(providers); i++) {
        bool found = false;
        int r = providers[i].find(ret, &found, err);
        if (r < 0 || found)
            return r;
        cbk_str_addf(&places, "%s%s", i > 0 ? ", " : "", providers[i].place);
    }
    (void)cbk_fail(err, CBK_E_AUTH, "no credentials found in %s", places.ptr);
    return cbk_error_hint(err, "export ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and "
                               "ALIBABA_CLOUD_SECURITY_TOKEN, if they are temporary)");
}

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
    credentials->access_key_id = NULL;
    wipe(&credentials->access_key_secret);
    wipe(&credentials->security_token);
}

void cbk_credentials_add_redacted(struct cbk_str *out, const struct cbk_credentials *credentials, const char *text)
{
    const char *const secrets[] = {credentials->access_key_secret, credentials->security_token};
    while (*text) {
        size_t skip = 0;
        for (size_t i = 0; i < CBK_ARRAY_LEN(secrets) && skip == 0; i++)
            if (secrets[i] && *secrets[i] && cbk_str_starts_with(text, secrets[i]))
                skip = strlen(secrets[i]);
        if (skip)
            cbk_str_add(out, "[secret]");
        else
            cbk_str_add_char(out, *text);
        text += skip ? skip : 1;
    }
}
