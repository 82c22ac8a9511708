/* Calls that are not signed by the session: those that get its credentials. */
#ifndef CBK_CLOUD_CALL_H
#define CBK_CLOUD_CALL_H

#include "cloud/cloud.h"
#include "cloud/credentials.h"

/* cbk_cloud_call in the name of `who`; without an access key the request is not signed. */
CBK_MUST_CHECK int cbk_cloud_call_as(struct cbk_cloud *cloud, const struct cbk_credentials *who,
                                     enum cbk_service service, const char *action, unsigned flags, const json_t *params,
                                     json_t **ret_answer, struct cbk_error *err);

#endif
