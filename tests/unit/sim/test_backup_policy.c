/* Backup policies and bindings, their actions called with decoded parameters, and what they do as the clock turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/action/action.h"
#include "sim/world/world_file.h"

#include <string.h>

#define DAY_MS ((int64_t)86400 * 1000)

struct stage {
    struct sim_world *world;
    struct sim_registry *registry;
};

static int set_up(void **state)
{
    static const char text[] =
        "{\"instances\": [{\"id\": \"i-1\", \"tags\": {\"app\": \"mysql\"}}, {\"id\": \"i-2\"}, {\"id\": \"i-3\"}]}";
    CBK_ERROR(err);
    CBK_JSON *root = NULL;
    struct stage *stage = CBK_NEW(struct stage);
    assert_int_equal(cbk_json_parse("world", text, strlen(text), &root, &err), 0);
    assert_int_equal(sim_world_load(root, &stage->world, &err), 0);
    stage->registry = sim_registry_new();
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    sim_world_free(stage->world);
    sim_registry_free(stage->registry);
    free(stage);
    return 0;
}

/* Calls an action of HBR. The answer has the error's Code where the call failed. New reference. */
static json_t *call(struct stage *stage, const char *name, json_t *params)
{
    CBK_JSON *owned = params;
    const struct sim_action *action = sim_registry_find(stage->registry, SIM_HBR, name);
    assert_non_null(action);
    struct sim_call call = {.action = action, .world = stage->world, .params = owned, .answer = json_object()};
    if (action->handler(&call) < 0)
        sim_give_text(&call, "Code", call.code);
    free(call.code);
    free(call.message);
    return call.answer;
}

static void expect_code(struct stage *stage, const char *name, json_t *params, const char *code)
{
    CBK_JSON *answer = call(stage, name, params);
    assert_string_equal(cbk_json_text_or(answer, "Code", ""), code);
}

static char *new_policy(struct stage *stage, json_t *rules)
{
    CBK_JSON *answer = call(stage, "CreatePolicyV2", json_pack("{ss so}", "PolicyName", "nightly", "Rules", rules));
    assert_string_equal(cbk_json_text_or(answer, "Code", ""), "");
    return cbk_strdup(cbk_json_text(answer, "PolicyId"));
}

/* Every so often from half an hour from now on, so that no run falls on the edge of what a test looks at. */
static json_t *backup_rule(struct stage *stage, const char *interval, int retention)
{
    CBK_CLEANUP(cbk_string_freep)
    char *schedule = cbk_strf("I|%lld|%s", (long long)sim_world_now(stage->world) + 1800, interval);
    return json_pack("{ss ss ss si}", "RuleType", "BACKUP", "BackupType", "COMPLETE", "Schedule", schedule, "Retention",
                     retention);
}

static json_t *daily(struct stage *stage, int retention)
{
    return backup_rule(stage, "P1D", retention);
}

static void bind(struct stage *stage, const char *policy, const char *instance)
{
    expect_code(stage, "CreatePolicyBindings",
                json_pack("{ss s[{ss ss}]}", "PolicyId", policy, "PolicyBindingList", "SourceType", "UDM_ECS",
                          "DataSourceId", instance),
                "");
}

static size_t count(struct stage *stage, enum sim_section section)
{
    return json_array_size(sim_world_list(stage->world, section));
}

static void test_runs_as_the_clock_jumps(void **state)
{
    struct stage *stage = *state;
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 3)));
    bind(stage, policy, "i-1");
    bind(stage, policy, "i-2");
    sim_world_advance(stage->world, 2 * DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 4);
    assert_int_equal(count(stage, SIM_RECOVERY_POINTS), 4);
    const json_t *first = json_array_get(sim_world_list(stage->world, SIM_BACKUP_JOBS), 0);
    const json_t *third = json_array_get(sim_world_list(stage->world, SIM_BACKUP_JOBS), 2);
    assert_string_equal(cbk_json_text(first, "status"), "COMPLETE");
    assert_int_equal(cbk_json_int(third, "created", 0) - cbk_json_int(first, "created", 0), 86400);
    /* Three days of retention: ten days on there are three or four a source, and no snapshot without a point. */
    sim_world_advance(stage->world, 10 * DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 24);
    assert_in_range(count(stage, SIM_RECOVERY_POINTS), 6, 8);
    assert_int_equal(count(stage, SIM_SNAPSHOTS), count(stage, SIM_RECOVERY_POINTS));
}

static void test_disabled_is_passed_over(void **state)
{
    struct stage *stage = *state;
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 3)));
    bind(stage, policy, "i-1");
    expect_code(
        stage, "UpdatePolicyBinding",
        json_pack("{ss ss ss sb}", "PolicyId", policy, "SourceType", "UDM_ECS", "DataSourceId", "i-1", "Disabled", 1),
        "");
    sim_world_advance(stage->world, 2 * DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 0);
}

