#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "cloud/pace.h"

static void leave(struct cbk_pace *pace, enum cbk_service service, bool throttled)
{
    cbk_pace_leave(pace, service, INT64_MAX, throttled, 0);
}

static void test_no_more_at_once_than_allowed(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_pace_freep) struct cbk_pace *pace = cbk_pace_new(2);
    assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
    assert_true(cbk_pace_enter(pace, CBK_RAM, 0));
    assert_false(cbk_pace_enter(pace, CBK_HBR, 0));
    leave(pace, CBK_RAM, false);
    assert_true(cbk_pace_enter(pace, CBK_HBR, 0));
}

static void test_throttling_halves_one_service_and_success_widens_it(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_pace_freep) struct cbk_pace *pace = cbk_pace_new(8);
    static const unsigned halves[] = {4, 2, 1, 1};
    for (size_t i = 0; i < CBK_ARRAY_LEN(halves); i++) {
        assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
        leave(pace, CBK_ECS, true);
        assert_int_equal(cbk_pace_window(pace, CBK_ECS), halves[i]);
    }
    assert_int_equal(cbk_pace_window(pace, CBK_RAM), 8);
    assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
    assert_false(cbk_pace_enter(pace, CBK_ECS, 0));
    leave(pace, CBK_ECS, false);
    assert_int_equal(cbk_pace_window(pace, CBK_ECS), 2);
    for (int i = 0; i < 100; i++) {
        assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
        leave(pace, CBK_ECS, false);
    }
    assert_int_equal(cbk_pace_window(pace, CBK_ECS), 8);
}

static void test_a_burst_counts_once(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_pace_freep) struct cbk_pace *pace = cbk_pace_new(8);
    int64_t set_out = cbk_time_monotonic_ms();
    for (int i = 0; i < 3; i++)
        assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
    for (int i = 0; i < 3; i++)
        cbk_pace_leave(pace, CBK_ECS, set_out, true, 0);
    assert_int_equal(cbk_pace_window(pace, CBK_ECS), 4);
}

static void test_throttling_holds_the_service_back(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_pace_freep) struct cbk_pace *pace = cbk_pace_new(8);
    assert_true(cbk_pace_enter(pace, CBK_ECS, 0));
    cbk_pace_leave(pace, CBK_ECS, INT64_MAX, true, 3600000);
    assert_false(cbk_pace_enter(pace, CBK_ECS, 10));
    assert_true(cbk_pace_enter(pace, CBK_RAM, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_more_at_once_than_allowed),
        cmocka_unit_test(test_throttling_halves_one_service_and_success_widens_it),
        cmocka_unit_test(test_a_burst_counts_once),
        cmocka_unit_test(test_throttling_holds_the_service_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
