#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "sim/world/work.h"
#include "sim/world/world.h"

/* Work that waits until it is told to go on, or cancelled. */
struct task {
    struct sim_work work;
    const atomic_bool *gate;
    bool was_cancelled;
    struct cbk_str *taken; /* where done() writes its key */
};

static void run(struct sim_work *work)
{
    struct task *task = (struct task *)work;
    while (!atomic_load(task->gate) && !atomic_load(&work->cancel))
        cbk_sleep_ms(1);
    task->was_cancelled = atomic_load(&work->cancel);
}

static void done(struct sim_work *work, struct sim_world *world)
{
    struct task *task = (struct task *)work;
    assert_non_null(world);
    cbk_str_addf(task->taken, "%s%s ", work->key, task->was_cancelled ? "!" : "");
    free(work->key);
    free(task);
}

static void begin(struct sim_world *world, const char *key, const atomic_bool *gate, struct cbk_str *taken)
{
    struct task *task = CBK_NEW(struct task);
    *task = (struct task){.work = {.run = run, .done = done, .key = cbk_strdup(key)}, .gate = gate, .taken = taken};
    sim_work_start(world->works, &task->work);
}

static void tick_until(struct sim_world *world, const struct cbk_str *taken, size_t len)
{
    while (taken->len < len) {
        sim_world_tick(world);
        cbk_sleep_ms(1);
    }
}

static void test_ticks_take_in_what_has_ended(void **state)
{
    (void)state;
    CBK_STR(taken);
    atomic_bool first = false, second = false;
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = sim_world_new();
    begin(world, "a", &first, &taken);
    begin(world, "b", &second, &taken);
    sim_world_tick(world);
    assert_string_equal(taken.ptr, "");
    atomic_store(&second, true);
    tick_until(world, &taken, 2);
    assert_string_equal(taken.ptr, "b ");
    atomic_store(&first, true);
    tick_until(world, &taken, 4);
    assert_string_equal(taken.ptr, "b a ");
}

static void test_cancel_goes_by_key(void **state)
{
    (void)state;
    CBK_STR(taken);
    atomic_bool gate = false;
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = sim_world_new();
    begin(world, "a", &gate, &taken);
    begin(world, "b", &gate, &taken);
    sim_work_cancel(world->works, "nobody");
    sim_work_cancel(world->works, "a");
    tick_until(world, &taken, 3);
    assert_string_equal(taken.ptr, "a! ");
    atomic_store(&gate, true);
    tick_until(world, &taken, 5);
    assert_string_equal(taken.ptr, "a! b ");
}

static void test_stop_ends_all_and_what_comes_after(void **state)
{
    (void)state;
    CBK_STR(taken);
    atomic_bool gate = false;
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = sim_world_new();
    begin(world, "a", &gate, &taken);
    sim_works_stop(world->works);
    assert_string_equal(taken.ptr, "");
    sim_world_tick(world);
    assert_string_equal(taken.ptr, "a! ");
    begin(world, "late", &gate, &taken);
    tick_until(world, &taken, 4);
    assert_string_equal(taken.ptr, "a! late! ");
}

/* A world that ends takes in what it had under way. */
static void test_the_end_of_a_world(void **state)
{
    (void)state;
    CBK_STR(taken);
    atomic_bool gate = false;
    struct sim_world *world = sim_world_new();
    begin(world, "a", &gate, &taken);
    sim_world_free(world);
    assert_string_equal(taken.ptr, "a! ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks_take_in_what_has_ended),
        cmocka_unit_test(test_cancel_goes_by_key),
        cmocka_unit_test(test_stop_ends_all_and_what_comes_after),
        cmocka_unit_test(test_the_end_of_a_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
