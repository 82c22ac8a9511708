#include "state/etcd_client.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "http/http.h"
#include "http/url.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#define DEADLINE_MS ((int64_t)30 * 1000)
#define ATTEMPT_MS ((int64_t)5 * 1000) /* a member without its cluster answers nothing */
#define CONNECT_MS ((int64_t)2 * 1000)
#define ANSWER_LIMIT ((size_t)64 * 1024 * 1024)

/* gRPC's codes, as the gateway hands them on in its errors. */
enum grpc_code {
    GRPC_DEADLINE_EXCEEDED = 4,
    GRPC_PERMISSION_DENIED = 7,
    GRPC_UNAVAILABLE = 14,
    GRPC_UNAUTHENTICATED = 16
};

struct cbk_etcd {
    struct cbk_http *http;
    json_t *endpoints;     /* URLs without a slash at the end */
    char *user, *password; /* NULL: none */
    pthread_mutex_t lock;  /* guards the rest */
    size_t preferred;      /* the endpoint that answered last */
    bool is_silent;        /* none answered in time when one was asked last */
    char *token;           /* NULL: not logged in */
};

void cbk_etcd_free(struct cbk_etcd *etcd)
{
    if (!etcd)
        return;
    cbk_http_free(etcd->http);
    json_decref(etcd->endpoints);
    if (etcd->password)
        cbk_wipe(etcd->password, strlen(etcd->password));
    free(etcd->user);
    free(etcd->password);
    free(etcd->token);
    (void)pthread_mutex_destroy(&etcd->lock);
    free(etcd);
}

static int take_endpoint(struct cbk_etcd *etcd, const char *text, struct cbk_error *err)
{
    CBK_URL(url);
    int r = cbk_url_parse(text, &url, err);
    if (r < 0)
        return r;
    if (!url.loopback && strcmp(url.scheme, "https") != 0) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "the endpoint '%s' is not encrypted", text);
        return cbk_error_hint(err, "plain http is for loopback alone: use https");
    }
    json_array_append_new(etcd->endpoints, json_string(url.base));
    return 0;
}

/* Reads a variable of the environment that the settings name; *ret is NULL where they name none. */
static int take_secret(const json_t *settings, const char *key, char **ret, struct cbk_error *err)
{
    const char *variable = cbk_json_text(settings, key);
    const char *value = variable ? getenv(variable) : NULL;
    if (variable && (!value || !*value))
        return cbk_fail(err, CBK_E_VALIDATION, "the environment variable '%s' is not set", variable);
    *ret = cbk_strdup(value);
    return 0;
}

static void take_tls(struct cbk_etcd *etcd, const json_t *settings, const char *dir)
{
    static const char *const keys[] = {"ca_file", "cert_file", "key_file"};
    char *paths[CBK_ARRAY_LEN(keys)];
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++) {
        const char *name = cbk_json_text(settings, keys[i]);
        paths[i] = name ? cbk_path_join(dir, name) : NULL;
    }
    cbk_http_set_tls(etcd->http, &(struct cbk_http_tls){paths[0], paths[1], paths[2]});
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        free(paths[i]);
}

int cbk_etcd_new(const json_t *settings, const char *dir, struct cbk_etcd **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_etcd_freep) struct cbk_etcd *etcd = CBK_NEW(struct cbk_etcd);
    (void)pthread_mutex_init(&etcd->lock, NULL);
    etcd->endpoints = json_array();
    int r = cbk_http_new(&etcd->http, err);
    size_t index;
    json_t *endpoint;
    json_array_foreach(json_object_get(settings, "endpoints"), index, endpoint)
        r = r < 0 ? r : take_endpoint(etcd, json_string_value(endpoint), err);
    if (r == 0)
        r = take_secret(settings, "username_env", &etcd->user, err);
    if (r == 0)
        r = take_secret(settings, "password_env", &etcd->password, err);
    if (r < 0)
        return r;
    take_tls(etcd, settings, dir);
    *ret = cbk_etcd_steal(&etcd);
    return 0;
}

/* --- one request ---------------------------------------------------------------------------------------------------
 */

