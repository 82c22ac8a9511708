#include "state/etcd_lock.h"

#include "base/log.h"
#include "state/lock.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define RENEWALS_A_LEASE 3

struct cbk_etcd_lock {
    struct cbk_etcd *etcd;
    const char *key;
    int64_t lease_s;
    int64_t lease;    /* 0: none */
    int64_t revision; /* at which the key was made for us; 0: it is not ours */

    pthread_t renewer;
    bool is_renewing;
    pthread_mutex_t mutex; /* guards `stops` */
    pthread_cond_t stopped;
    bool stops;
};

struct cbk_etcd_lock *cbk_etcd_lock_new(struct cbk_etcd *etcd, const char *key, int64_t lease_s)
{
    struct cbk_etcd_lock *lock = CBK_NEW(struct cbk_etcd_lock);
    lock->etcd = etcd;
    lock->key = key;
    lock->lease_s = lease_s;
    pthread_condattr_t steady; /* a wall clock that is set back must not put off the renewal */
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&lock->mutex, NULL);
    (void)pthread_cond_init(&lock->stopped, &steady);
    (void)pthread_condattr_destroy(&steady);
    return lock;
}

void cbk_etcd_lock_free(struct cbk_etcd_lock *lock)
{
    if (!lock)
        return;
    cbk_etcd_lock_give(lock);
    (void)pthread_mutex_destroy(&lock->mutex);
    (void)pthread_cond_destroy(&lock->stopped);
    free(lock);
}

static json_t *key_of(const struct cbk_etcd_lock *lock)
{
    return cbk_etcd_bytes(lock->key, strlen(lock->key));
}

/* That the lock's key was made at this revision; 0: that there is none. */
static json_t *made_at(const struct cbk_etcd_lock *lock, int64_t revision)
{
    return json_pack("{s:o, s:s, s:s, s:I}", "key", key_of(lock), "target", "CREATE", "result", "EQUAL",
                     "create_revision", (json_int_t)revision);
}

json_t *cbk_etcd_lock_condition(const struct cbk_etcd_lock *lock)
{
    return made_at(lock, lock->revision);
}

int cbk_etcd_lock_fail_lost(const struct cbk_etcd_lock *lock, struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_LOCKED, "the lock '%s' was lost: its lease ran out, or somebody took it away", lock->key);
    return cbk_error_hint(err, "nothing more is written by this command; the next one looks in the cloud for what is "
                               "not in the state");
}

/* --- the lease ------------------------------------------------------------------------------------------------------
 */

static int grant(struct cbk_etcd_lock *lock, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:I}", "TTL", (json_int_t)lock->lease_s);
    CBK_JSON *answer = NULL;
    int r = cbk_etcd_call(lock->etcd, "lease/grant", request, &answer, err);
    if (r < 0)
        return r;
    lock->lease = cbk_etcd_number(answer, "ID");
    return lock->lease ? 0 : cbk_fail(err, CBK_E_STATE, "etcd granted no lease");
}

static json_t *lease_request(const struct cbk_etcd_lock *lock)
{
    return json_pack("{s:I}", "ID", (json_int_t)lock->lease);
}

static void revoke_lease(struct cbk_etcd_lock *lock)
{
    CBK_JSON *request = lease_request(lock);
    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    if (lock->lease && cbk_etcd_call(lock->etcd, "lease/revoke", request, &answer, &err) < 0)
        cbk_log(CBK_LOG_DEBUG, "etcd: the lease runs out by itself: %s", err.message);
    lock->lease = 0;
    lock->revision = 0;
}

/* False when it is time to stop. */
static bool wait_for_renewal(struct cbk_etcd_lock *lock)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(lock->lease_s / RENEWALS_A_LEASE);
    (void)pthread_mutex_lock(&lock->mutex);
    int r = 0;
    while (!lock->stops && r == 0)
        r = pthread_cond_timedwait(&lock->stopped, &lock->mutex, &until);
    bool goes_on = !lock->stops;
    (void)pthread_mutex_unlock(&lock->mutex);
    return goes_on;
}

/* A renewal that fails is tried again; when the lease has run out meanwhile, the next write finds out. */
static void *renew(void *argument)
{
    struct cbk_etcd_lock *lock = argument;
    while (wait_for_renewal(lock)) {
        CBK_JSON *request = lease_request(lock);
        CBK_JSON *answer = NULL;
        CBK_ERROR(err);
        if (cbk_etcd_call(lock->etcd, "lease/keepalive", request, &answer, &err) < 0)
            cbk_log(CBK_LOG_WARN, "the lock on the state could not be renewed: %s", err.message);
        else if (cbk_etcd_number(answer, "result.TTL") <= 0)
            cbk_log(CBK_LOG_WARN, "the lock on the state has run out");
    }
    return NULL;
}

