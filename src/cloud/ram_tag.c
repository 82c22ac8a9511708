/* Tags of roles and policies. RAM takes lists as JSON text and reads them back flat, a row a tag. */
#include "cloud/batches.h"
#include "cloud/ram.h"

#define NAMES_A_CALL 50 /* ListTagResources */
#define ROWS_A_PAGE 100
#define KEYS_A_CALL 20 /* UntagResources */

json_t *cbk_ram_tag_list(const json_t *tags)
{
    json_t *list = json_array();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)tags, key, value)
        json_array_append_new(list, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    return list;
}

struct listing {
    struct cbk_cloud *cloud;
    const char *type;
};

static int list_batch(void *context, size_t batch, const json_t *names, json_t *rows, struct cbk_error *err)
{
    const struct listing *listing = context;
    (void)batch;
    CBK_JSON *params = json_pack("{s:s, s:o, s:i}", "ResourceType", listing->type, "ResourceNames",
                                 cbk_params_json(json_incref((json_t *)names)), "PageSize", ROWS_A_PAGE);
    CBK_JSON *page = NULL;
    int r = cbk_cloud_list(listing->cloud, CBK_RAM, "ListTagResources", CBK_PAGE_TOKEN, 0, params, "TagResources",
                           &page, err);
    if (r == 0)
        json_array_extend(rows, page);
    return r;
}

int cbk_ram_list_tags(struct cbk_cloud *cloud, const char *type, const json_t *names, json_t **ret_tags,
                      struct cbk_error *err)
{
    struct listing listing = {cloud, type};
    CBK_JSON *rows = NULL;
    int r = cbk_batches_run(cloud, names, NAMES_A_CALL, list_batch, &listing, &rows, err);
    if (r < 0)
        return r;
    json_t *made = json_object();
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        const char *name = cbk_json_text_or(row, "ResourceName", "");
        if (!json_object_get(made, name))
            json_object_set_new(made, name, json_object());
        json_object_set_new(json_object_get(made, name), cbk_json_text_or(row, "TagKey", ""),
                            json_string(cbk_json_text_or(row, "TagValue", "")));
    }
    *ret_tags = made;
    return 0;
}

static json_t *names_text(const char *name)
{
    return cbk_params_json(json_pack("[s]", name));
}

int cbk_ram_tag(struct cbk_cloud *cloud, const char *type, const char *name, const json_t *tags, struct cbk_error *err)
{
    if (!json_object_size(tags))
        return 0;
    CBK_JSON *params = json_pack("{s:s, s:o, s:o}", "ResourceType", type, "ResourceNames", names_text(name), "Tag",
                                 cbk_params_json(cbk_ram_tag_list(tags)));
    return cbk_cloud_call(cloud, CBK_RAM, "TagResources", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

struct untagging {
    struct cbk_cloud *cloud;
    const char *type, *name;
};

static int untag_batch(void *context, size_t batch, const json_t *keys, json_t *items, struct cbk_error *err)
{
    const struct untagging *untagging = context;
    (void)batch;
    (void)items;
    CBK_JSON *params = json_pack("{s:s, s:o, s:o}", "ResourceType", untagging->type, "ResourceNames",
                                 names_text(untagging->name), "TagKeys", cbk_params_json(json_incref((json_t *)keys)));
    return cbk_cloud_call(untagging->cloud, CBK_RAM, "UntagResources", CBK_CALL_IDEMPOTENT, params, NULL, err);
}

int cbk_ram_untag(struct cbk_cloud *cloud, const char *type, const char *name, const json_t *keys,
                  struct cbk_error *err)
{
    struct untagging untagging = {cloud, type, name};
    CBK_JSON *nothing = NULL;
    return cbk_batches_run(cloud, keys, KEYS_A_CALL, untag_batch, &untagging, &nothing, err);
}
