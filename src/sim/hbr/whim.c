#include "sim/hbr/whim.h"

#include <string.h>

static const char *whim(const json_t *instance, const char *key)
{
    return cbk_json_text(json_object_get(instance, "backup"), key);
}

const char *sim_whim_failure(const json_t *instance)
{
    return whim(instance, "fails");
}

bool sim_whim_never_ends(const json_t *instance)
{
    return cbk_json_bool(instance, "backup.never_ends", false);
}

const char *sim_whim_status(const json_t *instance)
{
    const char *status = whim(instance, "status");
    return status ? status : "COMPLETE";
}

static void retag(json_t *snapshot, const char *wanted)
{
    static const char *const levels[] = {"APPConsistent", "FsConsistent"};
    json_t *tags = json_object_get(snapshot, "tags");
    for (size_t i = 0; i < CBK_ARRAY_LEN(levels); i++)
        json_object_del(tags, levels[i]);
    if (strcmp(wanted, "none") != 0)
        json_object_set_new(tags, wanted, json_string("True"));
}

void sim_whim_twist(const json_t *instance, struct sim_reached *told, const json_t *snapshots)
{
    const char *level = whim(instance, "level"), *reason = whim(instance, "reason"), *tags = whim(instance, "tags");
    size_t index;
    json_t *snapshot;
    if (level)
        told->level = level;
    if (reason)
        told->reason = reason;
    json_array_foreach(snapshots, index, snapshot)
        if (tags)
            retag(snapshot, tags);
}
