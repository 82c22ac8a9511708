#include "sim/world/world.h"

#include "sim/real/guests.h"
#include "sim/world/snapshot.h"
#include "sim/world/tag_index.h"
#include "sim/world/work.h"

#include <string.h>
#include <time.h>

static const struct {
    const char *name, *key, *second_key;
} sections[SIM_SECTION_COUNT] = {
#define X(section, name, key, second_key) {name, key, second_key},
    SIM_SECTIONS(X)
#undef X
};

static int64_t machine_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct sim_world *sim_world_new(void)
{
    struct sim_world *world = CBK_NEW(struct sim_world);
    world->account = cbk_strdup("1234567890123456");
    world->region = cbk_strdup("cn-hangzhou");
    world->credentials = json_pack("[{ss ss}]", "access_key_id", "testid", "access_key_secret", "testsecret");
    world->missing_service_roles = json_array();
    world->counters = json_object();
    world->nothing = json_array();
    world->works = sim_works_new();
    for (size_t i = 0; i < SIM_SECTION_COUNT; i++)
        world->tables[i] = (struct sim_table){json_array(), cbk_map_new()};
    world->now_ms = machine_ms();
    return world;
}

void sim_world_free(struct sim_world *world)
{
    if (!world)
        return;
    sim_works_stop(world->works);
    sim_works_collect(world->works, world);
    sim_works_free(world->works);
    sim_guests_free(world->guests);
    sim_tag_index_forget(world);
    free(world->account);
    free(world->region);
    json_decref(world->credentials);
    json_decref(world->missing_service_roles);
    json_decref(world->counters);
    json_decref(world->nothing);
    for (size_t i = 0; i < SIM_SECTION_COUNT; i++) {
        cbk_map_free(world->tables[i].index);
        json_decref(world->tables[i].items);
    }
    sim_timers_release(&world->timers);
    free(world);
}

int64_t sim_world_now(const struct sim_world *world)
{
    return world->now_ms / 1000;
}

void sim_world_tick(struct sim_world *world)
{
    int64_t now = machine_ms() + world->advanced_ms;
    while (sim_timer_run_due(world, now))
        ;
    if (now > world->now_ms) /* the machine's clock may be set back; the cloud's never is */
        world->now_ms = now;
    sim_works_collect(world->works, world);
    sim_guests_watch(world->guests, world);
}

void sim_world_advance(struct sim_world *world, int64_t ms)
{
    world->advanced_ms += ms;
    sim_world_tick(world);
}

char *sim_world_key(enum sim_section section, const json_t *record)
{
    const char *first = cbk_json_text_or(record, sections[section].key, "");
    if (!sections[section].second_key)
        return cbk_strdup(first);
    return cbk_strf("%s/%s", first, cbk_json_text_or(record, sections[section].second_key, ""));
}

json_t *sim_world_find(const struct sim_world *world, enum sim_section section, const char *key)
{
    return key ? cbk_map_get(world->tables[section].index, key) : NULL;
}

json_t *sim_world_find_pair(const struct sim_world *world, enum sim_section section, const char *first,
                            const char *second)
{
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%s/%s", first, second);
    return sim_world_find(world, section, key);
}

json_t *sim_world_add(struct sim_world *world, enum sim_section section, json_t *record)
{
    CBK_CLEANUP(cbk_string_freep) char *key = sim_world_key(section, record);
    json_t *before = sim_world_find(world, section, key);
    if (before)
        sim_world_remove(world, section, before);
    if (section == SIM_INSTANCES)
        sim_tag_index_forget(world);
    cbk_map_set(world->tables[section].index, key, record);
    json_array_append_new(world->tables[section].items, record);
    return record;
}

void sim_world_remove(struct sim_world *world, enum sim_section section, json_t *record)
{
    CBK_CLEANUP(cbk_string_freep) char *key = sim_world_key(section, record);
    struct sim_table *table = &world->tables[section];
    if (section == SIM_INSTANCES)
        sim_tag_index_forget(world);
    if (section == SIM_SNAPSHOTS)
        sim_snapshot_forget(world, record);
    cbk_map_remove(table->index, key);
    size_t count = json_array_size(table->items);
    for (size_t i = 0; i < count; i++) { /* from both ends: what goes is mostly the newest or the oldest */
        size_t at = i % 2 ? i / 2 : count - 1 - i / 2;
        if (json_array_get(table->items, at) == record) {
            json_array_remove(table->items, at);
            return;
        }
    }
}

json_t *sim_world_list(const struct sim_world *world, enum sim_section section)
{
    return world->tables[section].items;
}

const char *sim_section_name(enum sim_section section)
{
    return sections[section].name;
}

/* Mixes 64 bits so that neighbours look unrelated; a bijection (splitmix64), so that ids never repeat. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

char *sim_world_new_id(struct sim_world *world, const char *prefix)
{
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    json_int_t count = json_integer_value(json_object_get(world->counters, prefix)) + 1;
    json_object_set_new(world->counters, prefix, json_integer(count));
    uint64_t bits = (uint64_t)count;
    for (const char *c = prefix; *c; c++) /* each kind of id has a sequence of its own */
        bits ^= (uint64_t)(unsigned char)*c << (8 + (c - prefix) * 7 % 48);
    bits = mix(bits);
    CBK_STR(id);
    cbk_str_add(&id, prefix);
    for (int i = 0; i < 13; i++, bits /= 36) /* 36^13 > 2^64 */
        cbk_str_add_char(&id, letters[bits % 36]);
    return cbk_str_detach(&id);
}
