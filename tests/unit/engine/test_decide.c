/* What is done with one object, from its three sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/decide.h"

#include <string.h>

/* A kind that decides by itself: it runs when the desired side says so. */
static int choose(const struct cbk_env *env, const struct cbk_object *object, struct cbk_decision *ret_decision,
                  struct cbk_error *err)
{
    (void)env;
    if (cbk_json_bool(object->desired, "fail", false))
        return cbk_fail(err, CBK_E_VALIDATION, "cannot decide");
    ret_decision->run = cbk_json_bool(object->desired, "run", false);
    ret_decision->reason = ret_decision->run ? cbk_strdup("it is time") : NULL;
    return 0;
}

static const struct cbk_kind chooser = {
    .section = "snapshot_jobs", .name = "chooser", .per_instance = true, .forgets = true, .decide = choose};

#define CREATE CBK_ACTION_CREATE
#define UPDATE CBK_ACTION_UPDATE
#define DELETE CBK_ACTION_DELETE
#define REPLACE (CBK_ACTION_CREATE | CBK_ACTION_DELETE)
#define ADOPT CBK_ACTION_ADOPT
#define FORGET CBK_ACTION_FORGET
#define RUN CBK_ACTION_RUN
#define R(value) "{'name': 'R', 'description': '" value "'}"

