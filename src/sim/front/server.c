#include "sim/front/server.h"

#include "base/time.h"
#include "sim/front/admin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

enum {
    MEMORY = 512 * 1024,      /* a connection's buffer: SendFile puts over 30 kB into the request line */
    BODY_LIMIT = 1024 * 1024, /* no call of the cloud is larger */
    IDLE_SECONDS = 120,
    MOST_CONNECTIONS = 1024,
};

struct sim_server {
    struct MHD_Daemon *daemon;
    struct sim_gateway *gateway;
};

/* One request while it arrives. */
struct arrival {
    char *target;
    struct cbk_str body;
    bool begun;
};

static void *begin(void *server, const char *target, struct MHD_Connection *connection)
{
    (void)server;
    (void)connection;
    struct arrival *arrival = CBK_NEW(struct arrival);
    *arrival = (struct arrival){cbk_strdup(target), CBK_STR_INIT, false};
    arrival->body.ceiling = BODY_LIMIT;
    return arrival;
}

static void end(void *server, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)server;
    (void)connection;
    (void)why;
    struct arrival *arrival = *state;
    if (!arrival)
        return;
    free(arrival->target);
    cbk_str_release(&arrival->body);
    free(arrival);
    *state = NULL;
}

/* Gives half of the body and then breaks off. */
static ssize_t half(void *body, uint64_t at, char *out, size_t most)
{
    const struct cbk_str *whole = body;
    size_t len = whole->len / 2;
    if (at >= len)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t take = len - (size_t)at < most ? len - (size_t)at : most;
    memcpy(out, whole->ptr + at, take);
    return (ssize_t)take;
}

static void free_body(void *body)
{
    cbk_str_release(body);
    free(body);
}

static struct MHD_Response *make_response(struct sim_reply *reply)
{
    if (reply->fate == SIM_FATE_TRUNCATE) {
        struct cbk_str *body = CBK_NEW(struct cbk_str);
        *body = reply->body;
        reply->body = (struct cbk_str)CBK_STR_INIT;
        return MHD_create_response_from_callback(body->len, 4096, half, body, free_body);
    }
    return MHD_create_response_from_buffer(reply->body.len, reply->body.ptr, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct sim_reply *reply)
{
    if (reply->fate == SIM_FATE_DROP)
        return MHD_NO;
    struct MHD_Response *response = make_response(reply);
    if (!response)
        return MHD_NO;
    CBK_STR(date);
    cbk_time_add_http(&date, reply->date);
    (void)MHD_add_response_header(response, "Date", date.ptr);
    (void)MHD_add_response_header(response, "Content-Type",
                                  reply->format == SIM_FORMAT_JSON ? "application/json;charset=utf-8"
                                                                   : "text/xml;charset=utf-8");
    enum MHD_Result r = MHD_queue_response(connection, (unsigned)reply->http_status, response);
    MHD_destroy_response(response);
    return r;
}

/* Headers while they are copied into the request. */
struct copying {
    struct sim_request *request;
    struct cbk_error *err;
    int r;
};

static enum MHD_Result copy_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct copying *copying = context;
    if (copying->r == 0)
        copying->r = sim_request_add_header(copying->request, name, value ? value : "", copying->err);
    return copying->r == 0 ? MHD_YES : MHD_NO;
}

static int build_request(struct MHD_Connection *connection, const struct arrival *arrival, struct sim_request *request,
                         struct cbk_error *err)
{
    int r = sim_request_set_target(request, arrival->target, err);
    if (r < 0)
        return r;
    struct copying copying = {request, err, 0};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, copy_header, &copying);
    if (copying.r < 0)
        return copying.r;
    if (!sim_admin_owns(request->path)) /* there, JSON may well come as what curl takes for a form */
        return sim_request_set_body(request, arrival->body.ptr, arrival->body.len, err);
    sim_request_keep_body(request, arrival->body.ptr, arrival->body.len);
    return 0;
}

