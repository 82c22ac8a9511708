/*
 * Many clients at once over real sockets: no wrong answer, no leak, no race. CBK_LOAD_SECONDS says for how long
 * (default 2); run it under the dev preset (AddressSanitizer), the tsan preset, and valgrind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "base/time.h"
#include "sim/front/server.h"

#include "sim/client.h"

#include <stdatomic.h>
#include <string.h>

enum { CLIENTS = 16 };

#define REGION "\"RegionId\": \"cn-hangzhou\""

static const char *const world =
    "{\"fleets\": [{\"count\": 300, \"name\": \"web\", \"tags\": {\"app\": \"web\"}}],"
    "\"instances\": [{\"id\": \"i-1\", \"files\": {\"/tmp/a\": {\"mode\": \"0700\", \"content\": \"hello\\n\"}}}]}";

struct load {
    struct sim_gateway *gateway;
    int port;
    int64_t until_ms;
    atomic_size_t calls;
};

#define FAIL_UNLESS(condition, client)                                                                                 \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return cbk_fail(err, CBK_E_CHECK, "%s: %d %s", #condition, (client)->status,                               \
                            (client)->text ? (client)->text : "");                                                     \
    } while (0)

static int read_a_page(struct client *client, struct cbk_error *err)
{
    const json_t *answer = client_ecs(client, "DescribeInstances", "{" REGION ", \"MaxResults\": \"100\"}");
    FAIL_UNLESS(client->status == 200 && cbk_json_int(answer, "TotalCount", 0) == 301, client);
    FAIL_UNLESS(json_array_size(cbk_json_at(answer, "Instances.Instance")) == 100, client);
    return 0;
}

/* A role of this client's own, from creation to deletion. */
static int live_a_role(struct client *client, size_t index, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("{\"RoleName\": \"role-%zu\"}", index);
    CBK_CLEANUP(cbk_string_freep)
    char *create =
        cbk_strf("{\"RoleName\": \"role-%zu\", \"AssumeRolePolicyDocument\": {\"Version\": \"1\", \"Statement\": [{"
                 "\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"Service\": "
                 "\"ecs.aliyuncs.com\"}}]}}",
                 index);
    client_ram(client, "CreateRole", create);
    FAIL_UNLESS(client->status == 200, client);
    client_ram(client, "CreateRole", create);
    FAIL_UNLESS(cbk_str_equal(cbk_json_text(client->answer, "Code"), "EntityAlreadyExists.Role"), client);
    client_ram(client, "GetRole", name);
    FAIL_UNLESS(client->status == 200, client);
    client_ram(client, "DeleteRole", name);
    FAIL_UNLESS(client->status == 200, client);
    client_ram(client, "GetRole", name);
    FAIL_UNLESS(client->status == 404, client);
    return 0;
}

static int run_a_command(struct client *client, struct cbk_error *err)
{
    const json_t *answer = client_ecs(client, "RunCommand",
                                      "{" REGION ", \"Type\": \"RunShellScript\", \"CommandContent\": \"cat /tmp/a\", "
                                      "\"InstanceId\": [\"i-1\"]}");
    FAIL_UNLESS(client->status == 200, client);
    CBK_CLEANUP(cbk_string_freep)
    char *poll = cbk_strf("{" REGION ", \"ContentEncoding\": \"PlainText\", \"InvokeId\": \"%s\"}",
                          cbk_json_text(answer, "InvokeId"));
    for (;;) {
        answer = client_ecs(client, "DescribeInvocationResults", poll);
        FAIL_UNLESS(client->status == 200, client);
        const json_t *result = json_array_get(cbk_json_at(answer, "Invocation.InvocationResults.InvocationResult"), 0);
        if (cbk_str_equal(cbk_json_text(result, "InvocationStatus"), "Running"))
            continue;
        FAIL_UNLESS(cbk_str_equal(cbk_json_text(result, "Output"), "hello\n"), client);
        return 0;
    }
}

static int be_refused(struct client *client, struct cbk_error *err)
{
    client->secret = "wrong";
    client_sts(client, "GetCallerIdentity", "{}");
    client->secret = "testsecret";
    FAIL_UNLESS(cbk_str_equal(cbk_json_text(client->answer, "Code"), "SignatureDoesNotMatch"), client);
    return 0;
}

static int be_a_client(void *context, size_t index, struct cbk_error *err)
{
    struct load *load = context;
    CBK_CLEANUP(client_release) struct client client;
    client_init(&client, load->gateway);
    client.port = load->port;
    int r = 0;
    while (r == 0 && cbk_time_monotonic_ms() < load->until_ms) {
        r = read_a_page(&client, err);
        if (r == 0)
            r = live_a_role(&client, index, err);
        if (r == 0)
            r = be_refused(&client, err);
        if (r == 0 && index % 4 == 0)
            r = run_a_command(&client, err);
        atomic_fetch_add(&load->calls, 7);
    }
    return r;
}

static void test_load(void **state)
{
    (void)state;
    CBK_ERROR(err);
    const char *seconds = getenv("CBK_LOAD_SECONDS");
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
    CBK_CLEANUP(sim_server_freep) struct sim_server *server = NULL;
    assert_int_equal(sim_server_start("127.0.0.1:0", gateway, &server, &err), 0);
    struct load load = {.gateway = gateway,
                        .port = sim_server_port(server),
                        .until_ms = cbk_time_monotonic_ms() + 1000 * (seconds ? strtoll(seconds, NULL, 10) : 2)};
    if (cbk_parallel(CLIENTS, CLIENTS, be_a_client, &load, &err) < 0)
        fail_msg("%s", err.message);
    CBK_JSON *requests = sim_journal_dump(gateway->journal, 0);
    assert_true(json_array_size(requests) >= atomic_load(&load.calls));
    print_message("%zu calls\n", json_array_size(requests));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_load)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
