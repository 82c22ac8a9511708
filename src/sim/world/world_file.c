#include "sim/world/world_file.h"

#include "base/file.h"
#include "sim/world/tag_index.h"
#include "sim/world/world_fill.h"

#include <string.h>

/* What a world file may hold besides the sections. */
static const char *const other_keys[] = {"account", "region",   "credentials", "missing_service_roles",
                                         "clock",   "counters", "timers",      "fleets"};

static bool is_saved(enum sim_section section)
{
    return section != SIM_DISKS; /* they stand in their instances */
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(other_keys); i++)
        if (strcmp(key, other_keys[i]) == 0)
            return true;
    for (size_t i = 0; i < SIM_SECTION_COUNT; i++)
        if (is_saved((enum sim_section)i) && strcmp(key, sim_section_name((enum sim_section)i)) == 0)
            return true;
    return false;
}

static int check_keys(const json_t *root, struct cbk_error *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(root))
        return cbk_fail(err, CBK_E_SCHEMA, "a world is an object with the key 'instances'");
    json_object_foreach((json_t *)root, key, value)
        if (!is_known(key))
            return cbk_fail(err, CBK_E_SCHEMA, "unknown key '%s' in the world", key);
    return 0;
}

static void set_string(char **to, const json_t *value)
{
    if (!json_is_string(value) && !json_is_integer(value))
        return;
    free(*to);
    *to = json_is_string(value) ? cbk_strdup(json_string_value(value))
                                : cbk_strf("%lld", (long long)json_integer_value(value));
}

static void set_list(json_t **to, const json_t *value)
{
    if (!json_is_array(value))
        return;
    json_decref(*to);
    *to = json_deep_copy(value);
}

static void load_head(struct sim_world *world, const json_t *root)
{
    set_string(&world->account, json_object_get(root, "account"));
    set_string(&world->region, json_object_get(root, "region"));
    set_list(&world->credentials, json_object_get(root, "credentials"));
    set_list(&world->missing_service_roles, json_object_get(root, "missing_service_roles"));
    json_object_update(world->counters, json_object_get(root, "counters"));
    world->advanced_ms = cbk_json_int(root, "clock.advanced_ms", 0);
    int64_t saved_ms = cbk_json_int(root, "clock.now_ms", 0);
    world->now_ms += world->advanced_ms;
    if (saved_ms > world->now_ms) /* saved on a machine whose clock runs before this one's */
        world->advanced_ms += saved_ms - world->now_ms;
    if (saved_ms > world->now_ms)
        world->now_ms = saved_ms;
}

static int load_section(struct sim_world *world, enum sim_section section, const json_t *list, struct cbk_error *err)
{
    size_t index;
    json_t *item;
    if (list && !json_is_array(list))
        return cbk_fail(err, CBK_E_SCHEMA, "'%s' of the world is not a list", sim_section_name(section));
    json_array_foreach(list, index, item) {
        CBK_JSON *record = json_deep_copy(item);
        int r = sim_world_fill(world, section, record, err);
        if (r < 0)
            return cbk_wrap(err, "%s[%zu] of the world", sim_section_name(section), index);
        CBK_CLEANUP(cbk_string_freep) char *key = sim_world_key(section, record);
        if (sim_world_find(world, section, key))
            return cbk_fail(err, CBK_E_SCHEMA, "%s of the world has '%s' twice", sim_section_name(section), key);
        sim_world_add(world, section, cbk_json_steal(&record));
    }
    return 0;
}

/* [{count, ...an instance}]: as many instances of that kind, with "%d" in id and name standing for the number. */
static int load_fleets(struct sim_world *world, const json_t *fleets, struct cbk_error *err)
{
    size_t index;
    json_t *fleet;
    json_array_foreach(fleets, index, fleet)
        for (int64_t n = 1; n <= cbk_json_int(fleet, "count", 0); n++) {
            CBK_JSON *record = json_deep_copy(fleet);
            json_object_del(record, "count");
            CBK_CLEANUP(cbk_string_freep)
            char *name = cbk_strf("%s-%06lld", cbk_json_text_or(fleet, "name", "instance"), (long long)n);
            sim_world_name(world, record, name);
            int r = sim_world_fill(world, SIM_INSTANCES, record, err);
            if (r < 0)
                return cbk_wrap(err, "fleets[%zu] of the world", index);
            sim_world_add(world, SIM_INSTANCES, cbk_json_steal(&record));
        }
    return 0;
}