static const struct row {
    const char *what;
    struct build_sides sides;
    const char *unreachable;
    const char *was, *heir, *imported;
    bool is_released, must_replace;
    bool is_protected, was_protected;
    bool is_begun, allow_downgrade; /* is_begun: ours, though never applied to its end */
    unsigned actions;
    bool is_news;
    enum cbk_cause cause;
    const char *reason;
    int code;
    const char *message; /* how the error begins; NULL: none */
} rows[] = {
    {.what = "new", {&cbk_kind_role, "{}", R("a"), NULL, NULL}, .actions = CREATE, .cause = CBK_CAUSE_CONFIG},
    {.what = "as it should be", {&cbk_kind_role, "{}", R("a"), R("a"), R("a")}},
    {.what = "as it should be, though the state remembers it otherwise",
     {&cbk_kind_role, "{}", R("a"), R("b"), R("a")},
     .is_news = true},
    {.what = "as it should be, though the state remembers otherwise what is ignored",
     {&cbk_kind_role, "{'lifecycle': {'ignore': ['description']}}", R("a"), R("b"), R("a")}},
    {.what = "as it should be, and protected from now on",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("a")},
     .is_protected = true,
     .actions = ADOPT,
     .reason = "protected from now on"},
    {.what = "as it should be, and protected as before",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("a")},
     .is_protected = true,
     .was_protected = true},
    {.what = "as it should be, and not protected any more",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("a")},
     .was_protected = true,
     .actions = ADOPT,
     .reason = "not protected any more"},
    {.what = "as it should be, under a new address",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("a")},
     .was = "roles.old",
     .actions = ADOPT},
    {.what = "changed, under a new address",
     {&cbk_kind_role, "{}", R("b"), R("a"), R("a")},
     .was = "roles.old",
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "not wanted, since it is declared under another address",
     {&cbk_kind_role, NULL, NULL, R("a"), R("a")},
     .heir = "roles.new",
     .is_protected = true,
     .actions = FORGET,
     .reason = "moved to roles.new"},
    {.what = "not wanted, and to be left alone",
     {&cbk_kind_role, NULL, NULL, R("a"), R("a")},
     .is_released = true,
     .is_protected = true,
     .actions = FORGET,
     .reason = "removed from the stack, and left as it is"},
    {.what = "imported, and as it should be",
     {&cbk_kind_role, "{}", R("a"), NULL, R("a")},
     .imported = "R",
     .actions = ADOPT},
    {.what = "imported, and different",
     {&cbk_kind_role, "{}", R("b"), NULL, R("a")},
     .imported = "R",
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "imported, and not there",
     {&cbk_kind_role, "{}", R("a"), NULL, NULL},
     .imported = "R",
     .code = CBK_E_NOT_FOUND,
     .message = "cannot import roles.app: there is no role 'R'"},
    {.what = "imported, and would have to be replaced",
     {&cbk_kind_role, "{}", "{'name': 'S'}", NULL, R("a")},
     .imported = "R",
     .cause = CBK_CAUSE_CONFIG,
     .code = CBK_E_CONFLICT,
     .message = "cannot import 'R' as roles.app, since it would be replaced: name is \"R\", not \"S\""},
    {.what = "as it should be, and to be made anew",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("a")},
     .must_replace = true,
     .actions = REPLACE,
     .reason = "asked for by --replace"},
    {.what = "different, and to be made anew",
     {&cbk_kind_role, "{}", R("b"), R("a"), R("a")},
     .must_replace = true,
     .actions = REPLACE,
     .cause = CBK_CAUSE_CONFIG,
     .reason = "asked for by --replace"},
    {.what = "to be made anew, and not there",
     {&cbk_kind_role, "{}", R("a"), NULL, NULL},
     .must_replace = true,
     .actions = CREATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "to be made anew, and not ours",
     {&cbk_kind_role, "{}", R("a"), NULL, R("a")},
     .must_replace = true,
     .code = CBK_E_CONFLICT,
     .message = "cannot replace roles.app: it was not made by this stack"},
    {.what = "moved in git",
     {&cbk_kind_role, "{}", R("b"), R("a"), R("a")},
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "moved in the cloud",
     {&cbk_kind_role, "{}", R("a"), R("a"), R("b")},
     .actions = UPDATE,
     .cause = CBK_CAUSE_DRIFT},
    {.what = "moved in both",
     {&cbk_kind_role, "{}", R("c"), R("a"), R("b")},
     .actions = UPDATE,
     .cause = CBK_CAUSE_BOTH},
    {.what = "gone",
     {&cbk_kind_role, "{}", R("a"), R("a"), NULL},
     .actions = CREATE,
     .cause = CBK_CAUSE_DRIFT,
     .reason = "drift: it is gone"},
    {.what = "gone, and moved in git",
     {&cbk_kind_role, "{}", R("b"), R("a"), NULL},
     .actions = CREATE,
     .cause = CBK_CAUSE_BOTH,
     .reason = "both: it is gone, and its declaration has changed"},
    {.what = "lives already, the same: adopted", {&cbk_kind_role, "{}", R("a"), NULL, R("a")}, .actions = ADOPT},
    {.what = "lives already, different: not ours to overwrite",
     {&cbk_kind_role, "{}", R("a"), NULL, R("b")},
     .cause = CBK_CAUSE_CONFIG,
     .code = CBK_E_CONFLICT,
     .message = "role 'R' exists already, was not made by this stack, and differs: description is \"b\", not \"a\""},
    {.what = "lives already, different, but its creation was begun here",
     {&cbk_kind_role, "{}", R("a"), NULL, R("b")},
     .is_begun = true,
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "a kind that overwrites takes its place",
     {&cbk_kind_script, "{}", "{'pre_freeze': {'mode': '0700'}}", NULL, "{'pre_freeze': {'mode': '0755'}}"},
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "an immutable attribute moved",
     {&cbk_kind_role, "{'name': 'S'}", "{'name': 'S'}", "{'name': 'R'}", "{'name': 'R'}"},
     .actions = REPLACE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "an immutable attribute moved, protected",
     {&cbk_kind_role, "{'name': 'S'}", "{'name': 'S'}", "{'name': 'R'}", "{'name': 'R'}"},
     .is_protected = true,
     .actions = REPLACE,
     .cause = CBK_CAUSE_CONFIG,
     .code = CBK_E_CHECK,
     .message = "roles.app would be replaced, and lifecycle.prevent_destroy forbids it"},
    {.what = "not wanted", {&cbk_kind_role, NULL, NULL, R("a"), R("a")}, .actions = DELETE, .cause = CBK_CAUSE_CONFIG},
    {.what = "not wanted, gone",
     {&cbk_kind_role, NULL, NULL, R("a"), NULL},
     .actions = FORGET,
     .reason = "gone already"},
    {.what = "not wanted, protected",
     {&cbk_kind_role, NULL, NULL, R("a"), R("a")},
     .is_protected = true,
     .actions = DELETE,
     .cause = CBK_CAUSE_CONFIG,
     .code = CBK_E_CHECK,
     .message = "roles.app would be destroyed, and lifecycle.prevent_destroy forbids it"},
    {.what = "not wanted, gone, protected: nothing is destroyed",
     {&cbk_kind_role, NULL, NULL, R("a"), NULL},
     .is_protected = true,
     .actions = FORGET,
     .reason = "gone already"},
    {.what = "protected, and only updated",
     {&cbk_kind_role, "{}", R("b"), R("a"), R("a")},
     .is_protected = true,
     .actions = UPDATE,
     .cause = CBK_CAUSE_CONFIG},
    {.what = "not wanted, unreachable",
     {&cbk_kind_script, NULL, NULL, "{}", NULL},
     .unreachable = "its agent is offline",
     .reason = "skipped: cannot be removed now: its agent is offline"},
    {.what = "not wanted, unreachable, and that is fine",
     {&cbk_kind_script, NULL, NULL, "{}", NULL},
     .unreachable = "its agent is offline",
     .allow_downgrade = true,
     .actions = FORGET,
     .reason = "left as it is: its agent is offline"},
    {.what = "wanted, unreachable",
     {&cbk_kind_script, "{}", "{}", "{}", NULL},
     .unreachable = "its agent is offline",
     .reason = "skipped: its agent is offline",
     .code = CBK_E_CHECK,
     .message = "scripts.app[\"i-1\"] cannot be read or delivered: its agent is offline"},
    {.what = "wanted, unreachable, and that is fine",
     {&cbk_kind_script, "{}", "{}", "{}", NULL},
     .unreachable = "its agent is offline",
     .allow_downgrade = true,
     .reason = "skipped: its agent is offline"},
    {.what = "a job that is due, for the first time",
     {&chooser, "{}", "{'run': true}", NULL, NULL},
     .actions = RUN,
     .cause = CBK_CAUSE_CONFIG,
     .reason = "it is time"},
    {.what = "a job that is due, and nobody touched it",
     {&chooser, "{}", "{'run': true}", "{'run': true}", NULL},
     .actions = RUN,
     .cause = CBK_CAUSE_DRIFT,
     .reason = "it is time"},
    {.what = "a job that is due, and moved in git",
     {&chooser, "{}", "{'run': true}", "{'run': false}", NULL},
     .actions = RUN,
     .cause = CBK_CAUSE_CONFIG,
     .reason = "it is time"},
    {.what = "a job whose point is there, from elsewhere", {&chooser, "{}", "{}", NULL, "{}"}, .actions = ADOPT},
    {.what = "a job whose point is there, under a new address",
     {&chooser, "{}", "{}", "{}", "{}"},
     .was = "snapshot_jobs.old[\"i-1\"]",
     .actions = ADOPT},
    {.what = "a job whose point is there, asked for",
     {&chooser, "{}", "{}", "{}", "{}"},
     .must_replace = true,
     .actions = RUN,
     .cause = CBK_CAUSE_DRIFT,
     .reason = "asked for by --replace"},
    {.what = "a job whose point is there", {&chooser, "{}", "{}", "{}", "{}"}},
    {.what = "a job whose point is there, and serves what git asks for by now",
     {&chooser, "{}", "{'retain_days': 14}", "{'retain_days': 7}", "{}"},
     .is_news = true},
    {.what = "a job that is not wanted",
     {&chooser, NULL, NULL, "{}", "{}"},
     .actions = FORGET,
     .reason = "recovery points stay until they expire"},
    {.what = "a job that is not wanted, protected",
     {&chooser, NULL, NULL, "{}", "{}"},
     .is_protected = true,
     .actions = FORGET,
     .reason = "recovery points stay until they expire"},
    {.what = "a kind that cannot decide",
     {&chooser, "{}", "{'fail': true}", "{}", NULL},
     .code = CBK_E_VALIDATION,
     .message = "cannot decide"},
};

