/* Tags of ECS resources: TagResources. */
#include "sim/ecs.h"

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
    enum sim_section section;
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
    json_array_foreach(records, index, record) {
        CBK_JSON *merged = json_copy(json_object_get(record, "tags"));
        json_object_update(merged, tags);
        if (json_object_size(merged) > MOST_TAGS)
            return sim_fail(call, "QuotaExceed.Tags", "A resource bears at most %d tags.", MOST_TAGS);
        json_object_set_new(record, "tags", cbk_json_steal(&merged));
    }
    return 0;
}

static const struct sim_param tag_params[] = {
    SIM_ECS_REGION,
    {.name = "ResourceType", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.ResourceType"},
    {.name = "ResourceId", .type = SIM_LIST, .required = true, .max = 50, .code = "NumberExceed.ResourceIds"},
    {.name = "Tag",
     .type = SIM_RECORDS,
     .required = true,
     .fields = "Key Value",
     .max = MOST_TAGS,
     .missing = "MissingParameter.Tags",
     .code = "NumberExceed.Tags"},
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "TagResources",
     .params = tag_params,
     .handler = tag_resources,
     .mutating = true,
     .answer = "RequestId"},
};
SIM_ACTIONS(sim_ecs_tags);