/* Sends one request to one endpoint; *ret_status is the HTTP status, 0 when nothing came. */
static int send_once(struct cbk_etcd *etcd, const char *endpoint, const char *method, const char *token,
                     const struct cbk_str *body, json_t **ret_answer, int *ret_status, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("%s/v3/%s", endpoint, method);
    const struct cbk_http_header headers[] = {{"content-type", "application/json"}, {"authorization", token}};
    const struct cbk_http_request request = {.method = "POST",
                                             .url = url,
                                             .headers = headers,
                                             .header_count = token ? 2 : 1,
                                             .body = body->ptr,
                                             .body_len = body->len,
                                             .connect_timeout_ms = CONNECT_MS,
                                             .timeout_ms = ATTEMPT_MS,
                                             .body_limit = ANSWER_LIMIT};
    CBK_HTTP_RESPONSE(response);
    int r = cbk_http_send(etcd->http, &request, &response, err);
    *ret_status = response.status;
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("the answer of '%s'", endpoint);
    return cbk_json_parse(what, response.body.ptr, response.body.len, ret_answer, err);
}

/* What is to be done about an answer that is an error. */
enum verdict { FINE, NEXT_ENDPOINT, LOG_IN, REFUSED };

static enum verdict judge(int status, const json_t *answer)
{
    if (status == 200)
        return FINE;
    int64_t code = cbk_json_int(answer, "code", GRPC_UNAVAILABLE);
    if (code == GRPC_UNAUTHENTICATED)
        return LOG_IN;
    return code == GRPC_UNAVAILABLE || code == GRPC_DEADLINE_EXCEEDED ? NEXT_ENDPOINT : REFUSED;
}

static int fail_refused(const char *method, const json_t *answer, struct cbk_error *err)
{
    bool is_auth = cbk_json_int(answer, "code", 0) == GRPC_PERMISSION_DENIED ||
                   cbk_json_int(answer, "code", 0) == GRPC_UNAUTHENTICATED;
    const char *words = cbk_json_text_or(answer, "message", cbk_json_text_or(answer, "error", "no reason given"));
    return cbk_fail(err, is_auth ? CBK_E_AUTH : CBK_E_STATE, "etcd refuses %s: %s", method, words);
}

/* --- a call --------------------------------------------------------------------------------------------------------
 */

static char *copy_token(struct cbk_etcd *etcd)
{
    (void)pthread_mutex_lock(&etcd->lock);
    char *token = cbk_strdup(etcd->token);
    (void)pthread_mutex_unlock(&etcd->lock);
    return token;
}

static void keep_token(struct cbk_etcd *etcd, const char *token)
{
    (void)pthread_mutex_lock(&etcd->lock);
    free(etcd->token);
    etcd->token = cbk_strdup(token);
    (void)pthread_mutex_unlock(&etcd->lock);
}

/* Where to begin, and until when to ask: a cluster that was silent for the whole time is asked once around from then
 * on, or a runner that is cut off would wait for as long with every step that it has to give up. */
static size_t first_endpoint(struct cbk_etcd *etcd, int64_t *ret_deadline)
{
    (void)pthread_mutex_lock(&etcd->lock);
    size_t preferred = etcd->preferred;
    *ret_deadline = cbk_time_monotonic_ms() + (etcd->is_silent ? 0 : DEADLINE_MS);
    (void)pthread_mutex_unlock(&etcd->lock);
    return preferred;
}

static void note_answer(struct cbk_etcd *etcd, size_t index, bool is_silent)
{
    (void)pthread_mutex_lock(&etcd->lock);
    etcd->preferred = index;
    etcd->is_silent = is_silent;
    (void)pthread_mutex_unlock(&etcd->lock);
}

