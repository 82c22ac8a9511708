/* Where the nodes of a picture stand, and which of its lines are drawn. */
#include "render/plan_picture.h"

#define SWEEPS 4

/* ---- what follows from others ---- */

/* Who is needed by whom, through others or not: [user][need]. */
struct reach {
    bool of[CBK_PICTURE_MOST][CBK_PICTURE_MOST];
};

static void find_reach(const struct cbk_picture *picture, struct reach *reach)
{
    size_t count = picture->nodes.len;
    for (size_t i = 0; i < picture->edges.len; i++)
        reach->of[picture->edges.items[i].user->index][picture->edges.items[i].need->index] = true;
    for (size_t through = 0; through < count; through++)
        for (size_t user = 0; user < count; user++)
            for (size_t need = 0; reach->of[user][through] && need < count; need++)
                reach->of[user][need] = reach->of[user][need] || reach->of[through][need];
}

/* Does the user need it through another of its needs, too? */
static bool follows(const struct cbk_picture *picture, const struct reach *reach, const struct cbk_edge *edge)
{
    for (size_t i = 0; i < picture->edges.len; i++) {
        const struct cbk_edge *other = &picture->edges.items[i];
        if (other->user == edge->user && other->need != edge->need &&
            reach->of[other->need->index][edge->need->index] && !reach->of[edge->need->index][other->need->index])
            return true;
    }
    return false;
}

/* A line that follows from others says nothing and crosses much. */
static void drop_what_follows(struct cbk_picture *picture)
{
    struct reach reach = {0};
    struct cbk_edges kept = {0};
    find_reach(picture, &reach);
    for (size_t i = 0; i < picture->edges.len; i++)
        if (!follows(picture, &reach, &picture->edges.items[i]))
            cbk_edges_push(&kept, picture->edges.items[i]);
    cbk_edges_release(&picture->edges);
    picture->edges = kept;
}

/* ---- layers and rows ---- */

/* What needs something stands right of it. In a circle, which only a plan of somebody else's has, nothing can: it ends
 * after as many rounds as there are nodes. */
static void find_layers(struct cbk_picture *picture)
{
    bool moved = true;
    for (size_t round = 0; moved && round < picture->nodes.len; round++) {
        moved = false;
        for (size_t i = 0; i < picture->edges.len; i++) {
            struct cbk_node *user = picture->edges.items[i].user, *need = picture->edges.items[i].need;
            if (user->layer > need->layer || need->layer + 1 >= picture->nodes.len)
                continue;
            user->layer = need->layer + 1;
            moved = true;
        }
    }
    for (size_t i = 0; i < picture->nodes.len; i++)
        if (picture->nodes.items[i]->layer >= picture->layers)
            picture->layers = picture->nodes.items[i]->layer + 1;
}

/* What needs nothing stands beside the first who needs it, so that lines are short. */
static void draw_near(struct cbk_picture *picture)
{
    for (size_t i = 0; i < picture->nodes.len; i++) {
        struct cbk_node *node = picture->nodes.items[i];
        size_t nearest = picture->layers;
        bool needs_nothing = true;
        for (size_t j = 0; j < picture->edges.len; j++) {
            const struct cbk_edge *edge = &picture->edges.items[j];
            needs_nothing = needs_nothing && edge->user != node;
            if (edge->need == node && edge->user->layer < nearest)
                nearest = edge->user->layer;
        }
        if (needs_nothing && nearest < picture->layers && nearest > 0)
            node->layer = nearest - 1;
    }
}

/* The mean row of those that a node is joined with on one side; its own where there are none. */
static double mean_row(const struct cbk_picture *picture, const struct cbk_node *node, bool of_needs)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < picture->edges.len; i++) {
        const struct cbk_edge *edge = &picture->edges.items[i];
        if ((of_needs ? edge->user : edge->need) != node)
            continue;
        sum += (double)(of_needs ? edge->need : edge->user)->row;
        count++;
    }
    return count ? sum / (double)count : (double)node->row;
}

/* Puts the nodes of a layer into the order of their neighbours; equals stay as they are. */
static void order_layer(struct cbk_picture *picture, size_t layer, bool by_needs)
{
    struct cbk_node *nodes[CBK_PICTURE_MOST];
    double means[CBK_PICTURE_MOST];
    size_t count = 0;
    for (size_t i = 0; i < picture->nodes.len; i++) {
        struct cbk_node *node = picture->nodes.items[i];
        if (node->layer != layer)
            continue;
        double mean = mean_row(picture, node, by_needs);
        size_t at = count++;
        for (; at && (means[at - 1] > mean || (means[at - 1] == mean && nodes[at - 1]->row > node->row)); at--) {
            nodes[at] = nodes[at - 1];
            means[at] = means[at - 1];
        }
        nodes[at] = node;
        means[at] = mean;
    }
    for (size_t i = 0; i < count; i++)
        nodes[i]->row = i;
    picture->rows = count > picture->rows ? count : picture->rows;
}

/* The old way of layered drawings: every layer in the order of its neighbours, forth and back, so that few lines
 * cross. */
static void find_rows(struct cbk_picture *picture)
{
    for (size_t i = 0; i < picture->nodes.len; i++)
        picture->nodes.items[i]->row = i;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t i = 0; i < picture->layers; i++)
            order_layer(picture, sweep % 2 ? picture->layers - 1 - i : i, /* by_needs= */ sweep % 2 == 0);
}

void cbk_picture_arrange(struct cbk_picture *picture)
{
    drop_what_follows(picture);
    find_layers(picture);
    draw_near(picture);
    find_rows(picture);
}
