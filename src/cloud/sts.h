/* Security Token Service (2015-04-01). */
#ifndef CBK_CLOUD_STS_H
#define CBK_CLOUD_STS_H

#include "cloud/cloud.h"
#include "cloud/credentials.h"

/* GetCallerIdentity: {AccountId, Arn, IdentityType, PrincipalId, UserId, RoleId}. Needs no permission at all. */
CBK_MUST_CHECK int cbk_sts_get_caller_identity(struct cbk_cloud *cloud, json_t **ret_identity, struct cbk_error *err);

/* AssumeRole {RoleArn, RoleSessionName, DurationSeconds, Policy, ExternalId}, signed by `who` and not by the session. A
 * session more does no harm, so it is repeated like a read. The caller releases *ret. */
CBK_MUST_CHECK int cbk_sts_assume_role(struct cbk_cloud *cloud, const struct cbk_credentials *who, const json_t *params,
                                       struct cbk_credentials *ret, struct cbk_error *err);
/* AssumeRoleWithOIDC {RoleArn, RoleSessionName, OIDCProviderArn, ...}, unsigned, with the token that `nobody` has. */
CBK_MUST_CHECK int cbk_sts_assume_role_with_oidc(struct cbk_cloud *cloud, const struct cbk_credentials *nobody,
                                                 const json_t *params, struct cbk_credentials *ret,
                                                 struct cbk_error *err);

#endif
