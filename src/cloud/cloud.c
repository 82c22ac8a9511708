#include "cloud/cloud.h"

#include "base/time.h"
#include "cloud/deed.h"
#include "cloud/session.h"

#define DEFAULT_DEADLINE_MS 60000
#define DEFAULT_IN_FLIGHT 10
#define NAP_MS 50 /* how late a sleeper may notice an interruption: a signal handler can only set a flag */

static int find_endpoints(struct cbk_cloud *cloud, const struct cbk_cloud_options *options, struct cbk_error *err)
{
    for (int service = 0; service < CBK_SERVICE_COUNT; service++) {
        CBK_ERROR(reason);
        int r = cbk_endpoint_find((enum cbk_service)service, options->region, options->endpoint,
                                  &cloud->core->endpoints[service], &reason);
        /* a session without a region is good for the central services, and its calls to the others say so */
        if (r < 0 && (options->region || options->endpoint))
            return cbk_error_move(err, &reason);
    }
    return 0;
}

int cbk_cloud_new(const struct cbk_cloud_options *options, struct cbk_cloud **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *cloud = CBK_NEW(struct cbk_cloud);
    cloud->core = CBK_NEW(struct cbk_cloud_core);
    (void)pthread_mutex_init(&cloud->core->clock_lock, NULL);
    cloud->core->region = cbk_strdup(options->region);
    cloud->core->overridden = options->endpoint != NULL;
    cloud->core->deadline_ms = options->deadline_ms ? options->deadline_ms : DEFAULT_DEADLINE_MS;
    cloud->core->connect_timeout_ms = options->connect_timeout_ms;
    cloud->core->max_in_flight = options->max_in_flight ? options->max_in_flight : DEFAULT_IN_FLIGHT;
    cloud->core->pace = cbk_pace_new(cloud->core->max_in_flight);
    int r = find_endpoints(cloud, options, err);
    if (r < 0)
        return r;
    r = cbk_http_new(&cloud->core->http, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = NULL;
    r = cbk_identity_find(cloud, &identity, err);
    if (r < 0)
        return r;
    cloud->core->keyring = cbk_keyring_new(cbk_identity_steal(&identity));
    *ret = cbk_cloud_steal(&cloud);
    return 0;
}

int cbk_cloud_sign_in(struct cbk_cloud *cloud, struct cbk_error *err)
{
    CBK_CREDENTIALS(who);
    return cbk_keyring_get(cloud->core->keyring, cloud, &who, err);
}

struct cbk_cloud *cbk_cloud_watched(const struct cbk_cloud *cloud, const struct cbk_cloud_witness *witness)
{
    struct cbk_cloud *view = CBK_NEW(struct cbk_cloud);
    *view = (struct cbk_cloud){.core = cloud->core, .witness = witness, .is_view = true};
    return view;
}

static void free_core(struct cbk_cloud_core *core)
{
    for (size_t i = 0; i < CBK_SERVICE_COUNT; i++)
        cbk_url_release(&core->endpoints[i]);
    cbk_keyring_free(core->keyring);
    cbk_http_free(core->http);
    cbk_pace_free(core->pace);
    (void)pthread_mutex_destroy(&core->clock_lock);
    free(core->region);
    free(core);
}

void cbk_cloud_free(struct cbk_cloud *cloud)
{
    if (cloud && !cloud->is_view)
        free_core(cloud->core);
    free(cloud);
}

const char *cbk_cloud_region(const struct cbk_cloud *cloud)
{
    return cloud->core->region;
}

void cbk_cloud_saw_date(struct cbk_cloud *cloud, int64_t date)
{
    if (date <= 0)
        return;
    int64_t now = cbk_time_monotonic_ms();
    (void)pthread_mutex_lock(&cloud->core->clock_lock);
    cloud->core->clock_date = date;
    cloud->core->clock_seen_ms = now;
    (void)pthread_mutex_unlock(&cloud->core->clock_lock);
}

int64_t cbk_cloud_now(const struct cbk_cloud *cloud)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&cloud->core->clock_lock; /* reading changes nothing to the caller */
    (void)pthread_mutex_lock(lock);
    int64_t date = cloud->core->clock_date, seen = cloud->core->clock_seen_ms;
    (void)pthread_mutex_unlock(lock);
    return date ? date + (cbk_time_monotonic_ms() - seen) / 1000 : 0;
}

void cbk_cloud_interrupt(struct cbk_cloud *cloud)
{
    atomic_store(&cloud->core->interrupted, true);
    cbk_http_interrupt(cloud->core->http);
}

bool cbk_cloud_interrupted(const struct cbk_cloud *cloud)
{
    return atomic_load(&cloud->core->interrupted);
}

int cbk_cloud_sleep(struct cbk_cloud *cloud, int64_t ms, struct cbk_error *err)
{
    int64_t until = cbk_time_monotonic_ms() + ms;
    for (int64_t left = ms; left > 0 && !cbk_cloud_interrupted(cloud); left = until - cbk_time_monotonic_ms())
        cbk_sleep_ms(left < NAP_MS ? left : NAP_MS);
    return cbk_cloud_interrupted(cloud) ? cbk_fail(err, CBK_E_INTERRUPTED, "interrupted") : 0;
}
