/* The lists of ECS. */
#include "cloud/ecs.h"

#include "cloud/batches.h"

#define TAG_FILTERS 20          /* in one call */
#define TAG_FILTER_ANSWERS 1000 /* what the API answers at most to a tag filter, pages or not */

/* A list action: how it pages, where its items stand, and how it takes ids. */
struct listing {
    const char *action;
    enum cbk_paging paging;
    int page_size;
    const char *trail;
    const char *id_name;
    bool id_text; /* ids are one parameter of JSON text, else a repeated one */
    size_t id_limit;
    const char *const *keys; /* what is kept of each item; NULL: all */
};

/* A region has thousands of instances and disks, whose rows have more than a hundred values each: what selectors,
 * checks and renderers ask for is kept. */
static const char *const instance_keys[] = {"InstanceId", "InstanceName",  "OSType",          "OSName",
                                            "OSNameEn",   "Status",        "ZoneId",          "Tags",
                                            "RegionId",   "VpcAttributes", "ResourceGroupId", NULL};
static const char *const disk_keys[] = {"DiskId", "DiskName", "InstanceId", "Category", "Size", "Type", "Device", NULL};

static const struct listing instances = {"DescribeInstances", CBK_PAGE_TOKEN, 100, "Instances.Instance",
                                         "InstanceIds",       true,           100, instance_keys};
static const struct listing disks = {"DescribeDisks", CBK_PAGE_TOKEN, 500, "Disks.Disk",
                                     "DiskIds",       true,           100, disk_keys};
static const struct listing snapshots = {"DescribeSnapshots", CBK_PAGE_TOKEN, 100, "Snapshots.Snapshot",
                                         "SnapshotIds",       true,           100, NULL};
static const struct listing groups = {"DescribeSnapshotGroups", CBK_PAGE_TOKEN, 100, "SnapshotGroups.SnapshotGroup",
                                      "SnapshotGroupId",        false,          10,  NULL};
static const struct listing roles = {"DescribeInstanceRamRole",
                                     CBK_PAGE_NUMBER,
                                     50,
                                     "InstanceRamRoleSets.InstanceRamRoleSet",
                                     "InstanceIds",
                                     true,
                                     50,
                                     NULL};
/* with ids this action does not page */
static const struct listing assistants = {"DescribeCloudAssistantStatus",
                                          CBK_PAGE_NONE,
                                          0,
                                          "InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus",
                                          "InstanceId",
                                          false,
                                          50,
                                          NULL};

struct id_query {
    struct cbk_cloud *cloud;
    const struct listing *listing;
    const json_t *params;
};

static int list(const struct id_query *query, const json_t *params, json_t **ret_items, struct cbk_error *err)
{
    const struct listing *listing = query->listing;
    return cbk_cloud_list_keys(query->cloud, CBK_ECS, listing->action, listing->paging, listing->page_size, params,
                               listing->trail, listing->keys, ret_items, err);
}

static int list_batch(void *context, size_t batch, const json_t *ids, json_t *items, struct cbk_error *err)
{
    const struct id_query *query = context;
    (void)batch;
    json_t *shared = json_incref((json_t *)ids);
    CBK_JSON *params = json_copy((json_t *)query->params);
    json_object_set_new(params, query->listing->id_name, query->listing->id_text ? cbk_params_json(shared) : shared);
    CBK_JSON *found = NULL;
    int r = list(query, params, &found, err);
    if (r == 0)
        json_array_extend(items, found);
    return r;
}

/* All that `params` select; of `ids` only, when there are any to name (NULL: all). */
static int list_ids(struct cbk_cloud *cloud, const struct listing *listing, const json_t *params, const json_t *ids,
                    json_t **ret_items, struct cbk_error *err)
{
    struct id_query query = {cloud, listing, params};
    if (ids)
        return cbk_batches_run(cloud, ids, listing->id_limit, list_batch, &query, ret_items, err);
    return list(&query, params, ret_items, err);
}

static bool has_tag(const json_t *instance, const char *key, const char *value)
{
    size_t i;
    json_t *tag;
    json_array_foreach(cbk_json_at(instance, "Tags.Tag"), i, tag)
        if (cbk_str_equal(cbk_json_text(tag, "TagKey"), key) && cbk_str_equal(cbk_json_text(tag, "TagValue"), value))
            return true;
    return false;
}

static bool has_tags(const json_t *instance, const json_t *tags)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)tags, key, value)
        if (!has_tag(instance, key, json_string_value(value)))
            return false;
    return true;
}

static json_t *tag_filter(const json_t *tags)
{
    json_t *filter = json_array();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)tags, key, value)
        if (json_array_size(filter) < TAG_FILTERS)
            json_array_append_new(filter, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    return filter;
}

/* The API selects, and what it answers is looked at again: nothing with the wrong tags gets into a selector. */
static int list_by_tags(struct cbk_cloud *cloud, const json_t *tags, json_t **ret_instances, struct cbk_error *err)
{
    CBK_JSON *filter = json_pack("{s:o}", "Tag", tag_filter(tags));
    CBK_JSON *everything = json_object();
    CBK_JSON *candidates = NULL;
    int r = list_ids(cloud, &instances, filter, NULL, &candidates, err);
    if (r == 0 && json_array_size(candidates) >= TAG_FILTER_ANSWERS) {
        cbk_json_decrefp(&candidates);
        r = list_ids(cloud, &instances, everything, NULL, &candidates, err);
    }
    if (r < 0)
        return r;
    CBK_JSON *found = json_array();
    size_t i;
    json_t *instance;
    json_array_foreach(candidates, i, instance)
        if (has_tags(instance, tags))
            json_array_append(found, instance);
    *ret_instances = cbk_json_steal(&found);
    return 0;
}

int cbk_ecs_list_instances(struct cbk_cloud *cloud, const json_t *ids, const json_t *tags, json_t **ret_instances,
                           struct cbk_error *err)
{
    if (tags)
        return list_by_tags(cloud, tags, ret_instances, err);
    CBK_JSON *params = json_object();
    return list_ids(cloud, &instances, params, ids, ret_instances, err);
}

int cbk_ecs_list_disks(struct cbk_cloud *cloud, json_t **ret_disks, struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    return list_ids(cloud, &disks, params, NULL, ret_disks, err);
}

int cbk_ecs_list_assistant_status(struct cbk_cloud *cloud, const json_t *ids, json_t **ret_statuses,
                                  struct cbk_error *err)
{
    CBK_JSON *params = json_object();
    return list_ids(cloud, &assistants, params, ids, ret_statuses, err);
}

int cbk_ecs_list_snapshots(struct cbk_cloud *cloud, const char *instance_id, const json_t *ids, json_t **ret_snapshots,
                           struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s?}", "InstanceId", instance_id);
    return list_ids(cloud, &snapshots, params, ids, ret_snapshots, err);
}

int cbk_ecs_describe_snapshot_groups(struct cbk_cloud *cloud, const char *instance_id, const json_t *ids,
                                     json_t **ret_groups, struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s?}", "InstanceId", instance_id);
    return list_ids(cloud, &groups, params, ids, ret_groups, err);
}

int cbk_ecs_list_instance_roles(struct cbk_cloud *cloud, const json_t *ids, const char *role, json_t **ret_rows,
                                struct cbk_error *err)
{
    CBK_JSON *params = json_pack("{s:s?}", "RamRoleName", role);
    return list_ids(cloud, &roles, params, ids, ret_rows, err);
}
