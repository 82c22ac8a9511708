/* The objects of a plan: what the stack declares for which instance, what the state remembers, and what git wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "engine/build.h"
#include "quick_json.h"
#include "scratch.h"

#define HEAD "cbk: 1\nstack: web\nprovider: {region: cn-hangzhou}\n"

static const char *const procedure =
    HEAD "instances:\n"
         "  db: {names: [db-*]}\n"
         "policies:\n"
         "  p: {name: P, document: {Version: '1', Statement: {Effect: Allow, Action: 'ecs:A', Resource: '*'}}}\n"
         "roles:\n"
         "  r: {name: R, description: d, trust: {service: [ecs.aliyuncs.com]}, policies: [policies.p, {system: S}]}\n"
         "attachments:\n"
         "  db: {role: roles.r, instances: db}\n"
         "scripts:\n"
         "  db: {instances: db, pre_freeze: {source: pre.sh, path: /opt/pre.sh}, post_thaw: {source: post.sh},\n"
         "       lifecycle: {prevent_destroy: true}}\n"
         "snapshot_jobs:\n"
         "  db:\n"
         "    instances: {ids: [i-1]}\n"
         "    consistency: {level: application, role: roles.r, scripts: scripts.db, freeze_timeout: 1m}\n"
         "    max_age: 24h\n"
         "    trigger: 7\n";

static const char *const fleet =
    "[{'InstanceId': 'i-1', 'InstanceName': 'db-1'}, {'InstanceId': 'i-2', 'InstanceName': 'db-2'},"
    " {'InstanceId': 'i-3', 'InstanceName': 'web'}]";

/* A stack, an inventory and what is made of them. */
struct world {
    struct cbk_stack *stack;
    struct cbk_inventory *inventory;
    struct cbk_objects *objects;
    json_t *state;
    struct cbk_errors errors;
};

static int make_world(const char *dir, const char *yaml, const char *state, bool want_none, struct world *world)
{
    *world = (struct world){
        .stack = build_stack(dir, yaml), .inventory = build_inventory(fleet), .state = quick_json(state)};
    return cbk_objects_make(world->stack, want_none, world->state, world->inventory, &world->objects, &world->errors);
}

static void release_world(struct world *world)
{
    cbk_objects_free(world->objects);
    cbk_errors_release(&world->errors);
    cbk_inventory_free(world->inventory);
    cbk_stack_free(world->stack);
    json_decref(world->state);
}

/* Address and needs, a line each. */
static char *describe(const struct cbk_objects *objects)
{
    CBK_STR(text);
    for (size_t i = 0; i < objects->list.len; i++) {
        const struct cbk_object *object = objects->list.items[i];
        cbk_str_add(&text, object->address);
        for (size_t j = 0; j < object->deps.len; j++)
            cbk_str_addf(&text, " < %s", object->deps.items[j]);
        cbk_str_add(&text, "\n");
    }
    return cbk_str_detach(&text);
}

static void every_instance_has_its_share(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    assert_int_equal(make_world(*state, procedure, NULL, false, &world), 0);
    CBK_CLEANUP(cbk_string_freep) char *text = describe(world.objects);
    assert_string_equal(text, "policies.p\n"
                              "roles.r < policies.p\n"
                              "attachments.db[\"i-1\"] < roles.r\n"
                              "attachments.db[\"i-2\"] < roles.r\n"
                              "scripts.db[\"i-1\"]\n"
                              "scripts.db[\"i-2\"]\n"
                              /* and the attachment, which it does not name: a job waits for the role of its instance */
                              "snapshot_jobs.db[\"i-1\"] < roles.r < scripts.db[\"i-1\"] < attachments.db[\"i-1\"]\n");
    assert_ptr_equal(cbk_objects_get(world.objects, "roles.r"), world.objects->list.items[1]);
    assert_true(cbk_objects_get(world.objects, "scripts.db[\"i-2\"]")->is_protected);
    assert_false(cbk_objects_get(world.objects, "roles.r")->is_protected);
    assert_null(cbk_objects_get(world.objects, "attachments.db"));
}

