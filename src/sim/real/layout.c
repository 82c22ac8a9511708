#include "sim/real/layout.h"

#include "sim/real/image.h"

#include <string.h>

/* Enough for a small database, and for the log that XFS wants. */
enum { USUAL_IMAGE_MIB = 512 };

static const char *const keys[] = {"boot", "share", "copy_ms", "script_timeout_ms"};

static int check_settings(const json_t *instance, struct cbk_error *err)
{
    const char *key;
    json_t *value;
    json_t *settings = json_object_get(instance, "guest");
    if (!json_is_object(settings))
        return cbk_fail(err, CBK_E_SCHEMA, "'guest' is not an object: '{}' will do");
    json_object_foreach(settings, key, value) {
        bool known = false;
        for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
            known = known || strcmp(keys[i], key) == 0;
        if (!known)
            return cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_SCHEMA, "key", key, keys, CBK_ARRAY_LEN(keys));
    }
    if (cbk_str_equal(cbk_json_text(instance, "os_type"), "windows"))
        return cbk_fail(err, CBK_E_VALIDATION, "a guest runs Linux, not Windows");
    return 0;
}

/* Ids become names of files here. */
static int check_name(const char *id, struct cbk_error *err)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (!*id || strspn(id, safe) != strlen(id))
        return cbk_fail(err, CBK_E_VALIDATION, "the id '%s' cannot be the name of a file", id);
    return 0;
}

static int add_disk(const struct sim_pool *pool, const json_t *disk, json_t *disks, bool *ret_new,
                    struct cbk_error *err)
{
    const char *id = cbk_json_text_or(disk, "id", ""), *mount = cbk_json_text_or(disk, "mount", "");
    const char *filesystem = cbk_json_text_or(disk, "filesystem", "");
    CBK_CLEANUP(cbk_string_freep) char *image = sim_pool_image(pool, "disks", id);
    int r = check_name(id, err);
    if (r == 0 && (*mount != '/' || strstr(mount, "/..")))
        r = cbk_fail(err, CBK_E_VALIDATION, "disk '%s': '%s' is no place to mount it at", id, mount);
    if (r == 0)
        r = sim_image_make(image, cbk_json_int(disk, "image_mib", USUAL_IMAGE_MIB), filesystem, ret_new, err);
    if (r < 0)
        return r;
    json_array_append_new(disks, json_pack("{ss ss ss ss ss}", "id", id, "image", image, "device",
                                           cbk_json_text_or(disk, "device", "/dev/disk"), "filesystem", filesystem,
                                           "mount", mount));
    return 0;
}

static int compare_mounts(const void *a, const void *b)
{
    return strcmp(cbk_json_text(*(json_t *const *)a, "mount"), cbk_json_text(*(json_t *const *)b, "mount"));
}

/* By mount point: what lies in another comes after it. New reference. */
static json_t *sorted_by_mount(const json_t *disks)
{
    size_t count = json_array_size(disks);
    json_t *sorted = json_array();
    json_t **items = cbk_alloc(count + 1, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(disks, i);
    qsort(items, count, sizeof(json_t *), compare_mounts);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    return sorted;
}

static int make_disks(const struct sim_pool *pool, const json_t *instance, json_t **ret, bool *ret_new,
                      struct cbk_error *err)
{
    size_t index;
    json_t *disk;
    bool system_is_new = false;
    CBK_JSON *disks = json_array();
    json_array_foreach(json_object_get(instance, "disks"), index, disk) {
        bool is_new = false;
        if (!cbk_json_text(disk, "mount")) /* not mounted, not there */
            continue;
        int r = add_disk(pool, disk, disks, &is_new, err);
        if (r < 0)
            return r;
        system_is_new = system_is_new || (is_new && strcmp(cbk_json_text(disk, "mount"), "/") == 0);
    }
    json_t *sorted = sorted_by_mount(disks);
    if (!cbk_str_equal(cbk_json_text(json_array_get(sorted, 0), "mount"), "/")) {
        json_decref(sorted);
        return cbk_fail(err, CBK_E_VALIDATION, "none of its disks is mounted at '/'");
    }
    *ret = sorted;
    *ret_new = system_is_new;
    return 0;
}

int sim_layout_make(const struct sim_pool *pool, const json_t *instance, json_t **ret_spec, bool *ret_new,
                    struct cbk_error *err)
{
    const char *id = cbk_json_text_or(instance, "id", "");
    const json_t *settings = json_object_get(instance, "guest"), *share = json_object_get(settings, "share");
    const json_t *mounts = json_object_get(instance, "mounts");
    CBK_CLEANUP(cbk_string_freep) char *root = NULL;
    json_t *disks = NULL;
    int r = check_settings(instance, err);
    if (r == 0)
        r = check_name(id, err);
    if (r == 0)
        r = sim_pool_root(pool, id, &root, err);
    if (r == 0)
        r = make_disks(pool, instance, &disks, ret_new, err);
    if (r < 0)
        return r;
    *ret_spec = json_pack("{ss ss so so so}", "hostname", cbk_json_text_or(instance, "name", id), "root", root, "disks",
                          disks, "mounts", mounts ? json_deep_copy(mounts) : json_array(), "share",
                          share ? json_deep_copy(share) : json_array());
    return 0;
}
