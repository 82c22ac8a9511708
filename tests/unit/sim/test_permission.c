#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/time.h"
#include "sim/ram/condition.h"
#include "sim/ram/document.h"

#include "client.h"

#include <string.h>

#define REGION "\"RegionId\": \"cn-hangzhou\""

static void test_documents(void **state)
{
    (void)state;
    static const struct {
        const char *statements, *action, *resource;
        enum sim_verdict expected;
    } cases[] = {
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:Describe*\",\"Resource\":\"*\"}", "ecs:DescribeDisks", "*",
         SIM_ALLOWED},
        {"{\"Effect\":\"Allow\",\"Action\":[\"ecs:describedisks\"],\"Resource\":[\"*\"]}", "ecs:DescribeDisks", "*",
         SIM_ALLOWED},
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:Describe*\",\"Resource\":\"*\"}", "ecs:TagResources", "*",
         SIM_NOT_MENTIONED},
        {"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
         "{\"Effect\":\"Deny\",\"Action\":\"ram:*\",\"Resource\":\"*\"}",
         "ram:GetRole", "*", SIM_DENIED},
        {"{\"Effect\":\"Allow\",\"NotAction\":\"ram:*\",\"Resource\":\"*\"}", "ecs:RunCommand", "*", SIM_ALLOWED},
        {"{\"Effect\":\"Allow\",\"NotAction\":\"ram:*\",\"Resource\":\"*\"}", "ram:GetRole", "*", SIM_NOT_MENTIONED},
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:*\",\"Resource\":\"acs:ecs:*:*:instance/i-1\"}", "ecs:RunCommand",
         "acs:ecs:cn-hangzhou:1:instance/i-1", SIM_ALLOWED},
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:*\",\"Resource\":\"acs:ecs:*:*:instance/i-1\"}", "ecs:RunCommand",
         "acs:ecs:cn-hangzhou:1:instance/i-2", SIM_NOT_MENTIONED},
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:*\",\"Resource\":\"*\",\"Condition\":{}}", "ecs:RunCommand", "*",
         SIM_ALLOWED},
        {"{\"Effect\":\"Allow\",\"Action\":\"ecs:*\",\"Resource\":\"*\","
         "\"Condition\":{\"StringEquals\":{\"acs:SourceIp\":\"10.0.0.1\"}}}",
         "ecs:RunCommand", "*", SIM_NOT_MENTIONED},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep)
        char *text = cbk_strf("{\"Version\":\"1\",\"Statement\":[%s]}", cases[i].statements);
        CBK_ERROR(err);
        assert_int_equal(sim_document_check(text, false, &err), 0);
        assert_int_equal(sim_document_judge(text, cases[i].action, cases[i].resource, NULL), cases[i].expected);
    }
}

static void test_conditions(void **state)
{
    (void)state;
    static const struct {
        const char *condition;
        bool expected;
    } cases[] = {
        {"{}", true},
        {"{\"StringEquals\": {\"k\": [\"a\", \"b\"]}}", true},
        {"{\"StringEquals\": {\"k\": \"c\"}}", false},
        {"{\"StringEquals\": {\"missing\": \"c\"}}", false},
        {"{\"StringNotEquals\": {\"k\": [\"a\", \"c\"]}}", true},
        {"{\"StringNotEquals\": {\"k\": [\"b\"]}}", false},
        {"{\"StringLike\": {\"k\": \"b*\"}, \"Bool\": {\"tls\": true}}", true},
        {"{\"StringLike\": {\"k\": \"b*\"}, \"Bool\": {\"tls\": \"false\"}}", false},
        {"{\"IpAddress\": {\"ip\": [\"10.0.0.0/8\"]}}", true},
        {"{\"NotIpAddress\": {\"ip\": [\"10.0.0.0/8\"]}}", false},
        {"{\"IpAddress\": {\"ip\": [\"192.168.1.1\"]}}", false},
        {"{\"NumericLessThanEquals\": {\"n\": \"5\"}, \"NumericGreaterThan\": {\"n\": \"4\"}}", true},
        {"{\"DateLessThan\": {\"t\": \"2030-01-01T00:00:00Z\"}}", true},
        {"{\"DateGreaterThan\": {\"t\": \"2030-01-01T00:00:00Z\"}}", false},
        {"{\"Unheard\": {\"k\": \"b\"}}", false},
    };
    CBK_JSON *context =
        json_pack("{ss ss ss ss ss}", "k", "b", "tls", "true", "ip", "10.1.2.3", "n", "5", "t", "2026-01-01T00:00:00Z");
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        CBK_JSON *condition = NULL;
        assert_int_equal(cbk_json_parse("c", cases[i].condition, strlen(cases[i].condition), &condition, &err), 0);
        assert_int_equal(sim_condition_holds(condition, context), cases[i].expected);
    }
}

