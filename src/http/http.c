#include "http/http.h"

#include "base/time.h"
#include "http/url.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>

#define DEFAULT_CONNECT_MS 10000
#define DEFAULT_TIMEOUT_MS 60000
#define DEFAULT_BODY_LIMIT (64u << 20)
/* A connection that idled longer is not tried again: the cloud's gateways close theirs, and the request that finds out
 * ends as CBK_E_AMBIGUOUS. Their own limit is not documented (U); common servers keep 60 s or more. */
#define MAX_IDLE_S 25L

CBK_VEC(idle_handles, CURL *)

struct cbk_http {
    pthread_mutex_t lock; /* guards `idle` */
    struct idle_handles idle;
    atomic_bool interrupted;
    char *ca_file, *cert_file, *key_file; /* NULL: the system's authorities, no certificate of ours */
};

/* One request under way, as curl's callbacks see it. */
struct transfer {
    struct cbk_http *http;
    struct cbk_http_response *response;
    bool begun; /* the request was given to a connection: from now on it may have reached the server */
};

static void global_init(void)
{
    (void)curl_global_init_mem(CURL_GLOBAL_DEFAULT, cbk_library_malloc, free, cbk_library_realloc, cbk_library_strdup,
                               cbk_library_calloc);
}

int cbk_http_new(struct cbk_http **ret, struct cbk_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)err;
    (void)pthread_once(&once, global_init);
    struct cbk_http *http = CBK_NEW(struct cbk_http);
    (void)pthread_mutex_init(&http->lock, NULL);
    *ret = http;
    return 0;
}

void cbk_http_free(struct cbk_http *http)
{
    if (!http)
        return;
    for (size_t i = 0; i < http->idle.len; i++)
        curl_easy_cleanup(http->idle.items[i]);
    idle_handles_release(&http->idle);
    (void)pthread_mutex_destroy(&http->lock);
    free(http->ca_file);
    free(http->cert_file);
    free(http->key_file);
    free(http);
}

void cbk_http_set_tls(struct cbk_http *http, const struct cbk_http_tls *tls)
{
    free(http->ca_file);
    free(http->cert_file);
    free(http->key_file);
    http->ca_file = cbk_strdup(tls->ca_file);
    http->cert_file = cbk_strdup(tls->cert_file);
    http->key_file = cbk_strdup(tls->key_file);
}

void cbk_http_interrupt(struct cbk_http *http)
{
    atomic_store(&http->interrupted, true);
}

void cbk_http_response_release(struct cbk_http_response *response)
{
    cbk_str_release(&response->body);
    free(response->content_type);
    response->content_type = NULL;
}

/* The handle used last has the connection most likely to be alive. */
static CURL *borrow(struct cbk_http *http)
{
    CURL *curl = NULL;
    (void)pthread_mutex_lock(&http->lock);
    if (http->idle.len > 0)
        curl = http->idle.items[--http->idle.len];
    (void)pthread_mutex_unlock(&http->lock);
    if (!curl)
        curl = curl_easy_init();
    if (!curl)
        cbk_out_of_memory();
    return curl;
}

static void give_back(struct cbk_http *http, CURL *curl)
{
    curl_easy_reset(curl); /* drops the options, keeps the connections */
    (void)pthread_mutex_lock(&http->lock);
    idle_handles_push(&http->idle, curl);
    (void)pthread_mutex_unlock(&http->lock);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    cbk_str_add_bytes(&transfer->response->body, bytes, size * count);
    return transfer->response->body.overflow ? 0 : size * count;
}

static bool read_milliseconds(const char *text, int64_t *ret)
{
    char *end = NULL;
    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    if (errno || end == text || *end || value < 0)
        return false;
    *ret = value;
    return true;
}

static void take_date(struct cbk_http_response *response, const char *value)
{
    CBK_ERROR(ignored); /* a date that cannot be read is as good as none */
    (void)!cbk_time_parse_http(value, &response->date, &ignored);
}

