#include "engine/inventory.h"

#include "base/parallel.h"
#include "cloud/ecs.h"

#include <string.h>

static int compare_rows(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    return strcmp(cbk_json_text_or(left, "InstanceId", ""), cbk_json_text_or(right, "InstanceId", ""));
}

/* Takes the rows in, sorted by id: the same cloud gives the same plan, in whatever order it lists. */
static void take_rows(struct cbk_inventory *inventory)
{
    size_t count = json_array_size(inventory->rows);
    json_t **rows = cbk_alloc(count, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        rows[i] = json_array_get(inventory->rows, i);
    if (count)
        qsort(rows, count, sizeof(json_t *), compare_rows);
    for (size_t i = 0; i < count; i++) {
        const char *id = cbk_json_text(rows[i], "InstanceId");
        if (!id)
            continue;
        struct cbk_instance *instance = CBK_ARENA_NEW(inventory->arena, struct cbk_instance);
        instance->id = id;
        instance->name = cbk_json_text_or(rows[i], "InstanceName", "");
        instance->info = rows[i];
        cbk_map_set(inventory->instances, id, instance);
    }
    free(rows);
}

int cbk_inventory_read(struct cbk_cloud *cloud, const json_t *only_ids, struct cbk_inventory **ret,
                       struct cbk_error *err)
{
    CBK_CLEANUP(cbk_inventory_freep) struct cbk_inventory *inventory = CBK_NEW(struct cbk_inventory);
    inventory->arena = cbk_arena_new();
    inventory->instances = cbk_map_new();
    inventory->details = json_array();
    int r = cbk_ecs_list_instances(cloud, only_ids, NULL, &inventory->rows, err);
    if (r < 0)
        return cbk_wrap(err, "cannot list the instances");
    take_rows(inventory);
    *ret = cbk_inventory_steal(&inventory);
    return 0;
}

static struct cbk_instance *find(struct cbk_inventory *inventory, const json_t *row)
{
    const char *id = cbk_json_text(row, "InstanceId");
    return id ? cbk_map_get(inventory->instances, id) : NULL;
}

static void take_agents(struct cbk_inventory *inventory, const json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        struct cbk_instance *instance = find(inventory, row);
        if (!instance)
            continue;
        bool online = cbk_json_bool(row, "CloudAssistantStatus", false);
        instance->heartbeat = cbk_json_text(row, "LastHeartbeatTime");
        /* An agent that was never there has no version (U); one that fell silent has. */
        const char *version = cbk_json_text_or(row, "CloudAssistantVersion", "");
        instance->agent = online ? CBK_AGENT_ONLINE : *version ? CBK_AGENT_OFFLINE : CBK_AGENT_MISSING;
    }
}

static void take_roles(struct cbk_inventory *inventory, const json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        struct cbk_instance *instance = find(inventory, row);
        const char *role = cbk_json_text_or(row, "RamRoleName", "");
        if (instance && *role)
            instance->role = role;
    }
}

static void take_disks(struct cbk_inventory *inventory, const json_t *rows)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        struct cbk_instance *instance = find(inventory, row);
        if (instance && instance->disks)
            json_array_append(instance->disks, row);
    }
}

/* The three lists have nothing to do with each other: they are read side by side. */
struct details {
    struct cbk_cloud *cloud;
    const json_t *ids;
    json_t *rows[3];
};

static int read_detail(void *context, size_t index, struct cbk_error *err)
{
    struct details *details = context;
    if (index == 0)
        return cbk_ecs_list_assistant_status(details->cloud, details->ids, &details->rows[0], err);
    if (index == 1)
        return cbk_ecs_list_instance_roles(details->cloud, details->ids, NULL, &details->rows[1], err);
    return cbk_ecs_list_disks(details->cloud, &details->rows[2], err);
}

static json_t *known_ids(const struct cbk_inventory *inventory, const json_t *ids)
{
    json_t *known = json_array();
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)ids, index, id)
        if (cbk_map_get(inventory->instances, json_string_value(id)))
            json_array_append(known, id);
    return known;
}

int cbk_inventory_read_details(struct cbk_inventory *inventory, struct cbk_cloud *cloud, const json_t *ids,
                               bool with_disks, struct cbk_error *err)
{
    static void (*const takers[])(struct cbk_inventory *, const json_t *) = {take_agents, take_roles, take_disks};
    CBK_JSON *known = known_ids(inventory, ids);
    if (!json_array_size(known))
        return 0;
    struct details details = {.cloud = cloud, .ids = known};
    size_t lists = with_disks ? 3 : 2;
    int r = cbk_parallel(lists, lists, read_detail, &details, err);
    for (size_t i = 0; with_disks && i < json_array_size(known); i++) {
        struct cbk_instance *instance = cbk_map_get(inventory->instances, json_string_value(json_array_get(known, i)));
        if (!instance->disks) {
            instance->disks = json_array();
            json_array_append_new(inventory->details, instance->disks);
        }
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(details.rows); i++) {
        if (!details.rows[i])
            continue;
        takers[i](inventory, details.rows[i]);
        json_array_append_new(inventory->details, details.rows[i]); /* the instances borrow from it */
    }
    return r < 0 ? cbk_wrap(err, "cannot read the instances' details") : 0;
}

void cbk_inventory_free(struct cbk_inventory *inventory)
{
    if (!inventory)
        return;
    cbk_map_free(inventory->instances);
    json_decref(inventory->details);
    json_decref(inventory->rows);
    cbk_arena_free(inventory->arena);
    free(inventory);
}

const struct cbk_instance *cbk_inventory_get(const struct cbk_inventory *inventory, const char *id)
{
    return cbk_map_get(inventory->instances, id);
}
