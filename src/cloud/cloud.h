/*
 * The cloud as the rest of the house sees it: a session with credentials, endpoints, pace and the cloud's clock, and
 * one way to call an action. Each attempt is paced, signed afresh (nonce and date) and traced; reads and calls that
 * say they are idempotent are retried with jittered backoff inside a deadline.
 *
 * Calls that may change something can be watched (deed.h).
 *
 * Typed calls stand in ram.h, ecs.h, hbr.h and sts.h; all of them go through cbk_cloud_call and cbk_cloud_list.
 */
#ifndef CBK_CLOUD_CLOUD_H
#define CBK_CLOUD_CLOUD_H

#include "base/error.h"
#include "base/json.h"
#include "http/http.h"

struct cbk_cloud;

struct cbk_cloud_options {
    const char *region;   /* required for ecs and hbr */
    const char *endpoint; /* CBK_ENDPOINT: every service goes there; plain http only to loopback. NULL: the real ones */
    int64_t deadline_ms;  /* for one call with its retries; 0: 60 s */
    int64_t connect_timeout_ms; /* 0: 10 s */
    unsigned max_in_flight;     /* requests at once; 0: 10 */
};

/* Finds out where the credentials come from (identity.h), and gets them when the first call needs them. Fails with
 * CBK_E_AUTH when there are none, with what was looked for; with CBK_E_USAGE when the endpoint is not allowed. */
CBK_MUST_CHECK int cbk_cloud_new(const struct cbk_cloud_options *options, struct cbk_cloud **ret,
                                 struct cbk_error *err);
/* Gets the credentials now: a token that they are traded for may be too old after whatever is waited for next, a lock
 * for one. CBK_E_AUTH, CBK_E_NETWORK or CBK_E_INTERRUPTED. */
CBK_MUST_CHECK int cbk_cloud_sign_in(struct cbk_cloud *cloud, struct cbk_error *err);
/* NULL is fine. */
void cbk_cloud_free(struct cbk_cloud *cloud);
CBK_DEFINE_OWNED(struct cbk_cloud, cbk_cloud)

const char *cbk_cloud_region(const struct cbk_cloud *cloud);
/* The cloud's clock (unix seconds): the last Date header seen plus what has passed since on our monotonic clock. 0
 * before the first answer. Every age is reckoned by this one. */
int64_t cbk_cloud_now(const struct cbk_cloud *cloud);

/* Makes every call, wait and retry of the session end soon with CBK_E_INTERRUPTED, now and from now on. What a call
 * under way has done is then unknown. May be called from any thread and from a signal handler. */
void cbk_cloud_interrupt(struct cbk_cloud *cloud);
bool cbk_cloud_interrupted(const struct cbk_cloud *cloud);
/* Sleeps between looks at something slow; CBK_E_INTERRUPTED soon after the session is interrupted. */
CBK_MUST_CHECK int cbk_cloud_sleep(struct cbk_cloud *cloud, int64_t ms, struct cbk_error *err);

enum cbk_service { CBK_ECS, CBK_HBR, CBK_RAM, CBK_STS, CBK_SERVICE_COUNT };

enum cbk_call_flags {
    CBK_CALL_READ = 1 << 0,       /* changes nothing: retried on network trouble, throttling and 5xx */
    CBK_CALL_IDEMPOTENT = 1 << 1, /* has a ClientToken or sets a value: retried likewise */
};

/*
 * Calls an action. `params` is an object of decoded parameters, empty for none (NULL, which is what json_pack makes of
 * text that is not UTF-8, is refused): strings, integers and booleans go as they are (true,
 * false); arrays and objects are spread ("InstanceId": [a, b] becomes InstanceId.1=a&InstanceId.2=b, and
 * "Tag": [{Key, Value}] becomes Tag.1.Key=..&Tag.1.Value=..); what the API takes as JSON text the caller dumps
 * (cbk_params_json). null values are left out. ecs calls get RegionId unless it is set; pass "RegionId": null in params
 * where the action has none. (No action of hbr that we use has one: its endpoint is the region's.)
 *
 * *ret_answer (new reference, may be NULL on input) is the whole answer, an object. HBR's Success=false and any Code
 * but 200 inside HTTP 200 are errors. Error codes are sorted here, once, by the API's code:
 *   CBK_E_NOT_FOUND, _CONFLICT, _THROTTLED, _RETRYABLE, _AUTH, _QUOTA, _VALIDATION, with err->cloud_code and
 * request_id; CBK_E_NETWORK, _AMBIGUOUS (no or half an answer; also an answer that is not JSON, or empty where the
 * action has one). Calls without a flag are never repeated once they may have been sent, except when the cloud said
 * Throttling; a 5xx to such a call is CBK_E_AMBIGUOUS, for it may have had its effect.
 */
CBK_MUST_CHECK int cbk_cloud_call(struct cbk_cloud *cloud, enum cbk_service service, const char *action, unsigned flags,
                                  const json_t *params, json_t **ret_answer, struct cbk_error *err);

/* How an action pages. */
enum cbk_paging {
    CBK_PAGE_NONE,
    CBK_PAGE_MARKER, /* RAM: Marker, MaxItems, IsTruncated */
    CBK_PAGE_TOKEN,  /* NextToken, MaxResults (the answer's token stands at the top, or inside the trail's first key) */
    CBK_PAGE_COUNTED_TOKEN, /* the same, with a TotalCount that counts all pages: HBR (ECS says that its does not) */
    CBK_PAGE_NUMBER,        /* PageNumber, PageSize, TotalCount: pages after the first are read in parallel */
};

/*
 * Reads a whole list, page by page, with the page size given. *ret_items is a new array of what stands at `trail`
 * ("Roles.Role") of every page, in order. Fails like cbk_cloud_call; a missing list is an error (CBK_E_AMBIGUOUS),
 * never taken for an empty one. A token that repeats itself is an error too. A list that shows a hole (a page that is
 * empty where more was promised, a page that came before, fewer items than TotalCount) is read again, and
 * CBK_E_RETRYABLE when it keeps showing one: what is missing there must not be taken for deleted.
 */
CBK_MUST_CHECK int cbk_cloud_list(struct cbk_cloud *cloud, enum cbk_service service, const char *action,
                                  enum cbk_paging paging, int page_size, const json_t *params, const char *trail,
                                  json_t **ret_items, struct cbk_error *err);
/*
 * The same, keeping of each item only these of its keys (a list that ends in NULL): the rows of large lists say much
 * that nobody asks, and are held for long.
 */
CBK_MUST_CHECK int cbk_cloud_list_keys(struct cbk_cloud *cloud, enum cbk_service service, const char *action,
                                       enum cbk_paging paging, int page_size, const json_t *params, const char *trail,
                                       const char *const *keys, json_t **ret_items, struct cbk_error *err);

/* A JSON value as text, for parameters that take JSON text: a new json string. `value` is consumed. */
json_t *cbk_params_json(json_t *value);

/* The class of an API error code (NULL: none was sent), as one of the CBK_E_ codes above: by the code, only then by the
 * status. No code means one thing in one service and another elsewhere. Sources: docs/cloud-errors.md. */
int cbk_cloud_classify(int http_status, const char *code);

#endif
