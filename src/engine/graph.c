#include "engine/graph.h"

void cbk_graph_release(struct cbk_graph *graph)
{
    cbk_edges_release(&graph->edges);
    *graph = (struct cbk_graph){0};
}

void cbk_graph_add(struct cbk_graph *graph, size_t from, size_t to)
{
    cbk_edges_push(&graph->edges, (struct cbk_edge){.from = from, .to = to});
}

/* The edges by their start: those of node n are needs[first[n]] .. needs[first[n + 1] - 1]. */
struct adjacency {
    size_t *first;
    size_t *needs;
};

static struct adjacency index_edges(const struct cbk_graph *graph)
{
    struct adjacency index = {
        .first = cbk_alloc(graph->count + 1, sizeof(size_t)),
        .needs = cbk_alloc(graph->edges.len, sizeof(size_t)),
    };
    for (size_t i = 0; i < graph->edges.len; i++)
        index.first[graph->edges.items[i].from + 1]++;
    for (size_t i = 1; i <= graph->count; i++)
        index.first[i] += index.first[i - 1];
    size_t *next = cbk_alloc(graph->count, sizeof(size_t));
    for (size_t i = 0; i < graph->count; i++)
        next[i] = index.first[i];
    for (size_t i = 0; i < graph->edges.len; i++)
        index.needs[next[graph->edges.items[i].from]++] = graph->edges.items[i].to;
    free(next);
    return index;
}

enum colour { WHITE, GREY, BLACK };

struct walk {
    struct adjacency index;
    enum colour *colours;
    size_t *cursor;           /* the next need of each grey node */
    struct cbk_indices trail; /* the grey nodes, outermost first */
};

static void report_cycle(const struct walk *walk, size_t repeated, struct cbk_indices *ret_cycle)
{
    ret_cycle->len = 0;
    size_t start = 0;
    while (walk->trail.items[start] != repeated)
        start++;
    for (size_t i = start; i < walk->trail.len; i++)
        cbk_indices_push(ret_cycle, walk->trail.items[i]);
}

static void enter(struct walk *walk, size_t node)
{
    walk->colours[node] = GREY;
    walk->cursor[node] = walk->index.first[node];
    cbk_indices_push(&walk->trail, node);
}

/* Depth first, with a trail of our own: a chain of 100,000 must not eat the stack. */
static bool visit(struct walk *walk, size_t root, struct cbk_indices *ret_order)
{
    enter(walk, root);
    while (walk->trail.len) {
        size_t node = walk->trail.items[walk->trail.len - 1];
        if (walk->cursor[node] == walk->index.first[node + 1]) {
            walk->colours[node] = BLACK;
            walk->trail.len--;
            cbk_indices_push(ret_order, node);
            continue;
        }
        size_t need = walk->index.needs[walk->cursor[node]++];
        if (walk->colours[need] == GREY) {
            report_cycle(walk, need, ret_order);
            return false;
        }
        if (walk->colours[need] == WHITE)
            enter(walk, need);
    }
    return true;
}

bool cbk_graph_sort(const struct cbk_graph *graph, struct cbk_indices *ret_order)
{
    struct walk walk = {
        .index = index_edges(graph),
        .colours = cbk_alloc(graph->count, sizeof(enum colour)),
        .cursor = cbk_alloc(graph->count, sizeof(size_t)),
    };
    bool sorted = true;
    ret_order->len = 0;
    for (size_t i = 0; i < graph->count && sorted; i++)
        if (walk.colours[i] == WHITE)
            sorted = visit(&walk, i, ret_order);
    free(walk.index.first);
    free(walk.index.needs);
    free(walk.colours);
    free(walk.cursor);
    cbk_indices_release(&walk.trail);
    return sorted;
}
