/* Calls and lists against a scripted cloud: what is sent, what is repeated, what an outcome becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "fake_cloud.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#define WITH_CLOUD(script, deadline)                                                                                   \
    struct fake_cloud *fake = fake_cloud_start(script);                                                                \
    struct cbk_cloud *cloud = fake_cloud_session(fake, deadline);                                                      \
    assert_non_null(cloud);                                                                                            \
    CBK_UNUSED CBK_JSON *params = json_pack("{s:s}", "RoleName", "a b");                                               \
    CBK_UNUSED CBK_JSON *answer = NULL;                                                                                \
    CBK_ERROR(err)

#define END_CLOUD()                                                                                                    \
    cbk_cloud_free(cloud);                                                                                             \
    fake_cloud_stop(fake)

static void assert_request(struct fake_cloud *fake, size_t n, const char *expected)
{
    CBK_CLEANUP(cbk_string_freep) char *request = fake_cloud_request(fake, n);
    assert_string_equal(request, expected);
}

static void test_a_call_is_sent_and_answered(void **state)
{
    static const struct line script[] = {
        {"GetRole", NULL, 200, "{\"Role\": {\"RoleName\": \"a b\"}, \"RequestId\": \"R\"}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script, 0);
    assert_int_equal(cbk_cloud_now(cloud), 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", CBK_CALL_READ, params, &answer, &err), 0);
    assert_string_equal(cbk_json_text(answer, "Role.RoleName"), "a b");
    assert_request(fake, 0, "GetRole RoleName=a%20b");
    assert_in_range(cbk_cloud_now(cloud), 784111777, 784111777 + 60);
    CBK_CLEANUP(cbk_string_freep) char *version = fake_cloud_header(fake, 0, "x-acs-version");
    assert_string_equal(version, "2015-05-01");
    END_CLOUD();
}

static void test_temporary_credentials_show_their_token(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, 200, "{}", 0}, {0}};
    (void)state;
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "a token+", 1);
    WITH_CLOUD(script, 0);
    unsetenv("ALIBABA_CLOUD_SECURITY_TOKEN");
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", 0, params, &answer, &err), 0);
    CBK_CLEANUP(cbk_string_freep) char *token = fake_cloud_header(fake, 0, "x-acs-security-token");
    CBK_CLEANUP(cbk_string_freep) char *key = fake_cloud_header(fake, 0, "x-acs-accesskey-id");
    CBK_CLEANUP(cbk_string_freep) char *authorization = fake_cloud_header(fake, 0, "authorization");
    assert_string_equal(token, "a token+");
    assert_string_equal(key, "id");
    assert_non_null(strstr(authorization, "Credential=id,SignedHeaders=content-type;host;x-acs-accesskey-id;"
                                          "x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;"
                                          "x-acs-signature-nonce;x-acs-version,Signature="));
    END_CLOUD();
}

static void test_ecs_gets_its_region(void **state)
{
    static const struct line script[] = {{"DescribeRegions", NULL, 200, "{}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script, 0);
    CBK_JSON *without = json_pack("{s:n}", "RegionId");
    CBK_JSON *other = json_pack("{s:s}", "RegionId", "x");
    assert_int_equal(cbk_cloud_call(cloud, CBK_ECS, "DescribeRegions", 0, params, NULL, &err), 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_ECS, "DescribeRegions", 0, without, NULL, &err), 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_ECS, "DescribeRegions", 0, other, NULL, &err), 0);
    assert_request(fake, 0, "DescribeRegions RegionId=cn-hangzhou&RoleName=a%20b");
    assert_request(fake, 1, "DescribeRegions ");
    assert_request(fake, 2, "DescribeRegions RegionId=x");
    END_CLOUD();
}

static void test_reads_are_repeated_and_signed_afresh(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, DROP, NULL, 1},
                                         {"GetRole", NULL, 503, "{\"Code\": \"ServiceUnavailable\"}", 1},
                                         {"GetRole", NULL, 200, "{\"half\": ", 1},
                                         {"GetRole", NULL, 400, "{\"Code\": \"Throttling.User\"}", 1},
                                         {"GetRole", NULL, 200, "{\"Role\": {}}", 0},
                                         {0}};
    (void)state;
    WITH_CLOUD(script, 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", CBK_CALL_READ, params, &answer, &err), 0);
    assert_int_equal(fake_cloud_count(fake, "GetRole"), 5);
    CBK_CLEANUP(cbk_string_freep) char *first = fake_cloud_header(fake, 0, "x-acs-signature-nonce");
    CBK_CLEANUP(cbk_string_freep) char *second = fake_cloud_header(fake, 1, "x-acs-signature-nonce");
    assert_int_equal(strlen(first), 36);
    assert_string_not_equal(first, second);
    END_CLOUD();
}

static void test_a_change_is_sent_once(void **state)
{
    static const struct {
        struct line line;
        int code;
    } cases[] = {
        {{"CreateRole", NULL, DROP, NULL, 0}, CBK_E_AMBIGUOUS},
        {{"CreateRole", NULL, 500, "{\"Code\": \"InternalError\"}", 0}, CBK_E_AMBIGUOUS},
        {{"CreateRole", NULL, 200, "", 0}, CBK_E_AMBIGUOUS},
        {{"CreateRole", NULL, 409, "{\"Code\": \"OperationConflict\"}", 0}, CBK_E_RETRYABLE},
        {{"CreateRole", NULL, 409, "{\"Code\": \"EntityAlreadyExists.Role\"}", 0}, CBK_E_CONFLICT},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        const struct line script[] = {cases[i].line, {0}};
        WITH_CLOUD(script, 0);
        assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "CreateRole", 0, params, &answer, &err), cases[i].code);
        assert_int_equal(fake_cloud_count(fake, NULL), 1);
        assert_null(answer);
        END_CLOUD();
    }
}

static void test_a_throttled_change_is_sent_again(void **state)
{
    static const struct line script[] = {
        {"CreateRole", NULL, 400, "{\"Code\": \"Throttling\"}", 2}, {"CreateRole", NULL, 200, "{}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script, 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "CreateRole", 0, params, &answer, &err), 0);
    assert_int_equal(fake_cloud_count(fake, "CreateRole"), 3);
    END_CLOUD();
}

static void test_the_deadline_gives_the_last_failure(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, 503, "{\"Code\": \"ServiceUnavailable\"}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script, 400);
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", CBK_CALL_READ, params, &answer, &err), CBK_E_RETRYABLE);
    assert_string_equal(err.cloud_code, "ServiceUnavailable");
    END_CLOUD();
}

static void test_an_unreachable_endpoint_is_one_error(void **state)
{
    (void)state;
    int probe = socket(AF_INET, SOCK_STREAM, 0); /* bound, not listening */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    assert_int_equal(bind(probe, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &len), 0);
    CBK_CLEANUP(cbk_string_freep) char *endpoint = cbk_strf("http://127.0.0.1:%u", ntohs(address.sin_port));
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1);
    const struct cbk_cloud_options options = {.region = "cn-hangzhou", .endpoint = endpoint};
    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *cloud = NULL;
    CBK_JSON *params = json_object();
    CBK_ERROR(err);
    assert_int_equal(cbk_cloud_new(&options, &cloud, &err), 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_STS, "GetCallerIdentity", CBK_CALL_READ, params, NULL, &err),
                     CBK_E_NETWORK);
    assert_non_null(strstr(err.message, "Connection refused"));
    assert_non_null(strstr(err.message, endpoint));
    assert_non_null(strstr(err.hint, "CBK_ENDPOINT"));
    close(probe);
}

