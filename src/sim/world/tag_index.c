#include "sim/world/tag_index.h"

/* A key cannot hold a line break, so that no two pairs look alike. */
static char *pair_key(const char *key, const char *value)
{
    return cbk_strf("%s\n%s", key, value);
}

static void add(struct sim_world *world, const char *key, const char *value, json_t *instance)
{
    CBK_CLEANUP(cbk_string_freep) char *pair = pair_key(key, value);
    json_t *list = cbk_map_get(world->tag_index, pair);
    if (!list) {
        list = json_array();
        cbk_map_set(world->tag_index, pair, list);
    }
    json_array_append(list, instance);
}

static void make(struct sim_world *world)
{
    size_t index;
    json_t *instance, *value;
    const char *key;
    world->tag_index = cbk_map_new();
    json_array_foreach(sim_world_list(world, SIM_INSTANCES), index, instance)
        json_object_foreach(json_object_get(instance, "tags"), key, value)
            add(world, key, json_is_string(value) ? json_string_value(value) : "", instance);
}

json_t *sim_tag_index_find(struct sim_world *world, const char *key, const char *value)
{
    if (!world->tag_index)
        make(world);
    CBK_CLEANUP(cbk_string_freep) char *pair = pair_key(key, value);
    json_t *list = cbk_map_get(world->tag_index, pair);
    return list ? list : world->nothing;
}

void sim_tag_index_forget(struct sim_world *world)
{
    if (!world->tag_index)
        return;
    CBK_MAP_FOREACH(entry, world->tag_index)
        json_decref(cbk_map_entry_value(entry));
    cbk_map_free(world->tag_index);
    world->tag_index = NULL;
}
