#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"

#include "client.h"

#include <string.h>

static const char *const world = "{\"instances\": ["
                                 "{\"id\": \"i-1\", \"name\": \"db-1\", \"tags\": {\"app\": \"mysql\"}},"
                                 "{\"id\": \"i-2\", \"name\": \"db-2\", \"tags\": {\"app\": \"mysql\", \"n\": 5}},"
                                 "{\"id\": \"i-3\", \"name\": \"web\", \"status\": \"Stopped\"}]}";

#define REGION "\"RegionId\": \"cn-hangzhou\""

/* Every test has a gateway of its own. */
struct fixture {
    struct sim_gateway *gateway;
    struct client client;
};

static int set_up(void **state)
{
    struct fixture *fixture = CBK_NEW(struct fixture);
    fixture->gateway = client_gateway(world, NULL);
    client_init(&fixture->client, fixture->gateway);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    client_release(&fixture->client);
    sim_gateway_free(fixture->gateway);
    free(fixture);
    return 0;
}

static struct client *client_of(void **state)
{
    return &((struct fixture *)*state)->client;
}

static void test_who_calls(void **state)
{
    struct client *client = client_of(state);
    static const struct {
        const char *key, *secret, *timestamp, *nonce, *code;
        int status;
    } cases[] = {
        {"testid", "testsecret", NULL, NULL, NULL, 200},
        {"testid", "wrong", NULL, NULL, "SignatureDoesNotMatch", 400},
        {"nobody", "testsecret", NULL, NULL, "InvalidAccessKeyId.NotFound", 404},
        {"testid", "testsecret", "2020-01-01T00:00:00Z", NULL, "InvalidTimeStamp.Expired", 400},
        {"testid", "testsecret", "yesterday", NULL, "IllegalTimestamp", 400},
        {"testid", "testsecret", NULL, "once", NULL, 200},
        {"testid", "testsecret", NULL, "once", "SignatureNonceUsed", 400},
        {"testid", "wrong", NULL, "twice", "SignatureDoesNotMatch", 400},
        {"testid", "testsecret", NULL, "twice", NULL, 200}, /* a nonce that did not pass is not used up */
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        client->access_key_id = cases[i].key;
        client->secret = cases[i].secret;
        client->timestamp = cases[i].timestamp;
        client->nonce = cases[i].nonce;
        client_expect(client, STS, "GetCallerIdentity", "{}", cases[i].code);
        assert_int_equal(client->status, cases[i].status);
    }
}

static void test_parameters(void **state)
{
    struct client *client = client_of(state);
    static const struct {
        const char *version, *action, *params, *code;
        int status;
    } cases[] = {
        {ECS, "Nothing", "{}", "InvalidAction.NotFound", 404},
        {"2000-01-01", "DescribeRegions", "{}", "InvalidAction.NotFound", 404},
        {ECS, "DescribeInstances", "{}", "MissingParameter.RegionId", 400},
        {ECS, "DescribeInstances", "{\"RegionId\": \"cn-nowhere\"}", "InvalidRegionId.NotFound", 404},
        {ECS, "DescribeInstances", "{" REGION ", \"Status\": \"Sleeping\"}", "InvalidStatus.NotFound", 404},
        {ECS, "DescribeInstances", "{" REGION ", \"PageSize\": \"ten\"}", "InvalidParameter", 400},
        {ECS, "DescribeInstances", "{" REGION ", \"DryRun\": \"true\"}", "DryRunOperation", 400},
        {ECS, "DescribeInstances", "{" REGION ", \"InstanceIds\": \"i-1\"}", "InvalidParameter", 400},
        {ECS, "DescribeInstanceRamRole", "{" REGION "}", "InvalidParameter.AllEmpty", 403},
        {ECS, "TagResources", "{" REGION ", \"ResourceType\": \"instance\", \"ResourceId\": [\"i-1\"]}",
         "MissingParameter.Tags", 404},
        {RAM, "GetRole", "{\"RoleName\": \"a b\"}", "InvalidParameter.RoleName.InvalidChars", 400},
        {RAM, "GetRole", "{\"RoleName\": \"gone\"}", "EntityNotExist.Role", 404},
        {RAM, "ListPolicies", "{\"PolicyType\": \"Other\"}", "InvalidParameter.PolicyType", 400},
        {RAM, "CreatePolicy", "{\"PolicyName\": \"p\", \"PolicyDocument\": \"{}\"}", "MalformedPolicyDocument", 400},
        {HBR, "DescribeUdmSnapshots", "{\"SourceType\": \"UDM_ECS\"}", "MissingParameter", 400},
        {STS, "AssumeRole", "{\"RoleArn\": \"x\", \"RoleSessionName\": \"me\"}", "InvalidParameter.RoleArn", 400},
        {ECS, "DescribeInstances", "{" REGION ", \"Unknown\": \"ignored\"}", NULL, 200},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        client_expect(client, cases[i].version, cases[i].action, cases[i].params, cases[i].code);
        assert_int_equal(client->status, cases[i].status);
        assert_non_null(cbk_json_text(client->answer, "RequestId"));
    }
}

