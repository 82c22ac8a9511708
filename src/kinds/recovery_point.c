#include "kinds/recovery_point.h"

#include "cloud/ecs.h"
#include "cloud/hbr.h"

/* The disk snapshots that these points name, by id. */
static int read_snapshots(struct cbk_cloud *cloud, const json_t *points, json_t **ret_by_id, struct cbk_error *err)
{
    CBK_JSON *ids = json_array(), *list = NULL;
    size_t index, inner;
    json_t *point, *id;
    json_array_foreach((json_t *)points, index, point)
        json_array_foreach(cbk_json_at(point, "Detail.NativeSnapshotIdList"), inner, id)
            json_array_append(ids, id);
    int r = cbk_ecs_list_snapshots(cloud, NULL, ids, &list, err);
    if (r < 0)
        return r;
    *ret_by_id = json_object();
    json_t *snapshot;
    json_array_foreach(list, index, snapshot) {
        const char *name = cbk_json_text(snapshot, "SnapshotId");
        if (name)
            json_object_set(*ret_by_id, name, snapshot);
    }
    return 0;
}

/* When the point was taken: the first of these that the cloud filled in. */
static int64_t time_of(const json_t *point)
{
    static const char *const fields[] = {"RealSnapshotTime", "StartTime", "CreatedTime", "CreateTime"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++) {
        int64_t when = cbk_json_int(point, fields[i], 0);
        if (when > 0)
            return when;
    }
    return 0;
}

static json_t *make_point(const json_t *point, const json_t *snapshots)
{
    CBK_CLEANUP(cbk_string_freep) char *why = NULL;
    enum cbk_level level = cbk_level_judge(point, snapshots, &why);
    json_t *made =
        json_pack("{s:s, s:s, s:s, s:I, s:s}", "instance", cbk_json_text_or(point, "InstanceId", ""), "snapshot_id",
                  cbk_json_text_or(point, "SnapshotId", ""), "job_id", cbk_json_text_or(point, "JobId", ""), "time",
                  (json_int_t)time_of(point), "level", cbk_level_name(level));
    cbk_json_set_text(made, "why", why);
    return made;
}

static int compare_points(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    int64_t ta = cbk_json_int(left, "time", 0), tb = cbk_json_int(right, "time", 0);
    return (tb > ta) - (tb < ta);
}

int cbk_recovery_points(struct cbk_cloud *cloud, int64_t start, int64_t end, const char *job_id, json_t **ret_points,
                        struct cbk_error *err)
{
    CBK_JSON *raw = NULL, *snapshots = NULL;
    int r = cbk_hbr_list_udm_snapshots(cloud, start, end, NULL, job_id, &raw, err);
    if (r < 0)
        return r;
    r = read_snapshots(cloud, raw, &snapshots, err);
    if (r < 0)
        return r;
    size_t count = json_array_size(raw);
    json_t **made = cbk_alloc(count, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        made[i] = make_point(json_array_get(raw, i), snapshots);
    if (count)
        qsort(made, count, sizeof(json_t *), compare_points);
    *ret_points = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(*ret_points, made[i]);
    free(made);
    return 0;
}
