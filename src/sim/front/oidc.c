/*
 * STS AssumeRoleWithOIDC: an unsigned call with a token of a foreign issuer. The world lists the providers:
 * oidc_providers: [{name, issuer, client_ids}]. Issuer, audience, expiry (by this machine's clock, which is the
 * issuer's) and the trust document are judged; the token's signature is not, for this world has no way to fetch the
 * issuer's keys.
 */
#include "base/digest.h"
#include "base/time.h"
#include "sim/front/session.h"
#include "sim/ram/document.h"

#include <string.h>

/* The claims of a JSON Web Token: its middle part, Base64 of the URL kind. New reference or NULL. */
static json_t *read_claims(const char *token)
{
    CBK_ERROR(err);
    CBK_STR(encoded);
    CBK_STR(text);
    json_t *claims = NULL;
    const char *begin = strchr(token, '.');
    const char *end = begin ? strchr(begin + 1, '.') : NULL;
    if (!end)
        return NULL;
    for (const char *c = begin + 1; c < end; c++) {
        if (*c == '-')
            cbk_str_add_char(&encoded, '+');
        else if (*c == '_')
            cbk_str_add_char(&encoded, '/');
        else
            cbk_str_add_char(&encoded, *c);
    }
    while (encoded.len % 4)
        cbk_str_add_char(&encoded, '=');
    if (!cbk_base64_decode(encoded.ptr, encoded.len, &text))
        return NULL;
    return cbk_json_parse("token", text.ptr, text.len, &claims, &err) < 0 ? NULL : claims;
}

static int refuse(struct sim_call *call, const char *why)
{
    return sim_fail(call, "AuthenticationFail.NoPermission", "This operation is forbidden by permission system: %s.",
                    why);
}

/* The provider of OIDCProviderArn, or NULL. */
static const json_t *find_provider(const struct sim_call *call)
{
    const char *slash = strrchr(sim_text(call, "OIDCProviderArn"), '/');
    const json_t *provider = slash ? sim_world_find(call->world, SIM_OIDC_PROVIDERS, slash + 1) : NULL;
    CBK_CLEANUP(cbk_string_freep)
    char *arn = cbk_strf("acs:ram::%s:oidc-provider/%s", call->world->account, cbk_json_text_or(provider, "name", ""));
    return strcmp(arn, sim_text(call, "OIDCProviderArn")) == 0 ? provider : NULL;
}

static int check_claims(struct sim_call *call, const json_t *provider, const json_t *claims)
{
    if (!claims)
        return refuse(call, "the token is not a JSON Web Token");
    if (!cbk_str_equal(cbk_json_text(claims, "iss"), cbk_json_text(provider, "issuer")))
        return refuse(call, "the token is of another issuer");
    if (!cbk_json_array_has(json_object_get(provider, "client_ids"), cbk_json_text_or(claims, "aud", "")))
        return refuse(call, "the token is for another audience");
    if (cbk_json_int(claims, "exp", 0) <= cbk_time_now())
        return refuse(call, "the token has expired");
    return 0;
}

static void give_token_info(struct sim_call *call, const json_t *claims)
{
    static const char *const fields[][2] = {{"aud", "ClientIds"}, {"iss", "Issuer"}, {"sub", "Subject"}};
    json_t *info = json_pack("{sI sI}", "expires", (json_int_t)cbk_json_int(claims, "exp", 0), "issued",
                             (json_int_t)cbk_json_int(claims, "iat", 0));
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++)
        sim_set_text(info, fields[i][1], cbk_json_text(claims, fields[i][0]));
    sim_give(call, "OIDCTokenInfo", info);
}

static int assume_role_with_oidc(struct sim_call *call)
{
    const json_t *provider = find_provider(call);
    if (!provider)
        return refuse(call, "there is no such OIDC provider"); /* code (U) */
    const json_t *role = sim_session_role(call);
    if (!role || sim_session_check(call, role) < 0)
        return -1;
    CBK_JSON *claims = read_claims(sim_text(call, "OIDCToken"));
    int r = check_claims(call, provider, claims);
    if (r < 0)
        return r;
    CBK_JSON *context = json_pack("{ss ss ss}", "oidc:iss", cbk_json_text_or(claims, "iss", ""), "oidc:aud",
                                  cbk_json_text_or(claims, "aud", ""), "oidc:sub", cbk_json_text_or(claims, "sub", ""));
    if (!sim_document_trusts(cbk_json_text_or(role, "trust_document", ""), "Federated",
                             sim_text(call, "OIDCProviderArn"), context))
        return refuse(call, "the role does not trust the token");
    give_token_info(call, claims);
    sim_session_open(call, role);
    return 0;
}

static const struct sim_param assume_role_with_oidc_params[] = {
    {.name = "OIDCProviderArn", .type = SIM_TEXT, .required = true},
    {.name = "OIDCToken", .type = SIM_TEXT, .required = true, .min = 4, .max = 20000},
    SIM_SESSION_PARAMS,
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_STS,
     .name = "AssumeRoleWithOIDC",
     .params = assume_role_with_oidc_params,
     .handler = assume_role_with_oidc,
     .anonymous = true,
     .answer = "RequestId " SIM_SESSION_ANSWER " OIDCTokenInfo{ClientIds ExpirationTime=expires:t "
               "IssuanceTime=issued:t Issuer Subject VerificationInfo-}"},
};
SIM_ACTIONS(sim_sts_oidc);
