/* What jobs and bindings demand of recovery points, and how a gap is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/demand.h"
#include "quick_json.h"

#define NOW 1000000

/* Stands for the kind of bindings, or any other that asks for consistency. */
static const struct cbk_kind other = {.section = "bindings", .name = "binding", .per_instance = true};

#define JOB "{'instance': 'i', 'level': 'application', 'require': 'application', 'max_age': '1h'}"
#define POINT(time, level) "{'time': " time ", 'level': '" level "', 'snapshot_id': 's'}"
#define LOW "{'time': 999990, 'level': 'crash', 'snapshot_id': 's', 'why': 'HBR.X'}"

static const struct row {
    const struct cbk_kind *kind;
    const char *declared, *desired, *evidence, *newest, *serving;
    const char *gaps; /* a JSON array */
} rows[] = {
    {&cbk_kind_snapshot_job, "{}", JOB, NULL, NULL, NULL, "['there is no recovery point']"},
    {&cbk_kind_snapshot_job, "{}", JOB, NULL, POINT("999990", "application"), POINT("999990", "application"), "[]"},
    {&cbk_kind_snapshot_job, "{}", JOB, NULL, LOW, NULL,
     "['no point reaches application: the newest, of 1970-01-12T13:46:30Z, is crash: HBR.X']"},
    {&cbk_kind_snapshot_job, "{}", JOB, NULL, LOW, POINT("996000", "application"),
     "['the newest point that serves is 66m old, 1h is allowed']"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'application', 'on_downgrade': 'accept'}", NULL, LOW, LOW, "[]"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'crash', 'trigger': 7}", NULL, LOW, LOW,
     "['no point was taken for the trigger 7']"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'crash', 'trigger': 7}", "{'trigger': 7}", LOW, LOW, "[]"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'crash', 'trigger': 7}", "{'trigger': 7, 'trigger_time': 999990}", LOW,
     LOW, "[]"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'crash', 'trigger': 7}", "{'trigger': 7, 'trigger_time': 999991}", LOW,
     LOW, "['no point is left since the trigger 7']"},
    {&cbk_kind_snapshot_job, "{}", "{'require': 'crash', 'trigger': 7}", "{'trigger': 7, 'trigger_time': 999991}", LOW,
     NULL, "['no point reaches crash: the newest, of 1970-01-12T13:46:30Z, is crash: HBR.X']"},
    {&other, "{'policy': 'backup_policies.daily'}", "{'require': 'crash'}", NULL, LOW, POINT("827201", "crash"), "[]"},
    {&other, "{'policy': 'backup_policies.daily'}", "{'require': 'crash'}", NULL, LOW, POINT("827199", "crash"),
     "['the newest point that serves is 2d old, 2d is allowed (twice the schedule\\u0027s interval)']"},
    {&other, "{'policy': 'backup_policies.several'}", "{'require': 'crash'}", NULL, LOW, POINT("992799", "crash"),
     "['the newest point that serves is 2h old, 2h is allowed (twice the schedule\\u0027s interval)']"},
    {&other, "{'policy': 'backup_policies.crontab'}", "{'require': 'crash'}", NULL, LOW, POINT("1", "crash"), "[]"},
    {&other, "{'policy': 'po-000elsewhere', 'disabled': true}", "{'require': 'crash'}", NULL, LOW, LOW,
     "['the binding is disabled']"},
};

static void gaps_are_told_as_in_the_table(void **state)
{
    (void)state;
    CBK_JSON *stack = quick_json("{'backup_policies': {'daily': {'schedule': {'every': '1d'}},"
                                 " 'several': {'rules': [{'schedule': {'every': '1d'}}, {'schedule': {'every': '1h'}},"
                                 "   {'schedule': {'cron': '0 2 * * *'}}]},"
                                 " 'crontab': {'schedule': {'cron': '0 2 * * *'}}}}");
    const struct cbk_env env = {.stack = stack, .now = NOW};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_JSON *declared = quick_json(rows[i].declared);
        CBK_JSON *newest = quick_json(rows[i].newest);
        CBK_JSON *serving = quick_json(rows[i].serving);
        CBK_JSON *expected = quick_json(rows[i].gaps);
        struct cbk_object object = {.kind = rows[i].kind,
                                    .instance = "i",
                                    .declared = declared,
                                    .desired = quick_json(rows[i].desired),
                                    .evidence = quick_json(rows[i].evidence)};
        CBK_JSON *gaps = cbk_demand_gaps(&env, &object, newest, serving);
        CBK_STR(text);
        cbk_json_add_canonical(&text, gaps);
        if (!json_equal(gaps, expected))
            fail_msg("row %zu: %s", i, text.ptr);
        cbk_object_release(&object);
    }
}

static void who_asks_for_consistency_demands(void **state)
{
    (void)state;
    CBK_JSON *asks = quick_json("{'consistency': {'level': 'crash'}}");
    CBK_JSON *asks_not = quick_json("{'role': 'roles.r'}");
    CBK_JSON *desired = json_object();
    const struct {
        struct cbk_object object;
        bool demands;
    } cases[] = {
        {{.instance = "i", .declared = asks, .desired = desired}, true},
        {{.instance = "i", .declared = asks_not, .desired = desired}, false},
        {{.instance = "i", .declared = asks}, false},
        {{.declared = asks, .desired = desired}, false},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        assert_int_equal(cbk_demand_is_made(&cases[i].object), cases[i].demands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_are_told_as_in_the_table),
        cmocka_unit_test(who_asks_for_consistency_demands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
