#include "cloud/sts.h"

int cbk_sts_get_caller_identity(struct cbk_cloud *cloud, json_t **ret_identity, struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    return cbk_cloud_call(cloud, CBK_STS, "GetCallerIdentity", CBK_CALL_READ, params, ret_identity, err);
}
