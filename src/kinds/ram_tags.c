#include "kinds/ram_tags.h"

#include "cloud/ram.h"

void cbk_ram_tags_desire(struct cbk_object *object)
{
    const json_t *declared = json_object_get(object->declared, "tags");
    const json_t *last = object->last ? json_object_get(object->last, "tags") : NULL;
    if (!declared && !json_object_size(last))
        return;
    json_t *tags = declared ? json_deep_copy(declared) : json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)last, key, value)
        if (!json_object_get(tags, key))
            json_object_set_new(tags, key, json_null());
    json_object_set_new(object->desired, "tags", tags);
}

static bool has_tags(const struct cbk_object *object)
{
    return object->live && object->desired && json_object_get(object->desired, "tags");
}

/* Of all the tags that there are, those that git speaks of. */
static json_t *mentioned(const json_t *all, const json_t *desired)
{
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)all, key, value)
        if (json_object_get(desired, key))
            json_object_set(made, key, value);
    return made;
}

int cbk_ram_tags_read(const struct cbk_env *env, const char *type, struct cbk_object **objects, size_t count,
                      struct cbk_error *err)
{
    CBK_JSON *names = json_array();
    for (size_t i = 0; i < count; i++)
        if (has_tags(objects[i]))
            json_array_append(names, json_object_get(objects[i]->live, "name"));
    CBK_JSON *tags = NULL;
    int r = cbk_ram_list_tags(env->cloud, type, names, &tags, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read tags");
    for (size_t i = 0; i < count; i++)
        if (has_tags(objects[i]))
            json_object_set_new(objects[i]->live, "tags",
                                mentioned(json_object_get(tags, cbk_object_text(objects[i]->live, "name")),
                                          json_object_get(objects[i]->desired, "tags")));
    return 0;
}

json_t *cbk_ram_tags_wanted(const struct cbk_object *object)
{
    json_t *tags = json_object_get(object->desired, "tags");
    if (!tags)
        return NULL;
    json_t *made = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(tags, key, value)
        if (!json_is_null(value))
            json_object_set(made, key, value);
    return made;
}

int cbk_ram_tags_change(const struct cbk_env *env, const char *type, const struct cbk_object *object,
                        struct cbk_error *err)
{
    const char *name = cbk_object_text(object->desired, "name");
    const json_t *present = json_object_get(object->live, "tags");
    CBK_JSON *new_tags = json_object();
    CBK_JSON *gone = json_array();
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(object->desired, "tags"), key, value) {
        json_t *before = json_object_get(present, key);
        if (!json_is_null(value) && !(before && json_equal(before, value)))
            json_object_set(new_tags, key, value);
        if (json_is_null(value) && before)
            json_array_append_new(gone, json_string(key));
    }
    int r = cbk_ram_tag(env->cloud, type, name, new_tags, err);
    return r < 0 ? r : cbk_ram_untag(env->cloud, type, name, gone, err);
}

void cbk_ram_tags_settle(struct cbk_object *object, const char *id)
{
    json_t *tags = cbk_ram_tags_wanted(object);
    cbk_object_settle(object, id);
    if (tags)
        json_object_set_new(object->live, "tags", tags);
}

int cbk_ram_tags_enumerate(const struct cbk_env *env, const char *type, const json_t *names, json_t **ret_items,
                           struct cbk_error *err)
{
    CBK_JSON *tags = NULL, *sorted = cbk_json_sorted_texts(names);
    int r = cbk_ram_list_tags(env->cloud, type, sorted, &tags, err);
    if (r < 0)
        return cbk_wrap(err, "cannot read tags");
    *ret_items = json_array();
    size_t index;
    json_t *name;
    json_array_foreach(sorted, index, name)
        json_array_append_new(
            *ret_items, json_pack("{s:O, s:O*}", "id", name, "tags", json_object_get(tags, json_string_value(name))));
    return 0;
}
