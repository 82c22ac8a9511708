/* Tags of ECS resources: TagResources, UntagResources, ListTagResources. */
#include "sim/ecs/ecs.h"
#include "sim/world/tag_index.h"

#include <string.h>

enum { MOST_TAGS = 20 };

/* The resource types of this world and where they are kept; the API knows more. */
static const struct {
    const char *type;
    enum sim_section section;
} kinds[] = {{"instance", SIM_INSTANCES},
             {"disk", SIM_DISKS},
             {"snapshot", SIM_SNAPSHOTS},
             {"invocation", SIM_INVOCATIONS},
             {"command", SIM_COMMANDS}};

static bool find_section(const char *type, enum sim_section *ret)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].type, type) == 0) {
            *ret = kinds[i].section;
            return true;
        }
    return false;
}

/* The records of ResourceId.N, new reference, or a failure and NULL. */
static json_t *named_resources(struct sim_call *call)
{
    size_t index;
    json_t *id;
    enum sim_section section = SIM_INSTANCES;
    CBK_JSON *list = json_array();
    if (!find_section(sim_text(call, "ResourceType"), &section)) {
        if (sim_fail(call, "InvalidResourceType.NotFound", "The specified ResourceType is not found.") < 0)
            return NULL;
    }
    json_array_foreach(sim_param(call, "ResourceId"), index, id) {
        json_t *record = sim_find(call, section, json_string_value(id));
        if (!record && sim_fail(call, "InvalidResourceId.NotFound", "The specified ResourceId is not found: %s.",
                                json_string_value(id)) < 0)
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
    int r = sim_ecs_read_tags(call, &tags);
    if (r < 0)
        return r;
    CBK_JSON *records = named_resources(call);
    if (!records)
        return -1;
    sim_tag_index_forget(call->world);
    json_array_foreach(records, index, record) {
        CBK_JSON *merged = json_copy(json_object_get(record, "tags"));
        json_object_update(merged, tags);
        if (json_object_size(merged) > MOST_TAGS)
            return sim_fail(call, "QuotaExceed.Tags", "A resource bears at most %d tags.", MOST_TAGS);
        json_object_set_new(record, "tags", cbk_json_steal(&merged));
    }
    return 0;
}

static int untag_resources(struct sim_call *call)
{
    size_t index, inner;
    json_t *record, *key;
    const json_t *keys = sim_param(call, "TagKey");
    CBK_JSON *records = named_resources(call);
    if (!records)
        return -1;
    sim_tag_index_forget(call->world);
    json_array_foreach(records, index, record) {
        json_t *tags = json_object_get(record, "tags");
        if (!keys && sim_bool(call, "All", false)) /* All counts only without keys */
            json_object_clear(tags);
        json_array_foreach(keys, inner, key)
            json_object_del(tags, json_string_value(key));
    }
    return 0;
}

/* ---- the list ---- */

/* TagFilter.N: a key with "*", or a key and values. */
static bool passes_fuzzily(const struct sim_call *call, const char *key, const char *value)
{
    size_t index;
    json_t *filter;
    const json_t *filters = sim_param(call, "TagFilter");
    json_array_foreach(filters, index, filter) {
        const json_t *values = json_object_get(filter, "TagValues");
        if (cbk_str_glob(cbk_json_text_or(filter, "TagKey", ""), key) &&
            (!json_array_size(values) || cbk_json_array_has(values, value)))
            return true;
    }
    return !filters;
}

static bool is_asked_for(const struct sim_call *call, const char *key)
{
    size_t index;
    json_t *tag;
    const json_t *tags = sim_param(call, "Tag");
    json_array_foreach(tags, index, tag)
        if (cbk_str_equal(cbk_json_text(tag, "Key"), key))
            return true;
    return !tags;
}

static void add_rows(const struct sim_call *call, const json_t *record, json_t *rows_out)
{
    static const struct sim_match matches[] = {{"Tag", "tags", SIM_TAGGED, NULL, NULL}, {0}};
    const char *key;
    json_t *value;
    if (!sim_matches(call, record, matches))
        return;
    json_object_foreach(json_object_get(record, "tags"), key, value)
        if (is_asked_for(call, key) && passes_fuzzily(call, key, json_string_value(value)))
            json_array_append_new(rows_out, json_pack("{sO ss ss sO}", "id", json_object_get(record, "id"), "type",
                                                      sim_text(call, "ResourceType"), "key", key, "value", value));
}

static int list_tags(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "TagResource", .fallback = 50, .most = 50}; /* page size (U) */
    size_t index;
    json_t *record;
    enum sim_section section = SIM_INSTANCES;
    int r = sim_check_filters(call);
    if (r < 0)
        return r;
    if (!find_section(sim_text(call, "ResourceType"), &section))
        return sim_fail(call, "InvalidResourceType.NotFound", "The specified ResourceType is not found.");
    CBK_JSON *list = sim_named(call, section, "ResourceId");
    CBK_JSON *rows_out = json_array();
    json_array_foreach(list, index, record)
        add_rows(call, record, rows_out);
    return sim_page(call, &rule, rows_out, NULL, NULL);
}

#define RESOURCE_TYPE                                                                                                  \
    {                                                                                                                  \
        .name = "ResourceType", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.ResourceType"         \
    }
#define RESOURCE_ID(need)                                                                                              \
    {                                                                                                                  \
        .name = "ResourceId", .type = SIM_LIST, .required = (need), .max = 50, .code = "NumberExceed.ResourceIds"      \
    }

static const struct sim_param tag_params[] = {
    SIM_ECS_REGION,
    RESOURCE_TYPE,
    RESOURCE_ID(true),
    {.name = "Tag",
     .type = SIM_RECORDS,
     .required = true,
     .fields = "Key Value",
     .max = MOST_TAGS,
     .missing = "MissingParameter.Tags",
     .code = "NumberExceed.Tags"},
    {0},
};
static const struct sim_param untag_params[] = {
    SIM_ECS_REGION,
    RESOURCE_TYPE,
    RESOURCE_ID(true),
    {.name = "TagKey", .type = SIM_LIST, .max = MOST_TAGS, .code = "NumberExceed.Tags"},
    {.name = "All", .type = SIM_BOOL},
    {0},
};
static const struct sim_param list_params[] = {
    SIM_ECS_REGION,
    RESOURCE_TYPE,
    RESOURCE_ID(false),
    SIM_ECS_TAG,
    {.name = "TagFilter", .type = SIM_RECORDS, .fields = "TagKey TagValues[]", .max = 5},
    {.name = "NextToken", .type = SIM_TEXT},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "TagResources",
     .params = tag_params,
     .handler = tag_resources,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_ECS,
     .name = "UntagResources",
     .params = untag_params,
     .handler = untag_resources,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_ECS,
     .name = "ListTagResources",
     .params = list_params,
     .handler = list_tags,
     .answer = "RequestId NextToken TagResources{TagResource[ResourceId=id ResourceType=type TagKey=key "
               "TagValue=value]}"},
};
SIM_ACTIONS(sim_ecs_tags);
