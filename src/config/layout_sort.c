#include "config/layout.h"

#include <string.h>

CBK_VEC(entries, struct cbk_layout_entry *)

/* The place of a key among those of `order`, or their number. */
static size_t rank(const json_t *order, const struct cbk_layout_node *key)
{
    size_t at = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)order, name, value) {
        if (key->kind == CBK_LAYOUT_SCALAR && strcmp(name, key->text) == 0)
            break;
        at++;
    }
    return at;
}

/* Do anchors or aliases stand in more than one member? Then moving one might change what an alias stands for. */
static bool is_entangled(const struct cbk_layout_node *mapping)
{
    size_t named = 0;
    for (const struct cbk_layout_entry *entry = mapping->first; entry; entry = entry->next)
        named += entry->value->is_named || entry->key->is_named;
    return named > 1;
}

/* An insertion sort: mappings with an order are short, since what is unknown there is an error. Those that are not are
 * in order already but for their known keys. */
static void sort_members(struct cbk_layout_node *mapping, const json_t *order)
{
    CBK_CLEANUP(entries_release) struct entries known = {0};
    CBK_CLEANUP(entries_release) struct entries others = {0};
    for (struct cbk_layout_entry *entry = mapping->first; entry; entry = entry->next)
        entries_push(rank(order, entry->key) < json_object_size(order) ? &known : &others, entry);
    for (size_t i = 1; i < known.len; i++) {
        struct cbk_layout_entry *entry = known.items[i];
        size_t at = i;
        for (; at && rank(order, known.items[at - 1]->key) > rank(order, entry->key); at--)
            known.items[at] = known.items[at - 1];
        known.items[at] = entry;
    }
    struct cbk_layout_entry **end = &mapping->first;
    for (size_t i = 0; i < known.len + others.len; i++) {
        *end = i < known.len ? known.items[i] : others.items[i - known.len];
        end = &(*end)->next;
    }
    *end = NULL;
}

static void sort_node(struct cbk_layout_node *node, const struct cbk_map *orders, struct cbk_str *pointer)
{
    const json_t *order = node->kind == CBK_LAYOUT_MAPPING ? cbk_map_get(orders, pointer->ptr) : NULL;
    if (order && !is_entangled(node))
        sort_members(node, order);
    size_t index = 0, len = pointer->len;
    for (struct cbk_layout_entry *entry = node->first; entry; entry = entry->next) {
        if (entry->key)
            cbk_pointer_add_key(pointer, entry->key->text);
        else
            cbk_pointer_add_index(pointer, index++);
        sort_node(entry->value, orders, pointer);
        cbk_layout_hoist(entry, entry->value);
        cbk_str_truncate(pointer, len);
    }
}

void cbk_layout_sort(struct cbk_layout *layout, const struct cbk_map *orders)
{
    CBK_STR(pointer);
    if (layout->root)
        sort_node(layout->root, orders, &pointer);
}