int sim_world_load(const json_t *root, struct sim_world **ret, struct cbk_error *err)
{
    int r = check_keys(root, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = sim_world_new();
    load_head(world, root);
    for (size_t i = 0; i < SIM_SECTION_COUNT && r == 0; i++)
        if (is_saved((enum sim_section)i))
            r = load_section(world, (enum sim_section)i, json_object_get(root, sim_section_name((enum sim_section)i)),
                             err);
    if (r == 0)
        r = load_fleets(world, json_object_get(root, "fleets"), err);
    if (r == 0)
        r = sim_timers_load(world, json_object_get(root, "timers"), err);
    if (r < 0)
        return r;
    sim_world_complete(world);
    *ret = sim_world_steal(&world);
    return 0;
}

static int read_json(const char *path, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    int r = cbk_file_read(path, (size_t)1 << 30, &text, &len, err);
    return r < 0 ? r : cbk_json_parse(path, text, len, ret, err);
}

int sim_world_read(const char *path, struct sim_world **ret, struct cbk_doc **ret_doc, struct cbk_errors *errors)
{
    CBK_ERROR(err);
    CBK_JSON *json = NULL;
    int r = 0;
    if (cbk_str_ends_with(path, ".json")) {
        r = read_json(path, &json, &err);
    } else {
        r = cbk_doc_read(path, ret_doc, errors);
        if (r < 0)
            return r;
        json = json_incref((*ret_doc)->root);
        cbk_doc_freep(ret_doc);
    }
    if (r == 0)
        r = sim_world_load(json, ret, &err);
    if (r == 0)
        return 0;
    r = cbk_wrap(&err, "%s", path);
    cbk_error_move(cbk_errors_add(errors), &err);
    return r;
}

static int compare_records(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    static const char *const keys[] = {"id", "name", "access_key_id", "type"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++) {
        int order = strcmp(cbk_json_text_or(left, keys[i], ""), cbk_json_text_or(right, keys[i], ""));
        if (order)
            return order;
    }
    return 0;
}

static json_t *sorted_copy(const json_t *list)
{
    size_t count = json_array_size(list);
    json_t **items = cbk_alloc(count + 1, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(list, i);
    qsort(items, count, sizeof(json_t *), compare_records);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    return sorted;
}

json_t *sim_world_dump(const struct sim_world *world, bool sorted)
{
    json_t *root = json_pack("{ss ss sO sO sO so s{sI sI}}", "account", world->account, "region", world->region,
                             "credentials", world->credentials, "missing_service_roles", world->missing_service_roles,
                             "counters", world->counters, "timers", sim_timers_dump(&world->timers), "clock",
                             "advanced_ms", (json_int_t)world->advanced_ms, "now_ms", (json_int_t)world->now_ms);
    for (size_t i = 0; i < SIM_SECTION_COUNT; i++) {
        json_t *list = world->tables[i].items;
        if (is_saved((enum sim_section)i))
            json_object_set_new(root, sim_section_name((enum sim_section)i),
                                sorted ? sorted_copy(list) : json_incref(list));
    }
    /* A copy: the caller writes it out without the world's lock. */
    json_t *copy = json_deep_copy(root);
    json_decref(root);
    return copy;
}

static int patch_section(struct sim_world *world, enum sim_section section, const json_t *list, struct cbk_error *err)
{
    size_t index;
    json_t *patch, *value;
    const char *key;
    json_array_foreach(list, index, patch) {
        CBK_CLEANUP(cbk_string_freep) char *id = sim_world_key(section, patch);
        json_t *record = sim_world_find(world, section, id);
        if (!record)
            return cbk_fail(err, CBK_E_NOT_FOUND, "%s has no '%s'", sim_section_name(section), id);
        json_object_foreach(patch, key, value) {
            if (json_is_null(value))
                json_object_del(record, key);
            else
                json_object_set_new(record, key, json_deep_copy(value));
        }
        int r = sim_world_fill(world, section, record, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int sim_world_patch(struct sim_world *world, const json_t *patch, struct cbk_error *err)
{
    int r = check_keys(patch, err);
    sim_tag_index_forget(world);
    for (size_t i = 0; i < SIM_SECTION_COUNT && r == 0; i++)
        if (is_saved((enum sim_section)i))
            r = patch_section(world, (enum sim_section)i, json_object_get(patch, sim_section_name((enum sim_section)i)),
                              err);
    return r;
}
