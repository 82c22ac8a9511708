/* The three-way diff: every way in which git, the last apply and the cloud can be equal or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "quick_json.h"

/* One attribute of a role; '-': it has none, otherwise its value. */
static const struct way {
    char desired, last, live;
    const char *cause; /* NULL: no difference */
} ways[] = {
    {'a', 'a', 'a', NULL},     {'a', 'a', 'b', "drift"}, {'a', 'b', 'a', NULL}, {'a', 'b', 'b', "config"},
    {'a', 'b', 'c', "both"},   {'a', 'a', '-', "drift"}, {'a', '-', 'a', NULL}, {'a', '-', '-', "config"},
    {'a', '-', 'b', "config"}, {'a', 'b', '-', "both"}, /* below: what git does not mention is the cloud's business */
    {'-', 'a', 'a', NULL},     {'-', 'a', 'b', NULL},    {'-', '-', 'a', NULL}, {'-', 'a', '-', NULL},
    {'-', '-', '-', NULL},
};

static json_t *side_of(char value)
{
    return value == '-' ? json_pack("{s:s}", "name", "R")
                        : json_pack("{s:s, s:s%}", "name", "R", "description", &value, (size_t)1);
}

static void assert_row(const json_t *row, const struct way *way)
{
    char before[] = {way->live, '\0'}, after[] = {way->desired, '\0'};
    const json_t *was = json_object_get(row, "before");
    assert_string_equal(cbk_json_text(row, "path"), "description");
    assert_string_equal(cbk_json_text(row, "cause"), way->cause);
    assert_string_equal(cbk_json_text(row, "after"), after);
    assert_true(way->live == '-' ? json_is_null(was) : cbk_str_equal(json_string_value(was), before));
    assert_null(json_object_get(row, "widens"));
}

static void every_way_has_its_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(ways); i++) {
        const struct way *way = &ways[i];
        CBK_JSON *declared = json_object(), *desired = side_of(way->desired), *last = side_of(way->last),
                 *live = side_of(way->live);
        const struct cbk_object object = {.kind = &cbk_kind_role,
                                          .key = "app",
                                          .pointer = "/roles/app",
                                          .declared = declared,
                                          .desired = desired,
                                          .last = last,
                                          .live = live};
        CBK_CLEANUP(cbk_diff_release) struct cbk_diff diff = {0};
        cbk_diff_make(&object, &diff);
        if (json_array_size(diff.rows) != (way->cause ? 1 : 0))
            fail_msg("%c %c %c: %zu rows", way->desired, way->last, way->live, json_array_size(diff.rows));
        assert_true(cbk_str_equal(cbk_cause_name(diff.cause), way->cause));
        assert_false(diff.needs_replace);
        if (way->cause)
            assert_row(json_array_get(diff.rows, 0), way);
    }
}

#define DOC(action) "{'Version': '1', 'Statement': [{'Effect': 'Allow', 'Action': ['" action "'], 'Resource': ['*']}]}"