/* Asks one endpoint after the other, several times around, until one gives an answer that counts. */
static int ask_around(struct cbk_etcd *etcd, const char *method, const json_t *request, json_t **ret_answer,
                      enum verdict *ret_verdict, struct cbk_error *err)
{
    const int64_t pause_ms = 200;
    CBK_STR(body);
    cbk_json_add_canonical(&body, request);
    CBK_CLEANUP(cbk_string_freep) char *token = copy_token(etcd);
    int64_t deadline = 0;
    size_t count = json_array_size(etcd->endpoints), first = first_endpoint(etcd, &deadline);
    for (size_t i = 0;; i++) {
        size_t index = (first + i) % count;
        const char *endpoint = json_string_value(json_array_get(etcd->endpoints, index));
        CBK_JSON *answer = NULL;
        CBK_ERROR(attempt);
        int status = 0;
        int r = send_once(etcd, endpoint, method, token, &body, &answer, &status, &attempt);
        *ret_verdict = r < 0 ? NEXT_ENDPOINT : judge(status, answer);
        if (*ret_verdict != NEXT_ENDPOINT) {
            note_answer(etcd, index, /* is_silent= */ false);
            *ret_answer = cbk_json_steal(&answer);
            return 0;
        }
        if (r == 0)
            (void)fail_refused(method, answer, &attempt);
        cbk_log(CBK_LOG_DEBUG, "etcd: %s: %s", endpoint, attempt.message);
        bool is_late = i + 1 >= count && cbk_time_monotonic_ms() > deadline;
        if (r == CBK_E_INTERRUPTED || is_late) {
            note_answer(etcd, first, is_late);
            cbk_error_move(err, &attempt);
            err->code = r == CBK_E_INTERRUPTED ? CBK_E_INTERRUPTED : CBK_E_NETWORK;
            return cbk_wrap(err, "no endpoint of etcd answers");
        }
        if (index + 1 == count)
            cbk_sleep_ms(pause_ms);
    }
}

static int log_in(struct cbk_etcd *etcd, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:s, s:s}", "name", etcd->user, "password", etcd->password ? etcd->password : "");
    CBK_JSON *answer = NULL;
    enum verdict verdict = FINE;
    keep_token(etcd, NULL);
    int r = ask_around(etcd, "auth/authenticate", request, &answer, &verdict, err);
    if (r < 0)
        return r;
    if (verdict != FINE) {
        (void)fail_refused("the login", answer, err);
        err->code = CBK_E_AUTH;
        return CBK_E_AUTH;
    }
    keep_token(etcd, cbk_json_text(answer, "token"));
    return 0;
}

int cbk_etcd_call(struct cbk_etcd *etcd, const char *method, const json_t *request, json_t **ret_answer,
                  struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *token = copy_token(etcd);
    bool is_fresh = etcd->user && !token;
    int r = is_fresh ? log_in(etcd, err) : 0;
    for (bool again = false; r == 0; again = true) {
        CBK_JSON *answer = NULL;
        enum verdict verdict = FINE;
        r = ask_around(etcd, method, request, &answer, &verdict, err);
        if (r < 0)
            return r;
        if (verdict == FINE) {
            *ret_answer = cbk_json_steal(&answer);
            return 0;
        }
        if (verdict == REFUSED || !etcd->user || again)
            return fail_refused(method, answer, err);
        r = log_in(etcd, err); /* tokens run out */
    }
    return r;
}

/* --- keys and values -----------------------------------------------------------------------------------------------
 */

json_t *cbk_etcd_bytes(const char *text, size_t len)
{
    CBK_STR(encoded);
    cbk_base64_add(&encoded, text, len);
    return json_stringn(encoded.ptr, encoded.len);
}

json_t *cbk_etcd_range_end(const char *prefix)
{
    CBK_CLEANUP(cbk_string_freep) char *end = cbk_strdup(prefix);
    size_t len = strlen(end);
    end[len - 1]++; /* our keys end in a slash, never in the last byte */
    return cbk_etcd_bytes(end, len);
}

char *cbk_etcd_text(const json_t *json, const char *key, size_t *ret_len)
{
    CBK_STR(decoded);
    const char *text = cbk_json_text_or(json, key, "");
    (void)cbk_base64_decode(text, strlen(text), &decoded);
    *ret_len = decoded.len;
    return cbk_str_detach(&decoded);
}

int64_t cbk_etcd_number(const json_t *json, const char *trail)
{
    const char *text = cbk_json_text(json, trail);
    if (!text)
        return cbk_json_int(json, trail, 0);
    char *end = NULL;
    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    return errno || *end ? 0 : value;
}