static void test_without_a_region_the_central_services_work(void **state)
{
    (void)state;
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1);
    const struct cbk_cloud_options options = {0};
    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *cloud = NULL;
    CBK_JSON *params = json_object();
    CBK_ERROR(err);
    assert_int_equal(cbk_cloud_new(&options, &cloud, &err), 0);
    assert_int_equal(cbk_cloud_call(cloud, CBK_ECS, "DescribeDisks", 0, params, NULL, &err), CBK_E_USAGE);
    assert_string_equal(err.message, "DescribeDisks needs a region, and none is set");
}

static void test_a_session_that_cannot_be_is_refused(void **state)
{
    (void)state;
    const struct cbk_cloud_options options = {.region = "cn-hangzhou", .endpoint = "http://example.com"};
    struct cbk_cloud *cloud = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_cloud_new(&options, &cloud, &err), CBK_E_USAGE);
    assert_null(cloud);
    unsetenv("ALIBABA_CLOUD_ACCESS_KEY_ID");
    unsetenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true", 1);
    setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true", 1);
    const struct cbk_cloud_options fine = {.region = "cn-hangzhou"};
    assert_int_equal(cbk_cloud_new(&fine, &cloud, &err), CBK_E_AUTH);
    assert_null(cloud);
}

static void test_text_that_is_not_utf8_is_refused(void **state)
{
    static const struct line script[] = {{0}};
    (void)state;
    WITH_CLOUD(script, 0);
    CBK_JSON *broken = json_pack("{s:s}", "RoleName", "\xff");
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", CBK_CALL_READ, broken, NULL, &err), CBK_E_USAGE);
    assert_int_equal(
        cbk_cloud_list(cloud, CBK_RAM, "ListRoles", CBK_PAGE_MARKER, 10, broken, "Roles.Role", &answer, &err),
        CBK_E_USAGE);
    assert_int_equal(fake_cloud_count(fake, NULL), 0);
    END_CLOUD();
}

