#include "cloud/sts.h"

#include "cloud/call.h"
#include "cloud/identity.h"

int cbk_sts_get_caller_identity(struct cbk_cloud *cloud, json_t **ret_identity, struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    return cbk_cloud_call(cloud, CBK_STS, "GetCallerIdentity", CBK_CALL_READ, params, ret_identity, err);
}

static int assume(struct cbk_cloud *cloud, const struct cbk_credentials *who, const char *action, const json_t *params,
                  struct cbk_credentials *ret, struct cbk_error *err)
{
    CBK_JSON *answer = NULL;
    int r = cbk_cloud_call_as(cloud, who, CBK_STS, action, CBK_CALL_READ, params, &answer, err);
    return r < 0 ? r : cbk_identity_read(json_object_get(answer, "Credentials"), action, ret, err);
}

int cbk_sts_assume_role(struct cbk_cloud *cloud, const struct cbk_credentials *who, const json_t *params,
                        struct cbk_credentials *ret, struct cbk_error *err)
{
    return assume(cloud, who, "AssumeRole", params, ret, err);
}

int cbk_sts_assume_role_with_oidc(struct cbk_cloud *cloud, const struct cbk_credentials *nobody, const json_t *params,
                                  struct cbk_credentials *ret, struct cbk_error *err)
{
    CBK_JSON *all = json_copy((json_t *)params);
    cbk_json_set_text(all, "OIDCToken", nobody->security_token);
    return assume(cloud, nobody, "AssumeRoleWithOIDC", all, ret, err);
}