static const char *const remembered =
    "{'version': 1, 'lineage': 'l', 'serial': 4, 'resources': {"
    " 'scripts.old[\\\"i-9\\\"]': {'kind': 'script', 'id': 'i-9', 'attributes': {'a': 1}, 'depends_on': ['roles.gone'],"
    "   'prevent_destroy': true},"
    " 'roles.gone': {'kind': 'role', 'id': 'Gone', 'attributes': {'name': 'Gone'}},"
    " 'roles.r': {'kind': 'role', 'id': 'R', 'attributes': {'name': 'R'}, 'evidence': {'e': 1},"
    "   'prevent_destroy': true, 'depends_on': ['policies.of-then']},"
    " 'policies.p': {'kind': 'policy', 'id': 'P', 'attributes': {'name': 'P'}, 'intent': true}}}";

static void what_the_state_remembers_joins_in(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    assert_int_equal(make_world(*state, procedure, remembered, false, &world), 0);
    const struct cbk_object *role = cbk_objects_get(world.objects, "roles.r");
    assert_string_equal(role->id, "R");
    assert_string_equal(cbk_json_text(role->last, "name"), "R");
    assert_int_equal(cbk_json_int(role->evidence, "e", 0), 1);
    assert_true(role->is_ours);
    assert_false(role->is_protected); /* git has the last word on what it declares ... */
    assert_int_equal(role->deps.len, 1);
    assert_string_equal(role->deps.items[0], "policies.p");
    const struct cbk_object *begun = cbk_objects_get(world.objects, "policies.p");
    assert_true(begun->is_ours);
    assert_null(begun->last); /* a creation that was begun says nothing about how it ended */
    /* ... and what it does not declare any more comes last, by address */
    size_t count = world.objects->list.len;
    const struct cbk_object *gone = world.objects->list.items[count - 2], *old = world.objects->list.items[count - 1];
    assert_string_equal(gone->address, "roles.gone");
    assert_null(gone->declared);
    assert_null(gone->pointer);
    assert_string_equal(old->address, "scripts.old[\"i-9\"]");
    assert_string_equal(old->instance, "i-9");
    assert_true(old->is_protected);
    assert_string_equal(old->deps.items[0], "roles.gone");
}

static void destroying_wants_none(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    assert_int_equal(make_world(*state, procedure, remembered, true, &world), 0);
    CBK_CLEANUP(cbk_string_freep) char *text = describe(world.objects);
    assert_string_equal(text, "policies.p\n"
                              "roles.gone\n"
                              "roles.r < policies.of-then\n"
                              "scripts.old[\"i-9\"] < roles.gone\n");
    for (size_t i = 0; i < world.objects->list.len; i++)
        assert_null(world.objects->list.items[i]->declared);
    assert_false(cbk_objects_get(world.objects, "roles.r")->is_protected); /* git has the last word here, too ... */
    assert_true(cbk_objects_get(world.objects, "roles.r")->span.line > 0);
    assert_true(cbk_objects_get(world.objects, "scripts.old[\"i-9\"]")->is_protected); /* ... where it has one */
    assert_non_null(cbk_objects_get(world.objects, "policies.p")->last); /* where to look for what was begun */
}

/* What each address changed into, and out of which. */
static void assert_passed_on(const struct world *world, const char *from, const char *to)
{
    const struct cbk_object *old = cbk_objects_get(world->objects, from), *heir = cbk_objects_get(world->objects, to);
    assert_string_equal(old->heir, to);
    assert_string_equal(heir->was, from);
    assert_true(heir->is_ours);
    assert_string_equal(heir->id, old->id);
    assert_ptr_equal(heir->last, old->last);
}

