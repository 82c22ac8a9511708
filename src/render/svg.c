#include "render/svg.h"

#include "render/html.h"

#include <string.h>

#define NODE_WIDTH 184
#define NODE_HEIGHT 42
#define GAP_ACROSS 46
#define GAP_DOWN 14
#define MARGIN 8
#define LABEL_CELLS 26

static size_t left_of(const struct cbk_node *node)
{
    return MARGIN + node->layer * (NODE_WIDTH + GAP_ACROSS);
}

static size_t top_of(const struct cbk_node *node)
{
    return MARGIN + node->row * (NODE_HEIGHT + GAP_DOWN);
}

/* Adds text, cut to what fits into a node; the tooltip has it whole. */
static void add_label(struct cbk_str *out, const char *class, size_t x, size_t y, const char *text)
{
    CBK_STR(visible);
    CBK_STR(label);
    cbk_str_add_visible(&visible, text);
    for (size_t at = 0; at < visible.len;) {
        size_t step = 1;
        while (at + step < visible.len && ((unsigned char)visible.ptr[at + step] & 0xc0) == 0x80)
            step++;
        size_t cells = cbk_str_cells(visible.ptr, at + step);
        if (cells > LABEL_CELLS || (cells == LABEL_CELLS && at + step < visible.len)) {
            cbk_str_add(&label, "\u2026");
            break;
        }
        cbk_str_add_bytes(&label, visible.ptr + at, step);
        at += step;
    }
    cbk_str_addf(out, "<text class=\"%s\" x=\"%zu\" y=\"%zu\">", class, x, y);
    cbk_html_add_text(out, label.ptr);
    cbk_str_add(out, "</text>");
}

static void add_edge(struct cbk_str *out, const struct cbk_edge *edge)
{
    long from_x = (long)left_of(edge->need) + NODE_WIDTH, from_y = (long)top_of(edge->need) + NODE_HEIGHT / 2;
    long to_x = (long)left_of(edge->user), to_y = (long)top_of(edge->user) + NODE_HEIGHT / 2;
    cbk_str_addf(out, "<path d=\"M%ld %ldC%ld %ld %ld %ld %ld %ld\"/>\n", from_x, from_y, from_x + GAP_ACROSS / 2,
                 from_y, to_x - GAP_ACROSS / 2, to_y, to_x, to_y);
}

static void add_second_line(const struct cbk_node *node, struct cbk_str *out)
{
    if (node->objects > 1)
        cbk_str_addf(out, "%zu of %zu change", node->changed, node->objects);
    else
        cbk_str_addf(out, "%s%s%s", node->changed ? node->mark : "", node->changed ? " \u00b7 " : "",
                     node->title ? node->title : "");
}

static void add_node(struct cbk_str *out, const struct cbk_node *node)
{
    CBK_STR(second);
    add_second_line(node, &second);
    cbk_str_addf(out, "<g class=\"node %s\"><title>", node->mark);
    cbk_html_add_text(out, node->name);
    cbk_str_add(out, ": ");
    cbk_html_add_text(out, second.ptr);
    cbk_str_addf(out, "</title><rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" rx=\"5\"/>", left_of(node),
                 top_of(node), NODE_WIDTH, NODE_HEIGHT);
    CBK_CLEANUP(cbk_string_freep) char *declaration = cbk_strndup(node->name, strcspn(node->name, "["));
    add_label(out, "name", left_of(node) + MARGIN, top_of(node) + 17, declaration);
    add_label(out, "second", left_of(node) + MARGIN, top_of(node) + 33, second.ptr);
    cbk_str_add(out, "</g>\n");
}

void cbk_svg_add(const struct cbk_picture *picture, struct cbk_str *out)
{
    size_t width = 2 * MARGIN + picture->layers * (NODE_WIDTH + GAP_ACROSS) - GAP_ACROSS;
    size_t height = 2 * MARGIN + picture->rows * (NODE_HEIGHT + GAP_DOWN) - GAP_DOWN;
    cbk_str_addf(
        out, "<svg role=\"img\" aria-label=\"What needs what\" width=\"%zu\" height=\"%zu\" viewBox=\"0 0 %zu %zu\">\n",
        width, height, width, height);
    for (size_t i = 0; i < picture->edges.len; i++)
        add_edge(out, &picture->edges.items[i]);
    for (size_t i = 0; i < picture->nodes.len; i++)
        add_node(out, picture->nodes.items[i]);
    cbk_str_add(out, "</svg>\n");
}
