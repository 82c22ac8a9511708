/*
 * Where values were written: a tree of places of the same shape as the value tree, walked by JSON pointer. It hangs
 * beside the values and not on them, because jansson shares its constants. Places live in an arena; expanded aliases
 * share the places of what they stand for.
 */
#ifndef CBK_CONFIG_PLACE_H
#define CBK_CONFIG_PLACE_H

#include "base/arena.h"
#include "base/source.h"
#include "base/vec.h"

#include <stdbool.h>

struct cbk_place {
    struct cbk_span key;   /* line 0 for items of lists and the root */
    struct cbk_span value; /* of an indented mapping or list under a key: the key, for that is what people look for */
    const char *name;      /* the key's text; NULL where there is no key */
    const struct cbk_place *const *children; /* items in their order, members sorted by name */
    size_t child_count;
};
CBK_VEC(cbk_place_vec, const struct cbk_place *)

/* Makes `children` (borrowed, copied into the arena) the members or items of `place`. */
void cbk_place_adopt(struct cbk_arena *arena, struct cbk_place *place, const struct cbk_place_vec *children);
/* The member of that name, or NULL. */
const struct cbk_place *cbk_place_member(const struct cbk_place *place, const char *name);
/*
 * The place of a pointer below `root` (NULL: nothing is known): the key's where `of_key` is set and there is a key,
 * else the value's. Where the pointer leads nowhere, the place of the nearest parent.
 */
struct cbk_span cbk_place_span(const struct cbk_place *root, const char *pointer, bool of_key);

#endif
