/* Policy documents and their conditions. */
#include "sim/ram/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_ERROR(policy_error);
    CBK_ERROR(trust_error);
    CBK_JSON *context = json_pack("{ss ss ss}", "acs:SourceIp", "127.0.0.1", "acs:SecureTransport", "false",
                                  "acs:CurrentTime", "2026-01-01T00:00:00Z");
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strndup((const char *)data, size);
    (void)!sim_document_check(text, false, &policy_error);
    (void)!sim_document_check(text, true, &trust_error);
    (void)sim_document_judge(text, "ecs:DescribeDisks", "acs:ecs:cn-hangzhou:1:disk/d-1", context);
    (void)sim_document_trusts(text, "Service", "ecs.aliyuncs.com", context);
    return 0;
}
