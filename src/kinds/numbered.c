#include "kinds/numbered.h"

#include "base/log.h"

#include <string.h>

/* One reading of the list, and the objects that are looked for in it. */
struct search {
    const struct cbk_numbered *words;
    struct cbk_object **objects;
    size_t count;
    json_t *items;
};

static const char *id_of(const struct search *search, const json_t *item)
{
    return cbk_json_text_or(item, search->words->id_key, "");
}

static const char *name_of(const struct cbk_object *object)
{
    return object->begun_as ? object->begun_as : cbk_object_text(object->desired, object->kind->title);
}

static bool bears(const struct search *search, const json_t *item, const char *name)
{
    return name && cbk_str_equal(cbk_json_text(item, search->words->name_key), name);
}

static const json_t *item_of_id(const struct search *search, const char *id)
{
    size_t index;
    json_t *item;
    json_array_foreach(search->items, index, item)
        if (cbk_str_equal(id_of(search, item), id))
            return item;
    return NULL;
}

/* The other object of the kind that has this id, or NULL. */
static const struct cbk_object *owner_of(const struct search *search, const struct cbk_object *object, const char *id)
{
    for (size_t i = 0; i < search->count; i++)
        if (search->objects[i] != object && cbk_str_equal(search->objects[i]->id, id))
            return search->objects[i];
    return NULL;
}

static int fail_carried(const struct cbk_object *object, const char *name, const struct cbk_object *owner,
                        struct cbk_error *err)
{
    (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "%s is to be named '%s', which is still the name of %s (%s)",
                      object->address, name, owner->address, owner->id);
    return cbk_error_hint(err, "apply the other one's new name first, or say with 'moved' that it is the same thing");
}

static int fail_twins(const struct search *search, const struct cbk_object *object, const char *name,
                      struct cbk_error *err)
{
    CBK_STR(ids);
    size_t index;
    json_t *item;
    json_array_foreach(search->items, index, item)
        if (bears(search, item, name))
            cbk_str_addf(&ids, "%s%s", ids.len ? ", " : "", id_of(search, item));
    (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "more than one %s is named '%s': %s", object->kind->name, name,
                      ids.ptr);
    return cbk_error_hint(err, "name the one that is meant with 'import', or rename it");
}

static int fail_successor(const struct cbk_object *object, const char *name, const char *id, struct cbk_error *err)
{
    (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "%s '%s' (%s) is gone, and another one bears its name: %s",
                      object->kind->name, name, object->id, id);
    return cbk_error_hint(err, "take it over with 'import', or rename or remove it");
}

/* By name: NULL where none has it that is not another object's. What bears the name is known from here on. */
static int find_by_name(const struct search *search, struct cbk_object *object, const json_t **ret_item,
                        struct cbk_error *err)
{
    const char *name = name_of(object);
    const struct cbk_object *owner = NULL;
    const json_t *found = NULL;
    size_t index, others = 0;
    json_t *item;
    json_array_foreach(search->items, index, item) {
        if (!bears(search, item, name))
            continue;
        const struct cbk_object *other = owner_of(search, object, id_of(search, item));
        owner = other ? other : owner;
        others += !other && found;
        found = other ? found : item;
    }
    if (others)
        return fail_twins(search, object, name, err);
    if (owner && !found && object->desired && !strchr(owner->address, '~'))
        return fail_carried(object, name, owner, err);
    *ret_item = found;
    return 0;
}

static int find(const struct search *search, struct cbk_object *object, const json_t **ret_item, struct cbk_error *err)
{
    if (!object->id)
        return find_by_name(search, object, ret_item, err);
    const json_t *item = item_of_id(search, object->id), *namesake = NULL;
    *ret_item = item;
    if (item || !object->desired || object->imported || object->is_watched)
        return 0;
    int r = find_by_name(search, object, &namesake, err);
    if (r == 0 && namesake)
        r = fail_successor(object, name_of(object), id_of(search, namesake), err);
    return r;
}

/* Everything of the object's name, so that what appears later is told apart. */
static void know(const struct search *search, struct cbk_object *object)
{
    const char *id = object->id;
    size_t index;
    json_t *item;
    json_array_foreach(search->items, index, item)
        if (bears(search, item, name_of(object)))
            cbk_object_number(object, id_of(search, item));
    object->id = id;
}