static void test_pages(void **state)
{
    struct client *client = client_of(state);
    json_t *answer =
        client_ecs(client, "DescribeInstances", "{" REGION ", \"PageSize\": \"2\", \"PageNumber\": \"2\"}");
    assert_int_equal(cbk_json_int(answer, "TotalCount", 0), 3);
    assert_int_equal(json_array_size(cbk_json_at(answer, "Instances.Instance")), 1);
    answer =
        client_ecs(client, "DescribeInstances", "{" REGION ", \"Tag\": [{\"Key\": \"app\", \"Value\": \"mysql\"}]}");
    assert_int_equal(cbk_json_int(answer, "TotalCount", 0), 2);
    answer = client_ecs(client, "DescribeInstances", "{\"RegionId\": \"cn-shanghai\"}");
    assert_int_equal(json_array_size(cbk_json_at(answer, "Instances.Instance")), 0);
    assert_true(json_is_array(cbk_json_at(answer, "Instances.Instance")));
    answer = client_ecs(client, "DescribeInstances", "{" REGION ", \"InstanceIds\": \"[]\"}");
    assert_int_equal(cbk_json_int(answer, "TotalCount", -1), 0);
}

/* Selectors see what tags have become. */
static void test_tags_that_change(void **state)
{
    struct client *client = client_of(state);
    const char *const select = "{" REGION ", \"Tag\": [{\"Key\": \"app\", \"Value\": \"mysql\"}, {\"Key\": \"n\"}]}";
    assert_int_equal(cbk_json_int(client_ecs(client, "DescribeInstances", select), "TotalCount", -1), 1);
    client_expect(client, ECS, "TagResources",
                  "{" REGION
                  ", \"ResourceType\": \"instance\", \"ResourceId\": [\"i-3\"], \"Tag\": [{\"Key\": \"app\", "
                  "\"Value\": \"mysql\"}, {\"Key\": \"n\", \"Value\": \"1\"}]}",
                  NULL);
    assert_int_equal(cbk_json_int(client_ecs(client, "DescribeInstances", select), "TotalCount", -1), 2);
    client_expect(client, ECS, "UntagResources",
                  "{" REGION ", \"ResourceType\": \"instance\", \"ResourceId\": [\"i-2\"], \"All\": \"true\"}", NULL);
    assert_int_equal(cbk_json_int(client_ecs(client, "DescribeInstances", select), "TotalCount", -1), 1);
}

/* A list read by tokens of one record a page is the whole list. */
static void test_tokens(void **state)
{
    struct client *client = client_of(state);
    CBK_CLEANUP(cbk_string_freep) char *marker = cbk_strdup("");
    size_t pages = 0, seen = 0;
    do {
        CBK_CLEANUP(cbk_string_freep)
        char *params = cbk_strf("{\"PolicyType\": \"System\", \"MaxItems\": \"3\", \"Marker\": \"%s\"}", marker);
        const json_t *answer = client_ram(client, "ListPolicies", params);
        seen += json_array_size(cbk_json_at(answer, "Policies.Policy"));
        free(marker);
        marker = cbk_strdup(cbk_json_text_or(answer, "Marker", ""));
        assert_int_equal(cbk_json_bool(answer, "IsTruncated", false), *marker != '\0');
        pages++;
    } while (*marker);
    assert_int_equal(pages, 3);
    assert_int_equal(seen, 8);
    client_expect(client, RAM, "ListPolicies", "{\"Marker\": \"nonsense\"}", "InvalidParameter");
}

