#include "cloud/batches.h"

#include "base/parallel.h"
#include "cloud/session.h"

struct batch {
    json_t *ids;
    json_t *items;
};

struct batches {
    cbk_batch_fn work;
    void *context;
    size_t count;
    struct batch *list;
};

static void release_batches(struct batches *batches)
{
    for (size_t i = 0; i < batches->count; i++) {
        json_decref(batches->list[i].ids);
        json_decref(batches->list[i].items);
    }
    free(batches->list);
}

static int run_batch(void *context, size_t index, struct cbk_error *err)
{
    const struct batches *batches = context;
    return batches->work(batches->context, index, batches->list[index].ids, batches->list[index].items, err);
}

int cbk_batches_run(struct cbk_cloud *cloud, const json_t *ids, size_t size, cbk_batch_fn work, void *context,
                    json_t **ret_items, struct cbk_error *err)
{
    size_t count = (json_array_size(ids) + size - 1) / size;
    CBK_CLEANUP(release_batches)
    struct batches batches = {work, context, count, cbk_alloc(count, sizeof(struct batch))};
    for (size_t i = 0; i < count; i++)
        batches.list[i] = (struct batch){json_array(), json_array()};
    size_t i;
    json_t *id;
    json_array_foreach((json_t *)ids, i, id)
        /* A copy: the list may be shared with other threads, and jansson's counters are not for that. */
        json_array_append_new(batches.list[i / size].ids, json_deep_copy(id));

    int r = cbk_parallel(cloud->core->max_in_flight, count, run_batch, &batches, err);
    if (r < 0)
        return r;
    CBK_JSON *items = json_array();
    for (i = 0; i < count; i++)
        json_array_extend(items, batches.list[i].items);
    *ret_items = cbk_json_steal(&items);
    return 0;
}
