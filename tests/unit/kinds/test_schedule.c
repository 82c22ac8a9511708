/* Schedules as stacks and as the service write them: one normal form, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/schedule.h"
#include "quick_json.h"

/* 1796061600 is 2026-11-30T18:00:00Z. */
static const struct {
    const char *declared, *normal, *text;
} there[] = {
    {"{'every': '1d', 'from': '2026-12-01T02:00:00+08:00'}", "{'every': '1d', 'from': '2026-11-30T18:00:00Z'}",
     "I|1796061600|P1D"},
    {"{'every': '24h', 'from': '2026-11-30T18:00Z'}", "{'every': '1d', 'from': '2026-11-30T18:00:00Z'}",
     "I|1796061600|P1D"},
    {"{'every': '2w', 'from': '2026-11-30T18:00:00Z'}", "{'every': '14d', 'from': '2026-11-30T18:00:00Z'}",
     "I|1796061600|P14D"},
    {"{'every': '90m', 'from': '2026-11-30T18:00:00Z'}", "{'every': '1h30m', 'from': '2026-11-30T18:00:00Z'}",
     "I|1796061600|PT1H30M"},
    {"{'every': '36h', 'from': '2026-11-30T18:00:00Z'}", "{'every': '1d12h', 'from': '2026-11-30T18:00:00Z'}",
     "I|1796061600|P1DT12H"},
    {"{'cron': ' 0 0 2  ? * 3,5,7 '}", "{'cron': '0 0 2 ? * 3,5,7'}", "C|7|0 0 2 ? * 3,5,7"},
    {"{'cron': '0 0 2 ? * 1', 'from': '2026-11-30T18:00:00Z'}",
     "{'cron': '0 0 2 ? * 1', 'from': '2026-11-30T18:00:00Z'}", "C|1796061600|0 0 2 ? * 1"},
};

static void what_is_declared_reaches_the_service(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(there); i++) {
        CBK_JSON *declared = quick_json(there[i].declared), *normal = NULL;
        const char *key = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_schedule_desire(declared, &normal, &key, &err), 0);
        assert_same_json(normal, there[i].normal);
        CBK_CLEANUP(cbk_string_freep) char *text = cbk_schedule_text(normal, 7);
        assert_string_equal(text, there[i].text);
        if (!cbk_json_text(normal, "from"))
            continue;
        CBK_JSON *read = cbk_schedule_read(text);
        assert_true(json_equal(read, normal));
    }
}

static const struct {
    const char *text, *normal;
} back[] = {
    {"I|1796061600|P1W", "{'every': '7d', 'from': '2026-11-30T18:00:00Z'}"},
    {"I|1796061600|PT24H", "{'every': '1d', 'from': '2026-11-30T18:00:00Z'}"},
    {"I|0|PT3600S", "{'every': '1h', 'from': '1970-01-01T00:00:00Z'}"},
    {"C|0|0 0 2 ? * 1", "{'cron': '0 0 2 ? * 1', 'from': '1970-01-01T00:00:00Z'}"},
    {"I|1796061600|P1M", "{'text': 'I|1796061600|P1M'}"},
    {"I|1796061600|P1D1W", "{'text': 'I|1796061600|P1D1W'}"},
    {"I|1796061600|PT1D", "{'text': 'I|1796061600|PT1D'}"},
    {"I|1796061600|P1DTT1H", "{'text': 'I|1796061600|P1DTT1H'}"},
    {"I|1796061600|P", "{'text': 'I|1796061600|P'}"},
    {"I||P1D", "{'text': 'I||P1D'}"},
    {"X|1|P1D", "{'text': 'X|1|P1D'}"},
    {"", "{'text': ''}"},
};

static void what_the_service_says_is_read_or_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(back); i++) {
        CBK_JSON *read = cbk_schedule_read(back[i].text);
        assert_same_json(read, back[i].normal);
        CBK_CLEANUP(cbk_string_freep) char *again = cbk_schedule_text(read, 7);
        if (cbk_json_text(read, "text"))
            assert_string_equal(again, back[i].text);
    }
}

static const struct {
    const char *declared, *key, *message;
} wrong[] = {
    {"{'every': '90s', 'from': '2026-11-30T18:00:00Z'}", "every", "an interval is one or more whole minutes"},
    {"{'every': '0d', 'from': '2026-11-30T18:00:00Z'}", "every", "an interval is one or more whole minutes"},
    {"{'every': '1d', 'from': '1969-11-30T18:00:00Z'}", "from", "a schedule cannot begin before 1970"},
    {"{'cron': '0 2 * * *'}", "cron", "a cron of Cloud Backup has six fields, this one has 5"},
    {"{'cron': ' '}", "cron", "a cron of Cloud Backup has six fields, this one has 0"},
};

static void what_cannot_be_meant_is_refused_at_its_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(wrong); i++) {
        CBK_JSON *declared = quick_json(wrong[i].declared), *normal = NULL;
        const char *key = NULL;
        CBK_ERROR(err);
        assert_int_equal(cbk_schedule_desire(declared, &normal, &key, &err), CBK_E_VALIDATION);
        assert_string_equal(err.message, wrong[i].message);
        assert_string_equal(key, wrong[i].key);
        assert_null(normal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_declared_reaches_the_service),
        cmocka_unit_test(what_the_service_says_is_read_or_kept),
        cmocka_unit_test(what_cannot_be_meant_is_refused_at_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
