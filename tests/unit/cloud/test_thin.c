/* The calls that only pass on: what they put on the wire, and where they find their lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/ecs.h"
#include "cloud/hbr.h"
#include "cloud/ram.h"
#include "cloud/sts.h"
#include "typed.h"

static void test_backups(void **state)
{
    static const struct line script[] = {
        {"CheckRole", NULL, 0, "{\"Success\": true, \"Code\": \"200\"}", 1},
        {"CheckRole", NULL, 0, "{\"Success\": false, \"Code\": \"CrossAccountBackupSlrNotExist\"}", 1},
        {"CheckRole", NULL, 403, "{\"Success\": false, \"Code\": \"NoPermission\"}", 1},
        {"CreateBackupJob", NULL, 0, "{\"Success\": true, \"Code\": \"200\", \"JobId\": \"job-1\"}", 1},
        {"CreateBackupJob", NULL, 0, "{\"Success\": true, \"Code\": \"200\"}", 1},
        {"DescribeUdmSnapshots", NULL, 0, "{\"Success\": true, \"Snapshots\": [{\"JobId\": \"job-1\"}]}", 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    bool present = false;
    assert_int_equal(cbk_hbr_check_role(cloud, "UdmRole", &present, &err), 0);
    assert_true(present);
    assert_int_equal(cbk_hbr_check_role(cloud, "UdmRole", &present, &err), 0);
    assert_false(present);
    assert_int_equal(cbk_hbr_check_role(cloud, "UdmRole", &present, &err), CBK_E_AUTH);

    CBK_JSON *detail = json_pack("{s:b}", "appConsistent", 1);
    CBK_CLEANUP(cbk_string_freep) char *job = NULL;
    assert_int_equal(cbk_hbr_create_backup_job(cloud, "i-0", "name", 7, detail, &job, &err), 0);
    assert_string_equal(job, "job-1");
    assert_request(fake, 3,
                   "CreateBackupJob BackupType=COMPLETE&Detail=%7B%22appConsistent%22%3Atrue%7D&InstanceId=i-0&"
                   "JobName=name&Retention=7&SourceType=UDM_ECS");
    CBK_CLEANUP(cbk_string_freep) char *none = NULL;
    assert_int_equal(cbk_hbr_create_backup_job(cloud, "i-0", "name", 7, detail, &none, &err), CBK_E_AMBIGUOUS);
    assert_null(none);

    assert_int_equal(cbk_hbr_list_udm_snapshots(cloud, 1, 2, NULL, "job-1", &got, &err), 0);
    assert_json(got, "[{\"JobId\":\"job-1\"}]");
    assert_request(fake, 5,
                   "DescribeUdmSnapshots EndTime=2&JobId=job-1&SourceType=UDM_ECS&StartTime=1&"
                   "UdmRegionId=cn-hangzhou");
    END_CLOUD();
}

/* What the calls that only pass on put on the wire, and where they find their lists. */
static void test_thin_calls(void **state)
{
    static const struct line script[] = {
        {"GetCallerIdentity", NULL, 0, "{\"AccountId\": \"1\"}", 0},
        {"ListRoles", NULL, 0, "{\"IsTruncated\": false, \"Roles\": {\"Role\": [1]}}", 0},
        {"ListPolicies", NULL, 0, "{\"IsTruncated\": false, \"Policies\": {\"Policy\": [2]}}", 0},
        {"ListPoliciesForRole", NULL, 0, "{\"Policies\": {\"Policy\": [3]}}", 0},
        {"ListEntitiesForPolicy", NULL, 0, "{\"Roles\": {}}", 0},
        {"CreatePolicy", NULL, 0, "{\"Policy\": {}}", 0},
        {"UpdatePolicyDescription", NULL, 0, "{}", 0},
        {"DescribeDisks", NULL, 0, "{\"Disks\": {\"Disk\": [4]}}", 0},
        {"DescribeSnapshots", NULL, 0, "{\"Snapshots\": {\"Snapshot\": [5]}}", 0},
        {"DescribeSnapshotGroups", NULL, 0, "{\"SnapshotGroups\": {\"SnapshotGroup\": [6]}}", 0},
        {"DescribeInstanceRamRole", NULL, 0,
         "{\"TotalCount\": 1, \"InstanceRamRoleSets\": {\"InstanceRamRoleSet\": [7]}}", 0},
        {"CancelBackupJob", NULL, 0, "{\"Success\": true}", 0},
        {"DeleteSnapshot", NULL, 0, "{\"Success\": true}", 0},
        {0}};
    static const char *const requests[] = {
        "GetCallerIdentity ",
        "ListRoles MaxItems=1000",
        "ListPolicies MaxItems=1000&PolicyType=Custom",
        "ListPoliciesForRole RoleName=r",
        "ListEntitiesForPolicy PolicyName=p&PolicyType=Custom",
        "CreatePolicy Description=d&PolicyDocument=%7B%7D&PolicyName=p",
        "UpdatePolicyDescription NewDescription=d&PolicyName=p",
        "DescribeDisks MaxResults=500&RegionId=cn-hangzhou",
        "DescribeSnapshots InstanceId=i-0&MaxResults=100&RegionId=cn-hangzhou",
        "DescribeSnapshotGroups MaxResults=100&RegionId=cn-hangzhou&SnapshotGroupId.1=i-0",
        "DescribeInstanceRamRole PageNumber=1&PageSize=50&RamRoleName=r&RegionId=cn-hangzhou",
        "CancelBackupJob JobId=job-1",
        "DeleteSnapshot InstanceId=i-0&SnapshotId=s-1",
    };
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *all = json_array();
    CBK_JSON *document = json_object();
    CBK_JSON *ids = ids_to(1);
    assert_int_equal(cbk_sts_get_caller_identity(cloud, &got, &err), 0);
    assert_string_equal(cbk_json_text(got, "AccountId"), "1");
#define TAKE(call)                                                                                                     \
    do {                                                                                                               \
        json_t *items = NULL;                                                                                          \
        assert_int_equal(call, 0);                                                                                     \
        json_array_append_new(all, items);                                                                             \
    } while (0)
    TAKE(cbk_ram_list_roles(cloud, &items, &err));
    TAKE(cbk_ram_list_policies(cloud, "Custom", &items, &err));
    TAKE(cbk_ram_list_policies_for_role(cloud, "r", &items, &err));
    TAKE(cbk_ram_list_entities_for_policy(cloud, "Custom", "p", &items, &err));
    TAKE(cbk_ram_create_policy(cloud, "p", document, "d", NULL, &items, &err));
    assert_int_equal(cbk_ram_update_policy_description(cloud, "p", "d", &err), 0);
    TAKE(cbk_ecs_list_disks(cloud, &items, &err));
    TAKE(cbk_ecs_list_snapshots(cloud, "i-0", NULL, &items, &err));
    TAKE(cbk_ecs_describe_snapshot_groups(cloud, NULL, ids, &items, &err));
    TAKE(cbk_ecs_list_instance_roles(cloud, NULL, "r", &items, &err));
    assert_int_equal(cbk_hbr_cancel_backup_job(cloud, "job-1", &err), 0);
    assert_int_equal(cbk_hbr_delete_snapshot(cloud, "i-0", "s-1", &err), 0);
    assert_json(all, "[[1],[2],[3],{\"Roles\":{}},{},[4],[5],[6],[7]]");
    for (size_t i = 0; i < CBK_ARRAY_LEN(requests); i++)
        assert_request(fake, i, requests[i]);
    END_CLOUD();
}

