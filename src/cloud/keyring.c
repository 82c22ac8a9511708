#include "cloud/keyring.h"

#include "base/log.h"
#include "base/time.h"

#include <pthread.h>

#define MARGIN_S 180      /* as the vendor's own; more than a call takes with all its retries */
#define PATIENCE_MS 30000 /* after a renewal that failed, or that gave what is about to expire */

struct cbk_keyring {
    struct cbk_identity *identity;
    pthread_mutex_t lock; /* guards all below, and is held while credentials are renewed */
    struct cbk_credentials current;
    bool refused;          /* what is current is good for nothing */
    int64_t not_before_ms; /* on our monotonic clock: until then what lives is not renewed */
};

struct cbk_keyring *cbk_keyring_new(struct cbk_identity *identity)
{
    struct cbk_keyring *keyring = CBK_NEW(struct cbk_keyring);
    keyring->identity = identity;
    (void)pthread_mutex_init(&keyring->lock, NULL);
    return keyring;
}

void cbk_keyring_free(struct cbk_keyring *keyring)
{
    if (!keyring)
        return;
    cbk_identity_free(keyring->identity);
    cbk_credentials_release(&keyring->current);
    (void)pthread_mutex_destroy(&keyring->lock);
    free(keyring);
}

/* Seconds that they live; before the cloud's first answer by this machine's clock. */
static int64_t left(const struct cbk_keyring *keyring, const struct cbk_cloud *cloud)
{
    if (!keyring->current.access_key_id || keyring->refused)
        return 0;
    if (!keyring->current.expires)
        return INT64_MAX;
    int64_t now = cbk_cloud_now(cloud);
    return keyring->current.expires - (now ? now : cbk_time_now());
}

/*
 * Whoever calls the cloud reads failures as being about what he called for: that a role is not there, or that it may
 * have been made. What went wrong on the way to credentials says nothing of that.
 */
static int fail_renewal(const struct cbk_keyring *keyring, struct cbk_error *err)
{
    if (err->code != CBK_E_INTERRUPTED && err->code != CBK_E_NETWORK)
        err->code = CBK_E_AUTH;
    cbk_string_freep(&err->cloud_code); /* it stands in the message, too */
    return cbk_wrap(err, "no credentials from %s", keyring->identity->origin);
}

static int renew(struct cbk_keyring *keyring, struct cbk_cloud *cloud, struct cbk_error *err)
{
    CBK_CREDENTIALS(fresh);
    keyring->not_before_ms = cbk_time_monotonic_ms() + PATIENCE_MS;
    int r = cbk_identity_get(keyring->identity, cloud, &fresh, err);
    if (r < 0)
        return fail_renewal(keyring, err);
    cbk_credentials_copy(&keyring->current, &fresh);
    keyring->refused = false;
    return 0;
}

static int see_to_it(struct cbk_keyring *keyring, struct cbk_cloud *cloud, struct cbk_error *err)
{
    int64_t seconds = left(keyring, cloud);
    if (seconds > MARGIN_S || (seconds > 0 && cbk_time_monotonic_ms() < keyring->not_before_ms))
        return 0;
    CBK_ERROR(failure);
    int r = renew(keyring, cloud, &failure);
    if (r == 0)
        return 0;
    if (seconds <= 0 || r == CBK_E_INTERRUPTED)
        return cbk_error_move(err, &failure);
    cbk_log(CBK_LOG_WARN, "the credentials could not be renewed, %lld s before they expire: %s", (long long)seconds,
            failure.message);
    return 0;
}

int cbk_keyring_get(struct cbk_keyring *keyring, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                    struct cbk_error *err)
{
    (void)pthread_mutex_lock(&keyring->lock);
    int r = see_to_it(keyring, cloud, err);
    if (r == 0)
        cbk_credentials_copy(ret, &keyring->current);
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

bool cbk_keyring_refuse(struct cbk_keyring *keyring, const struct cbk_credentials *refused)
{
    if (!keyring->identity->ops->renews)
        return false;
    (void)pthread_mutex_lock(&keyring->lock);
    /* another thread may have seen to it by now */
    if (cbk_str_equal(keyring->current.access_key_id, refused->access_key_id))
        keyring->refused = true;
    (void)pthread_mutex_unlock(&keyring->lock);
    return true;
}
