/*
 * One call of an action: attempts, each paced, signed afresh (a nonce is good for one request) and traced, until one
 * succeeds, fails for good, or time is up.
 */
#include "cloud/call.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/time.h"
#include "cloud/answer.h"
#include "cloud/deed.h"
#include "cloud/params.h"
#include "cloud/retry.h"
#include "cloud/session.h"
#include "cloud/sign.h"
#include "cloud/wire.h"

#include <inttypes.h>

struct call {
    struct cbk_cloud *cloud;
    const struct cbk_credentials *fixed; /* NULL: those that the session has when an attempt begins */
    struct cbk_credentials who;          /* of the attempt under way */
    struct cbk_asked asked;
    struct cbk_str form; /* all parameters; may hold a secret */
    int64_t began_ms;
    bool renewed;     /* the cloud had refused the credentials as expired */
    bool is_doubtful; /* an attempt may have had its effect, though it did not succeed */
};

static void release_call(struct call *call)
{
    cbk_credentials_release(&call->who);
    cbk_wipe(call->form.ptr, call->form.len);
    cbk_str_release(&call->form);
}

static int prepare(struct call *call, const json_t *params, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_CLEANUP(cbk_pairs_release) struct cbk_pairs pairs = {0};
    int r = cbk_params_spread(params, arena, &pairs, err);
    if (r < 0)
        return r;
    if (cbk_service_takes_region(call->asked.service) && !json_object_get(params, "RegionId"))
        cbk_pairs_push(&pairs, (struct cbk_pair){.name = "RegionId", .value = call->cloud->core->region});
    cbk_sign_add_canonical_query(&call->form, pairs.items, pairs.len);
    return 0;
}

static int64_t remaining_ms(const struct call *call)
{
    return call->cloud->core->deadline_ms - (cbk_time_monotonic_ms() - call->began_ms);
}

/* A call that may be repeated gives one attempt a third of its time, so that a server that hangs costs a retry and not
 * the call; one that may not be repeated waits for its answer as long as it can. */
static int64_t attempt_timeout(const struct call *call)
{
    int64_t left = remaining_ms(call), third = call->cloud->core->deadline_ms / 3;
    return call->asked.flags && third < left ? third : left;
}

static int wait_for_place(const struct call *call, struct cbk_error *err)
{
    const int64_t glance_ms = 200; /* between looks at the interruption flag */
    for (int64_t left = remaining_ms(call); left > 0; left = remaining_ms(call)) {
        if (cbk_cloud_interrupted(call->cloud))
            return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted before %s was called", call->asked.action);
        if (cbk_pace_enter(call->cloud->core->pace, call->asked.service, left < glance_ms ? left : glance_ms))
            return 0;
    }
    return cbk_fail(err, CBK_E_TIMEOUT, "%s found no place among the running calls in time", call->asked.action);
}