static void take_retry_after(struct cbk_http_response *response, const char *value)
{
    (void)read_milliseconds(value, &response->retry_after);
}

static void take_content_type(struct cbk_http_response *response, const char *value)
{
    free(response->content_type);
    response->content_type = cbk_strdup(value);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    static const struct {
        const char *name;
        void (*take)(struct cbk_http_response *, const char *);
    } known[] = {{"date:", take_date}, {"x-acs-retry-after:", take_retry_after}, {"content-type:", take_content_type}};
    struct transfer *transfer = context;
    size_t len = size * count;
    for (size_t i = 0; i < CBK_ARRAY_LEN(known); i++) {
        size_t name_len = strlen(known[i].name);
        if (len < name_len || strncasecmp(bytes, known[i].name, name_len) != 0)
            continue;
        const char *value = bytes + name_len, *end = bytes + len;
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        while (end > value && strchr(" \t\r\n", end[-1]))
            end--;
        CBK_CLEANUP(cbk_string_freep) char *text = cbk_strndup(value, (size_t)(end - value));
        known[i].take(transfer->response, text);
    }
    return len;
}

static int on_progress(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
    (void)to_get, (void)got, (void)to_send, (void)sent;
    const struct transfer *transfer = context;
    return atomic_load(&transfer->http->interrupted) ? 1 : 0;
}

/*
 * Called just before a request is written to a connection. When a kept connection dies before the first byte of the
 * answer, libcurl (Curl_retry_request, up to today, without an option to stop it) opens another one and sends the
 * request again by itself, POST or not. It cannot know that the server did not act on the first one, so we allow one
 * request a call: the second time we abort, and the caller, who knows what may be repeated, is told CBK_E_AMBIGUOUS.
 */
static int on_request(void *context, char *server_ip, char *local_ip, int server_port, int local_port)
{
    (void)server_ip, (void)local_ip, (void)server_port, (void)local_port;
    struct transfer *transfer = context;
    if (transfer->begun)
        return CURL_PREREQFUNC_ABORT;
    transfer->begun = true;
    return CURL_PREREQFUNC_OK;
}

static inline void slist_freep(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static void append(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (!longer)
        cbk_out_of_memory();
    *list = longer;
}

static struct curl_slist *header_lines(const struct cbk_http_request *request)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct cbk_http_header *header = &request->headers[i];
        /* "name;" is how curl is asked for a header without a value */
        CBK_CLEANUP(cbk_string_freep)
        char *line = *header->value ? cbk_strf("%s: %s", header->name, header->value) : cbk_strf("%s;", header->name);
        append(&list, line);
    }
    append(&list, "Expect:"); /* no "100-continue", which would cost a round trip */
    return list;
}

/* The option of 7.85 took the place of one that newer libraries call deprecated; Ubuntu 22.04 has 7.81. */
static void allow_http_alone(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void set_policy(CURL *curl, bool direct)
{
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    allow_http_alone(curl);
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* HTTP/1.1 everywhere: HTTP/2 knows refused streams, which libcurl repeats on its own account */
    (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, MAX_IDLE_S);
    (void)curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "cbk/" CBK_VERSION);
    if (direct)
        (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static void set_tls(CURL *curl, const struct cbk_http *http)
{
    if (http->ca_file)
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, http->ca_file);
    if (http->cert_file)
        (void)curl_easy_setopt(curl, CURLOPT_SSLCERT, http->cert_file);
    if (http->key_file)
        (void)curl_easy_setopt(curl, CURLOPT_SSLKEY, http->key_file);
}

static void set_callbacks(CURL *curl, struct transfer *transfer)
{
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
    (void)curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_request);
    (void)curl_easy_setopt(curl, CURLOPT_PREREQDATA, transfer);
}

