#include "base/map.h"

#include "base/alloc.h"

#include <string.h>

#define uthash_fatal(msg) cbk_out_of_memory()
#include <uthash.h>

struct cbk_map_entry {
    UT_hash_handle hh;
    void *value;
    char key[];
};

struct cbk_map {
    struct cbk_map_entry *head;
};

struct cbk_map *cbk_map_new(void)
{
    return CBK_NEW(struct cbk_map);
}

void cbk_map_free(struct cbk_map *map)
{
    if (!map)
        return;
    struct cbk_map_entry *entry, *after;
    HASH_ITER(hh, map->head, entry, after) {
        HASH_DEL(map->head, entry); /* NOLINT(clang-analyzer-unix.Malloc): uthash read `after` before this */
        free(entry);
    }
    free(map);
}

static struct cbk_map_entry *find(const struct cbk_map *map, const char *key)
{
    struct cbk_map_entry *entry = NULL;
    HASH_FIND_STR(map->head, key, entry);
    return entry;
}

void *cbk_map_set(struct cbk_map *map, const char *key, void *value)
{
    struct cbk_map_entry *entry = find(map, key);
    if (entry) {
        void *before = entry->value;
        entry->value = value;
        return before;
    }
    size_t len = strlen(key);
    entry = cbk_alloc(1, sizeof(*entry) + len + 1);
    memcpy(entry->key, key, len + 1);
    entry->value = value;
    HASH_ADD_KEYPTR(hh, map->head, entry->key, len, entry);
    return NULL;
}

void *cbk_map_get(const struct cbk_map *map, const char *key)
{
    struct cbk_map_entry *entry = find(map, key);
    return entry ? entry->value : NULL;
}

void *cbk_map_remove(struct cbk_map *map, const char *key)
{
    struct cbk_map_entry *entry = find(map, key);
    if (!entry)
        return NULL;
    void *value = entry->value;
    HASH_DEL(map->head, entry);
    free(entry);
    return value;
}

size_t cbk_map_count(const struct cbk_map *map)
{
    return HASH_COUNT(map->head);
}

const struct cbk_map_entry *cbk_map_first(const struct cbk_map *map)
{
    return map->head;
}

const struct cbk_map_entry *cbk_map_next(const struct cbk_map_entry *entry)
{
    return entry->hh.next;
}

const char *cbk_map_entry_key(const struct cbk_map_entry *entry)
{
    return entry->key;
}

void *cbk_map_entry_value(const struct cbk_map_entry *entry)
{
    return entry->value;
}