static void release_change(struct cbk_change *change)
{
    cbk_diff_release(&change->diff);
    json_decref(change->old.live);
    free(change->reason);
}

static void assert_old_half(const struct cbk_change *change)
{
    assert_null(change->old.desired);
    assert_true(json_equal(change->old.live, change->object->live));
    assert_string_equal(change->old.address, change->object->address);
}

static void decisions_are_those_of_the_table(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *objects = cbk_map_new();
    const struct cbk_env env = {.objects = objects};
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        CBK_CLEANUP(built_release) struct built built;
        build_object(&row->sides, &built);
        built.object.unreachable = cbk_strdup(row->unreachable);
        built.object.is_protected = row->is_protected;
        built.object.was_protected = row->was_protected;
        built.object.was = row->was;
        built.object.heir = row->heir;
        built.object.is_released = row->is_released;
        built.object.imported = row->imported;
        built.object.is_ours = built.object.is_ours || row->is_begun || row->imported;
        CBK_CLEANUP(release_change)
        struct cbk_change change = {.object = &built.object, .must_replace = row->must_replace};
        CBK_ERROR(err);
        int r = cbk_decide(&env, row->allow_downgrade, &change, &err);
        if (r != row->code || change.actions != row->actions || change.cause != row->cause ||
            change.is_news != row->is_news || !cbk_str_equal(change.reason, row->reason))
            fail_msg("%s: code %d, actions %x, cause %d, reason %s, %s", row->what, r, change.actions, change.cause,
                     change.reason ? change.reason : "none", err.message ? err.message : "no error");
        if (row->message && strcmp(err.message, row->message) != 0)
            fail_msg("%s: %s", row->what, err.message);
        assert_int_equal(cbk_change_replaces_at_once(&change), row->actions == REPLACE && row->must_replace);
        if (row->actions == REPLACE && !row->must_replace)
            assert_old_half(&change);
    }
}

