/* The keyring of a session: when it asks for new credentials, and what becomes of those who ask meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "cloud/session.h"

#include <stdatomic.h>
#include <string.h>

#define THREADS 8

/* Gives "key-1", "key-2" and so on. */
struct counter {
    struct cbk_identity base;
    atomic_int *asked;
    int64_t lives_s; /* of each; 0: for ever */
    int fails_from;  /* from this time on it fails; 0: never */
    int failure;
    bool slow;
};

static int get_counter(const struct cbk_identity *self, struct cbk_cloud *cloud, struct cbk_credentials *ret,
                       struct cbk_error *err)
{
    const struct counter *counter = (const struct counter *)self;
    int n = atomic_fetch_add(counter->asked, 1) + 1;
    int64_t now = cbk_cloud_now(cloud);
    if (counter->slow)
        cbk_sleep_ms(50); /* so that the others come meanwhile */
    if (counter->fails_from && n >= counter->fails_from) {
        (void)cbk_fail(err, (enum cbk_error_code)counter->failure, "out of order");
        err->cloud_code = cbk_strdup("EntityNotExist.Role");
        return err->code;
    }
    ret->access_key_id = cbk_strf("key-%d", n);
    ret->access_key_secret = cbk_strdup("hush");
    ret->expires = counter->lives_s ? now + counter->lives_s : 0;
    return 0;
}

static void free_counter(struct cbk_identity *self)
{
    free(self);
}

static const struct cbk_identity_ops renewing = {.renews = true, .get = get_counter, .free = free_counter};
static const struct cbk_identity_ops lasting = {.get = get_counter, .free = free_counter};

static struct cbk_keyring *keyring_of(const struct cbk_identity_ops *ops, struct counter like)
{
    struct counter *counter = CBK_NEW(struct counter);
    *counter = like;
    counter->base = (struct cbk_identity){ops, cbk_strdup("the counter")};
    return cbk_keyring_new(&counter->base);
}

/* A cloud that has nothing but a clock. */
static void set_clock(struct cbk_cloud *cloud, int64_t now)
{
    (void)pthread_mutex_init(&cloud->core->clock_lock, NULL);
    cbk_cloud_saw_date(cloud, now);
}

static void expect_key(struct cbk_keyring *keyring, struct cbk_cloud *cloud, const char *key)
{
    CBK_CREDENTIALS(found);
    CBK_ERROR(err);
    assert_int_equal(cbk_keyring_get(keyring, cloud, &found, &err), 0);
    assert_string_equal(found.access_key_id, key);
    assert_string_equal(found.origin, "the counter");
}

static inline void keyring_freep(struct cbk_keyring **keyring)
{
    cbk_keyring_free(*keyring);
}
#define KEYRING(name, ops, ...)                                                                                        \
    CBK_CLEANUP(keyring_freep)                                                                                         \
    struct cbk_keyring *name = keyring_of(ops, (struct counter){.asked = &asked, __VA_ARGS__})

static void test_lasting_ones_are_asked_for_once(void **state)
{
    atomic_int asked = 0;
    struct cbk_cloud_core core = {0};
    struct cbk_cloud cloud = {.core = &core};
    (void)state;
    KEYRING(keyring, &lasting, .lives_s = 0);
    set_clock(&cloud, 1000000);
    expect_key(keyring, &cloud, "key-1");
    set_clock(&cloud, 9000000);
    expect_key(keyring, &cloud, "key-1");
    CBK_CREDENTIALS(found);
    CBK_ERROR(err);
    assert_int_equal(cbk_keyring_get(keyring, &cloud, &found, &err), 0);
    assert_false(cbk_keyring_refuse(keyring, &found)); /* there are no others */
    expect_key(keyring, &cloud, "key-1");
}