/* Policies and bindings: what travels as JSON text, whose filters are looked at again, and what is gone already. */
static void test_policies(void **state)
{
    static const struct line script[] = {
        {"CreatePolicyV2", NULL, 0, "{\"Success\": true, \"PolicyId\": \"po-1\"}", 1},
        {"CreatePolicyV2", NULL, 0, "{\"Success\": true}", 1},
        {"UpdatePolicyV2", NULL, 0, "{\"Success\": true}", 1},
        {"DeletePolicyV2", NULL, 0, "{\"Success\": false, \"Code\": \"InvalidResourceId.NotFound\"}", 1},
        {"CreatePolicyBindings", NULL, 0, "{\"Success\": true}", 1},
        {"UpdatePolicyBinding", NULL, 0, "{\"Success\": true}", 1},
        {"DeletePolicyBinding", NULL, 0, "{\"Success\": false, \"Code\": \"InvalidResourceId.NotFound\"}", 1},
        {"DescribePolicyBindings", NULL, 0,
         "{\"Success\": true, \"PolicyBindings\": ["
         "{\"DataSourceId\": \"i-0\", \"SourceType\": \"UDM_ECS\", \"PolicyId\": \"po-1\"},"
         "{\"DataSourceId\": \"i-9\", \"SourceType\": \"UDM_ECS\", \"PolicyId\": \"po-1\"},"
         "{\"DataSourceId\": \"i-0\", \"SourceType\": \"ECS_FILE\", \"PolicyId\": \"po-1\"}]}",
         1},
        {"DescribePolicyBindings", NULL, 0,
         "{\"Success\": true, \"PolicyBindings\": [{\"PolicyId\": \"po-2\"}, {\"PolicyId\": \"po-1\"}]}", 1},
        {0}};
    static const char *const requests[] = {
        "CreatePolicyV2 PolicyName=n&PolicyType=UDM_ECS_ONLY&Rules=%5B%5D",
        "CreatePolicyV2 PolicyDescription=d&PolicyName=n&PolicyType=UDM_ECS_ONLY&Rules=%5B%5D",
        "UpdatePolicyV2 PolicyId=po-1&PolicyName=m",
        "DeletePolicyV2 PolicyId=po-1",
        ("CreatePolicyBindings PolicyBindingList=%5B%7B%22DataSourceId%22%3A%22i-0%22%2C%22Disabled%22%3A%22true%22%2C"
         "%22SourceType%22%3A%22UDM_ECS%22%7D%5D&PolicyId=po-1"),
        "UpdatePolicyBinding DataSourceId=i-0&Disabled=true&PolicyId=po-1&SourceType=UDM_ECS",
        "DeletePolicyBinding DataSourceIds=%5B%22i-0%22%5D&PolicyId=po-1&SourceType=UDM_ECS",
        "DescribePolicyBindings DataSourceIds=%5B%22i-0%22%5D&MaxResults=100&SourceType=UDM_ECS",
        "DescribePolicyBindings MaxResults=100&PolicyId=po-1&SourceType=UDM_ECS",
    };
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *rules = json_array(), *fields = json_pack("{s:b}", "Disabled", 1), *ids = ids_to(1), *of_policy = NULL;
    CBK_CLEANUP(cbk_string_freep) char *id = NULL;
    CBK_CLEANUP(cbk_string_freep) char *none = NULL;
    assert_int_equal(cbk_hbr_create_policy(cloud, "n", NULL, "UDM_ECS_ONLY", rules, &id, &err), 0);
    assert_string_equal(id, "po-1");
    assert_int_equal(cbk_hbr_create_policy(cloud, "n", "d", "UDM_ECS_ONLY", rules, &none, &err), CBK_E_AMBIGUOUS);
    assert_int_equal(cbk_hbr_update_policy(cloud, "po-1", "m", NULL, NULL, &err), 0);
    assert_int_equal(cbk_hbr_delete_policy(cloud, "po-1", &err), 0);
    assert_int_equal(cbk_hbr_create_binding(cloud, "po-1", "i-0", fields, &err), 0);
    assert_int_equal(cbk_hbr_update_binding(cloud, "po-1", "i-0", fields, &err), 0);
    assert_int_equal(cbk_hbr_delete_binding(cloud, "po-1", "i-0", &err), 0);
    assert_int_equal(cbk_hbr_list_bindings(cloud, ids, &got, &err), 0);
    assert_json(got, "[{\"DataSourceId\":\"i-0\",\"PolicyId\":\"po-1\",\"SourceType\":\"UDM_ECS\"}]");
    assert_int_equal(cbk_hbr_list_bindings_of_policy(cloud, "po-1", &of_policy, &err), 0);
    assert_json(of_policy, "[{\"PolicyId\":\"po-1\"}]");
    for (size_t i = 0; i < CBK_ARRAY_LEN(requests); i++)
        assert_request(fake, i, requests[i]);
    END_CLOUD();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backups),
        cmocka_unit_test(test_thin_calls),
        cmocka_unit_test(test_policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
