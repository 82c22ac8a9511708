/* ECS: lists that are whole whatever the API does to them, and the role of an instance, item by item. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/ecs.h"
#include "typed.h"

static void test_long_id_lists_go_in_batches(void **state)
{
#define STATUSES "InstanceCloudAssistantStatusSet"
    static const struct line script[] = {
        {"DescribeCloudAssistantStatus", "InstanceId.1=i-0&", 0,
         "{\"" STATUSES "\": {\"InstanceCloudAssistantStatus\": [{\"InstanceId\": \"i-0\"}]}}", 0},
        {"DescribeCloudAssistantStatus", "InstanceId.1=i-50&", 0,
         "{\"" STATUSES "\": {\"InstanceCloudAssistantStatus\": [{\"InstanceId\": \"i-50\"}]}}", 0},
        {"DescribeCloudAssistantStatus", "InstanceId.1=i-100&", 0,
         "{\"" STATUSES "\": {\"InstanceCloudAssistantStatus\": [{\"InstanceId\": \"i-100\"}]}}", 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(101);
    assert_int_equal(cbk_ecs_list_assistant_status(cloud, ids, &got, &err), 0);
    assert_json(got, "[{\"InstanceId\":\"i-0\"},{\"InstanceId\":\"i-50\"},{\"InstanceId\":\"i-100\"}]");
    assert_int_equal(fake_cloud_count(fake, NULL), 3);
    CBK_JSON *no_ids = json_array();
    CBK_JSON *nothing = NULL;
    assert_int_equal(cbk_ecs_list_instances(cloud, no_ids, NULL, &nothing, &err), 0);
    assert_json(nothing, "[]");
    assert_int_equal(fake_cloud_count(fake, NULL), 3);
    END_CLOUD();
}

static void test_tags_are_looked_at_again(void **state)
{
    static const struct line script[] = {
        {"DescribeInstances", "Tag.1.Key=app", 0,
         "{\"Instances\": {\"Instance\": ["
         "{\"InstanceId\": \"i-a\", \"Tags\": {\"Tag\": [{\"TagKey\": \"app\", \"TagValue\": \"m\"}]}},"
         "{\"InstanceId\": \"i-b\", \"Tags\": {\"Tag\": [{\"TagKey\": \"app\", \"TagValue\": \"n\"}]}},"
         "{\"InstanceId\": \"i-c\"}]}}",
         0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *tags = json_pack("{s:s}", "app", "m");
    assert_int_equal(cbk_ecs_list_instances(cloud, NULL, tags, &got, &err), 0);
    assert_int_equal(json_array_size(got), 1);
    assert_string_equal(cbk_json_text(json_array_get(got, 0), "InstanceId"), "i-a");
    assert_request(fake, 0, "DescribeInstances MaxResults=100&RegionId=cn-hangzhou&Tag.1.Key=app&Tag.1.Value=m");
    END_CLOUD();
}

/* A region may have thousands of them, with a hundred values each. */
static void test_what_nobody_asks_is_not_kept(void **state)
{
    static const struct line script[] = {
        {"DescribeInstances", NULL, 0,
         "{\"Instances\": {\"Instance\": [{\"InstanceId\": \"i-a\", \"Cpu\": 4, \"VpcAttributes\": {\"VpcId\": "
         "\"v\"}}]}}",
         0},
        {"DescribeDisks", NULL, 0, "{\"Disks\": {\"Disk\": [{\"DiskId\": \"d-a\", \"Size\": 40, \"IOPS\": 1800}, {}]}}",
         0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *disks = NULL;
    assert_int_equal(cbk_ecs_list_instances(cloud, NULL, NULL, &got, &err), 0);
    assert_json(got, "[{\"InstanceId\":\"i-a\",\"VpcAttributes\":{\"VpcId\":\"v\"}}]");
    assert_int_equal(cbk_ecs_list_disks(cloud, &disks, &err), 0);
    assert_json(disks, "[{\"DiskId\":\"d-a\",\"Size\":40},{}]");
    END_CLOUD();
}

/* At 1,000 answers a tag filter may have cut some off: then everything is read and filtered here. */
static void test_a_full_tag_filter_is_not_believed(void **state)
{
    (void)state;
    CBK_STR(full);
    CBK_STR(region);
    cbk_str_add(&full, "{\"Instances\": {\"Instance\": [{}");
    for (int i = 1; i < 1000; i++)
        cbk_str_add(&full, ",{}");
    cbk_str_add(&full, "]}}");
    cbk_str_add(&region, "{\"Instances\": {\"Instance\": [{\"InstanceId\": \"i-x\", \"Tags\": {\"Tag\": "
                         "[{\"TagKey\": \"a\", \"TagValue\": \"b\"}]}}]}}");
    const struct line script[] = {
        {"DescribeInstances", "Tag.1", 0, full.ptr, 0}, {"DescribeInstances", NULL, 0, region.ptr, 0}, {0}};
    WITH_CLOUD(script);
    CBK_JSON *tags = json_pack("{s:s}", "a", "b");
    assert_int_equal(cbk_ecs_list_instances(cloud, NULL, tags, &got, &err), 0);
    assert_int_equal(json_array_size(got), 1);
    assert_int_equal(fake_cloud_count(fake, NULL), 2);
    END_CLOUD();
}

#define ATTACHED(id) "{\"InstanceId\": \"" id "\", \"Code\": \"200\", \"Success\": true}"
#define REFUSED(id) "{\"InstanceId\": \"" id "\", \"Code\": \"Forbidden.Whatever\", \"Message\": \"has one\"}"
#define RESULTS(verb, items) "{\"" verb "InstanceRamRoleResults\": {\"" verb "InstanceRamRoleResult\": [" items "]}}"
#define ROWS(items) "{\"TotalCount\": 1, \"InstanceRamRoleSets\": {\"InstanceRamRoleSet\": [" items "]}}"
#define ROW(id, role) "{\"InstanceId\": \"" id "\", \"RamRoleName\": \"" role "\"}"

static void test_attach_looks_at_every_item(void **state)
{
    static const struct line script[] = {
        {"AttachInstanceRamRole", NULL, 0, RESULTS("Attach", ATTACHED("i-0") "," REFUSED("i-1") "," REFUSED("i-2")), 0},
        {"DescribeInstanceRamRole", "i-1", 0, ROWS(ROW("i-1", "other") "," ROW("i-2", "r")), 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(3);
    assert_int_equal(cbk_ecs_attach_role(cloud, "r", ids, &err), CBK_E_AUTH);
    assert_string_equal(err.message, "AttachInstanceRamRole failed for instance 'i-1': has one (Forbidden.Whatever)");
    assert_int_equal(err.notes.len, 0); /* i-2 failed too, but carries the role */
    assert_int_equal(fake_cloud_count(fake, "AttachInstanceRamRole"), 1);
    END_CLOUD();
}

static void test_attach_without_an_answer_is_read_back(void **state)
{
    static const struct line script[] = {{"AttachInstanceRamRole", NULL, 200, "", 1},
                                         {"DescribeInstanceRamRole", NULL, 0, ROWS(ROW("i-0", "r")), 1},
                                         {"AttachInstanceRamRole", "i-1", 0, RESULTS("Attach", ATTACHED("i-1")), 1},
                                         {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(2);
    assert_int_equal(cbk_ecs_attach_role(cloud, "r", ids, &err), 0);
    assert_int_equal(fake_cloud_count(fake, "AttachInstanceRamRole"), 2);
    assert_request(fake, 2, "AttachInstanceRamRole InstanceIds=%5B%22i-1%22%5D&RamRoleName=r&RegionId=cn-hangzhou");
    END_CLOUD();
}

static void test_detach_leaves_other_roles_alone(void **state)
{
    static const struct line script[] = {
        {"DescribeInstanceRamRole", NULL, 0, ROWS(ROW("i-0", "other") "," ROW("i-1", "r")), 0},
        {"DetachInstanceRamRole", "i-1", 0, RESULTS("Detach", ATTACHED("i-1")), 0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(3);
    assert_int_equal(cbk_ecs_detach_role(cloud, "r", ids, &err), 0);
    assert_request(fake, 1, "DetachInstanceRamRole InstanceIds=%5B%22i-1%22%5D&RamRoleName=r&RegionId=cn-hangzhou");
    END_CLOUD();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_id_lists_go_in_batches),
        cmocka_unit_test(test_tags_are_looked_at_again),
        cmocka_unit_test(test_what_nobody_asks_is_not_kept),
        cmocka_unit_test(test_a_full_tag_filter_is_not_believed),
        cmocka_unit_test(test_attach_looks_at_every_item),
        cmocka_unit_test(test_attach_without_an_answer_is_read_back),
        cmocka_unit_test(test_detach_leaves_other_roles_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