static void what_belongs_to_no_instance_needs_all_of_them(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    assert_int_equal(make_world(*state,
                                HEAD "instances: {db: {names: [db-*]}}\n"
                                     "roles:\n"
                                     "  r: {trust: {service: [a.b]}}\n"
                                     "  s: {trust: {service: [a.b]}, depends_on: [attachments.a]}\n"
                                     "attachments: {a: {role: roles.r, instances: db}}\n",
                                NULL, false, &world),
                     0);
    CBK_CLEANUP(cbk_string_freep) char *text = describe(world.objects);
    assert_string_equal(text, "roles.r\n"
                              "roles.s < attachments.a[\"i-1\"] < attachments.a[\"i-2\"]\n"
                              "attachments.a[\"i-1\"] < roles.r\n"
                              "attachments.a[\"i-2\"] < roles.r\n");
}

/* A key renamed in YAML is still the same thing in the cloud. */
static void a_renamed_key_changes_hands(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before =
        "{'resources': {"
        " 'policies.q': {'kind': 'policy', 'id': 'P', 'attributes': {'name': 'P'}},"
        " 'roles.q': {'kind': 'role', 'id': 'R', 'attributes': {'name': 'R'}, 'prevent_destroy': true},"
        " 'roles.x': {'kind': 'role', 'id': 'X', 'attributes': {'name': 'X'}},"
        " 'attachments.q[\\\"i-1\\\"]': {'kind': 'attachment', 'id': 'i-1', 'attributes': {'role': 'R'}},"
        " 'attachments.q[\\\"i-9\\\"]': {'kind': 'attachment', 'id': 'i-9', 'attributes': {'role': 'R'}},"
        " 'scripts.q[\\\"i-2\\\"]': {'kind': 'script', 'id': 'i-2', 'attributes': {}},"
        " 'snapshot_jobs.q[\\\"i-1\\\"]': {'kind': 'snapshot_job', 'id': 'i-1', 'attributes': {}}}}";
    assert_int_equal(make_world(*state, procedure, before, false, &world), 0);
    assert_passed_on(&world, "policies.q", "policies.p");
    assert_passed_on(&world, "roles.q", "roles.r");
    assert_passed_on(&world, "attachments.q[\"i-1\"]", "attachments.db[\"i-1\"]");
    assert_passed_on(&world, "scripts.q[\"i-2\"]", "scripts.db[\"i-2\"]");
    static const char *const without_heir[] = {"roles.x", "attachments.q[\"i-9\"]", "snapshot_jobs.q[\"i-1\"]"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(without_heir); i++)
        assert_null(cbk_objects_get(world.objects, without_heir[i])->heir);
    assert_false(cbk_objects_get(world.objects, "attachments.db[\"i-2\"]")->is_ours);
}

#define NUMBERED                                                                                                       \
    HEAD "backup_policies:\n"                                                                                          \
         "  p: {name: P, schedule: {cron: '0 0 2 ? * 1'}, retain: 9d}\n"                                               \
         "  r: {name: R, schedule: {cron: '0 0 2 ? * 1'}, retain: 9d}\n"

/* What the cloud numbers changes hands by the name that it was applied with, and keeps its number. */
static void a_renamed_key_keeps_its_number(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before =
        "{'resources': {"
        " 'backup_policies.q': {'kind': 'backup_policy', 'id': 'po-1', 'attributes': {'name': 'P'}},"
        " 'backup_policies.r': {'kind': 'backup_policy', 'id': 'po-3', 'attributes': {'name': 'R'}},"
        " 'backup_policies.r~po-2': {'kind': 'backup_policy', 'id': 'po-2', 'attributes': {'name': 'R'}}}}";
    assert_int_equal(make_world(*state, NUMBERED, before, false, &world), 0);
    assert_passed_on(&world, "backup_policies.q", "backup_policies.p");
    assert_string_equal(cbk_objects_get(world.objects, "backup_policies.p")->id, "po-1");
    /* What was replaced bears the same name, and is another thing. */
    assert_string_equal(cbk_objects_get(world.objects, "backup_policies.r")->id, "po-3");
    assert_null(cbk_objects_get(world.objects, "backup_policies.r")->displaced);
    assert_null(cbk_objects_get(world.objects, "backup_policies.r~po-2")->heir);
}

