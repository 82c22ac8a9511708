#include "sim/action/action.h"

#include <string.h>

#define GROUPS(X)                                                                                                      \
    X(sim_ram_roles)                                                                                                   \
    X(sim_ram_policies)                                                                                                \
    X(sim_ram_versions)                                                                                                \
    X(sim_ram_attachments)                                                                                             \
    X(sim_ram_tags)                                                                                                    \
    X(sim_sts_oidc)                                                                                                    \
    X(sim_sts_sessions)                                                                                                \
    X(sim_regions)                                                                                                     \
    X(sim_ecs_instances)                                                                                               \
    X(sim_ecs_disks)                                                                                                   \
    X(sim_ecs_roles)                                                                                                   \
    X(sim_ecs_commands)                                                                                                \
    X(sim_ecs_invocations)                                                                                             \
    X(sim_ecs_agents)                                                                                                  \
    X(sim_ecs_files)                                                                                                   \
    X(sim_ecs_snapshots)                                                                                               \
    X(sim_ecs_groups)                                                                                                  \
    X(sim_ecs_tags)                                                                                                    \
    X(sim_hbr_service)                                                                                                 \
    X(sim_hbr_jobs)                                                                                                    \
    X(sim_hbr_points)                                                                                                  \
    X(sim_hbr_policies)                                                                                                \
    X(sim_hbr_bindings)                                                                                                \
    X(sim_hbr_vaults)                                                                                                  \
    X(sim_hbr_tasks)                                                                                                   \
    X(sim_hbr_restores)                                                                                                \
    X(sim_hbr_protected)

#define X(name) extern const struct sim_actions name;
GROUPS(X)
#undef X
static const struct sim_actions *const groups[] = {
#define X(name) &name,
    GROUPS(X)
#undef X
};

static const struct {
    const char *name, *version, *product, *host;
} services[SIM_SERVICE_COUNT] = {
#define X(id, name, version, product, host) {name, version, product, host},
    SIM_SERVICES(X)
#undef X
};

static const char *const type_names[] = {"string", "integer", "boolean", "json", "ids", "list", "records"};

struct entry {
    const struct sim_action *action;
    const struct sim_shape *shape;
};

struct sim_registry {
    struct cbk_arena *arena;
    struct cbk_map *entries; /* "service/name" -> entry */
};

struct sim_registry *sim_registry_new(void)
{
    struct sim_registry *registry = CBK_NEW(struct sim_registry);
    registry->arena = cbk_arena_new();
    registry->entries = cbk_map_new();
    for (size_t g = 0; g < CBK_ARRAY_LEN(groups); g++)
        for (size_t i = 0; i < groups[g]->count; i++) {
            const struct sim_action *action = &groups[g]->rows[i];
            struct entry *entry = CBK_ARENA_NEW(registry->arena, struct entry);
            *entry = (struct entry){action, sim_shape_parse(registry->arena, action->answer)};
            CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%s/%s", services[action->service].name, action->name);
            cbk_map_set(registry->entries, key, entry);
        }
    return registry;
}

void sim_registry_free(struct sim_registry *registry)
{
    if (!registry)
        return;
    cbk_map_free(registry->entries);
    cbk_arena_free(registry->arena);
    free(registry);
}

static const struct entry *find(const struct sim_registry *registry, enum sim_service service, const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%s/%s", services[service].name, name);
    return cbk_map_get(registry->entries, key);
}

const struct sim_action *sim_registry_find(const struct sim_registry *registry, enum sim_service service,
                                           const char *name)
{
    const struct entry *entry = find(registry, service, name);
    return entry ? entry->action : NULL;
}

const struct sim_shape *sim_registry_shape(const struct sim_registry *registry, const struct sim_action *action)
{
    return find(registry, action->service, action->name)->shape;
}

static json_t *describe_params(const struct sim_param *params)
{
    json_t *object = json_object();
    for (const struct sim_param *param = params; param->name; param++) {
        json_t *row = json_pack("{ss sb}", "type", type_names[param->type], "required", param->required);
        cbk_json_set_text(row, "fields", param->fields);
        cbk_json_set_text(row, "one_of", param->one_of);
        if (param->min)
            json_object_set_new(row, "min", json_integer(param->min));
        if (param->max)
            json_object_set_new(row, "max", json_integer(param->max));
        json_object_set_new(object, param->name, row);
    }
    return object;
}

json_t *sim_registry_describe(const struct sim_registry *registry)
{
    json_t *list = json_array();
    CBK_MAP_FOREACH(at, registry->entries) {
        const struct entry *entry = cbk_map_entry_value(at);
        const struct sim_action *action = entry->action;
        json_array_append_new(list, json_pack("{ss ss ss sb so so}", "service", services[action->service].name,
                                              "version", services[action->service].version, "action", action->name,
                                              "mutating", action->mutating, "params", describe_params(action->params),
                                              "answer", sim_shape_describe(entry->shape)));
    }
    return list;
}

bool sim_service_of_version(const char *version, enum sim_service *ret_service)
{
    for (size_t i = 0; i < SIM_SERVICE_COUNT; i++)
        if (cbk_str_equal(services[i].version, version)) {
            *ret_service = (enum sim_service)i;
            return true;
        }
    return false;
}

const char *sim_service_name(enum sim_service service)
{
    return services[service].name;
}

const char *sim_service_product(enum sim_service service)
{
    return services[service].product;
}

const char *sim_service_host(enum sim_service service)
{
    return services[service].host;
}