static void test_xml(void **state)
{
    struct client *client = client_of(state);
    client->format = "XML";
    client_ecs(client, "DescribeInstanceRamRole", "{" REGION ", \"InstanceIds\": \"[\\\"i-1\\\"]\"}");
    assert_non_null(strstr(client->text, "<DescribeInstanceRamRoleResponse><RequestId>"));
    assert_non_null(strstr(client->text, "<InstanceRamRoleSet><InstanceId>i-1</InstanceId>"));
    client_ram(client, "GetRole", "{\"RoleName\": \"gone\"}");
    assert_non_null(strstr(client->text, "<Error><RequestId>"));
    assert_non_null(strstr(client->text, "<Code>EntityNotExist.Role</Code>"));
}

static json_t *last_request(struct client *client)
{
    CBK_JSON *list = sim_journal_dump(client->gateway->journal, 0);
    return json_incref(json_array_get(list, json_array_size(list) - 1));
}

static void test_faults(void **state)
{
    struct client *client = client_of(state);
    static const struct {
        const char *fault;
        enum sim_fate fate;
        const char *code;
        bool effect;
    } cases[] = {
        {"http_500", SIM_FATE_ANSWER, "InternalError", false},
        {"http_500_after", SIM_FATE_ANSWER, "InternalError", true},
        {"http_503", SIM_FATE_ANSWER, "ServiceUnavailable", false},
        {"throttle", SIM_FATE_ANSWER, "Throttling.User", false},
        {"drop_before", SIM_FATE_DROP, NULL, false},
        {"drop_after", SIM_FATE_DROP, NULL, true},
        {"truncated", SIM_FATE_TRUNCATE, "", true},
        {"malformed", SIM_FATE_ANSWER, "", true},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("k%zu", i);
        CBK_CLEANUP(cbk_string_freep)
        char *params = cbk_strf(
            "{" REGION ", \"ResourceType\": \"instance\", \"ResourceId\": [\"i-1\"], \"Tag\": [{\"Key\": \"%s\"}]}",
            key);
        CBK_JSON *fault = json_pack("{ss s{ss si}}", "fault", cases[i].fault, "match", "action", "Tag*", "nth", 2);
        assert_int_equal(sim_faults_add(client->gateway->faults, fault, &err), 0);
        client_expect(client, ECS, "TagResources",
                      "{" REGION
                      ", \"ResourceType\": \"instance\", \"ResourceId\": [\"i-3\"], \"Tag\": [{\"Key\": \"a\"}]}",
                      NULL);
        client_ecs(client, "TagResources", params);
        assert_int_equal(client->fate, cases[i].fate);
        CBK_JSON *request = last_request(client);
        bool is_refused = cases[i].code && !cases[i].effect;
        assert_int_equal(cbk_json_bool(request, "worked", false), cases[i].effect || is_refused);
        if (cases[i].code)
            assert_string_equal(cbk_json_text(request, "code"), cases[i].code);
        else
            assert_true(json_is_null(json_object_get(request, "http_status")));
        sim_faults_clear(client->gateway->faults);
        const json_t *tags = json_object_get(sim_world_find(client->gateway->world, SIM_INSTANCES, "i-1"), "tags");
        assert_int_equal(json_object_get(tags, key) != NULL, cases[i].effect);
    }
}

/* The answer to the second page, where that one is struck. */
static const json_t *second_page(struct client *client, const char *fault)
{
    CBK_ERROR(err);
    CBK_JSON *body = json_pack("{ss s{ss si}}", "fault", fault, "match", "action", "ListPolicies", "nth", 2);
    assert_int_equal(sim_faults_add(client->gateway->faults, body, &err), 0);
    const json_t *answer = client_ram(client, "ListPolicies", "{\"PolicyType\": \"System\", \"MaxItems\": \"3\"}");
    CBK_CLEANUP(cbk_string_freep)
    char *params = cbk_strf("{\"PolicyType\": \"System\", \"MaxItems\": \"3\", \"Marker\": \"%s\"}",
                            cbk_json_text_or(answer, "Marker", ""));
    answer = client_ram(client, "ListPolicies", params);
    sim_faults_clear(client->gateway->faults);
    return answer;
}