static void hint_network(const struct call *call, struct cbk_error *err)
{
    if (call->cloud->core->overridden)
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

/* In whose name the next attempt is made. Renewing them is a call too, so it comes before there is a place for this. */
static int identify(struct call *call, struct cbk_error *err)
{
    if (call->fixed) {
        cbk_credentials_copy(&call->who, call->fixed);
        return 0;
    }
    cbk_credentials_release(&call->who);
    return cbk_keyring_get(call->cloud->core->keyring, call->cloud, &call->who, err);
}

/* Failures after which the effect may be there all the same. */
static bool leaves_doubt(int outcome)
{
    return outcome == CBK_E_AMBIGUOUS || outcome == CBK_E_RETRYABLE || outcome == CBK_E_INTERRUPTED ||
           outcome == CBK_E_LIMIT;
}

static int attempt(struct call *call, json_t **ret, int64_t *ret_retry_after, struct cbk_error *err)
{
    struct cbk_cloud *cloud = call->cloud;
    int r = wait_for_place(call, err);
    if (r < 0)
        return r;
    int64_t entered = cbk_time_monotonic_ms();
    CBK_HTTP_RESPONSE(response);
    r = cbk_wire_send(cloud, &call->asked, &call->form, attempt_timeout(call), &response, err);
    cbk_cloud_saw_date(cloud, response.date);
    if (response.status)
        atomic_store(&cloud->core->reached[call->asked.service], true);
    if (r == 0)
        r = cbk_answer_judge(&call->asked, &response, ret, err);
    else if (r == CBK_E_NETWORK)
        hint_network(call, err);
    call->is_doubtful = call->is_doubtful || leaves_doubt(r);
    *ret_retry_after = response.retry_after;
    cbk_pace_leave(cloud->core->pace, call->asked.service, entered, r == CBK_E_THROTTLED, hold_ms(&response));

    const char *request_id = r < 0 ? err->request_id : cbk_json_text(*ret, "RequestId");
    cbk_log(CBK_LOG_DEBUG, "%s %s: %s, HTTP %d, %" PRId64 " ms, request %s", cbk_service_name(call->asked.service),
            call->asked.action, r < 0 ? cbk_error_id(r) : "ok", response.status, cbk_time_monotonic_ms() - entered,
            request_id ? request_id : "unknown");
    return r;
}

/* Did the cloud refuse the session's credentials as too old, and are there others to be had? Then nothing was done, and
 * any call may be repeated, once. */
static bool can_renew(struct call *call, const struct cbk_error *failure)
{
    if (call->renewed || call->fixed || !failure->cloud_code ||
        !cbk_str_starts_with(failure->cloud_code, "InvalidSecurityToken."))
        return false;
    call->renewed = cbk_keyring_refuse(call->cloud->core->keyring, &call->who);
    return call->renewed;
}

/* Attempts until one succeeds, fails for good, or time is up: then the last failure is the answer. */
static int attempt_until_done(struct call *call, json_t **ret, struct cbk_error *err)
{
    for (unsigned attempts = 1;; attempts++) {
        int r = identify(call, err);
        if (r < 0)
            return r;
        int64_t retry_after = -1;
        CBK_ERROR(failure);
        r = attempt(call, ret, &retry_after, &failure);
        if (r == 0)
            return 0;
        if (can_renew(call, &failure))
            continue;
        const struct cbk_failure facts = {
            .code = r,
            .flags = call->asked.flags,
            .was_reached = atomic_load(&call->cloud->core->reached[call->asked.service]),
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

/* Has the witness write down what is about to be done, does it, and says what is known of it. */
static int do_deed(struct call *call, const json_t *params, json_t **ret, struct cbk_error *err)
{
    const struct cbk_cloud_witness *witness = call->cloud->witness;
    CBK_JSON *key = cbk_deed_key(call->asked.action, params);
    char digest[CBK_SHA256_HEX + 1];
    cbk_sha256_hex(call->form.ptr, call->form.len, digest);
    const struct cbk_deed deed = {call->asked.service, call->asked.action, key, digest};
    int64_t number = 0;
    int r = witness->before(witness->context, &deed, &number, err);
    if (r < 0)
        return r;
    r = attempt_until_done(call, ret, err);
    struct cbk_deed_outcome outcome = {.end = CBK_DEED_DONE, .request_id = cbk_json_text(*ret, "RequestId")};
    if (r < 0)
        outcome = (struct cbk_deed_outcome){.end = call->is_doubtful ? CBK_DEED_UNKNOWN : CBK_DEED_REFUSED,
                                            .code = err->cloud_code ? err->cloud_code : cbk_error_id(r),
                                            .request_id = err->request_id};
    witness->after(witness->context, number, &outcome);
    return r;
}

/* To ask for credentials changes nothing: those are the calls in another's name. */
static bool is_deed(const struct call *call)
{
    return call->cloud->witness && !call->fixed && !(call->asked.flags & CBK_CALL_READ);
}

int cbk_cloud_call_as(struct cbk_cloud *cloud, const struct cbk_credentials *who, enum cbk_service service,
                      const char *action, unsigned flags, const json_t *params, json_t **ret_answer,
                      struct cbk_error *err)
{
    if (!params) /* how jansson says that a text was not UTF-8; a call that lost its parameters would say another thing
                  */
        return cbk_fail(err, CBK_E_USAGE, "a parameter of %s is not valid UTF-8 text", action);
    const struct cbk_url *endpoint = &cloud->core->endpoints[service];
    if (!endpoint->host)
        return cbk_fail(err, CBK_E_USAGE, "%s needs a region, and none is set", action);
    CBK_CLEANUP(release_call)
    struct call call = {
        .cloud = cloud,
        .fixed = who,
        .form = CBK_STR_INIT,
        .began_ms = cbk_time_monotonic_ms(),
    };
    call.asked = (struct cbk_asked){service, action, flags, endpoint->base, &call.who};
    int r = prepare(&call, params, err);
    if (r < 0)
        return r;
    CBK_JSON *answer = NULL;
    r = is_deed(&call) ? do_deed(&call, params, &answer, err) : attempt_until_done(&call, &answer, err);
    if (r < 0)
        return r;
    if (ret_answer)
        *ret_answer = cbk_json_steal(&answer);
    return 0;
}

int cbk_cloud_call(struct cbk_cloud *cloud, enum cbk_service service, const char *action, unsigned flags,
                   const json_t *params, json_t **ret_answer, struct cbk_error *err)
{
    return cbk_cloud_call_as(cloud, NULL, service, action, flags, params, ret_answer, err);
}
