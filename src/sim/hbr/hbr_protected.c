/*
 * What Cloud Backup protects: ListProtectedResources, DeleteUdmEcsInstance. A resource is protected while it is bound
 * to a policy or has recovery points (U).
 */
#include "sim/action/page.h"
#include "sim/hbr/binding.h"
#include "sim/hbr/hbr.h"

#include <string.h>

/* What is known of the resources so far: key -> {id, source_type, ...}, in the order of their first mention. */
static json_t *resource_of(json_t *resources, const json_t *record, const char *id_key)
{
    const char *type = cbk_json_text_or(record, "source_type", ""), *id = cbk_json_text_or(record, id_key, "");
    CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%s/%s", type, id);
    json_t *resource = json_object_get(resources, key);
    if (!resource) {
        CBK_CLEANUP(cbk_string_freep) char *protected_id = cbk_strf("pr-%s", id); /* (U) */
        resource = json_pack("{ss ss ss si si si}", "id", protected_id, "source_type", type, "resource_id", id, "plans",
                             0, "points", 0, "bytes", 0);
        json_object_set_new(resources, key, resource);
    }
    return resource;
}

static void add_to(json_t *resource, const char *key, int64_t amount)
{
    sim_set_int(resource, key, cbk_json_int(resource, key, 0) + amount);
}

static int64_t bytes_of(const struct sim_world *world, const json_t *point)
{
    size_t index;
    json_t *id;
    int64_t bytes = 0;
    json_array_foreach(json_object_get(point, "native_ids"), index, id)
        bytes += cbk_json_int(sim_world_find(world, SIM_SNAPSHOTS, json_string_value(id)), "bytes", 0);
    return bytes;
}

static json_t *gather(struct sim_call *call)
{
    size_t index;
    json_t *record;
    const char *key;
    CBK_JSON *resources = json_object();
    json_array_foreach(sim_list(call, SIM_BINDINGS), index, record)
        add_to(resource_of(resources, record, "data_source_id"), "plans", 1);
    json_array_foreach(sim_list(call, SIM_RECOVERY_POINTS), index, record) {
        json_t *resource = resource_of(resources, record, "instance_id");
        add_to(resource, "points", 1);
        add_to(resource, "bytes", bytes_of(call->world, record));
    }
    json_t *list = json_array();
    json_object_foreach(resources, key, record) {
        sim_set_int(record, "owner", strtoll(call->world->account, NULL, 10));
        sim_set_text(record, "region", call->world->region);
        json_array_append(list, record);
    }
    return list;
}

static bool is_wanted(const struct sim_call *call, const json_t *resource, const void *context)
{
    (void)context;
    const char *id = sim_text(call, "ResourceId"), *type = sim_text(call, "SourceType"),
               *product = sim_text(call, "CreatedByProduct");
    bool has_points = cbk_json_int(resource, "points", 0) > 0;
    return (!id || !*id || cbk_str_equal(id, cbk_json_text(resource, "resource_id"))) &&
           (!type || !*type || cbk_str_equal(type, cbk_json_text(resource, "source_type"))) &&
           (!product || !*product) && sim_bool(call, "HasSnapshot", has_points) == has_points;
}

/* Skip passes over that many records, before the page begins (U). */
static int list_protected(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "ProtectedResources", .fallback = 10, .most = 100};
    sim_bindings_follow_tags(call->world);
    CBK_JSON *list = gather(call);
    for (int64_t skip = sim_int(call, "Skip", 0); skip > 0 && json_array_size(list); skip--)
        json_array_remove(list, 0);
    return sim_page(call, &rule, list, is_wanted, NULL);
}

/* Ends the protection: the instance is bound no more. Its recovery points stay until they expire (U). */
static int delete_instance(struct sim_call *call)
{
    const char *id = sim_text(call, "InstanceId");
    json_t *binding = sim_binding_find(call->world, "UDM_ECS", id);
    if (!sim_find(call, SIM_INSTANCES, id))
        return sim_fail(call, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist: %s.",
                        id); /* (U) */
    if (binding)
        sim_world_remove(call->world, SIM_BINDINGS, binding);
    return 0;
}

static const struct sim_param list_protected_params[] = {
    {.name = "SourceType", .type = SIM_TEXT},  {.name = "ResourceId", .type = SIM_TEXT},
    {.name = "HasSnapshot", .type = SIM_BOOL}, {.name = "CreatedByProduct", .type = SIM_TEXT},
    {.name = "Skip", .type = SIM_INT},         {.name = "MaxResults", .type = SIM_INT},
    {.name = "NextToken", .type = SIM_TEXT},   {0},
};
static const struct sim_param delete_instance_params[] = {
    {.name = "InstanceId", .type = SIM_TEXT, .required = true},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "ListProtectedResources",
     .params = list_protected_params,
     .handler = list_protected,
     .answer = SIM_HBR_STATUS " MaxResults:i NextToken TotalCount:i ProtectedResources[BackupPlanCount=plans:i "
                              "CreatedByProduct- ProtectedDataSize=bytes:i ProtectedResourceId=id "
                              "ResourceId=resource_id ResourceOwnerId=owner:i ResourceRegionId=region "
                              "SnapshotCount=points:i SourceType=source_type]"},
    {.service = SIM_HBR,
     .name = "DeleteUdmEcsInstance",
     .params = delete_instance_params,
     .handler = delete_instance,
     .mutating = true,
     .answer = SIM_HBR_STATUS},
};
SIM_ACTIONS(sim_hbr_protected);