/* A kind that looks at what would be done: it forbids what the desired or live side says, and remarks on the rest. */
static int look(const struct cbk_env *env, const struct cbk_object *object, bool goes, char **ret_remark,
                struct cbk_error *err)
{
    (void)env;
    if (cbk_json_bool(goes ? object->live : object->desired, "forbidden", false))
        return cbk_fail(err, CBK_E_CHECK, goes ? "it must stay" : "it must not be");
    *ret_remark = cbk_strdup(goes ? "goes for good" : "comes for good");
    return 0;
}

static const struct cbk_kind judging = {
    .section = "vaults", .name = "judging", .title = "name", .numbered = true, .judge = look};

static const struct {
    struct build_sides sides;
    const char *reason;
    const char *message;
} judged[] = {
    {{&judging, "{}", "{'name': 'a'}", NULL, NULL}, "comes for good", NULL},
    {{&judging, "{}", "{'name': 'a', 'forbidden': true}", NULL, NULL}, NULL, "it must not be"},
    {{&judging, NULL, NULL, "{'name': 'a'}", "{'name': 'a'}"}, "goes for good", NULL},
    {{&judging, NULL, NULL, "{'name': 'a'}", "{'name': 'a', 'forbidden': true}"}, NULL, "it must stay"},
    {{&judging, "{}", "{'name': 'a'}", "{'name': 'b'}", NULL},
     "both: it is gone, and its declaration has changed; comes for good",
     NULL},
    /* nothing is done: nobody is asked */
    {{&judging, "{}", "{'name': 'a', 'forbidden': true}", "{'name': 'a', 'forbidden': true}",
      "{'name': 'a', 'forbidden': true}"},
     NULL,
     NULL},
    {{&judging, NULL, NULL, "{'name': 'a', 'forbidden': true}", NULL}, "gone already", NULL},
};

static void a_kind_has_its_say(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *objects = cbk_map_new();
    const struct cbk_env env = {.objects = objects};
    for (size_t i = 0; i < CBK_ARRAY_LEN(judged); i++) {
        CBK_CLEANUP(built_release) struct built built;
        build_object(&judged[i].sides, &built);
        CBK_CLEANUP(release_change) struct cbk_change change = {.object = &built.object};
        CBK_ERROR(err);
        int r = cbk_decide(&env, false, &change, &err);
        assert_int_equal(r, judged[i].message ? CBK_E_CHECK : 0);
        if (judged[i].message)
            assert_string_equal(err.message, judged[i].message);
        if (!cbk_str_equal(change.reason, judged[i].reason))
            fail_msg("row %zu: %s", i, change.reason ? change.reason : "no reason");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_those_of_the_table),
        cmocka_unit_test(a_kind_has_its_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
