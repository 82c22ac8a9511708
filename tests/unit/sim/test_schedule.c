#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "sim/hbr/schedule.h"

static int64_t at(const char *text)
{
    CBK_ERROR(err);
    int64_t unix_time = 0;
    assert_int_equal(cbk_time_parse(text, &unix_time, &err), 0);
    return unix_time;
}

/* 1795824000 is 2026-11-28T00:00:00Z, a Saturday. */
static void test_next(void **state)
{
    (void)state;
    static const struct {
        const char *schedule, *after, *next;
    } cases[] = {
        {"I|1795824000|P1D", "2026-11-27T12:00:00Z", "2026-11-28T00:00:00Z"}, /* the start itself */
        {"I|1795824000|P1D", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"}, /* later, not at */
        {"I|1795824000|P1D", "2026-12-05T13:00:00Z", "2026-12-06T00:00:00Z"},
        {"I|1795824000|PT1H", "2026-11-28T00:30:00Z", "2026-11-28T01:00:00Z"},
        {"I|1795824000|PT90M", "2026-11-28T01:00:00Z", "2026-11-28T01:30:00Z"},
        {"I|1795824000|P1W", "2026-11-28T00:00:01Z", "2026-12-05T00:00:00Z"},
        {"I|1795824000|P1DT12H", "2026-11-28T00:00:00Z", "2026-11-29T12:00:00Z"},
        {"C|0|30 2 * * *", "2026-11-28T02:30:00Z", "2026-11-29T02:30:00Z"},
        {"C|0|30 2 * * *", "2026-11-28T02:29:59Z", "2026-11-28T02:30:00Z"},
        {"C|1795824000|0 0 * * *", "2026-11-01T00:00:00Z", "2026-11-28T00:00:00Z"},
        {"C|0|*/20 * * * *", "2026-11-28T10:20:00Z", "2026-11-28T10:40:00Z"},
        {"C|0|5/20 * * * ?", "2026-11-28T10:26:00Z", "2026-11-28T10:45:00Z"},
        {"C|0|0 8-10,20 * * *", "2026-11-28T10:00:00Z", "2026-11-28T20:00:00Z"},
        {"C|0|0 0 1 * *", "2026-11-28T00:00:00Z", "2026-12-01T00:00:00Z"},
        {"C|0|0 0 * * 1", "2026-11-28T00:00:00Z", "2026-11-30T00:00:00Z"},
        {"C|0|0 0 * * 7", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"},
        {"C|0|0 0 13 * 5", "2026-11-28T00:00:00Z", "2026-12-04T00:00:00Z"}, /* either of the two */
        {"C|0|0 0 29 2 *", "2026-11-28T00:00:00Z", "2028-02-29T00:00:00Z"},
        {"C|0|0 0 30 2 *", "2026-11-28T00:00:00Z", NULL},
        {"C|0|0 0 2 ? * 3,5,7", "2026-11-28T02:00:00Z", "2026-12-01T02:00:00Z"}, /* Tuesday, Thursday, Saturday */
        {"C|0|0 0 2 ? * 1", "2026-11-28T02:00:00Z", "2026-11-29T02:00:00Z"},     /* Sunday */
        {"C|0|0 30 2 1 * ?", "2026-11-28T02:00:00Z", "2026-12-01T02:30:00Z"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct sim_schedule schedule;
        int64_t next = 0;
        assert_true(sim_schedule_parse(cases[i].schedule, &schedule));
        bool found = sim_schedule_next(&schedule, at(cases[i].after), &next);
        assert_int_equal(found, cases[i].next != NULL);
        if (found)
            assert_int_equal(next, at(cases[i].next));
    }
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "I",
        "I|1",
        "I|1|",
        "I||P1D",
        "I|-1|P1D",
        "I|1|P",
        "I|1|PT",
        "I|1|P1",
        "I|1|P1H",
        "I|1|PT1D",
        "I|1|P1M",
        "I|1|P1D1W",
        "I|1|P0D",
        "I|1|PT59S",
        "I|1|P1D ",
        "I|99999999999|P1D",
        "X|1|P1D",
        "C|1|* * * *",
        "C|1|* * * * * *",
        "C|1|0 0 2 * * 3",
        "C|1|60 0 2 ? * 3",
        "C|1|0 0 2 ? * 0",
        "C|1|0 0 2 ? * 1 1",
        "C|1|60 * * * *",
        "C|1|* 24 * * *",
        "C|1|* * 0 * *",
        "C|1|* * * 13 *",
        "C|1|* * * * 8",
        "C|1|5-1 * * * *",
        "C|1|*/0 * * * *",
        "C|1|1/99999999999999999999 * * * *",
        "C|1|1, * * * *",
        "C|1|a * * * *",
        "C|1|1x * * * *",
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct sim_schedule schedule;
        if (sim_schedule_parse(cases[i], &schedule))
            fail_msg("'%s' was taken for a schedule", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
