/* The order of an apply's steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "engine/steps.h"

#include <string.h>

#define NODES 5
#define REPLACE (CBK_ACTION_CREATE | CBK_ACTION_DELETE)
#define AT_ONCE (REPLACE | CBK_ACTION_REPLACE) /* of a kind that knows how */

/* Changes a, b, c ... in the plan's order; `needs`: the letters of those that it needs. */
static const struct row {
    const char *what;
    struct {
        unsigned actions;
        const char *needs;
    } changes[NODES];
    const char *order; /* NULL: there is none */
} rows[] = {
    {"nothing", {{0, ""}, {0, ""}}, ""},
    {"made after what they need",
     {{CBK_ACTION_CREATE, "b"}, {CBK_ACTION_CREATE, "c"}, {CBK_ACTION_CREATE, ""}},
     "create c, create b, create a, "},
    {"gone before what they need",
     {{CBK_ACTION_DELETE, ""}, {CBK_ACTION_DELETE, "a"}, {CBK_ACTION_DELETE, "b"}},
     "delete c, delete b, delete a, "},
    {"without each other, in the plan's order",
     {{CBK_ACTION_UPDATE, ""}, {CBK_ACTION_CREATE, ""}, {CBK_ACTION_RUN, ""}},
     "update a, create b, run c, "},
    {"all makings wait alike",
     {{CBK_ACTION_RUN, "b"}, {CBK_ACTION_UPDATE, "c"}, {CBK_ACTION_ADOPT, ""}},
     "adopt c, update b, run a, "},
    {"what has no step is no bridge",
     {{CBK_ACTION_CREATE, "b"}, {0, "c"}, {CBK_ACTION_CREATE, ""}},
     "create a, create c, "},
    {"a user moves over before what it used goes",
     {{CBK_ACTION_DELETE, ""}, {CBK_ACTION_UPDATE, "a"}},
     "update b, delete a, "},
    {"a replacement: new one, its user, old one",
     {{REPLACE, ""}, {CBK_ACTION_UPDATE, "a"}},
     "create a, update b, delete a, "},
    {"a replacement and what it needs", {{CBK_ACTION_CREATE, ""}, {REPLACE, "a"}}, "create a, create b, delete b, "},
    {"two replacements, one of the other's need",
     {{REPLACE, ""}, {REPLACE, "a"}},
     "create a, create b, delete b, delete a, "},
    {"a replaced need of something that goes",
     {{REPLACE, ""}, {CBK_ACTION_DELETE, "a"}},
     "create a, delete b, delete a, "},
    {"at once, when its need is there, and before that one's old half goes",
     {{REPLACE, ""}, {AT_ONCE, "a"}},
     "create a, replace b, delete a, "},
    {"forgotten before what it needed is destroyed",
     {{CBK_ACTION_DELETE, ""}, {CBK_ACTION_FORGET, "a"}},
     "forget b, delete a, "},
    {"a need that nobody knows", {{CBK_ACTION_CREATE, "z"}}, "create a, "},
    {"the vendor's procedure",
     {{CBK_ACTION_CREATE, ""},
      {CBK_ACTION_CREATE, "a"},
      {CBK_ACTION_CREATE, "b"},
      {CBK_ACTION_CREATE, ""},
      {CBK_ACTION_RUN, "bcd"}},
     "create a, create b, create c, create d, run e, "},
    {"a circle of makings", {{CBK_ACTION_CREATE, "b"}, {CBK_ACTION_CREATE, "a"}}, NULL},
    {"a circle of removals", {{CBK_ACTION_DELETE, "b"}, {CBK_ACTION_DELETE, "a"}}, NULL},
    {"oneself", {{CBK_ACTION_CREATE, "a"}}, NULL},
};

static const struct {
    unsigned action;
    const char *word;
} words[] = {
    {CBK_ACTION_CREATE, "create"},   {CBK_ACTION_UPDATE, "update"}, {CBK_ACTION_DELETE, "delete"},
    {CBK_ACTION_RUN, "run"},         {CBK_ACTION_ADOPT, "adopt"},   {CBK_ACTION_FORGET, "forget"},
    {CBK_ACTION_REPLACE, "replace"},
};

