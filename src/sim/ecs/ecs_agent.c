/* The Cloud Assistant agents: DescribeCloudAssistantStatus, InstallCloudAssistant, ListPluginStatus. */
#include "sim/guest/assistant.h"

#include <string.h>

/* A heartbeat comes every minute while the agent runs; "last_heartbeat" of the world says when it fell silent. */
static json_t *view_agent(const struct sim_call *call, const json_t *instance)
{
    int64_t now = sim_world_now(call->world);
    bool online = sim_assistant_online(instance),
         missing = cbk_str_equal(cbk_json_text(instance, "assistant"), "missing");
    int64_t silent_since =
        cbk_json_int(instance, "last_heartbeat", cbk_json_int(instance, "created", now) - (int64_t)3 * 86400);
    json_t *view =
        json_pack("{sO ss ss}", "id", json_object_get(instance, "id"), "online", online ? "true" : "false", "os_type",
                  cbk_str_equal(cbk_json_text(instance, "os_type"), "windows") ? "Windows" : "Linux");
    if (missing)
        return view;
    sim_set_text(view, "version", "2.2.3.857");
    sim_set_int(view, "heartbeat", online ? now / 60 * 60 : silent_since);
    return view;
}

static bool agent_runs_on(const struct sim_call *call, const json_t *instance)
{
    const char *system = sim_text(call, "OSType");
    bool windows = cbk_str_equal(cbk_json_text(instance, "os_type"), "windows");
    return !system || !*system || cbk_str_equal(system, windows ? "Windows" : "Linux");
}

static bool keep_agent(const struct sim_call *call, const json_t *instance, const void *context)
{
    (void)context;
    return agent_runs_on(call, instance);
}

static int describe_agents(struct sim_call *call)
{
    struct sim_page_rule rule = {.into = "agents", .fallback = 10, .most = 50};
    size_t index;
    json_t *item;
    const json_t *ids = sim_param(call, "InstanceId");
    json_array_foreach(ids, index, item)
        if (!sim_ecs_instance(call, json_string_value(item), "InvalidInstance.NotFound"))
            return -1;
    if (ids)
        rule.fallback = SIM_ASSISTANT_MOST_INSTANCES; /* no pages when instances are named */
    CBK_JSON *list = sim_named(call, SIM_INSTANCES, "InstanceId");
    int r = sim_page(call, &rule, list, sim_text(call, "OSType") ? keep_agent : NULL, NULL);
    if (r < 0)
        return r;
    json_t *views = json_array();
    json_array_foreach(json_object_get(call->answer, "agents"), index, item)
        json_array_append_new(views, view_agent(call, item));
    sim_give(call, "InstanceCloudAssistantStatus", views);
    return 0;
}

/* An agent that was missing is there after the next restart. */
static int install_agent(struct sim_call *call)
{
    size_t index;
    json_t *id;
    json_array_foreach(sim_param(call, "InstanceId"), index, id)
        if (!sim_ecs_instance(call, json_string_value(id), "InvalidInstance.NotFound"))
            return -1;
    json_array_foreach(sim_param(call, "InstanceId"), index, id) {
        json_t *instance = sim_find(call, SIM_INSTANCES, json_string_value(id));
        if (cbk_str_equal(cbk_json_text(instance, "assistant"), "missing"))
            sim_set_bool(instance, "assistant_installed", true);
    }
    return 0;
}

/* The plug-ins of an instance that a name matches. The one of this world is installed by its first use. */
static json_t *view_plugins(const struct sim_call *call, const json_t *instance)
{
    const char *wanted = sim_text(call, "Name");
    const json_t *since = json_object_get(instance, "plugin_installed");
    json_t *list = json_array();
    if (wanted && *wanted && !cbk_str_glob(wanted, "app-snapshot-plugin"))
        return list;
    if (since)
        json_array_append_new(list, json_pack("{sO ss ss}", "since", since, "status", "Installed", "version", "1.8"));
    else if (wanted && *wanted)
        json_array_append_new(list, json_pack("{ss}", "status", "NotInstalled"));
    return list;
}

static int list_plugins(struct sim_call *call)
{
    static const struct sim_page_rule rule = {.into = "InstancePluginStatus", .fallback = 10, .most = 50};
    size_t index;
    json_t *instance;
    const char *name = sim_text(call, "Name");
    if ((!name || !*name) && json_array_size(sim_param(call, "InstanceId")) != 1)
        return sim_fail(call, "InvalidParameter", "Without Name, one InstanceId is what is needed."); /* code (U) */
    CBK_JSON *list = sim_named(call, SIM_INSTANCES, "InstanceId");
    CBK_JSON *views = json_array();
    json_array_foreach(list, index, instance)
        json_array_append_new(views, json_pack("{sO so}", "id", json_object_get(instance, "id"), "plugins",
                                               view_plugins(call, instance)));
    return sim_page(call, &rule, views, NULL, NULL);
}

static const struct sim_param install_agent_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceId",
     .type = SIM_LIST,
     .required = true,
     .max = SIM_ASSISTANT_MOST_INSTANCES,
     .missing = "MissingParameter.InstanceIds",
     .code = "InstanceIds.ExceedLimit"},
    {0},
};
static const struct sim_param list_plugins_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceId", .type = SIM_LIST, .max = SIM_ASSISTANT_MOST_INSTANCES, .code = "InstanceIds.ExceedLimit"},
    {.name = "Name", .type = SIM_TEXT, .max = 255},
    SIM_ECS_PAGES,
    {0},
};
static const struct sim_param describe_agents_params[] = {
    SIM_ECS_REGION,
    {.name = "InstanceId", .type = SIM_LIST, .max = SIM_ASSISTANT_MOST_INSTANCES, .code = "InstanceIds.ExceedLimit"},
    {.name = "OSType", .type = SIM_TEXT, .one_of = "Windows|Linux|FreeBSD"},
    SIM_ECS_PAGES,
    {0},
};

static const struct sim_action rows[] = {
    {.service = SIM_ECS,
     .name = "DescribeCloudAssistantStatus",
     .params = describe_agents_params,
     .handler = describe_agents,
     .answer =
         SIM_ECS_PAGED " InstanceCloudAssistantStatusSet{InstanceCloudAssistantStatus[ActiveTaskCount-:i "
                       "CloudAssistantStatus=online CloudAssistantVersion=version InstanceId=id InvocationCount-:i "
                       "LastHeartbeatTime=heartbeat:m LastInvokedTime- OSType=os_type SupportSessionManager:b~true]}"},
    {.service = SIM_ECS,
     .name = "InstallCloudAssistant",
     .params = install_agent_params,
     .handler = install_agent,
     .mutating = true,
     .answer = "RequestId"},
    {.service = SIM_ECS,
     .name = "ListPluginStatus",
     .params = list_plugins_params,
     .handler = list_plugins,
     .answer =
         SIM_ECS_PAGED " InstancePluginStatusSet{InstancePluginStatus[InstanceId=id "
                       "PluginStatusSet{PluginStatus=plugins[FirstHeartbeatTime=since:t LastHeartbeatTime=since:t "
                       "PluginName~app-snapshot-plugin PluginStatus=status PluginVersion=version]}]}"},
};
SIM_ACTIONS(sim_ecs_agents);
