/*
 * A map from text to pointer that keeps the order of insertion. Keys are copied, values are borrowed.
 * uthash stays inside map.c.
 */
#ifndef CBK_BASE_MAP_H
#define CBK_BASE_MAP_H

#include "base/owned.h"

#include <stddef.h>

struct cbk_map;
struct cbk_map_entry;

struct cbk_map *cbk_map_new(void);
/* NULL is fine. */
void cbk_map_free(struct cbk_map *map);
CBK_DEFINE_OWNED(struct cbk_map, cbk_map)

/* Sets the value and answers the one that stood there before, or NULL. */
void *cbk_map_set(struct cbk_map *map, const char *key, void *value);
void *cbk_map_get(const struct cbk_map *map, const char *key);
/* Takes the entry out and answers its value, or NULL. */
void *cbk_map_remove(struct cbk_map *map, const char *key);
size_t cbk_map_count(const struct cbk_map *map);

/* Iteration in order of insertion; the map must not change meanwhile. */
const struct cbk_map_entry *cbk_map_first(const struct cbk_map *map);
const struct cbk_map_entry *cbk_map_next(const struct cbk_map_entry *entry);
const char *cbk_map_entry_key(const struct cbk_map_entry *entry);
void *cbk_map_entry_value(const struct cbk_map_entry *entry);

#define CBK_MAP_FOREACH(entry, map)                                                                                    \
    for (const struct cbk_map_entry *entry = cbk_map_first(map); entry; entry = cbk_map_next(entry))

#endif