static bool is_loopback(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr)
        return false;
    if (info->client_addr->sa_family == AF_INET) {
        struct sockaddr_in address;
        memcpy(&address, info->client_addr, sizeof(address));
        return ntohl(address.sin_addr.s_addr) >> 24 == 127;
    }
    struct sockaddr_in6 address;
    memcpy(&address, info->client_addr, sizeof(address));
    return IN6_IS_ADDR_LOOPBACK(&address.sin6_addr);
}

static void serve(struct sim_server *server, struct MHD_Connection *connection, const struct arrival *arrival,
                  const char *method, struct sim_reply *reply)
{
    CBK_ERROR(err);
    CBK_CLEANUP(sim_request_release) struct sim_request request;
    sim_request_init(&request, method);
    reply->format = SIM_FORMAT_JSON;
    if (arrival->body.overflow)
        sim_gateway_refuse(server->gateway, 413, "its body is too large", reply);
    else if (build_request(connection, arrival, &request, &err) < 0)
        sim_gateway_refuse(server->gateway, 400, err.message, reply);
    else if (sim_admin_owns(request.path))
        sim_admin_serve(server->gateway, &request, is_loopback(connection), reply);
    else
        sim_gateway_serve(server->gateway, &request, reply);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **state)
{
    (void)url;
    (void)version;
    struct arrival *arrival = *state;
    if (!arrival->begun) { /* the first call brings the headers, the next ones the body, the last one nothing */
        arrival->begun = true;
        return MHD_YES;
    }
    if (*upload_len) {
        cbk_str_add_bytes(&arrival->body, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    CBK_CLEANUP(sim_reply_release) struct sim_reply reply = {.body = CBK_STR_INIT};
    serve(context, connection, arrival, method, &reply);
    return send_reply(connection, &reply);
}

/* The resolver takes any number, and leaves off what is too much of it. */
static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits && digits <= 5 && !text[digits] && strtol(text, NULL, 10) <= UINT16_MAX;
}

/* "127.0.0.1:8080", "[::1]:0", "localhost:0" into an address. */
static int resolve(const char *text, struct addrinfo **ret, struct cbk_error *err)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !is_port(colon + 1))
        return cbk_fail(err, CBK_E_USAGE, "cannot listen on '%s': HOST:PORT is what is needed", text);
    bool bracketed = *text == '[' && colon > text && colon[-1] == ']';
    CBK_CLEANUP(cbk_string_freep)
    char *host = cbk_strndup(text + bracketed, (size_t)(colon - text) - 2 * (size_t)bracketed);
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    int r = getaddrinfo(*host ? host : NULL, colon + 1, &hints, ret);
    if (r != 0)
        return cbk_fail(err, CBK_E_USAGE, "cannot listen on '%s': %s", text, gai_strerror(r));
    return 0;
}

static struct MHD_Daemon *start_daemon(struct sim_server *server, const struct sockaddr *address)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
                     MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ITC;
    if (address->sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_LISTEN_BACKLOG_SIZE, 512U, MHD_OPTION_END);
}

int sim_server_start(const char *listen, struct sim_gateway *gateway, struct sim_server **ret, struct cbk_error *err)
{
    struct addrinfo *address = NULL;
    int r = resolve(listen, &address, err);
    if (r < 0 || !address)
        return r;
    CBK_CLEANUP(sim_server_freep) struct sim_server *server = CBK_NEW(struct sim_server);
    server->gateway = gateway;
    server->daemon = start_daemon(server, address->ai_addr);
    int errno_value = errno;
    freeaddrinfo(address);
    if (!server->daemon)
        return cbk_fail_errno(err, errno_value, "cannot listen on '%s'", listen);
    *ret = sim_server_steal(&server);
    return 0;
}

int sim_server_port(const struct sim_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void sim_server_free(struct sim_server *server)
{
    if (!server)
        return;
    sim_gateway_stop(server->gateway);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    free(server);
}
