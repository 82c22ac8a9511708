#include "cloud/cloud.h"

#include "base/time.h"
#include "cloud/session.h"

#define DEFAULT_DEADLINE_MS 60000
#define DEFAULT_IN_FLIGHT 10
#define NAP_MS 50 /* how late a sleeper may notice an interruption: a signal handler can only set a flag */

static int find_endpoints(struct cbk_cloud *cloud, const struct cbk_cloud_options *options, struct cbk_error *err)
{
    for (int service = 0; service < CBK_SERVICE_COUNT; service++) {
        CBK_ERROR(reason);
        int r = cbk_endpoint_find((enum cbk_service)service, options->region, options->endpoint,
                                  &cloud->endpoints[service], &reason);
        /* a session without a region is good for the central services, and its calls to the others say so */
        if (r < 0 && (options->region || options->endpoint))
            return cbk_error_move(err, &reason);
    }
    return 0;
}

int cbk_cloud_new(const struct cbk_cloud_options *options, struct cbk_cloud **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *cloud = CBK_NEW(struct cbk_cloud);
    (void)pthread_mutex_init(&cloud->clock_lock, NULL);
    cloud->region = cbk_strdup(options->region);
    cloud->overridden = options->endpoint != NULL;
    cloud->deadline_ms = options->deadline_ms ? options->deadline_ms : DEFAULT_DEADLINE_MS;
    cloud->connect_timeout_ms = options->connect_timeout_ms;
    cloud->max_in_flight = options->max_in_flight ? options->max_in_flight : DEFAULT_IN_FLIGHT;
    cloud->pace = cbk_pace_new(cloud->max_in_flight);
    int r = find_endpoints(cloud, options, err);
    if (r < 0)
        return r;
    r = cbk_http_new(&cloud->http, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = NULL;
    r = cbk_identity_find(cloud, &identity, err);
    if (r < 0)
        return r;
    cloud->keyring = cbk_keyring_new(cbk_identity_steal(&identity));
    *ret = cbk_cloud_steal(&cloud);
    return 0;
}

int cbk_cloud_sign_in(struct cbk_cloud *cloud, struct cbk_error *err)
{
    CBK_CREDENTIALS(who);
    return cbk_keyring_get(cloud->keyring, cloud, &who, err);
}

void cbk_cloud_free(struct cbk_cloud *cloud)
{
    if (!cloud)
        return;
    for (size_t i = 0; i < CBK_SERVICE_COUNT; i++)
        cbk_url_release(&cloud->endpoints[i]);
    cbk_keyring_free(cloud->keyring);
    cbk_http_free(cloud->http);
    cbk_pace_free(cloud->pace);
    (void)pthread_mutex_destroy(&cloud->clock_lock);
    free(cloud->region);
    free(cloud);
}

const char *cbk_cloud_region(const struct cbk_cloud *cloud)
{
    return cloud->region;
}

void cbk_cloud_saw_date(struct cbk_cloud *cloud, int64_t date)
{
    if (date <= 0)
        return;
    int64_t now = cbk_time_monotonic_ms();
    (void)pthread_mutex_lock(&cloud->clock_lock);
    cloud->clock_date = date;
    cloud->clock_seen_ms = now;
    (void)pthread_mutex_unlock(&cloud->clock_lock);
}

int64_t cbk_cloud_now(const struct cbk_cloud *cloud)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&cloud->clock_lock; /* reading changes nothing to the caller */
    (void)pthread_mutex_lock(lock);
    int64_t date = cloud->clock_date, seen = cloud->clock_seen_ms;
    (void)pthread_mutex_unlock(lock);
    return date ? date + (cbk_time_monotonic_ms() - seen) / 1000 : 0;
}

void cbk_cloud_interrupt(struct cbk_cloud *cloud)
{
    atomic_store(&cloud->interrupted, true);
    cbk_http_interrupt(cloud->http);
}

bool cbk_cloud_interrupted(const struct cbk_cloud *cloud)
{
    return atomic_load(&cloud->interrupted);
}

int cbk_cloud_sleep(struct cbk_cloud *cloud, int64_t ms, struct cbk_error *err)
{
    int64_t until = cbk_time_monotonic_ms() + ms;
    for (int64_t left = ms; left > 0 && !cbk_cloud_interrupted(cloud); left = until - cbk_time_monotonic_ms())
        cbk_sleep_ms(left < NAP_MS ? left : NAP_MS);
    return cbk_cloud_interrupted(cloud) ? cbk_fail(err, CBK_E_INTERRUPTED, "interrupted") : 0;
}