static const struct case_row {
    const char *what;
    struct build_sides sides;
    const char *paths; /* "path cause[!]", a line each; '!': it widens */
    enum cbk_cause cause;
    bool needs_replace;
} cases[] = {
    {"never applied: moved in git",
     {&cbk_kind_role, "{}", "{'name': 'R', 'description': 'a'}", NULL, "{'name': 'R', 'description': 'b'}"},
     "description config\n",
     CBK_CAUSE_CONFIG,
     false},
    {"two causes in one object",
     {&cbk_kind_role, "{}", "{'description': 'a', 'max_session_duration': 2}",
      "{'description': 'b', 'max_session_duration': 2}", "{'description': 'b', 'max_session_duration': 3}"},
     "description config\nmax_session_duration drift\n",
     CBK_CAUSE_BOTH,
     false},
    {"a name is immutable",
     {&cbk_kind_role, "{'name': 'New'}", "{'name': 'New'}", "{'name': 'Old'}", "{'name': 'Old'}"},
     "name config\n",
     CBK_CAUSE_CONFIG,
     true},
    {"a name is immutable where the key gives it",
     {&cbk_kind_policy, "{}", "{'name': 'app'}", "{'name': 'Old'}", "{'name': 'Old'}"},
     "name config\n",
     CBK_CAUSE_CONFIG,
     true},
    {"what is ignored replaces nothing",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['name']}}", "{'name': 'New', 'description': 'a'}",
      "{'name': 'Old', 'description': 'b'}", "{'name': 'Old', 'description': 'b'}"},
     "description config\n",
     CBK_CAUSE_CONFIG,
     false},
    {"all is ignored",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['description', 'policies']}}",
      "{'description': 'a', 'policies': ['x']}", "{'description': 'a', 'policies': ['x']}",
      "{'description': 'b', 'policies': []}"},
     "",
     CBK_CAUSE_NONE,
     false},
    {"a name that begins alike is another",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['desc', 'descriptions']}}", "{'description': 'a'}",
      "{'description': 'a'}", "{'description': 'b'}"},
     "description drift\n",
     CBK_CAUSE_DRIFT,
     false},
    {"inside of an attribute",
     {&cbk_kind_script, "{}", "{'pre_freeze': {'path': '/p', 'mode': '0700', 'sha256': 'x'}}",
      "{'pre_freeze': {'path': '/p', 'mode': '0700', 'sha256': 'w'}}",
      "{'pre_freeze': {'path': '/p', 'mode': '0755', 'sha256': 'w', 'more': 1}}"},
     "pre_freeze.mode drift\npre_freeze.sha256 config\n",
     CBK_CAUSE_BOTH,
     false},
    {"a part is ignored",
     {&cbk_kind_script, "{'lifecycle': {'ignore': ['pre_freeze.mode']}}",
      "{'pre_freeze': {'path': '/p', 'mode': '0700'}}", "{'pre_freeze': {'path': '/p', 'mode': '0700'}}",
      "{'pre_freeze': {'path': '/q', 'mode': '0755'}}"},
     "pre_freeze.path drift\n",
     CBK_CAUSE_DRIFT,
     false},
    {"the whole is ignored, and so its parts",
     {&cbk_kind_script, "{'lifecycle': {'ignore': ['pre_freeze']}}", "{'pre_freeze': {'path': '/p', 'mode': '0700'}}",
      "{'pre_freeze': {'path': '/p', 'mode': '0700'}}", "{'pre_freeze': {'path': '/q', 'mode': '0755'}}"},
     "",
     CBK_CAUSE_NONE,
     false},
    {"a file that is gone differs as a whole",
     {&cbk_kind_script, "{}", "{'pre_freeze': {'path': '/p'}}", "{'pre_freeze': {'path': '/p'}}", "{}"},
     "pre_freeze drift\n",
     CBK_CAUSE_DRIFT,
     false},
    {"null is as good as nothing",
     {&cbk_kind_role, "{}", "{'description': null}", "{}", "{}"},
     "",
     CBK_CAUSE_NONE,
     false},
    {"a policy that allows more",
     {&cbk_kind_policy, "{}", "{'document': " DOC("ecs:*") "}", "{'document': " DOC("ecs:A") "}",
      "{'document': " DOC("ecs:A") "}"},
     "document.Statement config!\n",
     CBK_CAUSE_CONFIG,
     false},
    {"a policy that allows less",
     {&cbk_kind_policy, "{}", "{'document': " DOC("ecs:A") "}", "{'document': " DOC("ecs:A") "}",
      "{'document': " DOC("ecs:*") "}"},
     "document.Statement drift\n",
     CBK_CAUSE_DRIFT,
     false},
    {"one more policy on a role",
     {&cbk_kind_role, "{}", "{'policies': ['Custom/a', 'Custom/b'], 'description': 'x'}",
      "{'policies': ['Custom/a'], 'description': 'x'}", "{'policies': ['Custom/a'], 'description': 'y'}"},
     "policies config!\ndescription drift\n",
     CBK_CAUSE_BOTH,
     false},
    {"one policy less",
     {&cbk_kind_role, "{}", "{'policies': ['Custom/a']}", "{'policies': ['Custom/a', 'Custom/b']}",
      "{'policies': ['Custom/a', 'Custom/b']}"},
     "policies config\n",
     CBK_CAUSE_CONFIG,
     false},
};

static void cases_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(built_release) struct built built;
        build_object(&cases[i].sides, &built);
        CBK_CLEANUP(cbk_diff_release) struct cbk_diff diff = {0};
        cbk_diff_make(&built.object, &diff);
        CBK_STR(paths);
        size_t index;
        json_t *row;
        json_array_foreach(diff.rows, index, row)
            cbk_str_addf(&paths, "%s %s%s\n", cbk_json_text(row, "path"), cbk_json_text(row, "cause"),
                         cbk_json_bool(row, "widens", false) ? "!" : "");
        if (strcmp(paths.ptr, cases[i].paths) != 0 || diff.cause != cases[i].cause ||
            diff.needs_replace != cases[i].needs_replace)
            fail_msg("%s: cause %d, replace %d\n%s", cases[i].what, diff.cause, diff.needs_replace, paths.ptr);
    }
}

