#include "config/anchor.h"

void cbk_anchors_init(struct cbk_anchors *anchors, struct cbk_arena *arena)
{
    *anchors = (struct cbk_anchors){.arena = arena, .by_name = cbk_map_new()};
}

void cbk_anchors_release(struct cbk_anchors *anchors)
{
    CBK_MAP_FOREACH(entry, anchors->by_name) {
        struct cbk_anchor *anchor = cbk_map_entry_value(entry);
        json_decref(anchor->value);
    }
    cbk_map_free(anchors->by_name);
    *anchors = (struct cbk_anchors){0};
}

struct cbk_anchor *cbk_anchor_open(struct cbk_anchors *anchors, const char *name)
{
    if (!name)
        return NULL;
    struct cbk_anchor *anchor = CBK_ARENA_NEW(anchors->arena, struct cbk_anchor);
    struct cbk_anchor *before = cbk_map_set(anchors->by_name, name, anchor);
    if (before)
        json_decref(before->value);
    return anchor;
}

void cbk_anchor_close(struct cbk_anchors *anchors, const char *name, struct cbk_anchor *anchor, json_t *value,
                      const struct cbk_place *place, size_t size, size_t height)
{
    if (!anchor || cbk_map_get(anchors->by_name, name) != anchor)
        return;
    *anchor = (struct cbk_anchor){json_incref(value), place, size, height};
}

const struct cbk_anchor *cbk_anchor_get(const struct cbk_anchors *anchors, const char *name)
{
    return cbk_map_get(anchors->by_name, name);
}
