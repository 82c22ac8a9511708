#include "kinds/object.h"

#include "kinds/kind.h"

#include <string.h>

void cbk_object_release(struct cbk_object *object)
{
    json_decref(object->desired);
    json_decref(object->live);
    json_decref(object->evidence);
    free(object->unreachable);
    json_decref(object->ids);
    cbk_strings_release(&object->deps);
}

bool cbk_object_needs(const struct cbk_object *object, const char *address)
{
    for (size_t i = 0; i < object->deps.len; i++)
        if (strcmp(object->deps.items[i], address) == 0)
            return true;
    return false;
}

void cbk_object_need(struct cbk_object *object, const char *address)
{
    if (!cbk_object_needs(object, address))
        cbk_strings_push(&object->deps, address);
}

void cbk_object_number(struct cbk_object *object, const char *id)
{
    if (!object->ids)
        object->ids = json_array();
    json_t *kept = json_string(id);
    json_array_append_new(object->ids, kept); /* earlier ones stay: a replaced object's other half borrows them */
    object->id = json_string_value(kept);
}

void cbk_object_settle(struct cbk_object *object, const char *id)
{
    json_decref(object->live);
    object->live = json_deep_copy(object->desired);
    object->id = id;
}

const char *cbk_object_text(const json_t *side, const char *trail)
{
    return side ? cbk_json_text(side, trail) : NULL;
}

bool cbk_object_may_go(const struct cbk_object *object)
{
    if (!object->desired)
        return !object->heir && !object->is_released;
    const char *title = object->kind->title;
    return title && object->live &&
           !cbk_str_equal(cbk_object_text(object->desired, title), cbk_object_text(object->live, title));
}

const char *cbk_object_title(const struct cbk_object *object)
{
    const json_t *side = object->desired ? object->desired : object->live ? object->live : object->last;
    const char *title = object->kind->title ? cbk_object_text(side, object->kind->title) : NULL;
    if (title)
        return title;
    return object->instance ? object->instance : object->key;
}
