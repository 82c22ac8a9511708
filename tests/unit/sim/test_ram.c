/* Roles and policies from creation to deletion, in the order of the vendor's procedure and out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client.h"

#include <string.h>

#define DOCUMENT                                                                                                       \
    "{\"Version\": \"1\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"ecs:*\", \"Resource\": \"*\"}]}"
#define TRUST(service)                                                                                                 \
    "{\"Version\": \"1\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": "     \
    "{\"Service\": [\"" service ".aliyuncs.com\"]}}]}"
#define P "\"PolicyName\": \"p\""
#define PC P ", \"PolicyType\": \"Custom\""
#define R "\"RoleName\": \"r\""

struct step {
    const char *action, *params, *code;
};

static void walk(struct client *client, const char *version, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        client_expect(client, version, steps[i].action, steps[i].params, steps[i].code);
}

static void test_life_of_a_policy(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"CreateRole", "{" R ", \"AssumeRolePolicyDocument\": " TRUST("ecs") ", \"MaxSessionDuration\": 60}",
         "InvalidParameter"},
        {"CreateRole", "{" R ", \"AssumeRolePolicyDocument\": " DOCUMENT "}", "MalformedPolicyDocument"},
        {"CreateRole", "{" R ", \"AssumeRolePolicyDocument\": " TRUST("ecs") "}", NULL},
        {"CreateRole", "{" R ", \"AssumeRolePolicyDocument\": " TRUST("ecs") "}", "EntityAlreadyExists.Role"},
        {"CreatePolicy", "{" P ", \"PolicyDocument\": " DOCUMENT "}", NULL},
        {"CreatePolicy", "{" P ", \"PolicyDocument\": " DOCUMENT "}", "EntityAlreadyExists.Policy"},
        {"AttachPolicyToRole", "{" PC ", \"RoleName\": \"gone\"}", "EntityNotExist.Role"},
        {"AttachPolicyToRole", "{\"PolicyName\": \"gone\", \"PolicyType\": \"Custom\", " R "}",
         "EntityNotExist.Policy"},
        {"AttachPolicyToRole", "{" PC ", " R "}", NULL},
        {"AttachPolicyToRole", "{" PC ", " R "}", "EntityAlreadyExists.Role.Policy"},
        {"DeleteRole", "{" R "}", "DeleteConflict.Role.Policy"},
        {"DeletePolicy", "{" P "}", "DeleteConflict.Policy.Role"},
        {"CreatePolicyVersion", "{" P ", \"PolicyDocument\": " DOCUMENT "}", NULL},
        {"CreatePolicyVersion", "{" P ", \"PolicyDocument\": " DOCUMENT ", \"SetAsDefault\": true}", NULL},
        {"CreatePolicyVersion", "{" P ", \"PolicyDocument\": " DOCUMENT "}", NULL},
        {"CreatePolicyVersion", "{" P ", \"PolicyDocument\": " DOCUMENT "}", NULL},
        {"CreatePolicyVersion", "{" P ", \"PolicyDocument\": " DOCUMENT "}", "LimitExceeded.Policy.Version"},
        {"DeletePolicyVersion", "{" P ", \"VersionId\": \"v3\"}", "DeleteConflict.Policy.Version.Default"},
        {"DeletePolicyVersion", "{" P ", \"VersionId\": \"3\"}", "InvalidParameter.VersionId.Format"},
        {"CreatePolicyVersion",
         "{" P ", \"PolicyDocument\": " DOCUMENT
         ", \"RotateStrategy\": \"DeleteOldestNonDefaultVersionWhenLimitExceeded\"}",
         NULL},
        {"GetPolicyVersion", "{" PC ", \"VersionId\": \"v1\"}", "EntityNotExist.Policy.Version"},
        {"GetPolicyVersion", "{" PC ", \"VersionId\": \"v6\"}", NULL},
        {"SetDefaultPolicyVersion", "{" P ", \"VersionId\": \"v6\"}", NULL},
        {"UpdatePolicyDescription", "{" P ", \"NewDescription\": \"new\"}", NULL},
        {"DetachPolicyFromRole", "{" PC ", " R "}", NULL},
        {"DetachPolicyFromRole", "{" PC ", " R "}", "EntityNotExist.Role.Policy"},
        {"DeletePolicy", "{" P "}", "DeleteConflict.Policy.Version"},
        {"DeletePolicy", "{" P ", \"CascadingDelete\": true}", NULL},
        {"GetPolicy", "{" PC "}", "EntityNotExist.Policy"},
        {"UpdateRole", "{" R ", \"NewDescription\": \"d\", \"NewMaxSessionDuration\": 7200}", NULL},
        {"DeleteRole", "{" R "}", NULL},
        {"DeleteRole", "{" R "}", "EntityNotExist.Role"},
    };
    struct client client;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway("{}", NULL);
    client_init(&client, gateway);
    walk(&client, RAM, steps, CBK_ARRAY_LEN(steps));
    client_release(&client);
}

static void test_what_is_read_back(void **state)
{
    (void)state;
    struct client client;
    CBK_CLEANUP(sim_gateway_freep)
    struct sim_gateway *gateway = client_gateway(
        "{\"policies\": [{\"name\": \"p\", \"document\": " DOCUMENT "}], \"roles\": [{\"name\": \"r\", \"policies\": "
        "[\"p\", \"AliyunECSReadOnlyAccess\"], \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}}]}",
        NULL);
    client_init(&client, gateway);
    const json_t *answer = client_ram(&client, "GetRole", "{" R "}");
    assert_string_equal(cbk_json_text(answer, "Role.Arn"), "acs:ram::1234567890123456:role/r");
    assert_non_null(strstr(cbk_json_text(answer, "Role.AssumeRolePolicyDocument"), "ecs.aliyuncs.com"));
    answer = client_ram(&client, "ListPoliciesForRole", "{" R "}");
    assert_int_equal(json_array_size(cbk_json_at(answer, "Policies.Policy")), 2);
    answer = client_ram(&client, "GetPolicy", "{" PC "}");
    assert_int_equal(cbk_json_int(answer, "Policy.AttachmentCount", 0), 1);
    assert_non_null(strstr(cbk_json_text(answer, "DefaultPolicyVersion.PolicyDocument"), "ecs:*"));
    answer = client_ram(&client, "ListEntitiesForPolicy", "{" PC "}");
    assert_int_equal(json_array_size(cbk_json_at(answer, "Roles.Role")), 1);
    assert_int_equal(json_array_size(cbk_json_at(answer, "Users.User")), 0);
    client_expect(&client, RAM, "TagResources",
                  "{\"ResourceType\": \"role\", \"ResourceNames\": \"[\\\"r\\\"]\", \"Tag\": "
                  "\"[{\\\"Key\\\":\\\"a\\\",\\\"Value\\\":\\\"b\\\"}]\"}",
                  NULL);
    answer = client_ram(&client, "ListTagResources", "{\"ResourceType\": \"role\"}");
    assert_string_equal(cbk_json_text(json_array_get(json_object_get(answer, "TagResources"), 0), "TagValue"), "b");
    client_release(&client);
}

static void test_role_on_instances(void **state)
{
    (void)state;
    struct client client;
    CBK_CLEANUP(sim_gateway_freep)
    struct sim_gateway *gateway =
        client_gateway("{\"instances\": [{\"id\": \"i-1\"}, {\"id\": \"i-2\"}], \"roles\": ["
                       "{\"name\": \"a\", \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}},"
                       "{\"name\": \"b\", \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}},"
                       "{\"name\": \"other\", \"trust\": {\"service\": [\"rds.aliyuncs.com\"]}}]}",
                       NULL);
    static const struct {
        const char *action, *role, *ids;
        const char *code; /* of the call; NULL: it succeeds */
        int64_t failed;
        const char *first; /* the first result's Code */
    } cases[] = {
        {"Attach", "gone", "[\\\"i-1\\\"]", "InvalidRamRole.NotFound", 0, NULL},
        {"Attach", "other", "[\\\"i-1\\\"]", "InvalidRamRole.NotEcsRole", 0, NULL},
        {"Attach", "a", "[\\\"i-1\\\",\\\"i-9\\\"]", NULL, 1, "200"},
        {"Attach", "b", "[\\\"i-1\\\",\\\"i-2\\\"]", NULL, 1, "IncorrectInstanceStatus"},
        {"Detach", "a", "[\\\"i-2\\\",\\\"i-1\\\"]", NULL, 1, "InvalidRamRole.NotFound"},
        {"Detach", "b", "[\\\"i-2\\\"]", NULL, 0, "200"},
        {"Detach", "b", "not json", "InvalidInstanceIds.Malformed", 0, NULL},
    };
    client_init(&client, gateway);
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep) char *action = cbk_strf("%sInstanceRamRole", cases[i].action);
        CBK_CLEANUP(cbk_string_freep)
        char *params = cbk_strf("{\"RegionId\": \"cn-hangzhou\", \"RamRoleName\": \"%s\", \"InstanceIds\": \"%s\"}",
                                cases[i].role, cases[i].ids);
        CBK_CLEANUP(cbk_string_freep)
        char *trail = cbk_strf("%sInstanceRamRoleResults.%sInstanceRamRoleResult", cases[i].action, cases[i].action);
        client_expect(&client, ECS, action, params, cases[i].code);
        if (cases[i].code)
            continue;
        assert_int_equal(cbk_json_int(client.answer, "FailCount", -1), cases[i].failed);
        assert_string_equal(cbk_json_text(json_array_get(cbk_json_at(client.answer, trail), 0), "Code"),
                            cases[i].first);
    }
    client_release(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life_of_a_policy),
        cmocka_unit_test(test_what_is_read_back),
        cmocka_unit_test(test_role_on_instances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
