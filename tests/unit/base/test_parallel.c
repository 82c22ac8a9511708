/* Many things at once: each index once, the lowest failure told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"

#include <stdatomic.h>

#define COUNT 500

struct tally {
    atomic_int seen[COUNT];
    size_t fail_from; /* indices from here on fail */
};

static int visit(void *context, size_t index, struct cbk_error *err)
{
    struct tally *tally = context;
    atomic_fetch_add(&tally->seen[index], 1);
    if (index >= tally->fail_from)
        return cbk_fail(err, CBK_E_NETWORK, "item %zu", index);
    return 0;
}

static void every_index_is_visited_once(void **state)
{
    (void)state;
    static const size_t threads[] = {0, 1, 4, 1000};
    for (size_t i = 0; i < CBK_ARRAY_LEN(threads); i++) {
        struct tally tally = {.fail_from = COUNT};
        CBK_ERROR(err);
        assert_int_equal(cbk_parallel(threads[i], COUNT, visit, &tally, &err), 0);
        for (size_t at = 0; at < COUNT; at++)
            assert_int_equal(atomic_load(&tally.seen[at]), 1);
        assert_int_equal(err.code, 0);
    }
}

static void a_failure_ends_it(void **state)
{
    (void)state;
    struct tally tally = {.fail_from = 3};
    CBK_ERROR(err);
    assert_int_equal(cbk_parallel(1, COUNT, visit, &tally, &err), CBK_E_NETWORK);
    assert_string_equal(err.message, "item 3");
    assert_int_equal(atomic_load(&tally.seen[3]), 1);
    assert_int_equal(atomic_load(&tally.seen[4]), 0);
}

static void one_of_many_failures_is_told(void **state)
{
    (void)state;
    struct tally tally = {.fail_from = 0};
    CBK_ERROR(err);
    assert_int_equal(cbk_parallel(8, COUNT, visit, &tally, &err), CBK_E_NETWORK);
    assert_string_equal(err.message, "item 0"); /* index 0 is always begun, and no failure lies below it */
}

static void nothing_to_do_is_done(void **state)
{
    (void)state;
    CBK_ERROR(err);
    assert_int_equal(cbk_parallel(4, 0, visit, NULL, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_visited_once),
        cmocka_unit_test(a_failure_ends_it),
        cmocka_unit_test(one_of_many_failures_is_told),
        cmocka_unit_test(nothing_to_do_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
