#include "kinds/object.h"

#include "kinds/kind.h"

void cbk_object_release(struct cbk_object *object)
{
    json_decref(object->desired);
    json_decref(object->live);
    json_decref(object->evidence);
    free(object->unreachable);
    cbk_strings_release(&object->deps);
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

const char *cbk_object_title(const struct cbk_object *object)
{
    const json_t *side = object->desired ? object->desired : object->live ? object->live : object->last;
    const char *title = object->kind->title ? cbk_object_text(side, object->kind->title) : NULL;
    if (title)
        return title;
    return object->instance ? object->instance : object->key;
}
