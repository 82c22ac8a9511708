/* A server of the user's that gives credentials, as the vendor's CLI and SDKs know it (CredentialsURI). */
#include "cloud/fetch.h"
#include "cloud/identity.h"
#include "http/url.h"

#include <string.h>

#define TIMEOUT_MS 10000

struct uri {
    struct cbk_identity base;
    char *url;
};

static int get_uri(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                   struct cbk_error *err)
{
    const struct uri *uri = (const struct uri *)self;
    const struct cbk_fetch fetch = {"it", "GET", uri->url, NULL, TIMEOUT_MS, .direct = false};
    CBK_JSON *answer = NULL;
    int r = cbk_fetch_json(cloud, &fetch, &answer, err);
    return r < 0 ? r : cbk_identity_read(answer, "it", ret, err);
}

static void free_uri(struct cbk_identity *self)
{
    free(((struct uri *)self)->url);
    free(self);
}

static const struct cbk_identity_ops uri_ops = {.renews = true, .get = get_uri, .free = free_uri};

int cbk_identity_uri(const char *origin, const char *url, struct cbk_identity **ret, struct cbk_error *err)
{
    CBK_URL(parsed);
    CBK_ERROR(ignored); /* quotes it, and a URL may hold a secret */
    if (cbk_url_parse(url, &parsed, &ignored) < 0)
        return cbk_fail(err, CBK_E_USAGE, "%s is not an http or https URL", origin);
    if (!parsed.loopback && strcmp(parsed.scheme, "https") != 0) {
        (void)cbk_fail(err, CBK_E_USAGE, "%s is refused: plain http would show the credentials to the network", origin);
        return cbk_error_hint(err, "use https, or an address of this machine (127.0.0.1, ::1, localhost)");
    }
    struct uri *uri = CBK_NEW(struct uri);
    uri->base = (struct cbk_identity){&uri_ops, cbk_strdup(origin)};
    uri->url = cbk_strdup(url);
    *ret = &uri->base;
    return 0;
}
