/* The typed calls where they do more than pass on: what is gone, per-item results, waits, batches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/ecs.h"
#include "cloud/hbr.h"
#include "cloud/ram.h"
#include "cloud/sts.h"
#include "fake_cloud.h"

#include <string.h>

#define WITH_CLOUD(script)                                                                                             \
    struct fake_cloud *fake = fake_cloud_start(script);                                                                \
    struct cbk_cloud *cloud = fake_cloud_session(fake, 0);                                                             \
    assert_non_null(cloud);                                                                                            \
    CBK_UNUSED CBK_JSON *got = NULL;                                                                                   \
    CBK_ERROR(err)

#define END_CLOUD()                                                                                                    \
    cbk_cloud_free(cloud);                                                                                             \
    fake_cloud_stop(fake)

static void assert_json(const json_t *json, const char *expected)
{
    CBK_STR(text);
    assert_non_null(json);
    cbk_json_add_canonical(&text, json);
    assert_string_equal(text.ptr, expected);
}

static void assert_request(struct fake_cloud *fake, size_t n, const char *expected)
{
    CBK_CLEANUP(cbk_string_freep) char *request = fake_cloud_request(fake, n);
    assert_string_equal(request, expected);
}

static json_t *ids_to(size_t count)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(ids, json_sprintf("i-%zu", i));
    return ids;
}

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
    assert_int_equal(cbk_ram_create_role(cloud, "r", document, NULL, 0, NULL, &err), 0);
    assert_request(fake, 0, "CreateRole AssumeRolePolicyDocument=%7B%7D&RoleName=r");
    assert_int_equal(cbk_ram_create_role(cloud, "r", document, "d", 7200, &got, &err), 0);
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

#define COMMANDS(items) "{\"Invocation\": {\"InvocationResults\": {\"InvocationResult\": [" items "]}}}"

static void test_a_command_is_waited_for(void **state)
{
    static const struct line script[] = {
        {"RunCommand", NULL, 0, "{\"InvokeId\": \"t-1\"}", 0},
        {"DescribeInvocationResults", NULL, 404, "{\"Code\": \"InvalidInvokeId.NotFound\"}", 1},
        {"DescribeInvocationResults", NULL, 0, COMMANDS(""), 1},
        {"DescribeInvocationResults", NULL, 0,
         COMMANDS("{\"InstanceId\": \"i-0\", \"InvocationStatus\": \"Running\"},"
                  "{\"InstanceId\": \"i-1\", \"InvocationStatus\": \"SomethingNew\"}"),
         1},
        {"DescribeInvocationResults", NULL, 0,
         COMMANDS("{\"InstanceId\": \"i-1\", \"InvocationStatus\": \"Failed\", \"ExitCode\": 3, \"Output\": \"no\\n\","
                  " \"ErrorCode\": \"ExitCodeNonzero\", \"ErrorInfo\": \"x\", \"Dropped\": 7},"
                  "{\"InstanceId\": \"i-0\", \"InvocationStatus\": \"Success\", \"ExitCode\": 0, \"Output\": \"yes\"}"),
         0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(2);
    const struct cbk_ecs_command command = {.content = "true", .client_token = "tok"};
    assert_int_equal(cbk_ecs_run_command(cloud, &command, ids, 60000, &got, &err), 0);
    assert_json(got, "[{\"dropped\":0,\"error_code\":\"\",\"error_info\":\"\",\"exit_code\":0,\"instance_id\":\"i-0\","
                     "\"ok\":true,\"output\":\"yes\"},"
                     "{\"dropped\":7,\"error_code\":\"ExitCodeNonzero\",\"error_info\":\"x\",\"exit_code\":3,"
                     "\"instance_id\":\"i-1\",\"ok\":false,\"output\":\"no\\n\"}]");
    assert_request(fake, 0,
                   "RunCommand ClientToken=tok-0&CommandContent=dHJ1ZQ%3D%3D&ContentEncoding=Base64&InstanceId.1=i-0&"
                   "InstanceId.2=i-1&KeepCommand=false&RegionId=cn-hangzhou&Timeout=60&Type=RunShellScript");
    assert_request(fake, 1,
                   "DescribeInvocationResults ContentEncoding=PlainText&InvokeId=t-1&MaxResults=50&"
                   "RegionId=cn-hangzhou");
    END_CLOUD();
}

static void test_a_command_that_never_ends_times_out(void **state)
{
    static const struct line script[] = {{"RunCommand", NULL, 0, "{\"InvokeId\": \"t-1\"}", 0},
                                         {"DescribeInvocationResults", NULL, 0, COMMANDS(""), 0},
                                         {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(1);
    const struct cbk_ecs_command command = {.content = "true"};
    assert_int_equal(cbk_ecs_run_command(cloud, &command, ids, 300, &got, &err), 0);
    assert_int_equal(json_is_false(json_object_get(json_array_get(got, 0), "ok")), 1);
    assert_string_equal(cbk_json_text(json_array_get(got, 0), "error_code"), "Timeout");
    END_CLOUD();
}

static void test_a_file_is_sent(void **state)
{
    static const struct line script[] = {
        {"SendFile", NULL, 0, "{\"InvokeId\": \"f-1\"}", 0},
        {"DescribeSendFileResults", "InvokeId=f-1", 0,
         "{\"Invocations\": {\"Invocation\": [{\"InvokeInstances\": {\"InvokeInstance\": ["
         "{\"InstanceId\": \"i-0\", \"InvocationStatus\": \"Success\", \"ErrorCode\": \"\"},"
         "{\"InstanceId\": \"i-1\", \"InvocationStatus\": \"Failed\", \"ErrorCode\": \"FileCreateFail\"}]}}]}}",
         0},
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(2);
    const struct cbk_ecs_file file = {.path = "/tmp/prescript.sh",
                                      .content = "x\n",
                                      .content_len = 2,
                                      .mode = "0700",
                                      .owner = "root",
                                      .group = "root",
                                      .client_token = "t"};
    assert_int_equal(cbk_ecs_send_file(cloud, &file, ids, 60000, &got, &err), 0);
    assert_json(got, "[{\"error_code\":\"\",\"error_info\":\"\",\"instance_id\":\"i-0\",\"ok\":true},"
                     "{\"error_code\":\"FileCreateFail\",\"error_info\":\"\",\"instance_id\":\"i-1\",\"ok\":false}]");
    assert_request(fake, 0,
                   "SendFile ClientToken=t-0&Content=eAo%3D&ContentType=Base64&FileGroup=root&FileMode=0700&"
                   "FileOwner=root&InstanceId.1=i-0&InstanceId.2=i-1&Name=prescript.sh&Overwrite=true&"
                   "RegionId=cn-hangzhou&TargetDir=%2Ftmp&Timeout=60");
    END_CLOUD();
}

static void test_what_is_too_large_is_not_sent(void **state)
{
    static const struct line script[] = {{0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(1);
    CBK_STR(content);
    cbk_str_add_repeat(&content, 'x', 24577);
    const struct cbk_ecs_file file = {
        .path = "/a", .content = content.ptr, .content_len = content.len, .mode = "0700", .owner = "r", .group = "r"};
    assert_int_equal(cbk_ecs_send_file(cloud, &file, ids, 1000, &got, &err), CBK_E_LIMIT);
    assert_string_equal(err.message, "/a has 24577 bytes, and Cloud Assistant takes 24576");
    const struct cbk_ecs_file relative = {.path = "a", .content = "", .mode = "0700", .owner = "r", .group = "r"};
    assert_int_equal(cbk_ecs_send_file(cloud, &relative, ids, 1000, &got, &err), CBK_E_USAGE);
    const struct cbk_ecs_command command = {.content = content.ptr};
    assert_int_equal(cbk_ecs_run_command(cloud, &command, ids, 1000, &got, &err), CBK_E_LIMIT);
    assert_int_equal(fake_cloud_count(fake, NULL), 0);
    END_CLOUD();
}

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
        {"DescribeInstanceRamRole", NULL, 0, ROWS("7"), 0},
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
    TAKE(cbk_ram_create_policy(cloud, "p", document, "d", &items, &err));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_gone_is_an_answer),
        cmocka_unit_test(test_another_absence_is_an_error),
        cmocka_unit_test(test_documents_come_parsed),
        cmocka_unit_test(test_creations_send_what_is_given),
        cmocka_unit_test(test_done_already_is_done),
        cmocka_unit_test(test_long_id_lists_go_in_batches),
        cmocka_unit_test(test_tags_are_looked_at_again),
        cmocka_unit_test(test_attach_looks_at_every_item),
        cmocka_unit_test(test_attach_without_an_answer_is_read_back),
        cmocka_unit_test(test_detach_leaves_other_roles_alone),
        cmocka_unit_test(test_a_command_is_waited_for),
        cmocka_unit_test(test_a_command_that_never_ends_times_out),
        cmocka_unit_test(test_a_file_is_sent),
        cmocka_unit_test(test_what_is_too_large_is_not_sent),
        cmocka_unit_test(test_backups),
        cmocka_unit_test(test_thin_calls),
        cmocka_unit_test(test_a_full_tag_filter_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