static void test_new_schedule_replaces_the_old(void **state)
{
    struct stage *stage = *state;
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 0)));
    bind(stage, policy, "i-1");
    const json_t *record = sim_world_find(stage->world, SIM_BACKUP_POLICIES, policy);
    CBK_CLEANUP(cbk_string_freep)
    char *rule_id = cbk_strdup(cbk_json_text(json_array_get(json_object_get(record, "rules"), 0), "RuleId"));
    json_t *hourly = backup_rule(stage, "PT1H", 0);
    sim_set_text(hourly, "RuleId", rule_id);
    expect_code(stage, "UpdatePolicyV2", json_pack("{ss s[o]}", "PolicyId", policy, "Rules", hourly), "");
    assert_string_equal(cbk_json_text(json_array_get(json_object_get(record, "rules"), 0), "RuleId"), rule_id);
    sim_world_advance(stage->world, DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 24);
}

/* The last point stays where the rule keeps one, even when nothing is bound any more. */
static void test_keeps_the_latest(void **state)
{
    struct stage *stage = *state;
    json_t *rule = daily(stage, 1);
    sim_set_int(rule, "KeepLatestSnapshots", 1);
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", rule));
    bind(stage, policy, "i-1");
    sim_world_advance(stage->world, 3 * DAY_MS);
    expect_code(stage, "DeletePolicyBinding",
                json_pack("{ss ss s[s]}", "PolicyId", policy, "SourceType", "UDM_ECS", "DataSourceIds", "i-1"), "");
    sim_world_advance(stage->world, 9 * DAY_MS);
    assert_int_equal(count(stage, SIM_RECOVERY_POINTS), 1);
}

static void test_longer_retention_of_firsts(void **state)
{
    struct stage *stage = *state;
    json_t *rule = daily(stage, 2);
    json_object_set_new(
        rule, "RetentionRules",
        json_pack("[{ss si si}]", "AdvancedRetentionType", "YEARLY", "Retention", 3650, "WhichSnapshot", 1));
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", rule));
    bind(stage, policy, "i-1");
    sim_world_advance(stage->world, 20 * DAY_MS);
    const json_t *points = sim_world_list(stage->world, SIM_RECOVERY_POINTS);
    assert_string_equal(cbk_json_text(json_array_get(points, 0), "retention_type"), "YEARLY");
    assert_int_equal(cbk_json_int(json_array_get(points, 0), "retention", 0), 3650);
    /* a new year may have begun on the way, and has a first of its own */
    assert_in_range(json_array_size(points), 3, 5);
}

static void test_tag_rules_bind(void **state)
{
    struct stage *stage = *state;
    free(new_policy(stage, json_pack("[o {ss s[{ss ss ss}]}]", daily(stage, 0), "RuleType", "TAG", "TagFilters", "Key",
                                     "app", "Operator", "EQUAL", "Value", "mysql")));
    sim_world_advance(stage->world, DAY_MS);
    assert_int_equal(count(stage, SIM_BINDINGS), 1);
    const json_t *binding = json_array_get(sim_world_list(stage->world, SIM_BINDINGS), 0);
    assert_string_equal(cbk_json_text(binding, "data_source_id"), "i-1");
    assert_true(cbk_json_bool(binding, "created_by_tag", false));
    json_object_clear(json_object_get(sim_world_find(stage->world, SIM_INSTANCES, "i-1"), "tags"));
    sim_world_advance(stage->world, DAY_MS);
    assert_int_equal(count(stage, SIM_BINDINGS), 0);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 1);
}

static void test_deletion_unbinds_and_takes_time(void **state)
{
    struct stage *stage = *state;
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 0)));
    bind(stage, policy, "i-1");
    expect_code(stage, "DeletePolicyV2", json_pack("{ss}", "PolicyId", policy), "");
    assert_int_equal(count(stage, SIM_BINDINGS), 0);
    assert_int_equal(count(stage, SIM_BACKUP_POLICIES), 1);
    expect_code(stage, "CreatePolicyBindings",
                json_pack("{ss s[{ss ss}]}", "PolicyId", policy, "PolicyBindingList", "SourceType", "UDM_ECS",
                          "DataSourceId", "i-1"),
                "InvalidResourceId.NotFound");
    sim_world_advance(stage->world, 60 * 1000);
    assert_int_equal(count(stage, SIM_BACKUP_POLICIES), 0);
    sim_world_advance(stage->world, 2 * DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 0);
}

/* Saved and read back, a policy still runs on time. */
static void test_survives_saving(void **state)
{
    struct stage *stage = *state;
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 0)));
    bind(stage, policy, "i-3");
    CBK_JSON *saved = sim_world_dump(stage->world, false);
    sim_world_free(stage->world);
    stage->world = NULL;
    assert_int_equal(sim_world_load(saved, &stage->world, &err), 0);
    sim_world_advance(stage->world, DAY_MS);
    assert_int_equal(count(stage, SIM_BACKUP_JOBS), 1);
}

