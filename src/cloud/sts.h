/* Security Token Service (2015-04-01). */
#ifndef CBK_CLOUD_STS_H
#define CBK_CLOUD_STS_H

#include "cloud/cloud.h"

/* GetCallerIdentity: {AccountId, Arn, IdentityType, PrincipalId, UserId, RoleId}. Needs no permission at all. */
CBK_MUST_CHECK int cbk_sts_get_caller_identity(struct cbk_cloud *cloud, json_t **ret_identity, struct cbk_error *err);

#endif
