/*
 * One call of an action: attempts, each paced, signed afresh (a nonce is good for one request) and traced, until one
 * succeeds, fails for good, or time is up.
 */
#include "cloud/cloud.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "cloud/answer.h"
#include "cloud/params.h"
#include "cloud/retry.h"
#include "cloud/session.h"
#include "cloud/sign.h"

#include <inttypes.h>

#define CONTENT_TYPE "application/x-www-form-urlencoded"

CBK_VEC(header_list, struct cbk_http_header)

struct call {
    struct cbk_cloud *cloud;
    struct cbk_asked asked;
    const struct cbk_url *endpoint;
    struct cbk_str body; /* all parameters, as a form */
    char body_hash[CBK_SHA256_HEX + 1];
    int64_t began_ms;
};

static void release_call(struct call *call)
{
    cbk_str_release(&call->body);
}

static int prepare(struct call *call, const json_t *params, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
    int r = cbk_params_spread(params, arena, &pairs, err);
    if (r < 0)
        return r;
    if (cbk_service_takes_region(call->asked.service) && !json_object_get(params, "RegionId"))
        cbk_pairs_push(&pairs, (struct cbk_pair){.name = "RegionId", .value = call->cloud->region});
    cbk_sign_add_canonical_query(&call->body, pairs.items, pairs.len);
    cbk_sha256_hex(call->body.ptr, call->body.len, call->body_hash);
    return 0;
}

