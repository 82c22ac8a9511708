#include "render/plan_picture.h"

#include "base/map.h"
#include "render/plan_words.h"

#include <string.h>

#define MOST_EDGES 240

typedef char *(*name_fn)(const json_t *change);

static char *name_by_address(const json_t *change)
{
    return cbk_strdup(cbk_json_text_or(change, "address", "?"));
}

static char *name_by_declaration(const json_t *change)
{
    const char *address = cbk_json_text_or(change, "address", "?");
    return cbk_strndup(address, strcspn(address, "["));
}

static char *name_by_kind(const json_t *change)
{
    return cbk_strdup(cbk_json_text_or(change, "kind", "?"));
}

/* From the finest to the coarsest; the first whose picture is small enough is drawn. */
static const struct view {
    const char *what;
    name_fn name;
    bool only_touched; /* what changes, and what that needs */
} views[] = {
    {"all objects", name_by_address, false},
    {"what changes, and what it needs", name_by_address, true},
    {"declarations, not single objects: they are too many", name_by_declaration, false},
    {"declarations that change, and what they need", name_by_declaration, true},
    {"kinds, not single objects: they are too many", name_by_kind, false},
};

/* Nodes by name, changes by address, and the edges that there are. */
struct drawing {
    struct cbk_picture *picture;
    const struct view *view;
    struct cbk_map *by_address, *by_name, *joined;
};

static void release_drawing(struct drawing *drawing)
{
    cbk_map_free(drawing->by_address);
    cbk_map_free(drawing->by_name);
    cbk_map_free(drawing->joined);
}

/* NULL: it is not in the picture. */
static struct cbk_node *known_node(const struct drawing *drawing, const json_t *change)
{
    CBK_CLEANUP(cbk_string_freep) char *name = drawing->view->name(change);
    return cbk_map_get(drawing->by_name, name);
}

static struct cbk_node *node_of(struct drawing *drawing, const json_t *change)
{
    CBK_CLEANUP(cbk_string_freep) char *name = drawing->view->name(change);
    struct cbk_node *node = known_node(drawing, change);
    if (node)
        return node;
    node = CBK_ARENA_NEW(drawing->picture->arena, struct cbk_node);
    node->name = cbk_arena_strdup(drawing->picture->arena, name);
    node->index = drawing->picture->nodes.len;
    node->mark = "none";
    cbk_nodes_push(&drawing->picture->nodes, node);
    cbk_map_set(drawing->by_name, name, node);
    return node;
}

static void join(struct drawing *drawing, struct cbk_node *user, struct cbk_node *need)
{
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%zu %zu", user->index, need->index);
    if (user == need || drawing->picture->edges.len > MOST_EDGES || cbk_map_set(drawing->joined, key, user))
        return;
    cbk_edges_push(&drawing->picture->edges, (struct cbk_edge){.user = user, .need = need});
}

static void count_object(struct cbk_node *node, const json_t *change, struct cbk_arena *arena)
{
    const struct cbk_mark *mark = cbk_plan_mark(change);
    const char *name = cbk_json_bool(change, "refused", false) ? "refused" : mark ? mark->name : "none";
    bool is_first = node->objects++ == 0;
    node->title = is_first ? cbk_arena_strdup(arena, cbk_plan_title(change)) : NULL;
    node->changed += mark != NULL;
    if (is_first)
        node->mark = name;
    else if (strcmp(node->mark, name) != 0)
        node->mark = "mixed";
}

/* Joins it with what it needs: what is new to the picture enters with what changes, and not behind what does not. */
static void add_change(struct drawing *drawing, const json_t *change, bool enters)
{
    size_t index;
    json_t *address;
    struct cbk_node *node = enters ? node_of(drawing, change) : known_node(drawing, change);
    json_array_foreach(json_object_get(change, "depends_on"), index, address) {
        const json_t *other =
            json_is_string(address) ? cbk_map_get(drawing->by_address, json_string_value(address)) : NULL;
        struct cbk_node *need = !node || !other ? NULL : enters ? node_of(drawing, other) : known_node(drawing, other);
        if (need)
            join(drawing, node, need);
    }
}

/* A picture that is too large is given up where that shows, so that it costs no more than it is worth. */
static bool is_small(const struct cbk_picture *picture)
{
    return picture->nodes.len <= CBK_PICTURE_MOST && picture->edges.len <= MOST_EDGES;
}

static void add_changes(struct drawing *drawing, const json_t *changes)
{
    size_t index;
    json_t *change;
    json_array_foreach((json_t *)changes, index, change)
        (void)cbk_map_set(drawing->by_address, cbk_json_text_or(change, "address", "?"), change);
    json_array_foreach((json_t *)changes, index, change)
        if (is_small(drawing->picture) && (!drawing->view->only_touched || cbk_plan_mark(change)))
            add_change(drawing, change, /* enters= */ true);
    json_array_foreach((json_t *)changes, index, change) {
        struct cbk_node *node = is_small(drawing->picture) ? known_node(drawing, change) : NULL;
        if (!node)
            continue;
        if (drawing->view->only_touched && !cbk_plan_mark(change))
            add_change(drawing, change, /* enters= */ false);
        count_object(node, change, drawing->picture->arena);
    }
}

void cbk_picture_free(struct cbk_picture *picture)
{
    if (!picture)
        return;
    cbk_nodes_release(&picture->nodes);
    cbk_edges_release(&picture->edges);
    cbk_arena_free(picture->arena);
    free(picture);
}

static struct cbk_picture *draw(const json_t *plan, const struct view *view)
{
    struct cbk_picture *picture = CBK_NEW(struct cbk_picture);
    CBK_CLEANUP(release_drawing)
    struct drawing drawing = {picture, view, cbk_map_new(), cbk_map_new(), cbk_map_new()};
    picture->arena = cbk_arena_new();
    picture->what = view->what;
    add_changes(&drawing, json_object_get(plan, "changes"));
    return picture;
}

struct cbk_picture *cbk_picture_new(const json_t *plan)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(views); i++) {
        CBK_CLEANUP(cbk_picture_freep) struct cbk_picture *picture = draw(plan, &views[i]);
        if (!is_small(picture))
            continue;
        if (!picture->nodes.len)
            return NULL;
        cbk_picture_arrange(picture);
        return cbk_picture_steal(&picture);
    }
    return NULL;
}
