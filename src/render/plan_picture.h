/*
 * What a plan touches and what that needs, as a picture: in layers, from what needs nothing on the left to what needs
 * most on the right, without the lines that follow from others. Where there is too much for a picture of single
 * objects, it shows declarations or kinds.
 */
#ifndef CBK_RENDER_PLAN_PICTURE_H
#define CBK_RENDER_PLAN_PICTURE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/vec.h"

/* The most nodes that a picture has. */
#define CBK_PICTURE_MOST 60

/* One object, or several under one name. */
struct cbk_node {
    const char *name;
    const char *title; /* of one object; NULL: of several, or there is none */
    const char *mark;  /* how it is changed, "mixed" when its objects differ, "none" when not at all */
    size_t index;      /* among the nodes */
    size_t objects;
    size_t changed; /* of them */
    size_t layer, row;
};

struct cbk_edge {
    struct cbk_node *user, *need;
};

CBK_VEC(cbk_nodes, struct cbk_node *)
CBK_VEC(cbk_edges, struct cbk_edge)

struct cbk_picture {
    struct cbk_arena *arena; /* of the nodes */
    struct cbk_nodes nodes;
    struct cbk_edges edges;
    size_t layers, rows;
    const char *what; /* it shows: "all objects" */
};

/* NULL where there is nothing to be shown. The caller frees it. */
struct cbk_picture *cbk_picture_new(const json_t *plan);
/* Drops lines that follow from others and gives every node its layer and row. CBK_PICTURE_MOST nodes at most. */
void cbk_picture_arrange(struct cbk_picture *picture);
/* NULL is fine. */
void cbk_picture_free(struct cbk_picture *picture);
CBK_DEFINE_OWNED(struct cbk_picture, cbk_picture)

#endif
