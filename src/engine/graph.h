/*
 * A directed graph over numbers 0..count-1. An edge (from, to) says that `from` needs `to` first.
 */
#ifndef CBK_ENGINE_GRAPH_H
#define CBK_ENGINE_GRAPH_H

#include "base/vec.h"

#include <stdbool.h>

struct cbk_edge {
    size_t from, to;
};
CBK_VEC(cbk_edges, struct cbk_edge)
CBK_VEC(cbk_indices, size_t)

struct cbk_graph {
    size_t count;
    struct cbk_edges edges;
};

void cbk_graph_release(struct cbk_graph *graph);
/* Repeated edges and edges to oneself (which would be cycles) are kept as they are. */
void cbk_graph_add(struct cbk_graph *graph, size_t from, size_t to);
/*
 * Puts every number behind those that it needs; numbers that do not matter to each other keep their order. True when
 * that is possible. False: *ret_order is one cycle instead, in the order of its edges, the first number once.
 */
bool cbk_graph_sort(const struct cbk_graph *graph, struct cbk_indices *ret_order);

#endif
