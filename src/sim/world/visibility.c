#include "sim/world/visibility.h"

#include "sim/action/call.h"

static char *key_of(const char *what)
{
    return cbk_strf("%s_ms", what);
}

void sim_touch(const struct sim_world *world, json_t *record, const char *what)
{
    if (!world->eventual_ms)
        return;
    CBK_CLEANUP(cbk_string_freep) char *key = key_of(what);
    sim_set_int(record, key, world->now_ms);
}

bool sim_is_fresh(const struct sim_world *world, const json_t *record, const char *what)
{
    CBK_CLEANUP(cbk_string_freep) char *key = key_of(what);
    const json_t *at = json_object_get(record, key);
    return json_is_integer(at) && world->now_ms < json_integer_value(at) + world->eventual_ms;
}

json_t *sim_visible_role(const struct sim_world *world, const char *name)
{
    json_t *role = sim_world_find(world, SIM_ROLES, name);
    return role && sim_is_fresh(world, role, "made") ? NULL : role;
}
