/* Which changes a target takes along, and which an exclusion takes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/scope.h"
#include "quick_json.h"

#include <string.h>

#define CREATE CBK_ACTION_CREATE
#define UPDATE CBK_ACTION_UPDATE
#define DELETE CBK_ACTION_DELETE
#define FORGET CBK_ACTION_FORGET

/* A plan of six: a policy, a role that needs it, two instances' attachments that need the role, a policy that goes and
 * was the role's, and a role that goes and needs a policy that goes with it. */
static const struct thing {
    const char *address, *needs, *also_needs;
    bool is_wanted;
    unsigned actions;
} things[] = {
    {"policies.p", NULL, NULL, true, CREATE},
    {"roles.r", "policies.p", "policies.old", true, UPDATE},
    {"attachments.a[\"i-1\"]", "roles.r", NULL, true, CREATE},
    {"attachments.a[\"i-2\"]", "roles.r", NULL, true, CREATE},
    {"policies.old", NULL, NULL, false, DELETE},
    {"roles.gone", "policies.gone", NULL, false, DELETE},
    {"policies.gone", NULL, NULL, false, DELETE},
};

static const struct row {
    const char *scope;
    const char *stays; /* a letter for each of the things that is not left out, a dot for the others */
} rows[] = {
    {"{'replace': ['roles.r']}", "pr12oRP"},
    {"{'target': ['policies.p']}", "p......"},
    {"{'target': ['roles.r']}", "pr....."},
    {"{'target': ['attachments.a']}", "pr12..."},
    {"{'target': ['attachments.a[\\\"i-2\\\"]']}", "pr.2..."},
    {"{'target': ['policies.old']}", "pr..o.."}, /* what used it has to let go of it first */
    {"{'target': ['roles.gone']}", ".....R."},
    {"{'target': ['policies.gone']}", ".....RP"},
    {"{'target': ['policies.p', 'roles.gone']}", "p....R."},
    {"{'only': ['roles.r']}", ".r....."},
    {"{'exclude': ['policies.p']}", ".....RP"}, /* and the old one, which the role goes on using */
    {"{'exclude': ['roles.r']}", "p....RP"},
    {"{'exclude': ['attachments.a']}", "pr..oRP"},
    {"{'exclude': ['attachments.a[\\\"i-1\\\"]']}", "pr.2oRP"},
    {"{'exclude': ['policies.old']}", "pr12.RP"},
    {"{'exclude': ['roles.gone']}", "pr12o.."}, /* it goes on using its policy */
    {"{'exclude': ['policies.gone']}", "pr12oR."},
    {"{'target': ['attachments.a'], 'exclude': ['attachments.a[\\\"i-1\\\"]']}", "pr.2..."},
};

static void fill(struct cbk_plan *plan, struct cbk_object *objects, json_t *wanted)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(things); i++) {
        objects[i] = (struct cbk_object){.address = things[i].address, .desired = things[i].is_wanted ? wanted : NULL};
        if (things[i].needs)
            cbk_object_need(&objects[i], things[i].needs);
        if (things[i].also_needs)
            cbk_object_need(&objects[i], things[i].also_needs);
        struct cbk_change *change = cbk_changes_add(&plan->changes);
        change->object = &objects[i];
        change->actions = things[i].actions;
    }
}

static void scopes_take_along_and_leave_out(void **state)
{
    (void)state;
    static const char letters[] = "pr12oRP";
    CBK_JSON *wanted = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        struct cbk_object objects[CBK_ARRAY_LEN(things)];
        struct cbk_plan plan = {0};
        CBK_JSON *scope = quick_json(rows[i].scope);
        char stays[sizeof(letters)] = {0};
        fill(&plan, objects, wanted);
        cbk_scope_limit(scope, &plan);
        for (size_t j = 0; j < CBK_ARRAY_LEN(things); j++) {
            stays[j] = plan.changes.items[j].left_out ? '.' : letters[j];
            cbk_strings_release(&objects[j].deps);
        }
        cbk_changes_release(&plan.changes);
        if (strcmp(stays, rows[i].stays) != 0)
            fail_msg("%s: %s, not %s", rows[i].scope, stays, rows[i].stays);
    }
}

/* The two addresses of a move are one change, whichever of them is named. */
static void a_move_is_never_cut_in_half(void **state)
{
    (void)state;
    static const char *const scopes[] = {"{'target': ['roles.new']}", "{'target': ['roles.old']}",
                                         "{'exclude': ['roles.new']}", "{'exclude': ['roles.old']}"};
    CBK_JSON *wanted = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(scopes); i++) {
        struct cbk_object objects[] = {{.address = "roles.new", .desired = wanted, .was = "roles.old"},
                                       {.address = "roles.old", .heir = "roles.new"},
                                       {.address = "roles.other", .desired = wanted}};
        struct cbk_plan plan = {0};
        CBK_JSON *scope = quick_json(scopes[i]);
        for (size_t j = 0; j < CBK_ARRAY_LEN(objects); j++) {
            struct cbk_change *change = cbk_changes_add(&plan.changes);
            change->object = &objects[j];
            change->actions = j == 1 ? FORGET : UPDATE;
        }
        cbk_scope_limit(scope, &plan);
        assert_int_equal(plan.changes.items[0].left_out, plan.changes.items[1].left_out);
        assert_int_not_equal(plan.changes.items[0].left_out, plan.changes.items[2].left_out);
        cbk_changes_release(&plan.changes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes_take_along_and_leave_out),
        cmocka_unit_test(a_move_is_never_cut_in_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