static void what_was_begun_has_no_number_yet(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before = "{'resources': {'backup_policies.q': {'kind': 'backup_policy', 'id': 'P', 'intent': true,"
                         " 'attributes': {'name': 'P'}}}}";
    assert_int_equal(make_world(*state, NUMBERED, before, false, &world), 0);
    const struct cbk_object *policy = cbk_objects_get(world.objects, "backup_policies.p");
    assert_true(policy->is_ours);
    assert_null(policy->id);
    assert_null(policy->last);
    assert_string_equal(policy->begun_as, "P");
}

static void what_was_passed_on_before_is_forgotten(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before = "{'resources': {"
                         " 'policies.p': {'kind': 'policy', 'id': 'P', 'attributes': {'name': 'P', 'own': 1}},"
                         " 'policies.q': {'kind': 'policy', 'id': 'P', 'attributes': {'name': 'P'}}}}";
    assert_int_equal(make_world(*state, procedure, before, false, &world), 0);
    const struct cbk_object *policy = cbk_objects_get(world.objects, "policies.p");
    assert_null(policy->was); /* passed on before: what is left is to forget the old address */
    assert_int_equal(cbk_json_int(policy->last, "own", 0), 1);
    assert_string_equal(cbk_objects_get(world.objects, "policies.q")->heir, "policies.p");
}

/* A name that was changed back before the first role was gone: what came in between goes. */
static void what_is_claimed_again_is_taken_up_again(void **state)
{
    static const char *const left[] = {"roles.r~R", "roles.q"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(left); i++) {
        CBK_CLEANUP(release_world) struct world world;
        CBK_CLEANUP(cbk_string_freep)
        char *before = cbk_strf("{'resources': {"
                                " 'roles.r': {'kind': 'role', 'id': 'Between', 'attributes': {'name': 'Between'}},"
                                " '%s': {'kind': 'role', 'id': 'R', 'attributes': {'name': 'R', 'own': 1}}}}",
                                left[i]);
        assert_int_equal(make_world(*state, procedure, before, false, &world), 0);
        assert_passed_on(&world, left[i], "roles.r");
        const struct cbk_object *role = cbk_objects_get(world.objects, "roles.r");
        const struct cbk_object *between = cbk_objects_get(world.objects, "roles.r~Between");
        assert_string_equal(role->displaced, "roles.r~Between");
        assert_true(cbk_object_needs(role, "roles.r~Between")); /* which goes last */
        assert_true(cbk_object_needs(cbk_objects_get(world.objects, "attachments.db[\"i-1\"]"), "roles.r~Between"));
        assert_string_equal(between->id, "Between");
        assert_null(between->declared);
        assert_null(between->heir);
        assert_true(between->is_ours);
    }
}

#define TWO_ROLES HEAD "roles: {a: {name: Y, trust: {service: [a.b]}}, b: {name: X, trust: {service: [a.b]}}}\n"

/* A name that another declaration claims is not replaced: it is that one's. */
static void a_name_changes_hands(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before = "{'resources': {'roles.a': {'kind': 'role', 'id': 'X', 'attributes': {'name': 'X'}}}}";
    assert_int_equal(make_world(*state, TWO_ROLES, before, false, &world), 0);
    const struct cbk_object *a = cbk_objects_get(world.objects, "roles.a"),
                            *b = cbk_objects_get(world.objects, "roles.b");
    assert_string_equal(a->heir, "roles.b");
    assert_false(a->is_ours);
    assert_null(a->id);
    assert_null(a->last);
    assert_string_equal(b->was, "roles.a");
    assert_string_equal(b->id, "X");
    assert_true(b->is_ours);
}