static void interrupt(void *context)
{
    cbk_cloud_interrupt(context);
}

static void test_interruption_ends_waits(void **state)
{
    static const struct line script[] = {{"GetRole", NULL, 400, "{\"Code\": \"Throttling\"}", 0}, {0}};
    (void)state;
    WITH_CLOUD(script, 0);
    fake_cloud_on_request(fake, interrupt, cloud);
    assert_int_equal(cbk_cloud_call(cloud, CBK_RAM, "GetRole", CBK_CALL_READ, params, &answer, &err),
                     CBK_E_INTERRUPTED);
    assert_true(cbk_cloud_interrupted(cloud));
    assert_int_equal(fake_cloud_count(fake, NULL), 1);
    END_CLOUD();
}

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order in which one reads a row */
struct list_case {
    const char *name;
    struct line script[5];
    enum cbk_paging paging;
    const char *trail;
    int code;
    const char *items;   /* on success */
    const char *message; /* on failure */
    const char *second;  /* the second request; NULL: there is none */
};

#define HOLES "the list of List has holes: a page came empty, or another one in its place"

static const struct list_case list_cases[] = {
    {"one page", {{"List", NULL, 0, "{\"L\": {\"I\": [1, 2]}}", 0}}, CBK_PAGE_NONE, "L.I", 0, "[1,2]", NULL, NULL},
    {"markers",
     {{"List", "Marker=m", 0, "{\"IsTruncated\": false, \"Marker\": \"old\", \"L\": [3]}", 0},
      {"List", NULL, 0, "{\"IsTruncated\": true, \"Marker\": \"m\", \"L\": [1, 2]}", 0}},
     CBK_PAGE_MARKER,
     "L",
     0,
     "[1,2,3]",
     NULL,
     "List Marker=m&MaxItems=2"},
    {"tokens",
     {{"List", "NextToken=t", 0, "{\"NextToken\": \"\", \"L\": []}", 0},
      {"List", NULL, 0, "{\"NextToken\": \"t\", \"L\": [1]}", 0}},
     CBK_PAGE_TOKEN,
     "L",
     0,
     "[1]",
     NULL,
     "List MaxResults=2&NextToken=t"},
    {"a token inside",
     {{"List", "NextToken=t", 0, "{\"Inner\": {\"L\": [2]}}", 0},
      {"List", NULL, 0, "{\"Inner\": {\"NextToken\": \"t\", \"L\": [1]}}", 0}},
     CBK_PAGE_TOKEN,
     "Inner.L",
     0,
     "[1,2]",
     NULL,
     "List MaxResults=2&NextToken=t"},
    {"a token that repeats itself",
     {{"List", NULL, 0, "{\"NextToken\": \"t\", \"L\": [1]}", 0}},
     CBK_PAGE_TOKEN,
     "L",
     CBK_E_AMBIGUOUS,
     NULL,
     "the pages of List lead in a circle",
     "List MaxResults=2&NextToken=t"},
    {"a missing list",
     {{"List", NULL, 0, "{\"RequestId\": \"R\"}", 0}},
     CBK_PAGE_TOKEN,
     "L.I",
     CBK_E_AMBIGUOUS,
     NULL,
     "the answer to List has no list 'L.I'",
     NULL},
    {"an empty list",
     {{"List", NULL, 0, "{\"TotalCount\": 0, \"L\": []}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     0,
     "[]",
     NULL,
     NULL},
    {"numbers",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 5, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 5, \"L\": [3, 4]}", 0},
      {"List", "PageNumber=3", 0, "{\"TotalCount\": 5, \"L\": [5]}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     0,
     "[1,2,3,4,5]",
     NULL,
     "any"},
    {"a list that changes once",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 3, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 2, \"L\": []}", 1},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 3, \"L\": [3]}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     0,
     "[1,2,3]",
     NULL,
     "any"},
    {"a list that never keeps still",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 3, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 2, \"L\": []}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     "the list of List kept changing while it was read",
     "any"},
    {"a page that is lost once",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 3, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 3, \"L\": []}", 1},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 3, \"L\": [3]}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     0,
     "[1,2,3]",
     NULL,
     "any"},
    {"a page that stays lost",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 3, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 3, \"L\": []}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"a page in the place of another",
     {{"List", "PageNumber=1", 0, "{\"TotalCount\": 4, \"L\": [1, 2]}", 0},
      {"List", "PageNumber=2", 0, "{\"TotalCount\": 4, \"L\": [1, 2]}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"an empty page between tokens",
     {{"List", "NextToken=u", 0, "{\"L\": [3]}", 0},
      {"List", "NextToken=t", 0, "{\"NextToken\": \"u\", \"L\": []}", 0},
      {"List", NULL, 0, "{\"NextToken\": \"t\", \"L\": [1, 2]}", 0}},
     CBK_PAGE_TOKEN,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"an empty page at the end, of which more was told",
     {{"List", "NextToken=t", 0, "{\"TotalCount\": 3, \"L\": []}", 0},
      {"List", NULL, 0, "{\"TotalCount\": 3, \"NextToken\": \"t\", \"L\": [1, 2]}", 0}},
     CBK_PAGE_TOKEN,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"a count that cannot be relied on",
     {{"List", NULL, 0, "{\"TotalCount\": 9, \"L\": [1, 2]}", 0}},
     CBK_PAGE_TOKEN,
     "L",
     0,
     "[1,2]",
     NULL,
     NULL},
    {"a count that can",
     {{"List", NULL, 0, "{\"TotalCount\": 9, \"L\": [1, 2]}", 0}},
     CBK_PAGE_COUNTED_TOKEN,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"a truncated list with nothing behind",
     {{"List", "Marker=m", 0, "{\"IsTruncated\": false, \"L\": []}", 0},
      {"List", NULL, 0, "{\"IsTruncated\": true, \"Marker\": \"m\", \"L\": [1, 2]}", 0}},
     CBK_PAGE_MARKER,
     "L",
     CBK_E_RETRYABLE,
     NULL,
     HOLES,
     "any"},
    {"numbers without a total",
     {{"List", NULL, 0, "{\"L\": [1, 2]}", 0}},
     CBK_PAGE_NUMBER,
     "L",
     CBK_E_AMBIGUOUS,
     NULL,
     "the answer to List has no TotalCount",
     NULL},
};

static void test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(list_cases); i++) {
        const struct list_case *test = &list_cases[i];
        WITH_CLOUD(test->script, 0);
        CBK_JSON *none = json_object();
        CBK_JSON *items = NULL;
        int r = cbk_cloud_list(cloud, CBK_RAM, "List", test->paging, 2, none, test->trail, &items, &err);
        if (r != test->code)
            fail_msg("%s: %d, %s", test->name, r, err.message);
        CBK_STR(text);
        if (items)
            cbk_json_add_canonical(&text, items);
        if (test->items && strcmp(text.ptr, test->items) != 0)
            fail_msg("%s: %s", test->name, text.ptr);
        if (test->message)
            assert_string_equal(err.message, test->message);
        CBK_CLEANUP(cbk_string_freep) char *second = fake_cloud_request(fake, 1);
        if (!cbk_str_equal(test->second, "any"))
            assert_string_equal(second, test->second ? test->second : "");
        END_CLOUD();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_is_sent_and_answered),
        cmocka_unit_test(test_temporary_credentials_show_their_token),
        cmocka_unit_test(test_ecs_gets_its_region),
        cmocka_unit_test(test_reads_are_repeated_and_signed_afresh),
        cmocka_unit_test(test_a_change_is_sent_once),
        cmocka_unit_test(test_a_throttled_change_is_sent_again),
        cmocka_unit_test(test_the_deadline_gives_the_last_failure),
        cmocka_unit_test(test_an_unreachable_endpoint_is_one_error),
        cmocka_unit_test(test_without_a_region_the_central_services_work),
        cmocka_unit_test(test_a_session_that_cannot_be_is_refused),
        cmocka_unit_test(test_text_that_is_not_utf8_is_refused),
        cmocka_unit_test(test_interruption_ends_waits),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
