/* Tags of RAM roles and policies. */
#include "sim/action/page.h"
#include "sim/ram/ram.h"

#include <string.h>

static json_t *find_resource(const struct sim_call *call, const char *name)
{
    if (strcmp(sim_text(call, "ResourceType"), "role") == 0)
        return sim_world_find(call->world, SIM_ROLES, name);
    return sim_world_find_pair(call->world, SIM_POLICIES, "Custom", name);
}

static const char *missing_code(const struct sim_call *call)
{
    return strcmp(sim_text(call, "ResourceType"), "role") == 0 ? "EntityNotExist.Role" : "EntityNotExist.Policy";
}

/* The records that ResourceNames names, new reference, or a failure and NULL. */
static json_t *named_resources(struct sim_call *call)
{
    size_t index;
    json_t *name;
    CBK_JSON *list = json_array();
    json_array_foreach(sim_param(call, "ResourceNames"), index, name) {
        json_t *record = find_resource(call, json_string_value(name));
        if (!record && sim_fail(call, missing_code(call), "The resource not exists: %s.", json_string_value(name)) < 0)
            return NULL;
        json_array_append(list, record);
    }
    return cbk_json_steal(&list);
}

static int tag_resources(struct sim_call *call)
{
    size_t index;
    json_t *record;
    CBK_JSON *tags = NULL;
    if (!sim_param(call, "ResourceNames")) /* optional by the API's description; what it would mean is not said (U) */
        return sim_fail(call, "MissingParameter",
                        "The input parameter \"ResourceNames\" that is mandatory for "
                        "processing this request is not supplied.");
    int r = sim_ram_read_tags(call, &tags);
    if (r < 0)
        return r;
    CBK_JSON *records = named_resources(call);
    if (!records)
        return -1;
    json_array_foreach(records, index, record)
        json_object_update(json_object_get(record, "tags"), tags);
    return 0;
}

static int untag_resources(struct sim_call *call)
{
    size_t index, inner;
    json_t *record, *key;
    CBK_JSON *records = named_resources(call);
    if (!records)
        return -1;
    const json_t *keys = sim_param(call, "TagKeys") ? sim_param(call, "TagKeys") : sim_param(call, "TagKey");
    json_array_foreach(records, index, record) {
        json_t *tags = json_object_get(record, "tags");
        if (sim_bool(call, "All", false))
            json_object_clear(tags);
        json_array_foreach(keys, inner, key)
            json_object_del(tags, json_string_value(key));
    }
    return 0;
}

/* One row a tag: {name, type, key, value}. */
static void add_rows(const struct sim_call *call, const json_t *record, const json_t *filter, json_t *list)
{
    const char *key;
    json_t *value;
    if (!sim_ram_has_tags(call, record, filter))
        return;
    json_object_foreach(json_object_get(record, "tags"), key, value)
        if (!json_object_size(filter) || json_object_get(filter, key))
            json_array_append_new(list, json_pack("{ss ss ss sO}", "name", cbk_json_text_or(record, "name", ""), "type",
                                                  sim_text(call, "ResourceType"), "key", key, "value", value));
}

static int list_tags(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "TagResources", .fallback = 100, .most = 100};
    size_t index;
    json_t *record;
    CBK_JSON *filter = NULL;
    int r = sim_ram_read_tags(call, &filter);
    if (r < 0)
        return r;
    bool roles = strcmp(sim_text(call, "ResourceType"), "role") == 0;
    CBK_JSON *records = sim_param(call, "ResourceNames") ? named_resources(call) : NULL;
    if (sim_param(call, "ResourceNames") && !records)
        return -1;
    CBK_JSON *rows = json_array();
    json_array_foreach(records ? records : sim_world_list(call->world, roles ? SIM_ROLES : SIM_POLICIES), index, record)
        add_rows(call, record, filter, rows);
    return sim_page(call, &rule, rows, NULL, NULL);
}

#define RESOURCE_TYPE                                                                                                  \
    {                                                                                                                  \
        .name = "ResourceType", .type = SIM_TEXT, .required = true, .one_of = "role|policy"                            \
    }
#define RESOURCE_NAMES                                                                                                 \
    {                                                                                                                  \
        .name = "ResourceNames", .type = SIM_IDS, .max = 50                                                            \
    }

static const struct sim_param tag_params[] = {
    RESOURCE_TYPE,
    RESOURCE_NAMES,
    {.name = "Tag", .type = SIM_JSON, .required = true},
    {0},
};
static const struct sim_param untag_params[] = {
    RESOURCE_TYPE,
    {.name = "ResourceNames", .type = SIM_IDS, .required = true, .max = 50},
    {.name = "TagKeys", .type = SIM_IDS, .max = 20},
    {.name = "TagKey", .type = SIM_LIST, .max = 20}, /* what the vendor's Terraform provider sends besides */
    {.name = "All", .type = SIM_BOOL},
    {0},
};
static const struct sim_param list_params[] = {
    RESOURCE_TYPE,
    RESOURCE_NAMES,
    SIM_RAM_TAG,
    {.name = "NextToken", .type = SIM_TEXT},
    {.name = "PageSize", .type = SIM_INT, .min = 1, .max = 100},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_RAM,
     .name = "TagResources",
     .params = tag_params,
     .handler = tag_resources,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "UntagResources",
     .params = untag_params,
     .handler = untag_resources,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_RAM,
     .name = "ListTagResources",
     .params = list_params,
     .handler = list_tags,
     .answer = "RequestId NextToken TagResources[ResourceName=name ResourceType=type TagKey=key TagValue=value]"},
};
SIM_ACTIONS(sim_ram_tags);