static const char *const world =
    "{\"instances\": [{\"id\": \"i-1\"}, {\"id\": \"i-2\"}],"
    "\"credentials\": [{\"access_key_id\": \"testid\", \"access_key_secret\": \"testsecret\"},"
    " {\"access_key_id\": \"ci\", \"access_key_secret\": \"s\", \"user\": \"ci\", \"policies\": [\"look\"]}],"
    "\"policies\": [{\"name\": \"look\", \"document\": {\"Version\": \"1\", \"Statement\": ["
    "  {\"Effect\": \"Allow\", \"Action\": [\"ecs:DescribeDisks\", \"ram:GetRole\", \"ecs:AttachInstanceRamRole\"], "
    "   \"Resource\": \"*\"},"
    "  {\"Effect\": \"Allow\", \"Action\": \"ecs:DescribeInstances\", \"Resource\": \"acs:ecs:*:*:instance/i-1\"}]}}],"
    "\"roles\": [{\"name\": \"looker\", \"policies\": [\"look\"], \"trust_document\": {\"Version\": \"1\", "
    "\"Statement\": ["
    "  {\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"RAM\": "
    "[\"acs:ram::1234567890123456:root\"], \"Service\": [\"ecs.aliyuncs.com\"]}},"
    "  {\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"Federated\": "
    "[\"acs:ram::1234567890123456:oidc-provider/gh\"]}, \"Condition\": {\"StringLike\": {\"oidc:sub\": "
    "\"repo:me/*\"}}}]}}],"
    "\"oidc_providers\": [{\"name\": \"gh\", \"issuer\": \"https://gh\", \"client_ids\": [\"sts.aliyuncs.com\"]}]}";

/* What a caller with the policy "look" may do. */
static void check_caller(struct client *client)
{
    client_expect(client, ECS, "DescribeDisks", "{" REGION "}", NULL);
    client_expect(client, RAM, "GetRole", "{\"RoleName\": \"looker\"}", NULL);
    client_expect(client, RAM, "ListRoles", "{}", "NoPermission");
    assert_int_equal(client->status, 403);
    client_expect(client, ECS, "DescribeSnapshots", "{" REGION "}", "Forbidden.RAM");
    client_expect(client, HBR, "DescribeBackupJobs2", "{}", "Forbidden.RAM");
    client_expect(client, STS, "GetCallerIdentity", "{}", NULL);
    client_expect(client, ECS, "AttachInstanceRamRole",
                  "{" REGION ", \"RamRoleName\": \"looker\", \"InstanceIds\": \"[\\\"i-1\\\"]\"}",
                  "InvalidUser.PassRoleForbidden");
    /* DescribeInstances hides what one may not see. */
    json_t *answer = client_ecs(client, "DescribeInstances", "{" REGION "}");
    assert_int_equal(cbk_json_int(answer, "TotalCount", -1), 0);
    answer = client_ecs(client, "DescribeInstances", "{" REGION ", \"InstanceIds\": \"[\\\"i-1\\\"]\"}");
    assert_int_equal(cbk_json_int(answer, "TotalCount", -1), 1);
    client_expect(client, ECS, "DescribeInstances", "{" REGION ", \"DryRun\": \"true\"}", "Forbidden.RAM");
}

static void test_user(void **state)
{
    (void)state;
    struct client client;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
    client_init(&client, gateway);
    client.access_key_id = "ci";
    client.secret = "s";
    check_caller(&client);
    assert_string_equal(cbk_json_text(client_sts(&client, "GetCallerIdentity", "{}"), "IdentityType"), "RAMUser");
    client_release(&client);
}

/* Opens a session of the role with `params` and answers its credentials, new reference. */
static json_t *assume(struct client *client, const char *extra)
{
    CBK_CLEANUP(cbk_string_freep)
    char *params =
        cbk_strf("{\"RoleArn\": \"acs:ram::1234567890123456:role/looker\", \"RoleSessionName\": \"me\"%s}", extra);
    client_expect(client, STS, "AssumeRole", params, NULL);
    return json_incref(json_object_get(client->answer, "Credentials"));
}

static void wear(struct client *client, const json_t *credentials)
{
    client->access_key_id = cbk_json_text(credentials, "AccessKeyId");
    client->secret = cbk_json_text(credentials, "AccessKeySecret");
    client->token = cbk_json_text(credentials, "SecurityToken");
}