/* Adds the Authorization header's value over the headers given, all of which are signed. */
static void authorize(const struct call *call, const struct cbk_pairs *headers, struct cbk_str *out)
{
    const struct cbk_credentials *who = call->asked.credentials;
    const struct cbk_sign_v3_request request = {
        .method = "POST",
        .path = "/",
        .headers = headers->items,
        .header_count = headers->len,
        .payload_hash = call->body_hash,
    };
    CBK_STR(canonical);
    CBK_STR(names);
    CBK_STR(to_sign);
    cbk_sign_v3_canonical(&canonical, &request, &names);
    cbk_sign_v3_string(&to_sign, canonical.ptr);
    cbk_str_addf(out, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=", who->access_key_id, names.ptr);
    cbk_sign_v3(out, who->access_key_secret, to_sign.ptr);
}

static int send_signed(const struct call *call, int64_t timeout_ms, struct cbk_http_response *response,
                       struct cbk_error *err)
{
    const struct cbk_credentials *who = call->asked.credentials;
    CBK_STR(date);
    CBK_STR(nonce);
    cbk_time_add_utc(&date, cbk_time_now());
    cbk_uuid_add(&nonce);
    const struct cbk_pair named[] = {
        {"host", call->endpoint->host_port},
        {"content-type", CONTENT_TYPE},
        {"x-acs-action", call->asked.action},
        {"x-acs-version", cbk_service_version(call->asked.service)},
        {"x-acs-date", date.ptr},
        {"x-acs-signature-nonce", nonce.ptr},
        {"x-acs-content-sha256", call->body_hash},
        {"x-acs-accesskey-id", who->security_token ? who->access_key_id : NULL},
        {"x-acs-security-token", who->security_token},
    };
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs signed_headers = {0};
    CBK_CLEANUP(header_list_release) struct header_list headers = {0};
    for (size_t i = 0; i < CBK_ARRAY_LEN(named); i++) {
        if (!named[i].value)
            continue;
        cbk_pairs_push(&signed_headers, named[i]);
        header_list_push(&headers, (struct cbk_http_header){named[i].name, named[i].value});
    }
    CBK_STR(authorization);
    authorize(call, &signed_headers, &authorization);
    header_list_push(&headers, (struct cbk_http_header){"authorization", authorization.ptr});
    header_list_push(&headers, (struct cbk_http_header){"accept", "application/json"});

    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("%s/", call->endpoint->base);
    const struct cbk_http_request request = {
        .method = "POST",
        .url = url,
        .headers = headers.items,
        .header_count = headers.len,
        .body = call->body.ptr,
        .body_len = call->body.len,
        .connect_timeout_ms = call->cloud->connect_timeout_ms,
        .timeout_ms = timeout_ms,
    };
    return cbk_http_send(call->cloud->http, &request, response, err);
}

static int64_t remaining_ms(const struct call *call)
{
    return call->cloud->deadline_ms - (cbk_time_monotonic_ms() - call->began_ms);
}

/* A call that may be repeated gives one attempt a third of its time, so that a server that hangs costs a retry and not
 * the call; one that may not be repeated waits for its answer as long as it can. */
static int64_t attempt_timeout(const struct call *call)
{
    int64_t left = remaining_ms(call), third = call->cloud->deadline_ms / 3;
    return call->asked.flags && third < left ? third : left;
}

static int wait_for_place(const struct call *call, struct cbk_error *err)
{
    const int64_t glance_ms = 200; /* between looks at the interruption flag */
    for (int64_t left = remaining_ms(call); left > 0; left = remaining_ms(call)) {
        if (cbk_cloud_interrupted(call->cloud))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before %s was called", call->asked.action);
        if (cbk_pace_enter(call->cloud->pace, call->asked.service, left < glance_ms ? left : glance_ms))
            return 0;
    }
    return cbk_fail(err, CBK_E_TIMEOUT, "%s found no place among the running calls in time", call->asked.action);
}

static void hint_network(const struct call *call, struct cbk_error *err)
{
    if (call->cloud->overridden)
        cbk_error_hint(err, "CBK_ENDPOINT sends every call there: does a simulator listen on it?");
    else
        cbk_error_hint(err, "check the network, the proxy settings and the region");
}

/* How long a throttled service is left alone by everybody: what it asked for, within reason. */
static int64_t hold_ms(const struct cbk_http_response *response)
{
    if (response->retry_after < 0)
        return 250;
    return response->retry_after < 5000 ? response->retry_after : 5000;
}

static int attempt(const struct call *call, json_t **ret, int64_t *ret_retry_after, struct cbk_error *err)
{
    struct cbk_cloud *cloud = call->cloud;
    int r = wait_for_place(call, err);
    if (r < 0)
        return r;
    int64_t entered = cbk_time_monotonic_ms();
    CBK_HTTP_RESPONSE(response);
    r = send_signed(call, attempt_timeout(call), &response, err);
    cbk_cloud_saw_date(cloud, response.date);
    if (r == 0)
        r = cbk_answer_judge(&call->asked, &response, ret, err);
    else if (r == CBK_E_NETWORK)
        hint_network(call, err);
    *ret_retry_after = response.retry_after;
    cbk_pace_leave(cloud->pace, call->asked.service, entered, r == CBK_E_THROTTLED, hold_ms(&response));

    const char *request_id = r < 0 ? err->request_id : cbk_json_text(*ret, "RequestId");
    cbk_log(CBK_LOG_DEBUG, "%s %s: %s, HTTP %d, %" PRId64 " ms, request %s", cbk_service_name(call->asked.service),
            call->asked.action, r < 0 ? cbk_error_id(r) : "ok", response.status, cbk_time_monotonic_ms() - entered,
            request_id ? request_id : "unknown");
    return r;
}

/* Attempts until one succeeds, fails for good, or time is up: then the last failure is the answer. */
static int attempt_until_done(const struct call *call, json_t **ret, struct cbk_error *err)
{
    for (unsigned attempts = 1;; attempts++) {
        int64_t retry_after = -1;
        CBK_ERROR(failure);
        int r = attempt(call, ret, &retry_after, &failure);
        if (r == 0)
            return 0;
        const struct cbk_failure facts = {
            .code = r,
            .flags = call->asked.flags,
            .attempts = attempts,
            .elapsed_ms = cbk_time_monotonic_ms() - call->began_ms,
            .remaining_ms = remaining_ms(call),
            .retry_after_ms = retry_after,
        };
        int64_t delay = cbk_retry_delay(&facts, cbk_retry_random());
        if (delay < 0)
            return cbk_error_move(err, &failure);
        cbk_log(CBK_LOG_DEBUG, "%s: again in %" PRId64 " ms: %s", call->asked.action, delay, failure.message);
        r = cbk_cloud_sleep(call->cloud, delay, err);
        if (r < 0)
            return r;
    }
}

int cbk_cloud_call(struct cbk_cloud *cloud, enum cbk_service service, const char *action, unsigned flags,
                   const json_t *params, json_t **ret_answer, struct cbk_error *err)
{
    if (!params) /* how jansson says that a text was not UTF-8; a call that lost its parameters would say another thing
                  */
        return cbk_fail(err, CBK_E_USAGE, "a parameter of %s is not valid UTF-8 text", action);
    const struct cbk_url *endpoint = &cloud->endpoints[service];
    if (!endpoint->host)
        return cbk_fail(err, CBK_E_USAGE, "%s needs a region, and none is set", action);
    CBK_CLEANUP(release_call)
    struct call call = {
        .cloud = cloud,
        .asked = {service, action, flags, endpoint->base, &cloud->credentials},
        .endpoint = endpoint,
        .body = CBK_STR_INIT,
        .began_ms = cbk_time_monotonic_ms(),
    };
    int r = prepare(&call, params, err);
    if (r < 0)
        return r;
    CBK_JSON *answer = NULL;
    r = attempt_until_done(&call, &answer, err);
    if (r < 0)
        return r;
    if (ret_answer)
        *ret_answer = cbk_json_steal(&answer);
    return 0;
}