/* The state as a crash leaves it between the two. */
static void a_name_has_changed_hands(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before = "{'resources': {'roles.a': {'kind': 'role', 'id': 'X', 'attributes': {'name': 'X'}},"
                         " 'roles.b': {'kind': 'role', 'id': 'X', 'attributes': {'name': 'X'}}}}";
    assert_int_equal(make_world(*state, TWO_ROLES, before, false, &world), 0);
    const struct cbk_object *a = cbk_objects_get(world.objects, "roles.a"),
                            *b = cbk_objects_get(world.objects, "roles.b");
    assert_false(a->is_ours);
    assert_true(b->is_ours);
    assert_null(b->was);
}

/* Whoever used what goes is changed before it goes; what a replacement left goes last. */
static void what_goes_waits_for_those_who_used_it(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    const char *before = "{'resources': {"
                         " 'policies.old': {'kind': 'policy', 'id': 'Old', 'attributes': {'name': 'Old'}},"
                         " 'roles.r': {'kind': 'role', 'id': 'R', 'attributes': {'name': 'R'},"
                         "   'depends_on': ['policies.old', 'policies.of-then']},"
                         " 'roles.r~Q': {'kind': 'role', 'id': 'Q', 'attributes': {'name': 'Q'}}}}";
    assert_int_equal(make_world(*state, procedure, before, false, &world), 0);
    CBK_CLEANUP(cbk_string_freep) char *text = describe(world.objects);
    assert_string_equal(
        text, "policies.p\n"
              "roles.r < policies.p < policies.old < roles.r~Q\n"
              "attachments.db[\"i-1\"] < roles.r < roles.r~Q\n"
              "attachments.db[\"i-2\"] < roles.r < roles.r~Q\n"
              "scripts.db[\"i-1\"]\n"
              "scripts.db[\"i-2\"]\n"
              "snapshot_jobs.db[\"i-1\"] < roles.r < scripts.db[\"i-1\"] < attachments.db[\"i-1\"] < roles.r~Q\n"
              "policies.old\n"
              "roles.r~Q\n");
    const struct cbk_object *former = cbk_objects_get(world.objects, "roles.r~Q");
    assert_null(former->declared);
    assert_string_equal(former->id, "Q");
}

static const struct refusal {
    const char *yaml, *state;
    int code;
    const char *says;
} refusals[] = {
    {HEAD "instances: {a: {ids: [i-1, i-2]}, b: {ids: [i-2]}}\n"
          "roles: {r: {trust: {service: [a.b]}}, s: {trust: {service: [a.b]}}}\n"
          "attachments:\n  one: {role: roles.r, instances: a}\n  two: {role: roles.s, instances: b}\n",
     NULL, CBK_E_CONFLICT, "attachments.one and attachments.two both claim the instance 'i-2'"},
    {HEAD "roles: {r: {trust: {service: [a.b]}}}\nattachments: {one: {role: roles.r, instances: {ids: [i-8]}}}\n", NULL,
     CBK_E_NOT_FOUND, "no instance 'i-8'"},
    {TWO_ROLES,
     "{'resources': {'roles.a': {'kind': 'role', 'id': 'X', 'attributes': {}},"
     " 'roles.b': {'kind': 'role', 'id': 'Y', 'attributes': {}}}}",
     CBK_E_CONFLICT, "roles.b claims the role 'X', which roles.a gives up, while it gives up 'Y' itself"},
    {HEAD, "{'resources': {'wings.w': {'kind': 'wing', 'attributes': {}}}}", CBK_E_STATE,
     "the state has an object of a kind not known here: 'wings.w'"},
    {HEAD, "{'resources': {'': {'kind': 'role', 'attributes': {}}}}", CBK_E_STATE, "not known here: ''"},
    {HEAD, "{'resources': {'attachments.m': {'kind': 'attachment', 'attributes': {}}}}", CBK_E_STATE,
     "not known here: 'attachments.m'"},
    {HEAD, "{'resources': {'roles.m[\\\"i-1\\\"]': {'kind': 'role', 'attributes': {}}}}", CBK_E_STATE,
     "not known here: 'roles.m[\"i-1\"]'"},
};

