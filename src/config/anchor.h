/*
 * What the anchors of a document name, so that aliases can be expanded. An anchor is opened before its value is read
 * and closed behind it: an alias to an open one would be endless.
 */
#ifndef CBK_CONFIG_ANCHOR_H
#define CBK_CONFIG_ANCHOR_H

#include "base/json.h"
#include "base/map.h"
#include "config/place.h"

struct cbk_anchor {
    json_t *value; /* owned; NULL while the anchor is open */
    const struct cbk_place *place;
    size_t size, height; /* values in all, and how deep they are nested */
};

struct cbk_anchors {
    struct cbk_arena *arena; /* borrowed */
    struct cbk_map *by_name; /* -> struct cbk_anchor *, in the arena */
};

void cbk_anchors_init(struct cbk_anchors *anchors, struct cbk_arena *arena);
void cbk_anchors_release(struct cbk_anchors *anchors);

/* An open anchor of that name; one of the same name before it is forgotten. NULL when `name` is. */
struct cbk_anchor *cbk_anchor_open(struct cbk_anchors *anchors, const char *name);
/* Closes `anchor` (NULL is fine), unless the name was given again inside its own value. `value` is borrowed. */
void cbk_anchor_close(struct cbk_anchors *anchors, const char *name, struct cbk_anchor *anchor, json_t *value,
                      const struct cbk_place *place, size_t size, size_t height);
/* NULL when nothing has that name. */
const struct cbk_anchor *cbk_anchor_get(const struct cbk_anchors *anchors, const char *name);

#endif
