#include "kinds/recovery_point.h"

#include "base/parallel.h"
#include "cloud/ecs.h"
#include "cloud/hbr.h"

#include <string.h>

/* More instances than that share one call for the whole region. */
#define FEW_INSTANCES 20
#define THREADS 8

bool cbk_recovery_points_are_few(size_t instances)
{
    return instances <= FEW_INSTANCES;
}

/* ---- reading ---- */

struct reading {
    struct cbk_cloud *cloud;
    const struct cbk_point_query *query;
    json_t *lists[FEW_INSTANCES]; /* one an instance */
};

static void release_reading(struct reading *reading)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(reading->lists); i++)
        json_decref(reading->lists[i]);
}

/* A filter that the cloud ignores answers everything: the others' rows are dropped. */
static int read_instance(void *context, size_t index, struct cbk_error *err)
{
    struct reading *reading = context;
    const struct cbk_point_query *query = reading->query;
    const char *instance = json_string_value(json_array_get(query->ids, index));
    CBK_JSON *rows = NULL;
    int r = cbk_hbr_list_udm_snapshots(reading->cloud, query->since, query->until, instance, query->job_id, &rows, err);
    if (r < 0)
        return r;
    size_t i;
    json_t *row;
    reading->lists[index] = json_array();
    json_array_foreach(rows, i, row)
        if (cbk_str_equal(cbk_json_text(row, "InstanceId"), instance))
            json_array_append(reading->lists[index], row);
    return 0;
}

static int read_one_by_one(struct cbk_cloud *cloud, const struct cbk_point_query *query, json_t *rows,
                           struct cbk_error *err)
{
    CBK_CLEANUP(release_reading) struct reading reading = {.cloud = cloud, .query = query};
    size_t count = json_array_size(query->ids);
    int r = cbk_parallel(THREADS, count, read_instance, &reading, err);
    for (size_t i = 0; i < count && r == 0; i++)
        json_array_extend(rows, reading.lists[i]);
    return r;
}

static int read_region(struct cbk_cloud *cloud, const struct cbk_point_query *query, json_t *rows,
                       struct cbk_error *err)
{
    CBK_JSON *all = NULL;
    int r = cbk_hbr_list_udm_snapshots(cloud, query->since, query->until, NULL, query->job_id, &all, err);
    if (r == 0)
        json_array_extend(rows, all);
    return r;
}

/* When the point was taken: the first of these that the cloud filled in. */
static int64_t time_of(const json_t *row)
{
    static const char *const fields[] = {"RealSnapshotTime", "StartTime", "CreatedTime", "CreateTime"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(fields); i++) {
        int64_t when = cbk_json_int(row, fields[i], 0);
        if (when > 0)
            return when;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    int64_t ta = time_of(left), tb = time_of(right);
    if (ta != tb)
        return (tb > ta) - (tb < ta);
    return strcmp(cbk_json_text_or(left, "SnapshotId", ""), cbk_json_text_or(right, "SnapshotId", ""));
}

static bool is_asked_for(const struct cbk_point_query *query, json_t *wanted, const json_t *row)
{
    const char *instance = cbk_json_text(row, "InstanceId");
    bool of_job = !query->job_id || cbk_str_equal(cbk_json_text(row, "JobId"), query->job_id);
    return of_job && instance && json_object_get(wanted, instance);
}

/* Those that were asked for, newest first. */
static json_t *sort_out(const struct cbk_point_query *query, const json_t *rows)
{
    CBK_JSON *wanted = json_object();
    size_t index, count = 0;
    json_t *id, *row;
    json_array_foreach((json_t *)query->ids, index, id)
        json_object_set_new(wanted, json_string_value(id), json_true());
    json_t **kept = cbk_alloc(json_array_size(rows), sizeof(json_t *));
    json_array_foreach((json_t *)rows, index, row)
        if (is_asked_for(query, wanted, row))
            kept[count++] = row;
    if (count)
        qsort(kept, count, sizeof(json_t *), compare_rows);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, kept[i]);
    free(kept);
    return sorted;
}

int cbk_recovery_rows(struct cbk_cloud *cloud, const struct cbk_point_query *query, json_t **ret_rows,
                      struct cbk_error *err)
{
    CBK_JSON *rows = json_array();
    int r = cbk_recovery_points_are_few(json_array_size(query->ids)) ? read_one_by_one(cloud, query, rows, err)
                                                                     : read_region(cloud, query, rows, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read the recovery points");
    *ret_rows = sort_out(query, rows);
    return 0;
}

/* ---- judging ---- */

/* The disk snapshots that these rows name, by id. */
static int read_snapshots(struct cbk_cloud *cloud, const json_t *rows, json_t **ret_by_id, struct cbk_error *err)
{
    CBK_JSON *named = json_array();
    CBK_JSON *list = NULL;
    size_t index;
    json_t *row, *snapshot;
    json_array_foreach((json_t *)rows, index, row) {
        json_t *ids = cbk_json_at(row, "Detail.NativeSnapshotIdList");
        if (json_is_array(ids))
            json_array_extend(named, ids);
    }
    CBK_JSON *ids = cbk_json_sorted_texts(named);
    int r = cbk_ecs_list_snapshots(cloud, NULL, ids, &list, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read the disk snapshots");
    *ret_by_id = json_object();
    json_array_foreach(list, index, snapshot) {
        const char *name = cbk_json_text(snapshot, "SnapshotId");
        if (name)
            json_object_set(*ret_by_id, name, snapshot);
    }
    return 0;
}

static json_t *make_point(const json_t *row, const json_t *snapshots)
{
    CBK_CLEANUP(cbk_string_freep) char *why = NULL;
    enum cbk_level level = cbk_level_judge(row, snapshots, &why);
    const json_t *disks = cbk_json_at(row, "Detail.NativeSnapshotIdList");
    json_t *made = json_pack("{s:s, s:s, s:s, s:I, s:s, s:o}", "instance", cbk_json_text_or(row, "InstanceId", ""),
                             "snapshot_id", cbk_json_text_or(row, "SnapshotId", ""), "job_id",
                             cbk_json_text_or(row, "JobId", ""), "time", (json_int_t)time_of(row), "level",
                             cbk_level_name(level), "disk_snapshots", cbk_json_sorted_texts(disks));
    int64_t expires = cbk_json_int(row, "ExpireTime", 0);
    if (expires > 0)
        json_object_set_new(made, "expires", json_integer((json_int_t)expires));
    cbk_json_set_text(made, "why", why);
    return made;
}

int cbk_recovery_points_judge(struct cbk_cloud *cloud, const json_t *rows, json_t **ret_points, struct cbk_error *err)
{
    CBK_JSON *snapshots = NULL;
    int r = read_snapshots(cloud, rows, &snapshots, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *row;
    *ret_points = json_array();
    json_array_foreach((json_t *)rows, index, row)
        json_array_append_new(*ret_points, make_point(row, snapshots));
    return 0;
}

int cbk_recovery_points(struct cbk_cloud *cloud, const struct cbk_point_query *query, json_t **ret_points,
                        struct cbk_error *err)
{
    CBK_JSON *rows = NULL;
    int r = cbk_recovery_rows(cloud, query, &rows, err);
    return r < 0 ? r : cbk_recovery_points_judge(cloud, rows, ret_points, err);
}
