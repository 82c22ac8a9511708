/*
 * The wrapper of libcurl against a small server in this process, which counts what arrives: connections, and requests
 * by path. Each path behaves in one way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "http/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

struct server {
    struct MHD_Daemon *daemon;
    atomic_int connections;
    atomic_int requests;
    atomic_int dropped; /* requests for /drop: each is one delivery to the server */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int hanging; /* requests for /hang being held */
    bool release;
    char last[64]; /* agent and body of the last request */
};

static void keep(struct server *server, struct MHD_Connection *connection, const char *body, size_t len)
{
    const char *agent = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "User-Agent");
    pthread_mutex_lock(&server->lock);
    (void)snprintf(server->last, sizeof(server->last), "%s %.*s", agent ? agent : "", (int)len, body);
    pthread_mutex_unlock(&server->lock);
}

static void hang(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->hanging++;
    pthread_cond_broadcast(&server->changed);
    while (!server->release)
        pthread_cond_wait(&server->changed, &server->lock);
    server->hanging--;
    pthread_mutex_unlock(&server->lock);
}

static ssize_t cut_short(void *context, uint64_t position, char *bytes, size_t max)
{
    (void)context;
    if (position > 0 || max == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    bytes[0] = '{';
    return 1;
}

static struct MHD_Response *text(const char *body, size_t len)
{
    return MHD_create_response_from_buffer(len, (void *)body, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    MHD_add_response_header(response, "Date", "Sun, 06 Nov 1994 08:49:37 GMT");
    MHD_add_response_header(response, "x-acs-retry-after", "1500");
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *body, size_t *body_len, void **request)
{
    struct server *server = context;
    (void)method, (void)version;
    if (!*request) {
        *request = server;
        return MHD_YES;
    }
    if (*body_len) {
        keep(server, connection, body, *body_len);
        *body_len = 0;
        return MHD_YES;
    }
    atomic_fetch_add(&server->requests, 1);
    if (strcmp(url, "/drop") == 0) {
        atomic_fetch_add(&server->dropped, 1);
        return MHD_NO;
    }
    if (strcmp(url, "/hang") == 0)
        hang(server);
    if (strcmp(url, "/cut") == 0)
        return answer(connection, 200, MHD_create_response_from_callback(1000, 64, cut_short, NULL, NULL));
    if (strcmp(url, "/moved") == 0) {
        struct MHD_Response *moved = text("", 0);
        MHD_add_response_header(moved, "Location", "/ok");
        return answer(connection, 302, moved);
    }
    if (strcmp(url, "/big") == 0) {
        CBK_STR(big);
        cbk_str_add_repeat(&big, 'x', 100000);
        return answer(connection, 200, text(big.ptr, big.len));
    }
    return answer(connection, strcmp(url, "/error") == 0 ? 503 : 200, text("hello", 5));
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)connection, (void)socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        atomic_fetch_add(&((struct server *)context)->connections, 1);
}

static int set_up(void **state)
{
    struct server *server = CBK_NEW(struct server);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL,
        on_request, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    *state = server;
    return server->daemon ? 0 : -1;
}

static int tear_down(void **state)
{
    struct server *server = *state;
    pthread_mutex_lock(&server->lock);
    server->release = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    free(server);
    return 0;
}

static char *url_of(struct server *server, const char *path)
{
    return cbk_strf("http://127.0.0.1:%u%s", MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port,
                    path);
}

static struct cbk_http *client(void)
{
    struct cbk_http *http = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_http_new(&http, &err), 0);
    return http;
}

static int post(struct cbk_http *http, struct server *server, const char *path, size_t limit, int64_t timeout_ms,
                struct cbk_http_response *response, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *url = url_of(server, path);
    const struct cbk_http_request request = {
        .method = "POST", .url = url, .body = "a=1", .body_len = 3, .body_limit = limit, .timeout_ms = timeout_ms};
    return cbk_http_send(http, &request, response, err);
}

static void test_answer_is_read(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/ok", 0, 0, &response, &err), 0);
    assert_int_equal(response.status, 200);
    assert_string_equal(response.body.ptr, "hello");
    assert_int_equal(response.date, 784111777);
    assert_int_equal(response.retry_after, 1500);
    assert_string_equal(response.content_type, "application/json");
    pthread_mutex_lock(&server->lock);
    assert_string_equal(server->last, "cbk/" CBK_VERSION " a=1");
    pthread_mutex_unlock(&server->lock);
}

static void test_any_status_is_an_answer(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_ERROR(err);
    CBK_HTTP_RESPONSE(unavailable);
    assert_int_equal(post(http, server, "/error", 0, 0, &unavailable, &err), 0);
    assert_int_equal(unavailable.status, 503);
    CBK_HTTP_RESPONSE(moved);
    assert_int_equal(post(http, server, "/moved", 0, 0, &moved, &err), 0);
    assert_int_equal(moved.status, 302);
    assert_int_equal(atomic_load(&server->requests), 2);
}

