#include "cloud/retry.h"

#include "base/digest.h"

/* No more than this, however long the cloud asks us to wait. The unit of its header is unverified. */
#define RETRY_AFTER_CAP_MS 30000

#define REPEATABLE (CBK_CALL_READ | CBK_CALL_IDEMPOTENT)

struct policy {
    int code;
    bool only_strangers; /* for services that have not answered yet */
    unsigned needs;      /* one of these flags; 0: every call may be repeated */
    int64_t base_ms;     /* the first backoff; it doubles */
    int64_t cap_ms;      /* where doubling ends */
    unsigned attempts;   /* at most, 0: until the deadline */
    int64_t patience_ms; /* since the call began, 0: until the deadline */
};

/*
 * The first that fits. Where nothing was sent, anything may be repeated. A service that never answered is misspelt, or
 * the network is not there: that should be told soon. One that did will be back, and half an apply is worth the wait.
 */
static const struct policy policies[] = {
    {CBK_E_NETWORK, true, 0, 100, 1000, 4, 5000}, /* a stranger */
    {CBK_E_NETWORK, false, 0, 200, 5000, 0, 0},   /* one that has answered */
    {CBK_E_AMBIGUOUS, false, REPEATABLE, 200, 5000, 6, 0},
    {CBK_E_RETRYABLE, false, REPEATABLE, 200, 5000, 0, 0},
    {CBK_E_THROTTLED, false, 0, 500, 10000, 0, 0}, /* nothing was done */
};

static const struct policy *find_policy(const struct cbk_failure *failure)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(policies); i++)
        if (policies[i].code == failure->code && !(policies[i].only_strangers && failure->was_reached))
            return &policies[i];
    return NULL;
}

static int64_t backoff(const struct policy *policy, unsigned attempts)
{
    int64_t ms = policy->base_ms;
    for (unsigned i = 1; i < attempts && ms < policy->cap_ms; i++)
        ms *= 2;
    return ms < policy->cap_ms ? ms : policy->cap_ms;
}

int64_t cbk_retry_delay(const struct cbk_failure *failure, uint32_t random)
{
    const struct policy *policy = find_policy(failure);
    if (!policy || (policy->needs && !(failure->flags & policy->needs)))
        return -1;
    if (policy->attempts && failure->attempts >= policy->attempts)
        return -1;
    if (policy->patience_ms && failure->elapsed_ms >= policy->patience_ms)
        return -1;

    int64_t delay = (int64_t)random % (backoff(policy, failure->attempts) + 1);
    int64_t asked = failure->retry_after_ms < RETRY_AFTER_CAP_MS ? failure->retry_after_ms : RETRY_AFTER_CAP_MS;
    if (delay < asked)
        delay = asked;
    return delay < failure->remaining_ms ? delay : -1;
}

int64_t cbk_poll_delay(unsigned look, uint32_t random)
{
    int64_t ms = 200;
    for (unsigned i = 0; i < look && ms < 2000; i++)
        ms += ms / 2;
    if (ms > 2000)
        ms = 2000;
    return ms - (int64_t)random % (ms / 4 + 1);
}

uint32_t cbk_retry_random(void)
{
    uint32_t number = 0;
    cbk_random_bytes(&number, sizeof(number));
    return number;
}
