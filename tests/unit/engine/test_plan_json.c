/* The plan as JSON: its schema, its counts, and that the same inputs give the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/decide.h"
#include "engine/plan_json.h"
#include "engine/saved_plan.h"
#include "quick_json.h"
#include "scratch.h"
#include "strict_schema.h"

#define HEAD "cbk: 1\nstack: web\nprovider: {region: cn-hangzhou, account: '1'}\n"
#define ROLES                                                                                                          \
    "roles:\n"                                                                                                         \
    "  new: {trust: {service: [ecs.aliyuncs.com]}}\n"                                                                  \
    "  moved: {description: y, trust: {service: [a.b]}}\n"                                                             \
    "  renamed: {name: Two, trust: {service: [a.b]}}\n"                                                                \
    "  there: {trust: {service: [a.b]}}\n"                                                                             \
    "instances: {db: {names: [db-*]}}\n"                                                                               \
    "attachments: {db: {role: roles.new, instances: db}}\n"

/* The same, in other words. */
#define ROLES_AGAIN                                                                                                    \
    "attachments:\n  db:\n    instances: db\n    role: roles.new   # nothing new\n"                                    \
    "instances: {db: {names: ['db-*']}}\n"                                                                             \
    "roles:\n"                                                                                                         \
    "  new: {trust: {service: [ecs.aliyuncs.com]}}\n\n"                                                                \
    "  moved:\n    trust: {service: [\"a.b\"]}\n    description: 'y'\n"                                                \
    "  renamed: {name: Two, trust: {service: [a.b]}}\n"                                                                \
    "  there: {trust: {service: [a.b]}}\n"

#define TRUST                                                                                                          \
    "'trust': {'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': ['sts:AssumeRole'], 'Principal': "          \
    "{'Service': ['a.b']}}]}, 'max_session_duration': 3600, 'policies': []"

static const char *const remembered =
    "{'version': 1, 'lineage': 'l', 'serial': 4, 'stack': 'web', 'resources': {"
    " 'roles.moved': {'kind': 'role', 'id': 'moved', 'attributes': {'name': 'moved', 'description': 'x'}},"
    " 'roles.renamed': {'kind': 'role', 'id': 'One', 'attributes': {'name': 'One'}},"
    " 'roles.gone': {'kind': 'role', 'id': 'gone', 'attributes': {'name': 'gone'}},"
    " 'roles.lost': {'kind': 'role', 'id': 'lost', 'attributes': {'name': 'lost'}}}}";

static const struct live_row {
    const char *address, *live;
} lives[] = {
    {"roles.moved", "{'name': 'moved', 'description': 'x', " TRUST "}"},
    {"roles.renamed", "{'name': 'One', " TRUST "}"},
    {"roles.there", "{'name': 'there', " TRUST "}"},
    {"roles.gone", "{'name': 'gone', " TRUST "}"},
};

struct world {
    struct cbk_stack *stack;
    struct cbk_plan *plan;
};

static void release_world(struct world *world)
{
    cbk_plan_free(world->plan);
    cbk_stack_free(world->stack);
}

/* Everything that cbk_plan_make does, but for the network. `live_value` goes into the live description. */
static void make_plan(const char *dir, const char *yaml, const char *live_description, struct world *world)
{
    world->stack = build_stack(dir, yaml);
    struct cbk_plan *plan = world->plan = CBK_NEW(struct cbk_plan);
    plan->state = quick_json(remembered);
    plan->inventory = build_inventory("[{'InstanceId': 'i-1', 'InstanceName': 'db-1'}]");
    plan->env = (struct cbk_env){.config = world->stack->config,
                                 .stack = world->stack->tree,
                                 .stack_name = "web",
                                 .instances = plan->inventory->instances};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    assert_int_equal(cbk_objects_make(world->stack, false, plan->state, plan->inventory, &plan->objects, &errors), 0);
    plan->env.objects = plan->objects->by_address;
    assert_int_equal(cbk_objects_desire(plan->objects, &plan->env, &errors), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(lives); i++)
        cbk_objects_get(plan->objects, lives[i].address)->live = quick_json(lives[i].live);
    json_object_set_new(cbk_objects_get(plan->objects, "roles.moved")->live, "description",
                        json_string(live_description));
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        struct cbk_change *change = cbk_changes_add(&plan->changes);
        change->object = plan->objects->list.items[i];
        if (cbk_decide(&plan->env, false, change, &err) < 0)
            fail_msg("%s", err.message);
    }
    CBK_JSON *commit = quick_json("{'commit': 'abc', 'dirty': true}");
    const struct cbk_plan_input input = {.stack = world->stack, .commit = commit};
    plan->json = cbk_plan_to_json(&input, plan);
}

