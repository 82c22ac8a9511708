/* The short form of trust as the documents that the vendor shows for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/policy_doc.h"
#include "kinds/role_trust.h"
#include "quick_json.h"

#include <string.h>

#define ASSUME(principal) "{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': " principal "}"
#define ASSUME_IF(principal, condition)                                                                                \
    "{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': " principal ", 'Condition': " condition "}"
#define OIDC "'provider': 'gh', 'issuer': 'https://i', 'audience': ['sts.aliyuncs.com']"
#define GH "{'Federated': 'acs:ram::12:oidc-provider/gh'}"
#define SSO "https://signin.aliyun.com/saml-role/sso"

static const struct row {
    const char *trust, *account, *statements;
} rows[] = {
    {"{'service': ['ecs.aliyuncs.com']}", NULL, ASSUME("{'Service': ['ecs.aliyuncs.com']}")},
    {"{'account': ['12', '34']}", NULL, ASSUME("{'RAM': ['acs:ram::34:root', 'acs:ram::12:root']}")},
    {"{'service': ['a', 'b'], 'account': ['12']}", NULL, ASSUME("{'Service': ['b', 'a'], 'RAM': 'acs:ram::12:root'}")},
    {"{'oidc': [{" OIDC "}]}", "12",
     ASSUME_IF(GH, "{'StringEquals': {'oidc:iss': 'https://i', 'oidc:aud': 'sts.aliyuncs.com'}}")},
    {"{'oidc': [{" OIDC ", 'subject': ['s', 't']}]}", "12",
     ASSUME_IF(GH,
               "{'StringEquals': {'oidc:iss': 'https://i', 'oidc:aud': 'sts.aliyuncs.com', 'oidc:sub': ['t', 's']}}")},
    {"{'oidc': [{" OIDC ", 'subject': ['s', 'repo:o/r:*']}]}", "12",
     ASSUME_IF(GH, "{'StringEquals': {'oidc:iss': 'https://i', 'oidc:aud': 'sts.aliyuncs.com'},"
                   " 'StringLike': {'oidc:sub': ['s', 'repo:o/r:*']}}")},
    {"{'oidc': [{'provider': 'acs:ram::99:oidc-provider/x', 'issuer': 'i', 'audience': ['a']}]}", NULL,
     ASSUME_IF("{'Federated': 'acs:ram::99:oidc-provider/x'}", "{'StringEquals': {'oidc:iss': 'i', 'oidc:aud': 'a'}}")},
    {"{'saml': [{'provider': 'ad', 'recipient': '" SSO "'}]}", "12",
     ASSUME_IF("{'Federated': 'acs:ram::12:saml-provider/ad'}", "{'StringEquals': {'saml:recipient': '" SSO "'}}")},
    {"{'service': ['a'], 'saml': [{'provider': 'ad', 'recipient': 'r'}], 'oidc': [{" OIDC "}]}", "12",
     ASSUME("{'Service': 'a'}") ", " ASSUME_IF(
         GH, "{'StringEquals': {'oidc:iss': 'https://i', 'oidc:aud': "
             "'sts.aliyuncs.com'}}") ", " ASSUME_IF("{'Federated': 'acs:ram::12:saml-provider/ad'}",
                                                    "{'StringEquals': {'saml:recipient': 'r'}}")},
};

static void trust_is_what_the_vendor_shows(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *trust = quick_json(rows[i].trust), *made = NULL;
        CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("{'Version': '1', 'Statement': [%s]}", rows[i].statements);
        CBK_JSON *written = quick_json(text), *wanted = cbk_policy_doc_normalise(written);
        CBK_ERROR(err);
        assert_int_equal(cbk_role_trust_make(trust, rows[i].account, &made, &err), 0);
        CBK_STR(form);
        cbk_json_add_canonical(&form, made);
        if (!json_equal(made, wanted))
            fail_msg("%s: %s", rows[i].trust, form.ptr);
    }
}

static void a_provider_belongs_to_an_account(void **state)
{
    static const char *const unknown[] = {"{'oidc': [{" OIDC "}]}", "{'saml': [{'provider': 'ad', 'recipient': 'r'}]}"};
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(unknown); i++) {
        CBK_JSON *trust = quick_json(unknown[i]), *made = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_role_trust_make(trust, NULL, &made, &err), CBK_E_VALIDATION);
        assert_null(made);
        assert_non_null(strstr(err.hint, "provider.account"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trust_is_what_the_vendor_shows),
        cmocka_unit_test(a_provider_belongs_to_an_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
