/*
 * What nobody should send, over a real socket: every answer is the documented error or a closed connection, the
 * simulator lives on, and its admin pages do what they say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/front/server.h"

#include "sim/client.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

struct fixture {
    struct sim_gateway *gateway;
    struct sim_server *server;
    int port;
};

static int set_up(void **state)
{
    CBK_ERROR(err);
    struct fixture *fixture = CBK_NEW(struct fixture);
    fixture->gateway = client_gateway("{\"instances\": [{\"id\": \"i-1\"}]}", NULL);
    assert_int_equal(sim_server_start("127.0.0.1:0", fixture->gateway, &fixture->server, &err), 0);
    fixture->port = sim_server_port(fixture->server);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    sim_server_free(fixture->server);
    sim_gateway_free(fixture->gateway);
    free(fixture);
    return 0;
}

/* Sends bytes, says that no more will come, and reads all that is answered. */
static void exchange(int port, const char *bytes, size_t len, struct cbk_str *answer)
{
    char buffer[16384];
    struct timeval patience = {.tv_sec = 20};
    CBK_CLEANUP(cbk_fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    for (size_t sent = 0; sent < len;) {
        ssize_t took = send(fd, bytes + sent, len - sent, MSG_NOSIGNAL);
        if (took <= 0)
            break; /* it may well have hung up already */
        sent += (size_t)took;
    }
    (void)shutdown(fd, SHUT_WR);
    for (ssize_t got; (got = recv(fd, buffer, sizeof(buffer), 0)) > 0;)
        cbk_str_add_bytes(answer, buffer, (size_t)got);
}

static void check_alive(const struct fixture *fixture)
{
    CBK_CLEANUP(client_release) struct client client;
    client_init(&client, fixture->gateway);
    client.port = fixture->port;
    client_expect(&client, STS, "GetCallerIdentity", "{}", NULL);
}

/* `expected`: what the answer must contain; "": it may be anything, also nothing. */
static void check(const struct fixture *fixture, const char *request, const char *expected)
{
    CBK_STR(answer);
    exchange(fixture->port, request, strlen(request), &answer);
    if (!strstr(answer.ptr, expected))
        fail_msg("%.200s\nis answered by\n%s", request, answer.ptr);
}

static void post(const struct fixture *fixture, const char *page, const char *body, const char *expected)
{
    CBK_CLEANUP(cbk_string_freep)
    char *request =
        cbk_strf("POST /_sim/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", page, strlen(body), body);
    check(fixture, request, expected);
}

static void test_bad_requests(void **state)
{
    static const struct {
        const char *request, *expected;
    } cases[] = {
        {"", ""},
        {"\r\n\r\n", ""},
        {"nonsense\r\n\r\n", ""},
        {"GET / HTTP/9.9\r\n\r\n", ""},
        {"GET /\0x HTTP/1.1\r\n\r\n", ""},
        {"GET / HTTP/1.1\r\n\r\n", ""}, /* no Host */
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "<Code>MissingParameter</Code>"},
        {"GET /?Action=Nothing&Version=2014-05-26 HTTP/1.1\r\nHost: x\r\n\r\n", "<Code>InvalidAction.NotFound</Code>"},
        {"GET /?Action=Nothing&Version=2014-05-26&Format=json HTTP/1.1\r\nHost: x\r\n\r\n",
         "\"Code\":\"InvalidAction.NotFound\""},
        {"GET /?Action=DescribeRegions&Version=1 HTTP/1.1\r\nHost: x\r\n\r\n", "InvalidAction.NotFound"},
        {"GET /elsewhere?Action=DescribeRegions&Version=2014-05-26 HTTP/1.1\r\nHost: x\r\n\r\n",
         "InvalidAction.NotFound"},
        {"PUT /?Action=DescribeRegions&Version=2014-05-26 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
         "UnsupportedHTTPMethod"},
        {"GET /?a=%GG HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET /?a=%0 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET /?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET /?a=%FF%FE HTTP/1.1\r\nHost: x\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX-Odd: \xff\r\n\r\n", "400 Bad Request"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
         "4\r\n\r\na=%Z",
         "400 Bad Request"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nshort", ""},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ""},
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ACS3-HMAC-SHA256\r\nx-acs-action: DescribeRegions\r\n"
         "x-acs-version: 2014-05-26\r\n\r\n",
         "\"Code\":\"IncompleteSignature\""},
        {"GET /_sim/nothing HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found"},
        {"POST /_sim/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{", "400 Bad Request"},
        {"POST /_sim/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\n{\"fault\":\"no\"}", "unknown fault"},
        {"POST /_sim/clock HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{\"advance\":\"soon\"}", "400 Bad Request"},
        {"POST /_sim/reboot HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{\"instance\":\"x\"}", "404 Not Found"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        check(*state, cases[i].request, cases[i].expected);
    check_alive(*state);
}

static void test_too_much(void **state)
{
    const struct fixture *fixture = *state;
    CBK_STR(long_line);
    CBK_STR(fits);
    CBK_STR(long_body);
    CBK_STR(many);
    cbk_str_add(&fits, "GET /?Format=json&x=");
    cbk_str_add_repeat(&fits, 'a', (size_t)100 * 1000);
    cbk_str_add(&fits, " HTTP/1.1\r\nHost: x\r\n\r\n");
    check(fixture, fits.ptr, "\"Code\":\"MissingParameter\"");
    cbk_str_add(&long_line, "GET /?x=");
    cbk_str_add_repeat(&long_line, 'a', (size_t)3 * 1000 * 1000);
    cbk_str_add(&long_line, " HTTP/1.1\r\nHost: x\r\n\r\n");
    check(fixture, long_line.ptr, "");
    cbk_str_add(&long_body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    cbk_str_add_repeat(&long_body, 'a', (size_t)3 * 1000 * 1000);
    check(fixture, long_body.ptr, "413 ");
    cbk_str_add(&many, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: 20000\r\n\r\n");
    for (size_t i = 0; i < 5000; i++)
        cbk_str_add(&many, "a=b&");
    check(fixture, many.ptr, "400 Bad Request");
    check_alive(fixture);
}

/* JSON in a parameter that is deeper than any sense. */
static void test_deep_json(void **state)
{
    const struct fixture *fixture = *state;
    CBK_CLEANUP(client_release) struct client client;
    CBK_STR(params);
    client_init(&client, fixture->gateway);
    client.port = fixture->port;
    cbk_str_add(&params,
                "{\"SourceType\": \"UDM_ECS\", \"BackupType\": \"COMPLETE\", \"InstanceId\": \"i-1\", \"Detail\": \"");
    cbk_str_add_repeat(&params, '[', 20000);
    cbk_str_add(&params, "\"}");
    client_expect(&client, HBR, "CreateBackupJob", params.ptr, "InvalidParameter");
    check_alive(fixture);
}

static void test_faults_on_the_wire(void **state)
{
    const struct fixture *fixture = *state;
    static const struct {
        const char *fault;
        int status; /* 0: no whole answer comes */
    } cases[] = {{"truncated", 0},  {"drop_before", 0}, {"drop_after", 0}, {"http_500", 500},
                 {"http_503", 503}, {"slow", 200},      {"hang_after", 0}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(client_release) struct client client;
        CBK_CLEANUP(cbk_string_freep) char *fault = cbk_strf("{\"fault\": \"%s\", \"ms\": 50}", cases[i].fault);
        post(fixture, "faults", fault, "\"ok\": true");
        client_init(&client, fixture->gateway);
        client.port = fixture->port;
        client_sts(&client, "GetCallerIdentity", "{}");
        assert_int_equal(client.status, cases[i].status);
        check(fixture, "DELETE /_sim/faults HTTP/1.1\r\nHost: x\r\n\r\n", "\"ok\": true");
    }
}

static void test_admin_pages(void **state)
{
    const struct fixture *fixture = *state;
    check_alive(fixture);
    check(fixture, "GET /_sim/requests HTTP/1.1\r\nHost: x\r\n\r\n", "\"action\": \"GetCallerIdentity\"");
    check(fixture, "GET /_sim/requests?since=1 HTTP/1.1\r\nHost: x\r\n\r\n", "[]");
    check(fixture, "GET /_sim/world HTTP/1.1\r\nHost: x\r\n\r\n", "\"id\": \"i-1\"");
    post(fixture, "run", "{\"instance\":\"i-1\",\"command\":\"echo hi\"}", "\"output\": \"hi\\n\"");
    post(fixture, "world", "{\"instances\":[{\"id\":\"i-1\",\"status\":\"Stopped\"}]}", "\"ok\": true");
    post(fixture, "world", "{\"instances\":[{\"id\":\"i-2\"}]}", "404 Not Found");
    check(fixture, "GET /_sim/world HTTP/1.1\r\nHost: x\r\n\r\n", "\"status\": \"Stopped\"");
    post(fixture, "reboot", "{\"instance\":\"i-1\"}", "\"ok\": true");
    post(fixture, "release", "{\"instance\":\"i-1\"}", "\"ok\": true");
    post(fixture, "release", "{\"instance\":\"i-1\"}", "404 Not Found");
    post(fixture, "clock", "{\"advance\":\"25h\"}", "\"now\": \"");
    check_alive(fixture); /* the freshness of signatures is judged by this machine's clock */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bad_requests),       TEST(test_too_much),    TEST(test_deep_json),
        TEST(test_faults_on_the_wire), TEST(test_admin_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