static void what_cannot_be_is_refused(void **state)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(refusals); i++) {
        CBK_CLEANUP(release_world) struct world world;
        assert_int_equal(make_world(*state, refusals[i].yaml, refusals[i].state, false, &world), refusals[i].code);
        CBK_CLEANUP(cbk_string_freep) char *text = build_error_text(&world.errors);
        if (world.errors.list.len != 1 || !strstr(text, refusals[i].says))
            fail_msg("case %zu: %s", i, text);
    }
}

static void every_error_is_told(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    assert_true(make_world(*state,
                           HEAD "roles: {r: {trust: {service: [a.b]}}}\n"
                                "attachments:\n"
                                "  one: {role: roles.r, instances: {names: [nobody]}}\n"
                                "  two: {role: roles.r, instances: {ids: [i-8]}}\n",
                           NULL, false, &world) < 0);
    assert_int_equal(world.errors.list.len, 2);
}

static struct cbk_env env_of(const struct world *world)
{
    return (struct cbk_env){.config = world->stack->config,
                            .stack = world->stack->tree,
                            .stack_name = world->stack->name,
                            .instances = world->inventory->instances};
}

static void assert_desired(const struct world *world, const char *address, const char *expected)
{
    CBK_JSON *wanted = quick_json(expected);
    const struct cbk_object *object = cbk_objects_get(world->objects, address);
    CBK_STR(text);
    cbk_json_add_canonical(&text, object->desired);
    if (!json_equal(object->desired, wanted))
        fail_msg("%s: %s", address, text.ptr);
}

static void git_wants_what_it_says(void **state)
{
    CBK_CLEANUP(release_world) struct world world;
    scratch_write(*state, "pre.sh", "#!/bin/sh\n", 10);
    scratch_write(*state, "post.sh", "", 0);
    assert_int_equal(make_world(*state, procedure, NULL, false, &world), 0);
    const struct cbk_env env = env_of(&world);
    assert_int_equal(cbk_objects_desire(world.objects, &env, &world.errors), 0);
    assert_desired(&world, "policies.p",
                   "{'name': 'P', 'document': {'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': ['ecs:A'],"
                   " 'Resource': ['*']}]}}");
    assert_desired(&world, "roles.r",
                   "{'name': 'R', 'description': 'd', 'max_session_duration': 3600, 'policies': ['Custom/P', "
                   "'System/S'], 'trust': {'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': "
                   "['sts:AssumeRole'], 'Principal': {'Service': ['ecs.aliyuncs.com']}}]}}");
    assert_desired(&world, "attachments.db[\"i-2\"]", "{'instance': 'i-2', 'role': 'R'}");
    char pre[CBK_SHA256_HEX + 1], post[CBK_SHA256_HEX + 1];
    cbk_sha256_hex("#!/bin/sh\n", 10, pre);
    cbk_sha256_hex("", 0, post);
    CBK_CLEANUP(cbk_string_freep)
    char *scripts = cbk_strf("{'instance': 'i-1', 'pre_freeze': {'path': '/opt/pre.sh', 'mode': '0700', 'owner': "
                             "'root', 'sha256': '%s'}, 'post_thaw': {'path': '/tmp/postscript.sh', 'mode': '0700', "
                             "'owner': 'root', 'sha256': '%s'}}",
                             pre, post);
    assert_desired(&world, "scripts.db[\"i-1\"]", scripts);
    assert_desired(&world, "snapshot_jobs.db[\"i-1\"]",
                   "{'instance': 'i-1', 'level': 'application', 'require': 'application', 'retain_days': 7, 'timeout': "
                   "7200, 'on_downgrade': 'fail', 'max_age': "
                   "'24h', 'trigger': 7, 'role': 'R', 'freeze_timeout': 60, 'fs_freeze': true, 'writers': true, "
                   "'pre_freeze': '/opt/pre.sh', 'post_thaw': '/tmp/postscript.sh'}");
}

