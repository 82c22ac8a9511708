#include "config/place.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *left, const void *right)
{
    const struct cbk_place *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

void cbk_place_adopt(struct cbk_arena *arena, struct cbk_place *place, const struct cbk_place_vec *children)
{
    if (!children->len)
        return;
    const size_t size = sizeof(children->items[0]); /* NOLINT(bugprone-sizeof-expression): pointers are copied */
    const struct cbk_place **copy = cbk_arena_alloc(arena, children->len, size);
    memcpy(copy, children->items, children->len * size);
    if (copy[0]->name)
        qsort(copy, children->len, size, compare_names);
    place->children = copy;
    place->child_count = children->len;
}

const struct cbk_place *cbk_place_member(const struct cbk_place *place, const char *name)
{
    if (!place->child_count || !place->children[0]->name)
        return NULL;
    struct cbk_place wanted = {.name = name};
    const struct cbk_place *key = &wanted;
    const struct cbk_place *const *found =
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are searched */
        bsearch(&key, place->children, place->child_count, sizeof(*place->children), compare_names);
    return found ? *found : NULL;
}

static const struct cbk_place *step(const struct cbk_place *place, const char *token)
{
    if (!place->child_count)
        return NULL;
    if (place->children[0]->name)
        return cbk_place_member(place, token);
    size_t index = 0;
    return cbk_pointer_index(token, &index) && index < place->child_count ? place->children[index] : NULL;
}

struct cbk_span cbk_place_span(const struct cbk_place *root, const char *pointer, bool of_key)
{
    if (!root)
        return (struct cbk_span){0};
    const struct cbk_place *place = root;
    while (*pointer == '/') {
        CBK_CLEANUP(cbk_string_freep) char *token = cbk_pointer_next(&pointer);
        const struct cbk_place *child = step(place, token);
        if (!child)
            break;
        place = child;
    }
    return of_key && place->key.line ? place->key : place->value;
}
