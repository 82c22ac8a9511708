#include "sim/hbr/retention.h"

#include <string.h>
#include <time.h>

enum { DAY = 86400 };

/* ---- how long ---- */

/* Periods begin in UTC (U), weeks on Monday (U). */
static int64_t begin_of_period(const char *type, int64_t now)
{
    struct tm tm;
    time_t at = (time_t)now;
    gmtime_r(&at, &tm);
    int64_t midnight = now - now % DAY;
    if (strcmp(type, "WEEKLY") == 0)
        return midnight - (int64_t)((tm.tm_wday + 6) % 7) * DAY;
    if (strcmp(type, "MONTHLY") == 0)
        return midnight - (int64_t)(tm.tm_mday - 1) * DAY;
    if (strcmp(type, "YEARLY") == 0)
        return midnight - (int64_t)tm.tm_yday * DAY;
    return midnight;
}

/* Has the instance a point of that kind in the period that is running? */
static bool is_taken(const struct sim_world *world, const char *instance_id, const char *type)
{
    const json_t *points = sim_world_list(world, SIM_RECOVERY_POINTS);
    int64_t begin = begin_of_period(type, sim_world_now(world));
    for (size_t i = json_array_size(points); i-- > 0;) { /* the newest are last */
        const json_t *point = json_array_get(points, i);
        if (cbk_json_int(point, "created", 0) < begin)
            return false;
        if (cbk_str_equal(cbk_json_text(point, "instance_id"), instance_id) &&
            cbk_str_equal(cbk_json_text(point, "retention_type"), type))
            return true;
    }
    return false;
}

static void consider(const struct sim_world *world, const json_t *rule, const char *instance_id,
                     struct sim_retention *retention)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(rule, "RetentionRules"), index, row) {
        const char *type = cbk_json_text_or(row, "AdvancedRetentionType", "");
        int64_t days = cbk_json_int(row, "Retention", 0);
        if (retention->days && days > retention->days && *type && !is_taken(world, instance_id, type))
            *retention = (struct sim_retention){days, type};
    }
}

struct sim_retention sim_retention_of(const struct sim_world *world, const json_t *rule, const json_t *transition,
                                      const char *instance_id)
{
    struct sim_retention retention = {cbk_json_int(rule, "Retention", 0), ""};
    if (!retention.days)
        retention.days = cbk_json_int(transition, "Retention", 0);
    consider(world, rule, instance_id, &retention);
    consider(world, transition, instance_id, &retention);
    return retention;
}

/* ---- the end ---- */

void sim_retention_begin(struct sim_world *world, const json_t *point)
{
    int64_t days = cbk_json_int(point, "retention", 0);
    if (days)
        sim_timer_set(world, SIM_TIMER_RECOVERY_POINT, cbk_json_text_or(point, "id", ""), days * DAY * 1000);
}

static void remove_group_if_empty(struct sim_world *world, const char *group_id)
{
    size_t index;
    json_t *id;
    json_t *group = sim_world_find(world, SIM_SNAPSHOT_GROUPS, group_id);
    json_array_foreach(json_object_get(group, "snapshots"), index, id)
        if (sim_world_find(world, SIM_SNAPSHOTS, json_string_value(id)))
            return;
    if (group)
        sim_world_remove(world, SIM_SNAPSHOT_GROUPS, group);
}

void sim_point_remove(struct sim_world *world, json_t *point)
{
    size_t index;
    json_t *id;
    json_array_foreach(json_object_get(point, "native_ids"), index, id) {
        json_t *snapshot = sim_world_find(world, SIM_SNAPSHOTS, json_string_value(id));
        if (snapshot)
            sim_world_remove(world, SIM_SNAPSHOTS, snapshot);
    }
    remove_group_if_empty(world, cbk_json_text(point, "group_id"));
    sim_world_remove(world, SIM_RECOVERY_POINTS, point);
}

/* Is there no younger point of its instance? */
static bool is_latest(const struct sim_world *world, const json_t *point)
{
    const json_t *points = sim_world_list(world, SIM_RECOVERY_POINTS);
    for (size_t i = json_array_size(points); i-- > 0;) {
        const json_t *other = json_array_get(points, i);
        if (cbk_str_equal(cbk_json_text(other, "instance_id"), cbk_json_text(point, "instance_id")))
            return other == point;
    }
    return true;
}

/* The retention of a point is over. The last one stays where the rule keeps one; that is looked at again every day. */
void sim_recovery_point_step(struct sim_world *world, const char *id)
{
    json_t *point = sim_world_find(world, SIM_RECOVERY_POINTS, id);
    if (!point)
        return;
    if (cbk_json_bool(point, "keep_latest", false) && is_latest(world, point))
        sim_timer_set(world, SIM_TIMER_RECOVERY_POINT, id, (int64_t)DAY * 1000);
    else
        sim_point_remove(world, point);
}
