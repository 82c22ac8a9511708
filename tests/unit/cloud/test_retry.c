#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cloud/retry.h"

static struct cbk_failure failure(int code, unsigned flags, unsigned attempts)
{
    return (struct cbk_failure){
        .code = code, .flags = flags, .attempts = attempts, .remaining_ms = 60000, .retry_after_ms = -1};
}

static void test_what_is_repeated(void **state)
{
    static const struct {
        int code;
        bool plain, read, idempotent;
    } cases[] = {
        {CBK_E_NETWORK, true, true, true},        {CBK_E_THROTTLED, true, true, true},
        {CBK_E_AMBIGUOUS, false, true, true},     {CBK_E_RETRYABLE, false, true, true},
        {CBK_E_AUTH, false, false, false},        {CBK_E_NOT_FOUND, false, false, false},
        {CBK_E_CONFLICT, false, false, false},    {CBK_E_QUOTA, false, false, false},
        {CBK_E_VALIDATION, false, false, false},  {CBK_E_LIMIT, false, false, false},
        {CBK_E_INTERRUPTED, false, false, false}, {CBK_E_TIMEOUT, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct cbk_failure plain = failure(cases[i].code, 0, 1);
        struct cbk_failure read = failure(cases[i].code, CBK_CALL_READ, 1);
        struct cbk_failure idempotent = failure(cases[i].code, CBK_CALL_IDEMPOTENT, 1);
        assert_int_equal(cbk_retry_delay(&plain, 7) >= 0, cases[i].plain);
        assert_int_equal(cbk_retry_delay(&read, 7) >= 0, cases[i].read);
        assert_int_equal(cbk_retry_delay(&idempotent, 7) >= 0, cases[i].idempotent);
    }
}

/* The largest delay over many numbers: full jitter reaches from nothing to the backoff. */
static int64_t longest(const struct cbk_failure *facts)
{
    int64_t most = -1;
    for (uint32_t random = 0; random < 20000; random++) {
        int64_t delay = cbk_retry_delay(facts, random);
        most = delay > most ? delay : most;
    }
    return most;
}

static void test_backoff_doubles_up_to_its_cap(void **state)
{
    static const int64_t expected[] = {500, 1000, 2000, 4000, 8000, 10000, 10000};
    (void)state;
    for (unsigned i = 0; i < CBK_ARRAY_LEN(expected); i++) {
        struct cbk_failure facts = failure(CBK_E_THROTTLED, 0, i + 1);
        assert_int_equal(longest(&facts), expected[i]);
        assert_int_equal(cbk_retry_delay(&facts, 0), 0);
    }
    struct cbk_failure many = failure(CBK_E_THROTTLED, 0, 4000000000u);
    assert_int_equal(longest(&many), 10000);
}

static void test_an_unreachable_endpoint_is_told_soon(void **state)
{
    (void)state;
    struct cbk_failure fourth = failure(CBK_E_NETWORK, CBK_CALL_READ, 4);
    assert_int_equal(cbk_retry_delay(&fourth, 0), -1);
    struct cbk_failure slow = failure(CBK_E_NETWORK, CBK_CALL_READ, 1); /* a connection attempt that timed out */
    slow.elapsed_ms = 10000;
    assert_int_equal(cbk_retry_delay(&slow, 0), -1);
}

static void test_who_has_answered_is_waited_for(void **state)
{
    (void)state;
    struct cbk_failure fourth = failure(CBK_E_NETWORK, 0, 4);
    fourth.was_reached = true;
    fourth.elapsed_ms = 30000;
    assert_int_equal(longest(&fourth), 1600);
    fourth.remaining_ms = 0;
    assert_int_equal(cbk_retry_delay(&fourth, 0), -1);
}

static void test_the_deadline_ends_it(void **state)
{
    (void)state;
    struct cbk_failure late = failure(CBK_E_THROTTLED, 0, 1);
    late.remaining_ms = 300;
    assert_int_equal(cbk_retry_delay(&late, 299), 299);
    assert_int_equal(cbk_retry_delay(&late, 300), -1);
    late.remaining_ms = 0;
    assert_int_equal(cbk_retry_delay(&late, 0), -1);
}

static void test_the_cloud_may_ask_for_more_within_reason(void **state)
{
    (void)state;
    struct cbk_failure facts = failure(CBK_E_THROTTLED, 0, 1);
    facts.retry_after_ms = 4000;
    assert_int_equal(cbk_retry_delay(&facts, 100), 4000);
    facts.retry_after_ms = 50;
    assert_int_equal(cbk_retry_delay(&facts, 100), 100);
    facts.retry_after_ms = INT64_MAX;
    assert_int_equal(cbk_retry_delay(&facts, 100), 30000);
}

static void test_polling_slows_down(void **state)
{
    (void)state;
    assert_int_equal(cbk_poll_delay(0, 0), 200);
    assert_int_equal(cbk_poll_delay(1, 0), 300);
    assert_int_equal(cbk_poll_delay(100, 0), 2000);
    for (uint32_t random = 0; random < 3000; random++)
        assert_in_range(cbk_poll_delay(100, random), 1500, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_repeated),
        cmocka_unit_test(test_backoff_doubles_up_to_its_cap),
        cmocka_unit_test(test_an_unreachable_endpoint_is_told_soon),
        cmocka_unit_test(test_who_has_answered_is_waited_for),
        cmocka_unit_test(test_the_deadline_ends_it),
        cmocka_unit_test(test_the_cloud_may_ask_for_more_within_reason),
        cmocka_unit_test(test_polling_slows_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