static void set_request(CURL *curl, const struct cbk_http_request *request, struct curl_slist *headers)
{
    int64_t connect_ms = request->connect_timeout_ms ? request->connect_timeout_ms : DEFAULT_CONNECT_MS;
    int64_t timeout_ms = request->timeout_ms ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    (void)curl_easy_setopt(curl, CURLOPT_URL, request->url);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    if (request->body) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    }
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

/* Why there was no answer, in words that do not change from run to run (curl's own name milliseconds). */
static char *reason(CURL *curl, CURLcode result, const struct transfer *transfer, const char *details)
{
    static const struct {
        CURLcode code;
        bool ask_system;            /* the operating system knows better, if it said something */
        const char *before, *after; /* the request was begun */
    } reasons[] = {
        {CURLE_COULDNT_RESOLVE_HOST, false, "its name cannot be resolved", NULL},
        {CURLE_COULDNT_RESOLVE_PROXY, false, "the name of the proxy cannot be resolved", NULL},
        {CURLE_COULDNT_CONNECT, true, "no connection", NULL},
        {CURLE_OPERATION_TIMEDOUT, false, "no connection in time", "no answer in time"},
        {CURLE_ABORTED_BY_CALLBACK, false, NULL, "the connection was closed"}, /* by on_request */
        {CURLE_GOT_NOTHING, false, NULL, "the connection was closed"},
        {CURLE_PARTIAL_FILE, false, NULL, "it ended too early"},
        {CURLE_SEND_ERROR, true, "the connection broke", "the connection broke"},
        {CURLE_RECV_ERROR, true, "the connection broke", "the connection broke"},
    };
    long system_error = 0;
    (void)curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
    for (size_t i = 0; i < CBK_ARRAY_LEN(reasons); i++) {
        const char *text = transfer->begun ? reasons[i].after : reasons[i].before;
        if (reasons[i].code != result || !text)
            continue;
        return cbk_strdup(reasons[i].ask_system && system_error ? strerror((int)system_error) : text);
    }
    return cbk_strdup(*details ? details : curl_easy_strerror(result));
}

static int judge(CURL *curl, CURLcode result, const struct transfer *transfer, const struct cbk_url *url,
                 const char *details, struct cbk_error *err)
{
    if (result == CURLE_OK)
        return 0;
    if (transfer->response->body.overflow)
        return cbk_fail(err, CBK_E_LIMIT, "the answer of '%s' is larger than %zu bytes", url->base,
                        transfer->response->body.ceiling);
    if (result == CURLE_ABORTED_BY_CALLBACK && atomic_load(&transfer->http->interrupted))
        return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted while waiting for '%s'", url->base);
    CBK_CLEANUP(cbk_string_freep) char *why = reason(curl, result, transfer, details);
    if (transfer->begun)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "no whole answer from '%s': %s", url->base, why);
    return cbk_fail(err, CBK_E_NETWORK, "cannot reach '%s': %s", url->base, why);
}

int cbk_http_send(struct cbk_http *http, const struct cbk_http_request *request, struct cbk_http_response *response,
                  struct cbk_error *err)
{
    CBK_URL(url);
    int r = cbk_url_parse(request->url, &url, err);
    if (r < 0)
        return r;
    if (atomic_load(&http->interrupted))
        return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before '%s' was called", url.base);

    CBK_CLEANUP(slist_freep) struct curl_slist *headers = header_lines(request);
    struct transfer transfer = {.http = http, .response = response};
    response->body.ceiling = request->body_limit ? request->body_limit : DEFAULT_BODY_LIMIT;
    char details[CURL_ERROR_SIZE] = "";
    CURL *curl = borrow(http);
    set_policy(curl, url.loopback || request->direct);
    set_tls(curl, http);
    set_callbacks(curl, &transfer);
    set_request(curl, request, headers);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, details);

    CURLcode result = curl_easy_perform(curl);
    long status = 0;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response->status = (int)status;
    r = judge(curl, result, &transfer, &url, details, err);
    give_back(http, curl);
    return r;
}