int cbk_numbered_refresh(const struct cbk_env *env, const struct cbk_numbered *words, struct cbk_object **objects,
                         size_t count, cbk_numbered_found found, struct cbk_error *err)
{
    CBK_JSON *items = NULL;
    int r = words->list(env, &items, err);
    if (r < 0)
        return r;
    const struct search search = {words, objects, count, items};
    for (size_t i = 0; i < count; i++) {
        const json_t *item = NULL;
        r = find(&search, objects[i], &item, err);
        if (r < 0)
            return r;
        know(&search, objects[i]);
        if (!item)
            continue;
        if (!objects[i]->id)
            cbk_object_number(objects[i], id_of(&search, item));
        found(env, objects[i], item);
    }
    return 0;
}

/* The ids of what bears the object's name and was not there when the plan was made. */
static int newcomers(const struct cbk_env *env, const struct cbk_numbered *words, const struct cbk_object *object,
                     json_t **ret_ids, struct cbk_error *err)
{
    CBK_JSON *items = NULL;
    int r = words->list(env, &items, err);
    if (r < 0)
        return r;
    const struct search search = {words, NULL, 0, items};
    const char *name = cbk_object_text(object->desired, object->kind->title);
    size_t index;
    json_t *item;
    *ret_ids = json_array();
    json_array_foreach(items, index, item)
        if (bears(&search, item, name) && !cbk_json_array_has(object->ids, id_of(&search, item)))
            json_array_append_new(*ret_ids, json_string(id_of(&search, item)));
    return 0;
}

/* The answer was lost: `lost` is what is said when nothing has appeared. */
static int take_what_appeared(const struct cbk_env *env, const struct cbk_numbered *words, struct cbk_object *object,
                              struct cbk_error *lost, struct cbk_error *err)
{
    CBK_JSON *ids = NULL;
    cbk_log(CBK_LOG_INFO, "the answer to the creation of %s was lost, looking for it", object->address);
    int r = newcomers(env, words, object, &ids, err);
    if (r < 0)
        return r;
    if (json_array_size(ids) != 1)
        return cbk_error_move(err, lost);
    cbk_object_number(object, json_string_value(json_array_get(ids, 0)));
    return 0;
}

int cbk_numbered_create(const struct cbk_env *env, const struct cbk_numbered *words, struct cbk_object *object,
                        struct cbk_error *err)
{
    CBK_JSON *strangers = NULL;
    CBK_CLEANUP(cbk_string_freep) char *id = NULL;
    CBK_ERROR(failure);
    int r = newcomers(env, words, object, &strangers, err);
    if (r < 0)
        return r;
    if (json_array_size(strangers))
        return cbk_fail(err, CBK_E_CONFLICT, "%s '%s' has been made by somebody else meanwhile: %s", object->kind->name,
                        cbk_object_title(object), json_string_value(json_array_get(strangers, 0)));
    r = words->make(env, object, &id, &failure);
    if (r == CBK_E_AMBIGUOUS)
        return take_what_appeared(env, words, object, &failure, err);
    if (r < 0)
        return cbk_error_move(err, &failure);
    cbk_object_number(object, id);
    return 0;
}

/* ---- references ---- */

const char *cbk_numbered_name(const struct cbk_env *env, const char *section, const char *id)
{
    const char *key;
    json_t *declared;
    json_object_foreach(json_object_get(env->stack, section), key, declared) {
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", section, key);
        const struct cbk_object *object = cbk_env_object(env, address);
        if (object && !object->is_replaced && cbk_str_equal(object->id, id))
            return cbk_json_text_or(declared, "name", key);
    }
    return NULL;
}

const char *cbk_numbered_id(const struct cbk_env *env, const char *section, const char *name)
{
    const char *key;
    json_t *declared;
    json_object_foreach(json_object_get(env->stack, section), key, declared) {
        if (!cbk_str_equal(cbk_json_text_or(declared, "name", key), name))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", section, key);
        const struct cbk_object *object = cbk_env_object(env, address);
        return object ? object->id : NULL;
    }
    return NULL;
}
