/*
 * The role that the instance carries which we run on, by its metadata service in version 2: a token first, so that
 * nobody is answered who can only make this machine fetch a page. Version 1 is not tried. Source: the vendor's SDKs.
 */
#include "cloud/fetch.h"
#include "cloud/identity.h"

#include <string.h>

#define NAME "the metadata service"
#define SERVICE "http://100.100.100.200/latest"
#define ROLES SERVICE "/meta-data/ram/security-credentials/"
#define TIMEOUT_MS 1000 /* whoever is there answers at once; everybody else waits for it */

struct metadata {
    struct cbk_identity base;
    char *role; /* NULL: it is asked */
};

static int ask_token(struct cbk_cloud *cloud, char **ret, struct cbk_error *err)
{
    static const struct cbk_http_header header = {"x-aliyun-ecs-metadata-token-ttl-seconds", "60"};
    const struct cbk_fetch fetch = {NAME, "PUT", SERVICE "/api/token", &header, TIMEOUT_MS, .direct = true};
    return cbk_fetch_text(cloud, &fetch, ret, err);
}

static int ask_role(struct cbk_cloud *cloud, const struct cbk_http_header *token, char **ret, struct cbk_error *err)
{
    const struct cbk_fetch fetch = {NAME, "GET", ROLES, token, TIMEOUT_MS, .direct = true};
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    int r = cbk_fetch_text(cloud, &fetch, &text, err);
    if (r == CBK_E_NOT_FOUND)
        return cbk_fail(err, CBK_E_AUTH, "this instance carries no role");
    if (r < 0)
        return r;
    text[strcspn(text, " \r\n")] = '\0';
    if (!*text || strpbrk(text, "/?#%"))
        return cbk_fail(err, CBK_E_AUTH, NAME " does not name a role");
    *ret = cbk_string_steal(&text);
    return 0;
}

static int get_metadata(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                        struct cbk_error *err)
{
    CBK_CLEANUP(cbk_secret_freep) char *token = NULL;
    CBK_CLEANUP(cbk_string_freep) char *role = cbk_strdup(((const struct metadata *)self)->role);
    int r = ask_token(cloud, &token, err);
    if (r < 0)
        return r;
    const struct cbk_http_header header = {"x-aliyun-ecs-metadata-token", token};
    if (!role)
        r = ask_role(cloud, &header, &role, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("%s%s", ROLES, role);
    const struct cbk_fetch fetch = {NAME, "GET", url, &header, TIMEOUT_MS, .direct = true};
    CBK_JSON *answer = NULL;
    r = cbk_fetch_json(cloud, &fetch, &answer, err);
    if (r == CBK_E_NOT_FOUND)
        return cbk_fail(err, CBK_E_AUTH, "this instance does not carry the role '%s'", role);
    if (r == 0 && strcmp(cbk_json_text_or(answer, "Code", ""), "Success") != 0)
        r = cbk_fail(err, CBK_E_AUTH, NAME " did not answer with Success");
    return r < 0 ? r : cbk_identity_read(answer, NAME, ret, err);
}

static void free_metadata(struct cbk_identity *self)
{
    free(((struct metadata *)self)->role);
    free(self);
}

static const struct cbk_identity_ops metadata_ops = {.renews = true, .get = get_metadata, .free = free_metadata};

struct cbk_identity *cbk_identity_metadata(const char *origin, const char *role)
{
    struct metadata *metadata = CBK_NEW(struct metadata);
    metadata->base = (struct cbk_identity){&metadata_ops, cbk_strdup(origin)};
    metadata->role = cbk_strdup(role && *role ? role : NULL);
    return &metadata->base;
}