static void test_refusals(void **state)
{
    struct stage *stage = *state;
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", daily(stage, 0)));
    bind(stage, policy, "i-1");
    const struct {
        const char *action, *params, *code;
    } cases[] = {
        {"CreatePolicyV2", "{}", "InvalidParameter"},
        {"CreatePolicyV2", "{\"Rules\": {}}", "InvalidParameter"},
        {"CreatePolicyV2", "{\"Rules\": [{}]}", "MissingParameter"},
        {"CreatePolicyV2", "{\"Rules\": [{\"RuleType\": \"BACKUP\"}]}", "InvalidParameter"},
        {"CreatePolicyV2", "{\"Rules\": [{\"RuleType\": \"NOSUCH\"}]}", "InvalidParameter"},
        {"CreatePolicyV2", "{\"Rules\": [{\"RuleType\": \"TRANSITION\", \"Retention\": 7}]}", "InvalidParameter"},
        {"CreatePolicyV2",
         "{\"Rules\": [{\"RuleType\": \"BACKUP\", \"Schedule\": \"I|1|P1D\", \"Retention\": 364636}]}",
         "InvalidParameter"},
        {"CreatePolicyV2", "{\"Rules\": [{\"RuleType\": \"BACKUP\", \"Schedule\": \"I|1|P1D\", \"VaultId\": \"v-1\"}]}",
         "VaultNotExist"},
        {"UpdatePolicyV2", "{\"PolicyId\": \"po-nosuch\"}", "InvalidResourceId.NotFound"},
        {"DeletePolicyV2", "{\"PolicyId\": \"po-nosuch\"}", "InvalidResourceId.NotFound"},
        {"CreatePolicyBindings", "{\"PolicyBindingList\": []}", "InvalidParameter"},
        {"CreatePolicyBindings", "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\"}]}", "MissingParameter"},
        {"CreatePolicyBindings",
         "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-nosuch\"}]}",
         "InvalidInstanceId.NotFound"},
        {"CreatePolicyBindings", "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-1\"}]}",
         "PolicyAlreadyBoundWithThisDataSource"},
        {"CreatePolicyBindings",
         "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-2\"}, "
         "{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-2\"}]}",
         "PolicyAlreadyBoundWithThisDataSource"},
        {"CreatePolicyBindings",
         "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-2\", \"AdvancedOptions\": "
         "{\"UdmDetail\": {\"AppConsistent\": true}}}]}",
         "InvalidParameter"},
        {"CreatePolicyBindings",
         "{\"PolicyBindingList\": [{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-2\", \"AdvancedOptions\": 7}]}",
         "InvalidParameter"},
        {"UpdatePolicyBinding", "{\"SourceType\": \"UDM_ECS\", \"DataSourceId\": \"i-2\"}",
         "InvalidResourceId.NotFound"},
        {"ExecutePolicyV2", "{\"RuleId\": \"rule-nosuch\"}", "InvalidParameter"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        json_t *params = NULL;
        assert_int_equal(cbk_json_parse("params", cases[i].params, strlen(cases[i].params), &params, &err), 0);
        if (!json_object_get(params, "PolicyId"))
            sim_set_text(params, "PolicyId", policy);
        expect_code(stage, cases[i].action, params, cases[i].code);
    }
    assert_int_equal(count(stage, SIM_BACKUP_POLICIES), 1);
    assert_int_equal(count(stage, SIM_BINDINGS), 1);
}

static void test_vaults(void **state)
{
    struct stage *stage = *state;
    CBK_JSON *made =
        call(stage, "CreateVault", json_pack("{ss ss}", "VaultName", "v", "VaultRegionId", stage->world->region));
    const char *id = cbk_json_text(made, "VaultId");
    expect_code(stage, "DeleteVault", json_pack("{ss}", "VaultId", id), "OperationConflict");
    sim_world_advance(stage->world, 3 * 3600 * 1000);
    json_t *rule = daily(stage, 7);
    sim_set_text(rule, "VaultId", id);
    CBK_CLEANUP(cbk_string_freep) char *policy = new_policy(stage, json_pack("[o]", rule));
    assert_string_equal(cbk_json_text(sim_world_find(stage->world, SIM_BACKUP_POLICIES, policy), "type"), "STANDARD");
    expect_code(stage, "DeleteVault", json_pack("{ss}", "VaultId", id), "VaultBoundPolicyCannotBeDeleted");
    expect_code(stage, "DeletePolicyV2", json_pack("{ss}", "PolicyId", policy), "");
    expect_code(stage, "DeleteVault", json_pack("{ss}", "VaultId", id), "");
    assert_int_equal(count(stage, SIM_VAULTS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_runs_as_the_clock_jumps),
        TEST(test_disabled_is_passed_over),
        TEST(test_new_schedule_replaces_the_old),
        TEST(test_keeps_the_latest),
        TEST(test_longer_retention_of_firsts),
        TEST(test_tag_rules_bind),
        TEST(test_deletion_unbinds_and_takes_time),
        TEST(test_survives_saving),
        TEST(test_refusals),
        TEST(test_vaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
