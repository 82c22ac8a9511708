#include "sim/hbr/binding.h"

#include "sim/action/call.h"

#include <ctype.h>
#include <string.h>

static void default_value(json_t *record, const char *key, json_t *value)
{
    if (json_object_get(record, key))
        json_decref(value);
    else
        json_object_set_new(record, key, value);
}

void sim_binding_fill(struct sim_world *world, json_t *binding)
{
    int64_t now = sim_world_now(world);
    if (!json_object_get(binding, "id")) {
        CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, "pb-000");
        sim_set_text(binding, "id", id);
    }
    default_value(binding, "source_type", json_string("UDM_ECS"));
    default_value(binding, "disabled", json_false());
    default_value(binding, "created", json_integer(now));
    default_value(binding, "updated", json_integer(now));
    default_value(binding, "options", json_object());
    if (!cbk_str_equal(cbk_json_text(binding, "source_type"), "UDM_ECS"))
        return;
    json_t *options = json_object_get(binding, "options");
    default_value(options, "UdmDetail", json_object());
    json_t *detail = json_object_get(options, "UdmDetail");
    default_value(detail, "EnableFsFreeze", json_true());
    default_value(detail, "EnableWriters", json_true());
    default_value(detail, "TimeoutInSeconds", json_integer(30));
}

json_t *sim_binding_find(const struct sim_world *world, const char *source_type, const char *data_source_id)
{
    return sim_world_find_pair(world, SIM_BINDINGS, source_type, data_source_id);
}

json_t *sim_bindings_of(const struct sim_world *world, const char *policy_id)
{
    size_t index;
    json_t *binding;
    json_t *list = json_array();
    json_array_foreach(sim_world_list(world, SIM_BINDINGS), index, binding)
        if (cbk_str_equal(cbk_json_text(binding, "policy_id"), policy_id))
            json_array_append(list, binding);
    return list;
}

void sim_bindings_drop(struct sim_world *world, const char *policy_id)
{
    size_t index;
    json_t *binding;
    CBK_JSON *list = sim_bindings_of(world, policy_id);
    json_array_foreach(list, index, binding)
        sim_world_remove(world, SIM_BINDINGS, binding);
}

json_t *sim_binding_order(const json_t *binding)
{
    const char *key;
    json_t *value;
    json_t *order = json_object();
    json_object_foreach(cbk_json_at(binding, "options.UdmDetail"), key, value) {
        CBK_CLEANUP(cbk_string_freep) char *camel = cbk_strdup(key);
        camel[0] = (char)tolower((unsigned char)camel[0]);
        json_object_set(order, camel, value);
    }
    return order;
}

/* ---- tags ---- */

/* EQUAL wants the key and the value, any value where the filter's is empty; NOT wants the key with another value: by
 * the SDKs' documentation. */
static bool passes(const json_t *filter, const json_t *instance)
{
    const json_t *tag = json_object_get(json_object_get(instance, "tags"), cbk_json_text_or(filter, "Key", ""));
    const char *value = cbk_json_text_or(filter, "Value", "");
    bool same = cbk_str_equal(json_string_value(tag), value);
    if (cbk_str_equal(cbk_json_text(filter, "Operator"), "NOT"))
        return tag && !same;
    return tag && (same || !*value);
}

/* All filters of a rule have to be passed (U). */
static bool hits(const json_t *filters, const json_t *instance)
{
    size_t index;
    json_t *filter;
    json_array_foreach(filters, index, filter)
        if (!passes(filter, instance))
            return false;
    return json_array_size(filters) > 0;
}

/* The filters of the first TAG rule that the instance passes, or NULL. */
static json_t *filters_that_hit(const json_t *policy, const json_t *instance)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(policy, "rules"), index, rule)
        if (cbk_str_equal(cbk_json_text(rule, "RuleType"), "TAG") &&
            hits(json_object_get(rule, "TagFilters"), instance))
            return json_object_get(rule, "TagFilters");
    return NULL;
}

static bool has_tag_rule(const json_t *policy)
{
    size_t index;
    json_t *rule;
    bool has = false;
    json_array_foreach(json_object_get(policy, "rules"), index, rule)
        has = has || cbk_str_equal(cbk_json_text(rule, "RuleType"), "TAG");
    return has && cbk_str_equal(cbk_json_text(policy, "status"), "ACTIVE");
}

static void bind_tagged(struct sim_world *world, const json_t *policy)
{
    size_t index;
    json_t *instance;
    json_array_foreach(sim_world_list(world, SIM_INSTANCES), index, instance) {
        json_t *filters = filters_that_hit(policy, instance);
        const char *id = cbk_json_text_or(instance, "id", "");
        if (!filters || sim_binding_find(world, "UDM_ECS", id))
            continue;
        json_t *binding = json_pack("{sO ss ss sb sO}", "policy_id", json_object_get(policy, "id"), "source_type",
                                    "UDM_ECS", "data_source_id", id, "created_by_tag", 1, "hit_tags", filters);
        sim_binding_fill(world, binding);
        sim_world_add(world, SIM_BINDINGS, binding);
    }
}

/* Those that a rule made and no rule would make any more. */
static void drop_untagged(struct sim_world *world)
{
    const json_t *list = sim_world_list(world, SIM_BINDINGS);
    for (size_t i = json_array_size(list); i-- > 0;) {
        json_t *binding = json_array_get(list, i);
        if (!cbk_json_bool(binding, "created_by_tag", false))
            continue;
        const json_t *policy = sim_world_find(world, SIM_BACKUP_POLICIES, cbk_json_text(binding, "policy_id"));
        const json_t *instance = sim_world_find(world, SIM_INSTANCES, cbk_json_text(binding, "data_source_id"));
        if (!instance || !policy || !filters_that_hit(policy, instance))
            sim_world_remove(world, SIM_BINDINGS, binding);
    }
}

void sim_bindings_follow_tags(struct sim_world *world)
{
    size_t index;
    json_t *policy;
    drop_untagged(world);
    json_array_foreach(sim_world_list(world, SIM_BACKUP_POLICIES), index, policy)
        if (has_tag_rule(policy))
            bind_tagged(world, policy);
}
