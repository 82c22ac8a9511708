/*
 * One ECS instance of the inventory, as far as anyone here needs it. Made by the engine's inventory.
 */
#ifndef CBK_KINDS_INSTANCE_H
#define CBK_KINDS_INSTANCE_H

#include "base/json.h"

enum cbk_agent { CBK_AGENT_UNKNOWN, CBK_AGENT_ONLINE, CBK_AGENT_OFFLINE, CBK_AGENT_MISSING };

struct cbk_instance {
    const char *id;
    const char *name;      /* never NULL; may be empty */
    const json_t *info;    /* an item of DescribeInstances; borrowed from the inventory */
    json_t *disks;         /* array of items of DescribeDisks; NULL: not read */
    enum cbk_agent agent;  /* DescribeCloudAssistantStatus */
    const char *heartbeat; /* its LastHeartbeatTime, or NULL */
    const char *role;      /* the RAM role that it carries, NULL: none or not read */
};

/* "linux" or "windows" as the API says it; "linux" where it says nothing. */
static inline bool cbk_instance_is_windows(const struct cbk_instance *instance)
{
    return cbk_str_equal(cbk_json_text_or(instance->info, "OSType", "linux"), "windows");
}

#endif