static const char *word_of(unsigned action)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(words); i++)
        if (words[i].action == action)
            return words[i].word;
    return "?";
}

static const char *const names[] = {"a", "b", "c", "d", "e"};

static int exchange(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    (void)env;
    (void)object;
    return cbk_fail(err, CBK_E_INTERNAL, "not called");
}

static const struct cbk_kind kind_at_once = {.replace = exchange};

static void make_plan(const struct row *row, struct cbk_object *objects, struct cbk_plan *plan)
{
    for (size_t i = 0; i < NODES && row->changes[i].needs; i++) {
        bool at_once = row->changes[i].actions & CBK_ACTION_REPLACE;
        objects[i] =
            (struct cbk_object){.kind = at_once ? &kind_at_once : &cbk_kind_role, .address = names[i], .key = names[i]};
        for (const char *need = row->changes[i].needs; *need; need++)
            cbk_strings_push(&objects[i].deps, *need == 'z' ? "z" : names[*need - 'a']);
        cbk_changes_push(&plan->changes,
                         (struct cbk_change){.object = &objects[i],
                                             .actions = row->changes[i].actions & ~(unsigned)CBK_ACTION_REPLACE});
    }
}

static void steps_come_in_the_order_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        struct cbk_object objects[NODES] = {0};
        struct cbk_plan plan = {0};
        make_plan(&rows[i], objects, &plan);
        CBK_CLEANUP(cbk_steps_plan_release) struct cbk_step_plan steps = {0};
        CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
        CBK_ERROR(err);
        CBK_STR(text);
        int r = cbk_steps_make(&plan, &steps, &err);
        assert_int_equal(r, rows[i].order ? 0 : CBK_E_CYCLE);
        if (r == 0)
            assert_true(cbk_graph_sort(&steps.graph, &order));
        for (size_t j = 0; j < order.len; j++) {
            const struct cbk_step *step = &steps.steps.items[order.items[j]];
            cbk_str_addf(&text, "%s %s, ", word_of(step->action), step->change->object->address);
        }
        if (r == 0 && strcmp(text.ptr, rows[i].order) != 0)
            fail_msg("%s: %s", rows[i].what, text.ptr);
        for (size_t j = 0; j < NODES; j++)
            cbk_strings_release(&objects[j].deps);
        cbk_changes_release(&plan.changes);
    }
}

/* Jobs a, c and d freeze one instance, b another; d needs c. */
static void jobs_of_one_instance_follow_each_other(void **state)
{
    (void)state;
    static const char *const instances[] = {"i-1", "i-2", "i-1", "i-1"};
    struct cbk_object objects[CBK_ARRAY_LEN(instances)] = {0};
    struct cbk_plan plan = {0};
    for (size_t i = 0; i < CBK_ARRAY_LEN(instances); i++) {
        objects[i] = (struct cbk_object){
            .kind = &cbk_kind_snapshot_job, .address = names[i], .key = names[i], .instance = instances[i]};
        cbk_changes_push(&plan.changes, (struct cbk_change){.object = &objects[i], .actions = CBK_ACTION_RUN});
    }
    cbk_object_need(&objects[3], "c");
    CBK_CLEANUP(cbk_steps_plan_release) struct cbk_step_plan steps = {0};
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
    CBK_ERROR(err);
    assert_int_equal(cbk_steps_make(&plan, &steps, &err), 0);
    assert_true(cbk_graph_sort(&steps.graph, &order));
    static const size_t follows[] = {CBK_NO_STEP, CBK_NO_STEP, 0, CBK_NO_STEP}; /* d waits for c, and needs it, too */
    for (size_t i = 0; i < CBK_ARRAY_LEN(follows); i++)
        assert_int_equal(steps.steps.items[i].follows, follows[i]);
    assert_int_equal(steps.graph.edges.len, 2);
    cbk_strings_release(&objects[3].deps);
    cbk_changes_release(&plan.changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_come_in_the_order_of_the_table),
        cmocka_unit_test(jobs_of_one_instance_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
