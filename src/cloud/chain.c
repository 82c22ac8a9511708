/* The ways to credentials in the order of the vendor's own chain. Source: the vendor's credentials-go. */
#include "base/log.h"
#include "cloud/identity.h"

#include <string.h>
#include <strings.h>

/* What one way has to say: an identity, nothing with the reason in `why`, or a failure. */
struct provider {
    const char *place; /* as messages name it */
    int (*find)(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                struct cbk_error *err);
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static bool is_true(const char *name)
{
    const char *value = variable(name);
    return value && (strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

static int from_environment(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                            struct cbk_error *err)
{
    (void)cloud;
    const char *id = variable("ALIBABA_CLOUD_ACCESS_KEY_ID");
    const char *secret = variable("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    if (!id != !secret) {
        (void)cbk_fail(err, CBK_E_AUTH, "half of the credentials is missing: ALIBABA_CLOUD_ACCESS_KEY_%s is not set",
                       id ? "SECRET" : "ID");
        return cbk_error_hint(err, "set both, or neither");
    }
    if (!id) {
        cbk_str_add(why, "not set");
        return 0;
    }
    const char *token = variable("ALIBABA_CLOUD_SECURITY_TOKEN");
    CBK_CLEANUP(cbk_string_freep)
    char *origin = token ? cbk_strf("%s and ALIBABA_CLOUD_SECURITY_TOKEN", place) : cbk_strdup(place);
    *ret = cbk_identity_fixed(origin, id, secret, token);
    return 0;
}

static int from_oidc(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                     struct cbk_error *err)
{
    (void)cloud, (void)place;
    /* the role alone says nothing: other tools take it for other things */
    const char *const names[] = {"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                                 "ALIBABA_CLOUD_ROLE_ARN"};
    const char *file = variable(names[0]), *provider = variable(names[1]), *role = variable(names[2]);
    if (!file && !provider) {
        cbk_str_add(why, "not set");
        return 0;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++)
        if (!variable(names[i])) {
            (void)cbk_fail(err, CBK_E_AUTH, "a part of the OIDC credentials is missing: %s is not set", names[i]);
            return cbk_error_hint(err, "set %s, %s and %s, or none of the first two", names[0], names[1], names[2]);
        }
    CBK_CLEANUP(cbk_string_freep) char *origin = cbk_strf("OIDC: '%s' by the token in '%s'", role, file);
    *ret = cbk_identity_oidc(origin, &(struct cbk_terms){.role_arn = role}, provider, file);
    return 0;
}

static int from_profile(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                        struct cbk_error *err)
{
    (void)cloud, (void)place;
    if (!is_true("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"))
        return cbk_profile_find(ret, why, err);
    cbk_str_add(why, "turned off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    return 0;
}

/* Whether there is a metadata service can only be told by asking it; where a role is named, there has to be one. */
static int from_metadata(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                         struct cbk_error *err)
{
    const char *role = variable("ALIBABA_CLOUD_ECS_METADATA");
    if (is_true("ALIBABA_CLOUD_ECS_METADATA_DISABLED")) {
        cbk_str_add(why, "turned off by ALIBABA_CLOUD_ECS_METADATA_DISABLED");
        return 0;
    }
    CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = cbk_identity_metadata(place, role);
    CBK_CREDENTIALS(tried);
    CBK_ERROR(reason);
    int r = cbk_identity_get(identity, cloud, &tried, &reason);
    if (r == 0)
        *ret = cbk_identity_steal(&identity);
    else if (r == CBK_E_INTERRUPTED)
        return cbk_error_move(err, &reason);
    else if (role)
        return cbk_wrap(&reason, "ALIBABA_CLOUD_ECS_METADATA names the role '%s'", role), cbk_error_move(err, &reason);
    else
        cbk_str_add(why, reason.message);
    return 0;
}

static int from_uri(struct cbk_cloud *cloud, const char *place, struct cbk_identity **ret, struct cbk_str *why,
                    struct cbk_error *err)
{
    (void)cloud;
    const char *url = variable("ALIBABA_CLOUD_CREDENTIALS_URI");
    if (url)
        return cbk_identity_uri(place, url, ret, err);
    cbk_str_add(why, "not set");
    return 0;
}

static const struct provider providers[] = {
    {"the environment (ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET)", from_environment},
    {"OIDC (ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_OIDC_PROVIDER_ARN)", from_oidc},
    {"a profile of the aliyun command", from_profile},
    {"the role of this instance", from_metadata},
    {"ALIBABA_CLOUD_CREDENTIALS_URI", from_uri},
};

int cbk_identity_find(struct cbk_cloud *cloud, struct cbk_identity **ret, struct cbk_error *err)
{
    CBK_ERROR(nowhere);
    (void)cbk_fail(&nowhere, CBK_E_AUTH, "no credentials found");
    for (size_t i = 0; i < CBK_ARRAY_LEN(providers); i++) {
        CBK_STR(why);
        int r = providers[i].find(cloud, providers[i].place, ret, &why, err);
        if (r < 0 || *ret)
            return r;
        cbk_log(CBK_LOG_DEBUG, "no credentials from %s: %s", providers[i].place, why.ptr);
        (void)cbk_error_note(&nowhere, (struct cbk_span){0}, "%s: %s", providers[i].place, why.ptr);
    }
    (void)cbk_error_hint(&nowhere,
                         "export ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and "
                         "ALIBABA_CLOUD_SECURITY_TOKEN, if they are temporary), or take another of these ways");
    return cbk_error_move(err, &nowhere);
}