static const struct yielding {
    const char *what;
    struct build_sides sides;
    const char *desired; /* afterwards */
} yieldings[] = {
    {"nothing is ignored",
     {&cbk_kind_role, "{}", "{'description': 'a'}", NULL, "{'description': 'b'}"},
     "{'description': 'a'}"},
    {"does not live yet: wanted whole",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['description']}}", "{'description': 'a'}", NULL, NULL},
     "{'description': 'a'}"},
    {"a whole attribute",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['policies']}}", "{'name': 'R', 'policies': ['x']}", NULL,
      "{'name': 'S', 'policies': ['y', 'z']}"},
     "{'name': 'R', 'policies': ['y', 'z']}"},
    {"a part of one",
     {&cbk_kind_script, "{'lifecycle': {'ignore': ['pre_freeze.mode', 'post_thaw']}}",
      "{'pre_freeze': {'path': '/p', 'mode': '0700'}, 'post_thaw': {'path': '/q'}}", NULL,
      "{'pre_freeze': {'path': '/x', 'mode': '0755'}}"},
     "{'pre_freeze': {'path': '/p', 'mode': '0755'}}"},
};

static void what_is_ignored_is_wanted_as_it_lives(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(yieldings); i++) {
        CBK_CLEANUP(built_release) struct built built;
        build_object(&yieldings[i].sides, &built);
        CBK_JSON *expected = quick_json(yieldings[i].desired);
        cbk_diff_yield(&built.object);
        if (!json_equal(built.object.desired, expected))
            fail_msg("%s", yieldings[i].what);
    }
}

/* A vault 'v' with the id v-1, and what an object that needs it says of it. */
static const struct owning {
    const char *what;
    bool is_replaced, is_former;
    struct build_sides sides;
    const char *causes; /* of the rows, then of all */
} ownings[] = {
    {"nothing is replaced",
     false,
     false,
     {&cbk_kind_binding, "{}", "{'policy': 'v'}", "{'policy': 'v'}", "{'policy': 'v-1'}"},
     "policy drift, drift"},
    {"this plan replaces it",
     true,
     false,
     {&cbk_kind_binding, "{}", "{'policy': 'v'}", "{'policy': 'v'}", "{'policy': 'v-1'}"},
     "policy config, config"},
    {"an apply has replaced it",
     false,
     true,
     {&cbk_kind_binding, "{}", "{'policy': 'v'}", "{'policy': 'v'}", "{'policy': 'v-1'}"},
     "policy config, config"},
    {"it is another one",
     true,
     false,
     {&cbk_kind_binding, "{}", "{'policy': 'v'}", "{'policy': 'v'}", "{'policy': 'v-2'}"},
     "policy drift, drift"},
    {"somebody has changed the rest of it",
     true,
     false,
     {&cbk_kind_backup_policy, "{}", "{'rules': [{'vault': 'v', 'retain_days': 7}]}",
      "{'rules': [{'vault': 'v', 'retain_days': 7}]}", "{'rules': [{'vault': 'v-1', 'retain_days': 3}]}"},
     "rules both, both"},
    {"somebody has changed something else",
     true,
     false,
     {&cbk_kind_binding, "{}", "{'policy': 'v', 'disabled': false}", "{'policy': 'v', 'disabled': false}",
      "{'policy': 'v-1', 'disabled': true}"},
     "policy config, disabled drift, both"},
};

static void what_we_replace_is_nobody_elses_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(ownings); i++) {
        const struct owning *row = &ownings[i];
        CBK_CLEANUP(built_release) struct built built;
        CBK_CLEANUP(cbk_diff_release) struct cbk_diff diff = {0};
        CBK_CLEANUP(cbk_map_freep) struct cbk_map *objects = cbk_map_new();
        CBK_JSON *last = quick_json("{'name': 'v'}");
        struct cbk_object vault = {.kind = &cbk_kind_vault,
                                   .address = row->is_former ? "vaults.v~v-1" : "vaults.v",
                                   .id = "v-1",
                                   .last = last,
                                   .is_replaced = row->is_replaced};
        const struct cbk_env env = {.objects = objects};
        CBK_STR(causes);
        build_object(&row->sides, &built);
        cbk_map_set(objects, vault.address, &vault);
        cbk_object_need(&built.object, vault.address);
        cbk_diff_make(&built.object, &diff);
        cbk_diff_own_up(&env, &built.object, &diff);
        size_t index;
        json_t *difference;
        json_array_foreach(diff.rows, index, difference)
            cbk_str_addf(&causes, "%s %s, ", cbk_json_text(difference, "path"), cbk_json_text(difference, "cause"));
        cbk_str_add(&causes, cbk_cause_name(diff.cause));
        if (strcmp(causes.ptr, row->causes) != 0)
            fail_msg("%s: %s", row->what, causes.ptr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ignored_is_wanted_as_it_lives),
        cmocka_unit_test(every_way_has_its_cause),
        cmocka_unit_test(cases_are_those_of_the_table),
        cmocka_unit_test(what_we_replace_is_nobody_elses_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
