/* Cloud Assistant: errands are waited for, each instance has its own end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/ecs.h"
#include "typed.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_command_is_waited_for),
        cmocka_unit_test(test_a_command_that_never_ends_times_out),
        cmocka_unit_test(test_a_file_is_sent),
        cmocka_unit_test(test_what_is_too_large_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
