/* Sessions of a role: by the word of somebody else (AssumeRole), or by a token of a foreign issuer
 * (AssumeRoleWithOIDC). */
#include "base/file.h"
#include "cloud/identity.h"
#include "cloud/sts.h"

#include <string.h>

#define SESSION_NAME "cbk"
#define TOKEN_LIMIT 20000 /* what STS takes */

struct role {
    struct cbk_identity base;
    json_t *params;              /* of the call, but for the token */
    struct cbk_identity *source; /* of AssumeRole */
    char *token_file;            /* of AssumeRoleWithOIDC */
};

static int assume(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                  struct cbk_error *err)
{
    const struct role *role = (const struct role *)self;
    CBK_CREDENTIALS(source);
    int r = cbk_identity_get(role->source, cloud, &source, err);
    return r < 0 ? cbk_wrap(err, "%s", role->source->origin)
                 : cbk_sts_assume_role(cloud, &source, role->params, ret, err);
}

static void trim(char *text)
{
    size_t begin = strspn(text, " \t\r\n"), len = strlen(text);
    while (len > begin && strchr(" \t\r\n", text[len - 1]))
        len--;
    memmove(text, text + begin, len - begin);
    text[len - begin] = '\0';
}

/* A token is a secret: it is named by its file. */
static int read_token(const char *path, char **ret, struct cbk_error *err)
{
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    int r = cbk_file_read(path, TOKEN_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    if (strlen(text) == len)
        trim(text);
    if (!*text || strlen(text) > len || strpbrk(text, " \t\r\n") ||
        cbk_str_utf8_span(text, strlen(text)) < strlen(text))
        return cbk_fail(err, CBK_E_AUTH, "'%s' does not hold a token", path);
    *ret = cbk_string_steal(&text);
    return 0;
}

static int assume_by_token(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                           struct cbk_error *err)
{
    const struct role *role = (const struct role *)self;
    CBK_CREDENTIALS(nobody); /* the token is the secret of the request */
    int r = read_token(role->token_file, &nobody.security_token, err);
    if (r < 0)
        return r;
    nobody.origin = cbk_strf("the token in '%s'", role->token_file);
    return cbk_sts_assume_role_with_oidc(cloud, &nobody, role->params, ret, err);
}

static void free_role(struct cbk_identity *self)
{
    struct role *role = (struct role *)self;
    json_decref(role->params);
    cbk_identity_free(role->source);
    free(role->token_file);
    free(role);
}

static const struct cbk_identity_ops role_ops = {.renews = true, .get = assume, .free = free_role};
static const struct cbk_identity_ops oidc_ops = {.renews = true, .get = assume_by_token, .free = free_role};

static const char *session_name(const struct cbk_terms *terms)
{
    const char *wanted = getenv("ALIBABA_CLOUD_ROLE_SESSION_NAME");
    if (terms->session_name && *terms->session_name)
        return terms->session_name;
    return wanted && *wanted ? wanted : SESSION_NAME;
}

static struct role *make_role(const struct cbk_identity_ops *ops, const char *origin, const struct cbk_terms *terms)
{
    struct role *role = CBK_NEW(struct role);
    role->base = (struct cbk_identity){ops, cbk_strdup(origin)};
    role->params = json_object();
    cbk_json_set_text(role->params, "RoleArn", terms->role_arn);
    cbk_json_set_text(role->params, "RoleSessionName", session_name(terms));
    cbk_json_set_text(role->params, "Policy", terms->policy);
    if (terms->seconds)
        json_object_set_new(role->params, "DurationSeconds", json_integer(terms->seconds));
    return role;
}

struct cbk_identity *cbk_identity_role(const char *origin, const struct cbk_terms *terms, struct cbk_identity *source)
{
    struct role *role = make_role(&role_ops, origin, terms);
    cbk_json_set_text(role->params, "ExternalId", terms->external_id);
    role->source = source;
    return &role->base;
}

struct cbk_identity *cbk_identity_oidc(const char *origin, const struct cbk_terms *terms, const char *provider_arn,
                                       const char *token_file)
{
    struct role *role = make_role(&oidc_ops, origin, terms);
    cbk_json_set_text(role->params, "OIDCProviderArn", provider_arn);
    role->token_file = cbk_strdup(token_file);
    return &role->base;
}