static void test_pages_that_lie(void **state)
{
    struct client *client = client_of(state);
    const json_t *first = client_ram(client, "ListPolicies", "{\"PolicyType\": \"System\", \"MaxItems\": \"3\"}");
    CBK_JSON *wanted = json_deep_copy(cbk_json_at(first, "Policies.Policy"));
    const json_t *answer = second_page(client, "page_again");
    assert_true(json_equal(cbk_json_at(answer, "Policies.Policy"), wanted));
    assert_true(cbk_json_bool(answer, "IsTruncated", false));
    answer = second_page(client, "page_empty");
    assert_int_equal(json_array_size(cbk_json_at(answer, "Policies.Policy")), 0);
    assert_true(cbk_json_bool(answer, "IsTruncated", false));
    answer = client_ram(client, "ListPolicies", "{\"PolicyType\": \"System\", \"MaxItems\": \"3\"}");
    assert_true(json_equal(cbk_json_at(answer, "Policies.Policy"), wanted)); /* the world itself is as it was */
}

static void test_tokens_make_calls_idempotent(void **state)
{
    struct client *client = client_of(state);
    const char *params = "{" REGION ", \"InstanceId\": \"i-1\", \"ClientToken\": \"t\"}";
    CBK_CLEANUP(cbk_string_freep)
    char *first = cbk_strdup(cbk_json_text(client_ecs(client, "CreateSnapshotGroup", params), "SnapshotGroupId"));
    assert_string_equal(cbk_json_text(client_ecs(client, "CreateSnapshotGroup", params), "SnapshotGroupId"), first);
    assert_int_equal(json_array_size(sim_world_list(client->gateway->world, SIM_SNAPSHOT_GROUPS)), 1);
    client_expect(client, ECS, "CreateSnapshotGroup", "{" REGION ", \"InstanceId\": \"i-2\", \"ClientToken\": \"t\"}",
                  "IdempotentParameterMismatch");
}

static void test_commands_take_time(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ecs(client, "RunCommand",
                                "{" REGION ", \"Type\": \"RunShellScript\", \"CommandContent\": \"echo hello; false\", "
                                "\"InstanceId\": [\"i-1\", \"i-3\"]}");
    CBK_CLEANUP(cbk_string_freep)
    char *params = cbk_strf("{" REGION ", \"ContentEncoding\": \"PlainText\", \"InvokeId\": \"%s\"}",
                            cbk_json_text(answer, "InvokeId"));
    answer = client_ecs(client, "DescribeInvocationResults", params);
    const json_t *results = cbk_json_at(answer, "Invocation.InvocationResults.InvocationResult");
    assert_string_equal(cbk_json_text(json_array_get(results, 0), "InvocationStatus"), "Running");
    sim_world_advance(client->gateway->world, 5000);
    answer = client_ecs(client, "DescribeInvocationResults", params);
    results = cbk_json_at(answer, "Invocation.InvocationResults.InvocationResult");
    assert_string_equal(cbk_json_text(json_array_get(results, 0), "Output"), "hello\n");
    assert_int_equal(cbk_json_int(json_array_get(results, 0), "ExitCode", 0), 1);
    assert_string_equal(cbk_json_text(json_array_get(results, 0), "ErrorCode"), "ExitCodeNonzero");
    assert_string_equal(cbk_json_text(json_array_get(results, 1), "ErrorCode"), "InstanceNotRunning");
}

static void test_pace(void **state)
{
    (void)state;
    struct client client;
    size_t throttled = 0;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway("{}", &(struct sim_options){.qps = 2});
    client_init(&client, gateway);
    for (size_t i = 0; i < 10; i++)
        throttled +=
            cbk_str_equal(cbk_json_text(client_sts(&client, "GetCallerIdentity", "{}"), "Code"), "Throttling.User");
    assert_true(throttled >= 4); /* the calls may fall into three seconds at most */
    client_release(&client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_who_calls),
        TEST(test_parameters),
        TEST(test_pages),
        TEST(test_tags_that_change),
        TEST(test_tokens),
        TEST(test_xml),
        TEST(test_faults),
        TEST(test_pages_that_lie),
        TEST(test_tokens_make_calls_idempotent),
        TEST(test_commands_take_time),
        cmocka_unit_test(test_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