static void test_connections_are_kept(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    for (int i = 0; i < 5; i++) {
        CBK_HTTP_RESPONSE(response);
        CBK_ERROR(err);
        assert_int_equal(post(http, server, "/ok", 0, 0, &response, &err), 0);
    }
    assert_int_equal(atomic_load(&server->requests), 5);
    assert_int_equal(atomic_load(&server->connections), 1);
}

static void test_refused_is_network(void **state)
{
    (void)state;
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    assert_int_equal(bind(probe, (struct sockaddr *)&address, len), 0); /* bound, not listening: nobody else gets it */
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &len), 0);
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("http://127.0.0.1:%u/", ntohs(address.sin_port));
    CBK_CLEANUP(cbk_string_freep)
    char *message = cbk_strf("cannot reach 'http://127.0.0.1:%u': Connection refused", ntohs(address.sin_port));
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    const struct cbk_http_request request = {.method = "GET", .url = url};
    assert_int_equal(cbk_http_send(http, &request, &response, &err), CBK_E_NETWORK);
    assert_string_equal(err.message, message);
    close(probe);
}

static void test_dropped_is_ambiguous(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/drop", 0, 0, &response, &err), CBK_E_AMBIGUOUS);
}

/* libcurl left alone sends it again on a fresh connection: see on_request in http.c. */
static void test_dropped_on_a_kept_connection_is_sent_once(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(first);
    CBK_HTTP_RESPONSE(second);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/ok", 0, 0, &first, &err), 0);
    assert_int_equal(post(http, server, "/drop", 0, 0, &second, &err), CBK_E_AMBIGUOUS);
    assert_int_equal(atomic_load(&server->dropped), 1);
    /* and the handle is fit for the next request */
    CBK_HTTP_RESPONSE(third);
    assert_int_equal(post(http, server, "/ok", 0, 0, &third, &err), 0);
}

static void test_cut_answer_is_ambiguous(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/cut", 0, 0, &response, &err), CBK_E_AMBIGUOUS);
}

static void test_silence_is_ambiguous(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/hang", 0, 300, &response, &err), CBK_E_AMBIGUOUS);
    assert_non_null(strstr(err.message, "no answer in time"));
}

static void test_body_has_a_ceiling(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    CBK_ERROR(err);
    CBK_HTTP_RESPONSE(exact);
    assert_int_equal(post(http, server, "/big", 100000, 0, &exact, &err), 0);
    assert_int_equal(exact.body.len, 100000);
    CBK_HTTP_RESPONSE(over);
    assert_int_equal(post(http, server, "/big", 99999, 0, &over, &err), CBK_E_LIMIT);
}

static void *interrupt_when_held(void *context)
{
    void **both = context;
    struct server *server = both[0];
    pthread_mutex_lock(&server->lock);
    while (server->hanging == 0)
        pthread_cond_wait(&server->changed, &server->lock);
    pthread_mutex_unlock(&server->lock);
    cbk_http_interrupt(both[1]);
    return NULL;
}

static void test_interruption_ends_a_running_request(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    void *both[] = {server, http};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_when_held, both), 0);
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(post(http, server, "/hang", 0, 60000, &response, &err), CBK_E_INTERRUPTED);
    pthread_join(thread, NULL);
    CBK_HTTP_RESPONSE(next);
    assert_int_equal(post(http, server, "/ok", 0, 0, &next, &err), CBK_E_INTERRUPTED);
    assert_int_equal(atomic_load(&server->requests), 1);
}

struct many {
    struct cbk_http *http;
    struct server *server;
};

static int one_of_many(void *context, size_t index, struct cbk_error *err)
{
    const struct many *many = context;
    (void)index;
    CBK_HTTP_RESPONSE(response);
    int r = post(many->http, many->server, "/error", 0, 0, &response, err);
    return r < 0 ? r : response.status == 503 ? 0 : cbk_fail(err, CBK_E_INTERNAL, "wrong answer");
}

static void test_many_threads_share_a_client(void **state)
{
    struct server *server = *state;
    CBK_CLEANUP(cbk_http_freep) struct cbk_http *http = client();
    struct many many = {http, server};
    CBK_ERROR(err);
    assert_int_equal(cbk_parallel(4, 40, one_of_many, &many, &err), 0);
    assert_int_equal(atomic_load(&server->requests), 40);
    assert_in_range(atomic_load(&server->connections), 1, 4);
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_answer_is_read),
        WITH_SERVER(test_any_status_is_an_answer),
        WITH_SERVER(test_connections_are_kept),
        WITH_SERVER(test_refused_is_network),
        WITH_SERVER(test_dropped_is_ambiguous),
        WITH_SERVER(test_dropped_on_a_kept_connection_is_sent_once),
        WITH_SERVER(test_cut_answer_is_ambiguous),
        WITH_SERVER(test_silence_is_ambiguous),
        WITH_SERVER(test_body_has_a_ceiling),
        WITH_SERVER(test_interruption_ends_a_running_request),
        WITH_SERVER(test_many_threads_share_a_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