static void start_renewing(struct cbk_etcd_lock *lock)
{
    lock->stops = false;
    lock->is_renewing = pthread_create(&lock->renewer, NULL, renew, lock) == 0;
    if (!lock->is_renewing)
        cbk_log(CBK_LOG_WARN, "the lock on the state will not be renewed: no thread can be started");
}

static void stop_renewing(struct cbk_etcd_lock *lock)
{
    if (!lock->is_renewing)
        return;
    (void)pthread_mutex_lock(&lock->mutex);
    lock->stops = true;
    (void)pthread_cond_signal(&lock->stopped);
    (void)pthread_mutex_unlock(&lock->mutex);
    (void)pthread_join(lock->renewer, NULL);
    lock->is_renewing = false;
}

/* --- the key --------------------------------------------------------------------------------------------------------
 */

static json_t *parse_holder(const json_t *kv)
{
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_etcd_text(kv, "value", &len);
    json_t *holder = json_loadb(text, len, 0, NULL);
    return json_is_object(holder) ? holder : (json_decref(holder), json_object());
}

int cbk_etcd_lock_look(struct cbk_etcd_lock *lock, json_t **ret_holder, int64_t *ret_revision, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:o}", "key", key_of(lock));
    CBK_JSON *answer = NULL;
    int r = cbk_etcd_call(lock->etcd, "kv/range", request, &answer, err);
    if (r < 0)
        return r;
    const json_t *kv = json_array_get(json_object_get(answer, "kvs"), 0);
    *ret_holder = kv ? parse_holder(kv) : NULL;
    *ret_revision = cbk_etcd_number(kv, "create_revision");
    return 0;
}

int cbk_etcd_lock_break(struct cbk_etcd_lock *lock, int64_t revision, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:[o], s:[{s:{s:o}}]}", "compare", made_at(lock, revision), "success",
                                  "request_delete_range", "key", key_of(lock));
    CBK_JSON *answer = NULL;
    return cbk_etcd_call(lock->etcd, "kv/txn", request, &answer, err);
}

static int put_key(struct cbk_etcd_lock *lock, const json_t *holder, struct cbk_error *err)
{
    CBK_STR(text);
    cbk_json_add_canonical(&text, holder);
    CBK_JSON *request =
        json_pack("{s:[o], s:[{s:{s:o, s:o, s:I}}]}", "compare", made_at(lock, 0), "success", "request_put", "key",
                  key_of(lock), "value", cbk_etcd_bytes(text.ptr, text.len), "lease", (json_int_t)lock->lease);
    CBK_JSON *answer = NULL;
    return cbk_etcd_call(lock->etcd, "kv/txn", request, &answer, err);
}

/* Puts the key if there is none, and looks whose it is: also right when the answer to the first was lost. */
static int try_key(struct cbk_etcd_lock *lock, const json_t *holder, json_t **ret_other, int64_t *ret_revision,
                   struct cbk_error *err)
{
    CBK_JSON *found = NULL;
    int r = put_key(lock, holder, err);
    if (r == 0)
        r = cbk_etcd_lock_look(lock, &found, ret_revision, err);
    if (r < 0)
        return r;
    bool is_ours = cbk_str_equal(cbk_json_text(found, "id"), cbk_json_text(holder, "id"));
    *ret_other = is_ours ? NULL : found ? cbk_json_steal(&found) : json_object();
    return 0;
}

static int take_key(struct cbk_etcd_lock *lock, const json_t *holder, struct cbk_error *err)
{
    CBK_JSON *other = NULL;
    int64_t revision = 0;
    int r = try_key(lock, holder, &other, &revision, err);
    if (r == 0 && other && cbk_lock_holder_is_dead(other)) { /* its lease would run out by and by */
        r = cbk_etcd_lock_break(lock, revision, err);
        cbk_json_decrefp(&other);
        if (r == 0)
            r = try_key(lock, holder, &other, &revision, err);
    }
    if (r == 0 && other)
        r = cbk_fail_locked(other, err);
    if (r == 0)
        lock->revision = revision;
    return r;
}

int cbk_etcd_lock_take(struct cbk_etcd_lock *lock, const json_t *holder, struct cbk_error *err)
{
    int r = grant(lock, err);
    if (r == 0)
        r = take_key(lock, holder, err);
    if (r == 0)
        start_renewing(lock);
    else
        revoke_lease(lock);
    return r;
}

void cbk_etcd_lock_give(struct cbk_etcd_lock *lock)
{
    stop_renewing(lock);
    revoke_lease(lock); /* the key goes with its lease */
}
