#include "fake_cloud.h"

#include "base/digest.h"
#include "base/json.h"
#include "cloud/sign.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <string.h>

struct fake_cloud {
    struct MHD_Daemon *daemon;
    const struct line *script;
    pthread_mutex_t lock; /* guards what follows */
    json_t *used;         /* times, by line */
    json_t *requests;     /* [{request, headers}] */
    void (*hook)(void *);
    void *hook_context;
};

static enum MHD_Result keep_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    CBK_CLEANUP(cbk_string_freep) char *lower = cbk_strdup(name);
    for (char *c = lower; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    json_object_set_new(context, lower, json_string(value));
    return MHD_YES;
}

/* Was exactly what came over the wire signed? Rebuilt from the Authorization header's own list of names. */
static bool is_signed(struct MHD_Connection *connection, const char *form)
{
    const char *authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "authorization");
    const char *names = authorization ? strstr(authorization, "SignedHeaders=") : NULL;
    const char *signature = authorization ? strstr(authorization, ",Signature=") : NULL;
    if (!names || !signature || names > signature)
        return false;
    names += strlen("SignedHeaders=");
    CBK_CLEANUP(cbk_string_freep) char *list = cbk_strndup(names, (size_t)(signature - names));
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs headers = {0};
    char *rest = NULL;
    for (char *name = strtok_r(list, ";", &rest); name; name = strtok_r(NULL, ";", &rest)) {
        const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
        cbk_pairs_push(&headers, (struct cbk_pair){name, value ? value : "absent"});
    }
    char hash[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(form, strlen(form), hash);
    const struct cbk_sign_v3_request request = {
        .method = "POST", .path = "/", .headers = headers.items, .header_count = headers.len, .payload_hash = hash};
    CBK_STR(canonical);
    CBK_STR(to_sign);
    CBK_STR(expected);
    cbk_sign_v3_canonical(&canonical, &request, NULL);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    cbk_sign_v3(&expected, "secret", to_sign.ptr);
    return strcmp(signature + strlen(",Signature="), expected.ptr) == 0;
}

/* Notes the request and picks its line, or NULL. */
static const struct line *take(struct fake_cloud *fake, struct MHD_Connection *connection, const char *form)
{
    const char *action = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "x-acs-action");
    json_t *headers = json_object();
    MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header, headers);
    const struct line *found = NULL;
    (void)pthread_mutex_lock(&fake->lock);
    CBK_CLEANUP(cbk_string_freep) char *request = cbk_strf("%s %s", action ? action : "", form);
    json_array_append_new(fake->requests, json_pack("{s:s, s:o}", "request", request, "headers", headers));
    for (size_t i = 0; fake->script[i].action && !found; i++) {
        const struct line *line = &fake->script[i];
        json_int_t used = json_integer_value(json_array_get(fake->used, i));
        if (!action || strcmp(line->action, action) != 0 || (line->match && !strstr(form, line->match)) ||
            (line->times && used >= line->times))
            continue;
        json_array_set_new(fake->used, i, json_integer(used + 1));
        found = line;
    }
    (void)pthread_mutex_unlock(&fake->lock);
    if (fake->hook)
        fake->hook(fake->hook_context);
    return found;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *body, size_t *body_len, void **request)
{
    struct fake_cloud *fake = context;
    (void)url, (void)method, (void)version;
    struct cbk_str *form = *request;
    if (!form) {
        form = CBK_NEW(struct cbk_str);
        *form = (struct cbk_str)CBK_STR_INIT;
        *request = form;
        return MHD_YES;
    }
    if (*body_len) {
        cbk_str_add_bytes(form, body, *body_len);
        *body_len = 0;
        return MHD_YES;
    }
    static const struct line nothing = {.status = 400, .body = "{\"Code\": \"NotInTheScript\"}"};
    const struct line *line = take(fake, connection, form->ptr);
    static const struct line unsigned_request = {.status = 400, .body = "{\"Code\": \"SignatureDoesNotMatch\"}"};
    line = !is_signed(connection, form->ptr) ? &unsigned_request : line ? line : &nothing;
    if (line->status == DROP)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(line->body), (void *)line->body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Date", "Sun, 06 Nov 1994 08:49:37 GMT");
    enum MHD_Result result = MHD_queue_response(connection, line->status ? (unsigned)line->status : 200, response);
    MHD_destroy_response(response);
    return result;
}

static void on_end(void *context, struct MHD_Connection *connection, void **request,
                   enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    if (!*request)
        return;
    cbk_str_release(*request);
    free(*request);
    *request = NULL;
}

struct fake_cloud *fake_cloud_start(const struct line *script)
{
    struct fake_cloud *fake = CBK_NEW(struct fake_cloud);
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fake->script = script;
    fake->requests = json_array();
    fake->used = json_array();
    for (size_t i = 0; script[i].action; i++)
        json_array_append_new(fake->used, json_integer(0));
    (void)pthread_mutex_init(&fake->lock, NULL);
    fake->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL,
                                    on_request, fake, MHD_OPTION_SOCK_ADDR, &loopback, MHD_OPTION_NOTIFY_COMPLETED,
                                    on_end, NULL, MHD_OPTION_END);
    return fake;
}

void fake_cloud_stop(struct fake_cloud *fake)
{
    MHD_stop_daemon(fake->daemon);
    (void)pthread_mutex_destroy(&fake->lock);
    json_decref(fake->requests);
    json_decref(fake->used);
    free(fake);
}

struct cbk_cloud *fake_cloud_session(struct fake_cloud *fake, int64_t deadline_ms)
{
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret", 1);
    CBK_CLEANUP(cbk_string_freep)
    char *endpoint =
        cbk_strf("http://127.0.0.1:%u", MHD_get_daemon_info(fake->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    const struct cbk_cloud_options options = {
        .region = "cn-hangzhou", .endpoint = endpoint, .deadline_ms = deadline_ms};
    struct cbk_cloud *cloud = NULL;
    CBK_ERROR(err);
    return cbk_cloud_new(&options, &cloud, &err) == 0 ? cloud : NULL;
}

size_t fake_cloud_count(struct fake_cloud *fake, const char *action)
{
    size_t count = 0, i;
    json_t *request;
    (void)pthread_mutex_lock(&fake->lock);
    json_array_foreach(fake->requests, i, request)
        count += !action || cbk_str_equal(cbk_json_text(request, "headers.x-acs-action"), action);
    (void)pthread_mutex_unlock(&fake->lock);
    return count;
}

static char *kept(struct fake_cloud *fake, size_t n, const char *trail)
{
    (void)pthread_mutex_lock(&fake->lock);
    char *text = cbk_strdup(cbk_json_text_or(json_array_get(fake->requests, n), trail, ""));
    (void)pthread_mutex_unlock(&fake->lock);
    return text;
}

char *fake_cloud_request(struct fake_cloud *fake, size_t n)
{
    return kept(fake, n, "request");
}

char *fake_cloud_header(struct fake_cloud *fake, size_t n, const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *trail = cbk_strf("headers.%s", name);
    return kept(fake, n, trail);
}

void fake_cloud_on_request(struct fake_cloud *fake, void (*hook)(void *), void *context)
{
    fake->hook_context = context;
    fake->hook = hook;
}
