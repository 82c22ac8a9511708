/* RAM: what is gone is an answer, documents are values, what is done already is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/hbr.h"
#include "cloud/ram.h"
#include "typed.h"

static void test_what_is_gone_is_an_answer(void **state)
{
    static const struct line script[] = {
        {"GetRole", NULL, 404, "{\"Code\": \"EntityNotExist.Role\"}", 0},
        {"GetPolicy", NULL, 404, "{\"Code\": \"EntityNotExist.Policy\"}", 0},
        {"ListPoliciesForRole", NULL, 404, "{\"Code\": \"EntityNotExist.Role\"}", 0},
        {"ListEntitiesForPolicy", NULL, 404, "{\"Code\": \"EntityNotExist.Policy\"}", 0},
        {"DescribeBackupJobs2", NULL, 0, "{\"TotalCount\": 1, \"BackupJobs\": {\"BackupJob\": [{\"JobId\": \"x\"}]}}",
         0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    assert_int_equal(cbk_ram_get_role(cloud, "r", &got, &err), 0);
    assert_int_equal(cbk_ram_get_policy(cloud, "Custom", "p", &got, &err), 0);
    assert_int_equal(cbk_ram_list_policies_for_role(cloud, "r", &got, &err), 0);
    assert_int_equal(cbk_ram_list_entities_for_policy(cloud, "Custom", "p", &got, &err), 0);
    assert_int_equal(cbk_hbr_get_backup_job(cloud, "job-1", &got, &err), 0);
    assert_null(got);
    END_CLOUD();
}

static void test_another_absence_is_an_error(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, 404, "{\"Code\": \"InvalidAction.NotFound\"}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script);
    assert_int_equal(cbk_ram_get_role(cloud, "r", &got, &err), CBK_E_VALIDATION);
    assert_string_equal(err.message, "role 'r': GetRole failed: no reason given (InvalidAction.NotFound)");
    END_CLOUD();
}

static void test_documents_come_parsed(void **state)
{
    static const struct line script[] = {
        {"GetRole", NULL, 0, "{\"Role\": {\"AssumeRolePolicyDocument\": \"{\\\"Version\\\": \\\"1\\\"}\"}}", 0},
        {"GetPolicy", NULL, 0,
         "{\"Policy\": {\"PolicyName\": \"p\"}, \"DefaultPolicyVersion\": {\"PolicyDocument\": \"{}\"}}", 1},
        {"GetPolicy", NULL, 0, "{\"Policy\": {}, \"DefaultPolicyVersion\": {\"PolicyDocument\": \"{\"}}", 1},
        {"GetPolicy", NULL, 0, "{\"Policy\": {}}", 1},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *policy = NULL;
    assert_int_equal(cbk_ram_get_role(cloud, "r", &got, &err), 0);
    assert_json(got, "{\"AssumeRolePolicyDocument\":{\"Version\":\"1\"}}");
    assert_int_equal(cbk_ram_get_policy(cloud, "Custom", "p", &policy, &err), 0);
    assert_json(policy, "{\"DefaultPolicyVersion\":{\"PolicyDocument\":{}},\"Policy\":{\"PolicyName\":\"p\"}}");
    CBK_JSON *broken = NULL;
    assert_int_equal(cbk_ram_get_policy(cloud, "Custom", "p", &broken, &err), CBK_E_SYNTAX);
    assert_int_equal(cbk_ram_get_policy(cloud, "Custom", "p", &broken, &err), CBK_E_AMBIGUOUS);
    assert_null(broken);
    END_CLOUD();
}

static void test_creations_send_what_is_given(void **state)
{
    static const struct line script[] = {
        {"CreateRole", NULL, 0, "{\"Role\": {\"AssumeRolePolicyDocument\": \"{}\"}}", 0},
        {"UpdateRole", NULL, 0, "{}", 0},
        {"CreatePolicyVersion", NULL, 0, "{\"PolicyVersion\": {\"VersionId\": \"v2\"}}", 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *document = json_object();
    assert_int_equal(cbk_ram_create_role(cloud, "r", document, NULL, 0, NULL, NULL, &err), 0);
    assert_request(fake, 0, "CreateRole AssumeRolePolicyDocument=%7B%7D&RoleName=r");
    assert_int_equal(cbk_ram_create_role(cloud, "r", document, "d", 7200, NULL, &got, &err), 0);
    assert_request(fake, 1,
                   "CreateRole AssumeRolePolicyDocument=%7B%7D&Description=d&MaxSessionDuration=7200&RoleName=r");
    assert_int_equal(cbk_ram_update_role(cloud, "r", NULL, "d", 0, &err), 0);
    assert_request(fake, 2, "UpdateRole NewDescription=d&RoleName=r");
    CBK_JSON *version = NULL;
    assert_int_equal(cbk_ram_create_policy_version(cloud, "p", document, &version, &err), 0);
    assert_json(version, "{\"VersionId\":\"v2\"}");
    assert_request(fake, 3,
                   "CreatePolicyVersion PolicyDocument=%7B%7D&PolicyName=p&RotateStrategy="
                   "DeleteOldestNonDefaultVersionWhenLimitExceeded&SetAsDefault=true");
    END_CLOUD();
}

static void test_done_already_is_done(void **state)
{
    static const struct line script[] = {
        {"AttachPolicyToRole", NULL, 409, "{\"Code\": \"EntityAlreadyExists.Role.Policy\"}", 0},
        {"DetachPolicyFromRole", "RoleName=a", 404, "{\"Code\": \"EntityNotExist.Role.Policy\"}", 0},
        {"DetachPolicyFromRole", NULL, 403, "{\"Code\": \"NoPermission\"}", 0},
        {"DeleteRole", NULL, 404, "{\"Code\": \"EntityNotExist.Role\"}", 0},
        {"DeletePolicy", NULL, 409, "{\"Code\": \"DeleteConflict.Policy.Group\"}", 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    assert_int_equal(cbk_ram_attach_policy_to_role(cloud, "Custom", "p", "a", &err), 0);
    assert_int_equal(cbk_ram_detach_policy_from_role(cloud, "Custom", "p", "a", &err), 0);
    assert_int_equal(cbk_ram_detach_policy_from_role(cloud, "Custom", "p", "b", &err), CBK_E_AUTH);
    assert_int_equal(cbk_ram_delete_role(cloud, "r", &err), 0);
    assert_int_equal(cbk_ram_delete_policy(cloud, "p", &err), CBK_E_CONFLICT);
    END_CLOUD();
}

static void test_tags_go_as_text_and_come_flat(void **state)
{
    static const struct line script[] = {
        {"TagResources", NULL, 0, "{}", 0},
        {"UntagResources", NULL, 0, "{}", 0},
        {"ListTagResources", "NextToken=2", 0,
         "{\"TagResources\": [{\"ResourceName\": \"r\", \"TagKey\": \"b\", \"TagValue\": \"\"}]}", 0},
        {"ListTagResources", NULL, 0,
         "{\"NextToken\": \"2\", \"TagResources\": [{\"ResourceName\": \"r\", \"TagKey\": \"a\", \"TagValue\": "
         "\"1\"}, {\"ResourceName\": \"q\", \"TagKey\": \"a\", \"TagValue\": \"2\"}]}",
         0},
        {"CreateRole", NULL, 0, "{\"Role\": {\"AssumeRolePolicyDocument\": \"{}\"}}", 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *tags = json_pack("{s:s}", "a", "1"), *keys = json_pack("[s]", "a"), *none = json_object();
    CBK_JSON *names = json_pack("[s, s, s]", "r", "q", "p"), *document = json_object();
    assert_int_equal(cbk_ram_tag(cloud, "role", "r", none, &err), 0);
    assert_int_equal(fake_cloud_count(fake, NULL), 0);
    assert_int_equal(cbk_ram_tag(cloud, "role", "r", tags, &err), 0);
    assert_request(fake, 0,
                   "TagResources ResourceNames=%5B%22r%22%5D&ResourceType=role&Tag=%5B%7B%22Key%22%3A%22a%22%2C%22Value"
                   "%22%3A%221%22%7D%5D");
    assert_int_equal(cbk_ram_untag(cloud, "policy", "p", keys, &err), 0);
    assert_request(fake, 1, "UntagResources ResourceNames=%5B%22p%22%5D&ResourceType=policy&TagKeys=%5B%22a%22%5D");
    assert_int_equal(cbk_ram_list_tags(cloud, "role", names, &got, &err), 0);
    assert_json(got, "{\"q\":{\"a\":\"2\"},\"r\":{\"a\":\"1\",\"b\":\"\"}}");
    assert_int_equal(cbk_ram_create_role(cloud, "r", document, NULL, 0, tags, NULL, &err), 0);
    assert_request(
        fake, 4,
        "CreateRole AssumeRolePolicyDocument=%7B%7D&RoleName=r&Tag=%5B%7B%22Key%22%3A%22a%22%2C%22Value%22%3A"
        "%221%22%7D%5D");
    END_CLOUD();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_gone_is_an_answer), cmocka_unit_test(test_another_absence_is_an_error),
        cmocka_unit_test(test_documents_come_parsed),     cmocka_unit_test(test_creations_send_what_is_given),
        cmocka_unit_test(test_done_already_is_done),      cmocka_unit_test(test_tags_go_as_text_and_come_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
