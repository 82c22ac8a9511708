/* Points in time and durations, as users and the cloud write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"

static const struct time_row {
    const char *text;
    int64_t when; /* -1: no time */
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-12-01T02:00:00+08:00", 1796061600},
    {"2026-11-30T18:00:00Z", 1796061600},
    {"2026-11-30T18:00Z", 1796061600},
    {"2026-11-30t18:00:00.999z", 1796061600},
    {"2026-11-30 12:30:00-05:30", 1796061600},
    {"2024-02-29T00:00:00Z", 1709164800},
    {"2000-02-29T00:00:00Z", 951782400},
    {"2023-02-29T00:00:00Z", -1},
    {"1900-02-29T00:00:00Z", -1},
    {"2026-13-01T00:00:00Z", -1},
    {"2026-00-01T00:00:00Z", -1},
    {"2026-04-31T00:00:00Z", -1},
    {"2026-01-01T24:00:00Z", -1},
    {"2026-01-01T23:60:00Z", -1},
    {"2026-01-01T00:00:00", -1},
    {"2026-01-01T00:00:00.Z", -1},
    {"2026-01-01T00:00:00+0800", -1},
    {"2026-01-01T00:00:00Zx", -1},
    {"2026-01-01", -1},
    {"26-01-01T00:00:00Z", -1},
    {"", -1},
};

static void times_are_rfc_3339(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(times); i++) {
        int64_t when = -7;
        CBK_ERROR(err);
        int r = cbk_time_parse(times[i].text, &when, &err);
        assert_int_equal(r, times[i].when < 0 ? CBK_E_VALIDATION : 0);
        assert_int_equal(when, times[i].when < 0 ? -7 : times[i].when);
    }
}

static const struct time_row http_dates[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Sun, 06 Nov 1994 08:49:37", -1},
    {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
    {"Sun, 06 Foo 1994 08:49:37 GMT", -1},
    {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 24:49:37 GMT", -1},
    {"Sun, 06 Nov 1994 08:60:37 GMT", -1},
    {"Sun, 06 anF 1994 08:49:37 GMT", -1},
    {"06 Nov 1994 08:49:37 GMT", -1},
    {"Sun,", -1},
    {"", -1},
};

static void http_dates_are_the_fixed_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(http_dates); i++) {
        int64_t when = -7;
        CBK_ERROR(err);
        int r = cbk_time_parse_http(http_dates[i].text, &when, &err);
        assert_int_equal(r, http_dates[i].when < 0 ? CBK_E_VALIDATION : 0);
        assert_int_equal(when, http_dates[i].when < 0 ? -7 : http_dates[i].when);
    }
}

static void times_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const int64_t moments[] = {0, 951782400, 1796061600, 4102444800, -62135596800};
    for (size_t i = 0; i < CBK_ARRAY_LEN(moments); i++) {
        CBK_STR(utc);
        CBK_STR(http);
        int64_t when = 0;
        CBK_ERROR(err);
        cbk_time_add_utc(&utc, moments[i]);
        assert_int_equal(cbk_time_parse(utc.ptr, &when, &err), 0);
        assert_int_equal(when, moments[i]);
        cbk_time_add_http(&http, moments[i]);
        assert_int_equal(cbk_time_parse_http(http.ptr, &when, &err), 0);
        assert_int_equal(when, moments[i]);
    }
}

static const struct duration_row {
    const char *text;
    int64_t seconds; /* -1: no duration */
    const char *written;
} durations[] = {
    {"0s", 0, "0s"},
    {"30s", 30, "30s"},
    {"15m", 900, "15m"},
    {"24h", 86400, "1d"},
    {"7d", 604800, "7d"},
    {"2w", 1209600, "14d"},
    {"1h30m", 5400, "1h30m"},
    {"90s", 90, "1m30s"},
    {"1w1d1h1m1s", 694861, "8d1h1m1s"},
    {"", -1, NULL},
    {"30", -1, NULL},
    {"s", -1, NULL},
    {"-1s", -1, NULL},
    {"1m1h", -1, NULL},
    {"1s1s", -1, NULL},
    {"1 s", -1, NULL},
    {"1y", -1, NULL},
    {"1.5h", -1, NULL},
    {"99999999999s", -1, NULL},
};

static void durations_are_sums_largest_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(durations); i++) {
        const struct duration_row *row = &durations[i];
        int64_t seconds = -7;
        CBK_ERROR(err);
        int r = cbk_duration_parse(row->text, &seconds, &err);
        assert_int_equal(r, row->written ? 0 : CBK_E_VALIDATION);
        if (!row->written)
            continue;
        assert_int_equal(seconds, row->seconds);
        CBK_STR(text);
        cbk_duration_add(&text, seconds);
        assert_string_equal(text.ptr, row->written);
    }
}

static void rough_durations_have_one_unit(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } rough[] = {{-5, "0s"},     {0, "0s"},       {119, "119s"},  {120, "2m"},    {7199, "119m"},   {7200, "2h"},
                 {90000, "25h"}, {172799, "47h"}, {172800, "2d"}, {200000, "2d"}, {8640000, "100d"}};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rough); i++) {
        CBK_STR(text);
        cbk_duration_add_rough(&text, rough[i].seconds);
        assert_string_equal(text.ptr, rough[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rough_durations_have_one_unit),    cmocka_unit_test(times_are_rfc_3339),
        cmocka_unit_test(http_dates_are_the_fixed_form),    cmocka_unit_test(times_are_written_as_they_are_read),
        cmocka_unit_test(durations_are_sums_largest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
