/* The graph: order, stability, depth, cycles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "engine/graph.h"

#define EDGES 8

static const struct row {
    size_t count;
    struct cbk_edge edges[EDGES]; /* (from, to): from needs to */
    size_t edge_count;
    bool sorted;
    const char *order; /* or the cycle */
} rows[] = {
    {0, {{0}}, 0, true, ""},
    {1, {{0}}, 0, true, "0 "},
    {4, {{0}}, 0, true, "0 1 2 3 "},
    {3, {{0, 2}}, 1, true, "2 0 1 "},
    {3, {{2, 0}}, 1, true, "0 1 2 "},
    {4, {{0, 1}, {1, 2}, {2, 3}}, 3, true, "3 2 1 0 "},
    {4, {{0, 3}, {0, 1}}, 2, true, "3 1 0 2 "},
    {4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}}, 4, true, "3 1 2 0 "}, /* a diamond */
    {3, {{0, 1}, {0, 1}, {0, 1}, {1, 2}}, 4, true, "2 1 0 "},   /* said three times */
    {5, {{4, 3}, {1, 0}}, 2, true, "0 1 2 3 4 "},               /* as it was already */
    {1, {{0, 0}}, 1, false, "0 "},
    {2, {{0, 1}, {1, 0}}, 2, false, "0 1 "},
    {4, {{0, 1}, {1, 2}, {2, 3}, {3, 1}}, 4, false, "1 2 3 "},       /* what leads to a cycle is no part of it */
    {5, {{0, 1}, {1, 0}, {2, 3}, {3, 4}, {4, 2}}, 5, false, "0 1 "}, /* the first of two */
    {4, {{0, 1}, {1, 3}, {2, 1}, {3, 3}}, 4, false, "3 "},
};

static void orders_and_cycles_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_CLEANUP(cbk_graph_release) struct cbk_graph graph = {.count = rows[i].count};
        CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
        for (size_t j = 0; j < rows[i].edge_count; j++)
            cbk_graph_add(&graph, rows[i].edges[j].from, rows[i].edges[j].to);
        assert_int_equal(cbk_graph_sort(&graph, &order), rows[i].sorted);
        CBK_STR(text);
        for (size_t j = 0; j < order.len; j++)
            cbk_str_addf(&text, "%zu ", order.items[j]);
        assert_string_equal(text.ptr, rows[i].order);
    }
}

#define LONG 200000

static void a_long_chain_is_no_deep_stack(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_graph_release) struct cbk_graph graph = {.count = LONG};
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
    for (size_t i = 0; i + 1 < LONG; i++)
        cbk_graph_add(&graph, i, i + 1);
    assert_true(cbk_graph_sort(&graph, &order));
    assert_int_equal(order.len, LONG);
    for (size_t i = 0; i < LONG; i++)
        assert_int_equal(order.items[i], LONG - 1 - i);
    cbk_graph_add(&graph, LONG - 1, 0);
    assert_false(cbk_graph_sort(&graph, &order));
    assert_int_equal(order.len, LONG);
    for (size_t i = 0; i < LONG; i++)
        assert_int_equal(order.items[i], i);
}

/* Every edge is kept in graphs where 0 needs all, all need the last, and many stand between. */
static void a_wide_graph_keeps_every_edge(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_graph_release) struct cbk_graph graph = {.count = LONG};
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
    for (size_t i = 1; i + 1 < LONG; i++) {
        cbk_graph_add(&graph, 0, i);
        cbk_graph_add(&graph, i, LONG - 1);
    }
    assert_true(cbk_graph_sort(&graph, &order));
    assert_int_equal(order.len, LONG);
    assert_int_equal(order.items[0], LONG - 1);
    assert_int_equal(order.items[LONG - 1], 0);
    for (size_t i = 1; i + 1 < LONG; i++)
        assert_int_equal(order.items[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_and_cycles_are_those_of_the_table),
        cmocka_unit_test(a_long_chain_is_no_deep_stack),
        cmocka_unit_test(a_wide_graph_keeps_every_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
