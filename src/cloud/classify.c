#include "cloud/cloud.h"

#include <string.h>

struct rule {
    const char *text;
    int class;
};

/* Whole codes that no rule below gets right. Sorted by bytes, for bsearch. */
static const struct rule codes[] = {
    {"CannotDeleteReplicationSourceVault", CBK_E_CONFLICT},
    {"CapacityExceed.TooManyDisks", CBK_E_QUOTA},
    {"CloudAssistNotRunningOnInstance", CBK_E_RETRYABLE},
    {"CmdContent.ExceedLimit", CBK_E_QUOTA},
    {"CreateSnapshot.Failed", CBK_E_RETRYABLE},
    {"CrossAccountBackupSlrNotExist", CBK_E_AUTH},
    {"DiskInArrears", CBK_E_AUTH},
    {"FileSize.ExceedLimit", CBK_E_QUOTA},
    {"Forbidden.InstanceNotFound", CBK_E_NOT_FOUND},
    {"IdempotentParameterMismatch", CBK_E_CONFLICT},
    {"IdempotentProcessing", CBK_E_RETRYABLE},
    {"IllegalTimestamp", CBK_E_AUTH},
    {"Inactive", CBK_E_AUTH},
    {"IncompleteSignature", CBK_E_AUTH},
    {"IncorrectDiskStatus.CreatingSnapshot", CBK_E_RETRYABLE},
    {"IncorrectDiskStatus.TooManyCreatingSnapshots", CBK_E_RETRYABLE},
    {"IncorrectDiskStatus.Transferring", CBK_E_RETRYABLE},
    {"IncorrectInstanceStatus", CBK_E_CONFLICT},
    {"IncorrectVolumeStatus", CBK_E_CONFLICT},
    {"Instance.Notfound", CBK_E_NOT_FOUND},
    {"InstanceIds.ExceedLimit", CBK_E_QUOTA},
    {"InstanceLockedForSecurity", CBK_E_AUTH},
    {"InsufficientBalance", CBK_E_AUTH},
    {"InvalidCmdId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidDiskId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidDiskIds.Malformed", CBK_E_QUOTA},
    {"InvalidHpcClusterId.Creating", CBK_E_CONFLICT},
    {"InvalidHpcClusterId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidIdempotenceParameter.Mismatch", CBK_E_CONFLICT},
    {"InvalidInstance.NotFound", CBK_E_NOT_FOUND},
    {"InvalidInstanceId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidInstanceStatus", CBK_E_CONFLICT},
    {"InvalidInvokeId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidKMSKeyId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidOperation.Unauthorized", CBK_E_AUTH},
    {"InvalidParameter.KMSKeyId.CMKNotEnabled", CBK_E_CONFLICT},
    {"InvalidParameter.KMSKeyId.KMSUnauthorized", CBK_E_AUTH},
    {"InvalidRamRole.NotFound", CBK_E_NOT_FOUND},
    {"InvalidResource.NotFound", CBK_E_NOT_FOUND},
    {"InvalidResourceGroup.NotFound", CBK_E_NOT_FOUND},
    {"InvalidResourceId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidSnapshot.NotFound", CBK_E_NOT_FOUND},
    {"InvalidSnapshotId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidSnapshotIds.Malformed", CBK_E_QUOTA},
    {"InvalidSnapshotLinkId.NotFound", CBK_E_NOT_FOUND},
    {"InvalidTimeStamp.Expired", CBK_E_AUTH},
    {"InvalidUser.PassRoleForbidden", CBK_E_AUTH},
    {"InvalidVolumeId.NotFound", CBK_E_NOT_FOUND},
    {"LastTokenProcessing", CBK_E_RETRYABLE},
    {"NasFileSystemNotExist", CBK_E_NOT_FOUND},
    {"ORDER.OPEND", CBK_E_CONFLICT},
    {"Operation.Conflict", CBK_E_RETRYABLE},
    {"Operation.Forbidden", CBK_E_AUTH},
    {"OperationConflict", CBK_E_RETRYABLE},
    {"ParameterCount.ExceedLimit", CBK_E_QUOTA},
    {"PolicyAlreadyBoundWithThisDataSource", CBK_E_CONFLICT},
    {"RealNameAuthenticationError", CBK_E_AUTH},
    {"SignatureDoesNotMatch", CBK_E_AUTH},
    {"SignatureNonceUsed", CBK_E_RETRYABLE},
    {"SnapshotCreatedDisk", CBK_E_CONFLICT},
    {"SnapshotCreatedImage", CBK_E_CONFLICT},
    {"UnknownError", CBK_E_RETRYABLE},
    {"UserNotInTheWhiteList", CBK_E_AUTH},
    {"VaultBoundPolicyCannotBeDeleted", CBK_E_CONFLICT},
    {"VaultNotExist", CBK_E_NOT_FOUND},
};

static const struct rule prefixes[] = {
    {"AuthenticationFail.", CBK_E_AUTH},
    {"DeleteConflict.", CBK_E_CONFLICT},
    {"EntityAlreadyExists", CBK_E_CONFLICT},
    {"EntityNotExist", CBK_E_NOT_FOUND},
    {"Forbidden", CBK_E_AUTH},
    {"IncorrectDiskStatus", CBK_E_CONFLICT},
    {"InternalError", CBK_E_RETRYABLE},
    {"InvalidAccessKeyId.", CBK_E_AUTH},
    {"InvalidAccountStatus.", CBK_E_AUTH},
    {"InvalidSecurityToken.", CBK_E_AUTH},
    {"LimitExceeded.", CBK_E_QUOTA},
    {"NoPermission", CBK_E_AUTH},
    {"NumberExceed.", CBK_E_QUOTA},
    {"PermissionDenied", CBK_E_AUTH},
    {"QuotaExceed.", CBK_E_QUOTA},
    {"ServiceUnavailable", CBK_E_RETRYABLE},
    {"Unauthorized", CBK_E_AUTH},
};

static const struct rule suffixes[] = {
    {".ExceedQuota", CBK_E_QUOTA},
    {".QuotaExceed", CBK_E_QUOTA},
};

static int compare_code(const void *code, const void *rule)
{
    return strcmp(code, ((const struct rule *)rule)->text);
}

static int by_status(int http_status)
{
    if (http_status == 429)
        return CBK_E_THROTTLED;
    return http_status >= 500 ? CBK_E_RETRYABLE : CBK_E_VALIDATION;
}

/* The status decides last and little: ECS answers many plain validation errors with 404. */
int cbk_cloud_classify(int http_status, const char *code)
{
    if (!code)
        return by_status(http_status);
    if (strstr(code, "Throttling"))
        return CBK_E_THROTTLED;
    const struct rule *exact = bsearch(code, codes, CBK_ARRAY_LEN(codes), sizeof(codes[0]), compare_code);
    if (exact)
        return exact->class;
    for (size_t i = 0; i < CBK_ARRAY_LEN(prefixes); i++)
        if (cbk_str_starts_with(code, prefixes[i].text))
            return prefixes[i].class;
    for (size_t i = 0; i < CBK_ARRAY_LEN(suffixes); i++)
        if (cbk_str_ends_with(code, suffixes[i].text))
            return suffixes[i].class;
    return by_status(http_status);
}