static const struct wish {
    const char *yaml;
    const char *file, *content; /* file NULL: none is written */
    int code;
    const char *says;
} wishes[] = {
    {HEAD "instances: {db: {names: [db-*]}}\n"
          "scripts: {db: {instances: db, pre_freeze: {source: a.sh}, post_thaw: {source: a.sh}}}\n",
     NULL, NULL, CBK_E_IO, "a.sh"},
    {HEAD "instances: {db: {names: [db-*]}}\n"
          "scripts: {db: {instances: db, pre_freeze: {source: a.sh}, post_thaw: {source: a.sh}}}\n",
     "a.sh", "#!/bin/sh\r\nsync\r\n", CBK_E_VALIDATION, "cbk.yaml:5:52: error: 'a.sh' has Windows line ends"},
    {HEAD "instances: {db: {names: [db-*]}}\n"
          "scripts: {db: {instances: db, pre_freeze: {source: a.sh, path: /a}, post_thaw: {source: a.sh, path: /a}}}\n",
     "a.sh", "", CBK_E_VALIDATION, "both scripts would stand at '/a'"},
    {HEAD "snapshot_jobs: {db: {instances: {names: [db-*]}, consistency: {level: crash}, max_age: 0m}}\n", NULL, NULL,
     CBK_E_VALIDATION, "max_age must be longer than nothing"},
    {HEAD "snapshot_jobs: {db: {instances: {names: [db-*]}, consistency: {level: crash}, retain: 36h}}\n", NULL, NULL,
     CBK_E_VALIDATION, "retain must be one or more whole days"},
    {HEAD "snapshot_jobs: {db: {instances: {names: [db-*]}, consistency: {level: crash}, retain: 0d}}\n", NULL, NULL,
     CBK_E_VALIDATION, "retain must be one or more whole days"},
    {HEAD "policies: {p: {document_file: p.json}}\n", "p.json", "{\"Version\": ", CBK_E_SYNTAX, "'p.json'"},
    {HEAD "policies: {p: {document_file: p.json}}\n", "p.json", "{}", CBK_E_VALIDATION,
     "'p.json' is not a policy document: it has no list 'Statement'"},
};

static void wishes_that_cannot_be_read_are_told_once(void **state)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(wishes); i++) {
        CBK_CLEANUP(release_world) struct world world;
        if (wishes[i].file)
            scratch_write(*state, wishes[i].file, wishes[i].content, strlen(wishes[i].content));
        assert_int_equal(make_world(*state, wishes[i].yaml, NULL, false, &world), 0);
        const struct cbk_env env = env_of(&world);
        int r = cbk_objects_desire(world.objects, &env, &world.errors);
        CBK_CLEANUP(cbk_string_freep) char *text = build_error_text(&world.errors);
        if (r != wishes[i].code || world.errors.list.len != 1 || !strstr(text, wishes[i].says))
            fail_msg("case %zu: %d, %zu errors\n%s", i, r, world.errors.list.len, text);
        assert_true(world.errors.list.items[0].span.line > 0);
    }
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(every_instance_has_its_share),
        WITH_SCRATCH(what_the_state_remembers_joins_in),
        WITH_SCRATCH(destroying_wants_none),
        WITH_SCRATCH(what_belongs_to_no_instance_needs_all_of_them),
        WITH_SCRATCH(a_renamed_key_changes_hands),
        WITH_SCRATCH(a_renamed_key_keeps_its_number),
        WITH_SCRATCH(what_was_begun_has_no_number_yet),
        WITH_SCRATCH(what_was_passed_on_before_is_forgotten),
        WITH_SCRATCH(what_is_claimed_again_is_taken_up_again),
        WITH_SCRATCH(a_name_changes_hands),
        WITH_SCRATCH(a_name_has_changed_hands),
        WITH_SCRATCH(what_goes_waits_for_those_who_used_it),
        WITH_SCRATCH(what_cannot_be_is_refused),
        WITH_SCRATCH(every_error_is_told),
        WITH_SCRATCH(git_wants_what_it_says),
        WITH_SCRATCH(wishes_that_cannot_be_read_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