static void test_renewal_before_they_expire(void **state)
{
    atomic_int asked = 0;
    struct cbk_cloud_core core = {0};
    struct cbk_cloud cloud = {.core = &core};
    (void)state;
    KEYRING(keyring, &renewing, .lives_s = 3600);
    set_clock(&cloud, 1000000);
    expect_key(keyring, &cloud, "key-1");
    set_clock(&cloud, 1000000 + 3600 - 200);
    expect_key(keyring, &cloud, "key-1");
    /* within the last three minutes, but it was asked for a moment ago by our own clock */
    set_clock(&cloud, 1000000 + 3600 - 100);
    expect_key(keyring, &cloud, "key-1");
    set_clock(&cloud, 1000000 + 3600 + 1); /* that does not count where they are dead */
    expect_key(keyring, &cloud, "key-2");
    assert_int_equal(atomic_load(&asked), 2);
}

/* That the role of the session is gone must not be taken for an answer about a role that was asked for. */
static void test_a_source_that_fails(void **state)
{
    static const struct {
        int failure, code;
    } cases[] = {
        {CBK_E_AUTH, CBK_E_AUTH},      {CBK_E_NOT_FOUND, CBK_E_AUTH},  {CBK_E_AMBIGUOUS, CBK_E_AUTH},
        {CBK_E_CONFLICT, CBK_E_AUTH},  {CBK_E_NETWORK, CBK_E_NETWORK}, {CBK_E_INTERRUPTED, CBK_E_INTERRUPTED},
        {CBK_E_THROTTLED, CBK_E_AUTH},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        atomic_int asked = 0;
        struct cbk_cloud_core core = {0};
        struct cbk_cloud cloud = {.core = &core};
        KEYRING(keyring, &renewing, .lives_s = 3600, .fails_from = 2, .failure = cases[i].failure);
        set_clock(&cloud, 1000000);
        expect_key(keyring, &cloud, "key-1");
        set_clock(&cloud, 1000000 + 3600 + 1);
        CBK_CREDENTIALS(found);
        CBK_ERROR(err);
        assert_int_equal(cbk_keyring_get(keyring, &cloud, &found, &err), cases[i].code);
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.message, "no credentials from the counter: out of order");
        assert_null(err.cloud_code);
        assert_null(found.access_key_id);
    }
}

static void test_refused_ones_are_exchanged_once(void **state)
{
    atomic_int asked = 0;
    struct cbk_cloud_core core = {0};
    struct cbk_cloud cloud = {.core = &core};
    (void)state;
    KEYRING(keyring, &renewing, .lives_s = 3600);
    set_clock(&cloud, 1000000);
    CBK_CREDENTIALS(first);
    CBK_ERROR(err);
    assert_int_equal(cbk_keyring_get(keyring, &cloud, &first, &err), 0);
    assert_true(cbk_keyring_refuse(keyring, &first));
    expect_key(keyring, &cloud, "key-2");
    assert_true(cbk_keyring_refuse(keyring, &first)); /* another thread that comes late */
    expect_key(keyring, &cloud, "key-2");
}

struct asker {
    pthread_t thread;
    struct cbk_keyring *keyring;
    struct cbk_cloud *cloud;
    struct cbk_credentials found;
};

static void *ask(void *context)
{
    struct asker *asker = context;
    CBK_ERROR(err);
    (void)!cbk_keyring_get(asker->keyring, asker->cloud, &asker->found, &err);
    return NULL;
}

static void test_one_renews_for_all(void **state)
{
    atomic_int asked = 0;
    struct cbk_cloud_core core = {0};
    struct cbk_cloud cloud = {.core = &core};
    struct asker askers[THREADS];
    (void)state;
    KEYRING(keyring, &renewing, .lives_s = 3600, .slow = true);
    set_clock(&cloud, 1000000);
    for (size_t i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){.keyring = keyring, .cloud = &cloud};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(askers[i].thread, NULL);
        assert_string_equal(askers[i].found.access_key_id, "key-1");
        cbk_credentials_release(&askers[i].found);
    }
    assert_int_equal(atomic_load(&asked), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lasting_ones_are_asked_for_once),
        cmocka_unit_test(test_renewal_before_they_expire),
        cmocka_unit_test(test_a_source_that_fails),
        cmocka_unit_test(test_refused_ones_are_exchanged_once),
        cmocka_unit_test(test_one_renews_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