static void the_plan_is_what_its_schema_says(void **state)
{
    CBK_CLEANUP(release_world) struct world world = {0};
    make_plan(*state, HEAD ROLES, "x", &world);
    assert_strictly_valid("plan", world.plan->json);
    CBK_STR(text);
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(world.plan->json, "changes"), index, change) {
        CBK_STR(actions);
        cbk_json_add_canonical(&actions, json_object_get(change, "actions"));
        cbk_str_addf(&text, "%s %s%s%s %s\n", cbk_json_text(change, "address"), actions.ptr,
                     cbk_json_bool(change, "adopt", false) ? " adopt" : "",
                     cbk_json_bool(change, "forget", false) ? " forget" : "", cbk_json_text_or(change, "cause", "-"));
    }
    assert_string_equal(text.ptr, "roles.new [\"create\"] config\n"
                                  "roles.moved [\"update\"] config\n"
                                  "roles.renamed [\"create\",\"delete\"] config\n"
                                  "roles.there [\"no-op\"] adopt -\n"
                                  "attachments.db[\"i-1\"] [\"create\"] config\n"
                                  "roles.gone [\"delete\"] config\n"
                                  "roles.lost [\"no-op\"] forget -\n");
    CBK_STR(summary);
    cbk_json_add_canonical(&summary, json_object_get(world.plan->json, "summary"));
    assert_string_equal(summary.ptr, "{\"create\":2,\"delete\":1,\"import\":0,\"replace\":1,\"run\":0,\"update\":1}");
    assert_string_equal(cbk_json_text(world.plan->json, "provenance.commit"), "abc");
    assert_int_equal(cbk_json_int(world.plan->json, "state.serial", -1), 4);
    const json_t *first = json_array_get(json_object_get(world.plan->json, "changes"), 0);
    assert_int_equal(cbk_json_int(first, "line", 0), 5);
    assert_true(cbk_str_ends_with(cbk_json_text(first, "file"), "cbk.yaml"));
}

static void the_same_inputs_give_the_same_bytes(void **state)
{
    CBK_CLEANUP(release_world) struct world one = {0}, two = {0};
    make_plan(*state, HEAD ROLES, "x", &one);
    make_plan(*state, HEAD ROLES, "x", &two);
    CBK_STR(first);
    CBK_STR(second);
    cbk_json_add_pretty(&first, one.plan->json);
    cbk_json_add_pretty(&second, two.plan->json);
    assert_string_equal(first.ptr, second.ptr);
}

static void the_digest_tells_what_matters(void **state)
{
    CBK_CLEANUP(release_world) struct world one = {0}, in_other_words = {0}, drifted = {0}, edited = {0};
    make_plan(*state, HEAD ROLES, "x", &one);
    make_plan(*state, HEAD ROLES_AGAIN, "x", &in_other_words);
    make_plan(*state, HEAD ROLES, "z", &drifted);
    make_plan(*state, HEAD ROLES "variables: {unused: {default: x}}\n", "x", &edited);
    assert_string_equal(cbk_plan_digest(one.plan), cbk_plan_digest(in_other_words.plan));
    assert_string_not_equal(cbk_plan_digest(one.plan), cbk_plan_digest(drifted.plan));
    assert_string_not_equal(cbk_plan_digest(one.plan), cbk_plan_digest(edited.plan));
}

static void a_plan_restricts_itself_to_all_of_it(void **state)
{
    CBK_CLEANUP(release_world) struct world then = {0}, now = {0}, later = {0};
    CBK_ERROR(err);
    make_plan(*state, HEAD ROLES, "x", &then);
    make_plan(*state, HEAD ROLES, "x", &now);
    make_plan(*state, HEAD ROLES, "z", &later);
    assert_int_equal(cbk_plan_restrict(now.plan, then.plan->json, &err), 0);
    for (size_t i = 0; i < now.plan->changes.len; i++)
        assert_int_equal(now.plan->changes.items[i].actions, then.plan->changes.items[i].actions);
    assert_int_equal(cbk_plan_restrict(later.plan, then.plan->json, &err), CBK_E_STALE_PLAN);
    assert_string_equal(err.message, "stale plan: roles.moved has changed since");
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(the_plan_is_what_its_schema_says),
        WITH_SCRATCH(the_same_inputs_give_the_same_bytes),
        WITH_SCRATCH(the_digest_tells_what_matters),
        WITH_SCRATCH(a_plan_restricts_itself_to_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
