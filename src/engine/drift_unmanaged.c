/* What lives in the account and is nobody's here. */
#include "engine/drift_look.h"

static void claim(struct cbk_map *owned, const struct cbk_object *object, const char *id)
{
    CBK_CLEANUP(cbk_string_freep) char *thing = id ? cbk_strf("%s %s", object->kind->name, id) : NULL;
    if (thing)
        cbk_map_set(owned, thing, (void *)object);
}

/* What the state remembers, and what git declares and the next apply would take over: "KIND ID" of each. */
static struct cbk_map *owned_by(const struct cbk_plan *plan)
{
    struct cbk_map *owned = cbk_map_new();
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *object = plan->objects->list.items[i];
        if (object->heir || !(object->is_ours || object->declared))
            continue;
        claim(owned, object, object->kind->per_instance ? object->instance : object->id);
        if (!object->kind->per_instance && !object->kind->numbered && object->desired)
            claim(owned, object, cbk_object_title(object));
    }
    return owned;
}

/* The objects of one kind that nobody here owns. Where one reading tells of all of them, they are read. */
static int find_strangers(const struct cbk_drift_look *look, const struct cbk_kind *kind, const struct cbk_map *owned,
                          struct cbk_objects *strangers, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_object_list_release) struct cbk_object_list mine = {0};
    CBK_JSON *items = NULL;
    int r = kind->enumerate(&look->env, &items, err);
    if (r < 0)
        return cbk_wrap(err, "cannot list %s", kind->section);
    size_t index;
    json_t *item;
    json_array_foreach(items, index, item) {
        const char *text = cbk_json_text_or(item, "id", "");
        CBK_CLEANUP(cbk_string_freep) char *thing = cbk_strf("%s %s", kind->name, text);
        if (cbk_map_get(owned, thing))
            continue;
        const char *id = cbk_arena_strdup(strangers->arena, text);
        struct cbk_object *object = cbk_objects_add(strangers, kind, id, kind->per_instance ? id : NULL);
        object->id = id;
        object->is_exported = true;
        cbk_object_list_push(&mine, object);
    }
    bool is_bulk = kind->numbered || kind->per_instance;
    return is_bulk && mine.len ? kind->refresh(&look->env, mine.items, mine.len, err) : 0;
}

static json_t *stranger_json(struct cbk_drift_look *look, const struct cbk_object *object)
{
    const struct cbk_instance *instance = object->instance ? cbk_env_instance(&look->env, object->instance) : NULL;
    CBK_CLEANUP(cbk_string_freep)
    char *address = cbk_strf("unmanaged.%s.%s", object->kind->section, object->key);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:O?}", "address", address, "kind", object->kind->name, "title",
                             cbk_object_title(object), "id", object->id, "live", object->live);
    if (!object->live)
        json_object_set_new(json, "live", json_null());
    cbk_json_set_text(json, "instance", object->instance);
    cbk_json_set_text(json, "instance_name", instance ? instance->name : NULL);
    cbk_drift_ignores_see(&look->ignores, address);
    (void)cbk_drift_ignores_settle(&look->ignores, address, NULL, cbk_drift_sorts[CBK_DRIFT_UNMANAGED].severity, json);
    return json;
}

int cbk_drift_unmanaged(struct cbk_drift_look *look, json_t **ret_list, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_objects_freep) struct cbk_objects *strangers = cbk_objects_new();
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *owned = owned_by(look->plan);
    for (size_t i = 0; i < cbk_kind_count; i++) {
        int r = cbk_kinds[i]->enumerate ? find_strangers(look, cbk_kinds[i], owned, strangers, err) : 0;
        if (r < 0)
            return r;
    }
    CBK_JSON *addresses = json_array();
    for (size_t i = 0; i < strangers->list.len; i++)
        json_array_append_new(addresses, json_string(strangers->list.items[i]->address));
    CBK_JSON *sorted = cbk_json_sorted_texts(addresses);
    size_t index;
    json_t *address;
    *ret_list = json_array();
    json_array_foreach(sorted, index, address)
        json_array_append_new(*ret_list, stranger_json(look, cbk_objects_get(strangers, json_string_value(address))));
    return 0;
}