static void test_session(void **state)
{
    (void)state;
    struct client client;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
    client_init(&client, gateway);
    CBK_JSON *credentials = assume(&client, "");
    CBK_JSON *narrow = assume(&client, ", \"Policy\": \"{\\\"Version\\\":\\\"1\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
                                       "\\\"Allow\\\",\\\"Action\\\":\\\"ram:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"");
    wear(&client, credentials);
    check_caller(&client);
    wear(&client, narrow); /* both the role and the session's policy must allow */
    client_expect(&client, RAM, "GetRole", "{\"RoleName\": \"looker\"}", NULL);
    client_expect(&client, ECS, "DescribeDisks", "{" REGION "}", "Forbidden.RAM");
    client_expect(&client, RAM, "ListRoles", "{}", "NoPermission");
    client.token = cbk_json_text(credentials, "SecurityToken");
    client_expect(&client, STS, "GetCallerIdentity", "{}", "InvalidSecurityToken.MismatchWithAccessKey");
    client.token = "what";
    client_expect(&client, STS, "GetCallerIdentity", "{}", "InvalidSecurityToken.Malformed");
    wear(&client, credentials);
    sim_world_advance(gateway->world, INT64_C(3601) * 1000);
    client_expect(&client, STS, "GetCallerIdentity", "{}", "InvalidSecurityToken.Expired");
    client_release(&client);
}

static char *make_token(const char *subject, const char *audience, int64_t expires)
{
    CBK_STR(claims);
    CBK_STR(encoded);
    cbk_str_addf(&claims, "{\"iss\":\"https://gh\",\"aud\":\"%s\",\"sub\":\"%s\",\"exp\":%lld}", audience, subject,
                 (long long)expires);
    cbk_base64_add(&encoded, claims.ptr, claims.len);
    while (encoded.len && encoded.ptr[encoded.len - 1] == '=')
        encoded.ptr[--encoded.len] = '\0';
    return cbk_strf("e30.%s.c2ln", encoded.ptr);
}

static void test_oidc(void **state)
{
    (void)state;
    struct client client;
    int64_t now = cbk_time_now();
    const struct {
        const char *subject, *audience;
        int64_t expires;
        const char *code;
    } cases[] = {
        {"repo:me/x:ref", "sts.aliyuncs.com", now + 600, NULL},
        {"repo:you/x:ref", "sts.aliyuncs.com", now + 600, "AuthenticationFail.NoPermission"},
        {"repo:me/x:ref", "other", now + 600, "AuthenticationFail.NoPermission"},
        {"repo:me/x:ref", "sts.aliyuncs.com", now - 1, "AuthenticationFail.NoPermission"},
    };
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
    client_init(&client, gateway);
    client.access_key_id = "nobody"; /* the signature is not looked at */
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep) char *token = make_token(cases[i].subject, cases[i].audience, cases[i].expires);
        CBK_CLEANUP(cbk_string_freep)
        char *params =
            cbk_strf("{\"RoleArn\": \"acs:ram::1234567890123456:role/looker\", \"RoleSessionName\": \"me\", "
                     "\"OIDCProviderArn\": \"acs:ram::1234567890123456:oidc-provider/gh\", \"OIDCToken\": \"%s\"}",
                     token);
        client_expect(&client, STS, "AssumeRoleWithOIDC", params, cases[i].code);
        if (cases[i].code)
            continue;
        struct client user;
        client_init(&user, gateway);
        wear(&user, json_object_get(client.answer, "Credentials"));
        client_expect(&user, ECS, "DescribeDisks", "{" REGION "}", NULL);
        client_release(&user);
    }
    client_release(&client);
}

/* With --eventual, ECS does not know a new role for a while, and a detached policy is in the way for a while. */
static void test_eventual(void **state)
{
    (void)state;
    struct client client;
    const char *attach = "{" REGION ", \"RamRoleName\": \"fresh\", \"InstanceIds\": \"[\\\"i-1\\\"]\"}";
    CBK_CLEANUP(sim_gateway_freep)
    struct sim_gateway *gateway = client_gateway(world, &(struct sim_options){.eventual_ms = 60000});
    client_init(&client, gateway);
    client_expect(
        &client, RAM, "CreateRole",
        "{\"RoleName\": \"fresh\", \"AssumeRolePolicyDocument\": {\"Version\": \"1\", \"Statement\": [{\"Effect\": "
        "\"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"Service\": \"ecs.aliyuncs.com\"}}]}}",
        NULL);
    client_expect(&client, RAM, "GetRole", "{\"RoleName\": \"fresh\"}", NULL);
    client_expect(&client, ECS, "AttachInstanceRamRole", attach, "InvalidRamRole.NotFound");
    sim_world_advance(gateway->world, 61000);
    client_expect(&client, ECS, "AttachInstanceRamRole", attach, NULL);
    client_expect(&client, RAM, "DetachPolicyFromRole",
                  "{\"RoleName\": \"looker\", \"PolicyName\": \"look\", \"PolicyType\": \"Custom\"}", NULL);
    client_expect(&client, RAM, "DeleteRole", "{\"RoleName\": \"looker\"}", "DeleteConflict.Role.Policy");
    sim_world_advance(gateway->world, 61000);
    client_expect(&client, RAM, "DeleteRole", "{\"RoleName\": \"looker\"}", NULL);
    client_release(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_conditions), cmocka_unit_test(test_user),
        cmocka_unit_test(test_session),   cmocka_unit_test(test_oidc),       cmocka_unit_test(test_eventual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
