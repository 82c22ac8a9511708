/* What was applied, as objects, and what lives of it. */
#include "engine/drift_look.h"

#include "state/state.h"

void cbk_drift_look_release(struct cbk_drift_look *look)
{
    cbk_objects_free(look->applied);
    json_decref(look->stack);
    cbk_drift_ignores_release(&look->ignores);
}

/* Was it applied, and not only begun? What an heir stands for is told there. */
static bool was_applied(const struct cbk_plan *plan, const struct cbk_object *object)
{
    if (!object->last || object->heir || object->kind->decide)
        return false;
    const json_t *resource = cbk_state_resource(plan->state, object->was ? object->was : object->address);
    return !cbk_json_bool(resource, "intent", false);
}

/* Desires what the state remembers: then the kinds look for it where it was put, whatever git says by now. */
static void add_applied(struct cbk_objects *applied, const struct cbk_object *object)
{
    struct cbk_object *made = cbk_objects_add(applied, object->kind, object->key, object->instance);
    made->pointer = object->pointer;
    made->span = object->span;
    made->declared = object->declared;
    made->desired = json_deep_copy(object->last);
    made->last = object->last;
    made->id = object->id;
    made->is_watched = true;
}

/* References are told by name: by that which was applied with them. */
static json_t *applied_stack(const struct cbk_drift_look *look)
{
    json_t *stack = json_copy((json_t *)look->plan->env.stack);
    for (size_t i = 0; i < cbk_kind_count; i++)
        if (cbk_kinds[i]->numbered)
            json_object_set_new(stack, cbk_kinds[i]->section, json_object());
    for (size_t i = 0; i < look->applied->list.len; i++) {
        const struct cbk_object *object = look->applied->list.items[i];
        if (object->kind->numbered)
            json_object_set(json_object_get(stack, object->kind->section), object->key, (json_t *)object->last);
    }
    return stack;
}

/* The instances that are asked about: those that something was applied to, or all. */
static json_t *instances_of(const struct cbk_drift_look *look)
{
    CBK_JSON *ids = json_array();
    for (size_t i = 0; i < look->applied->list.len; i++)
        if (look->applied->list.items[i]->instance)
            json_array_append_new(ids, json_string(look->applied->list.items[i]->instance));
    CBK_MAP_FOREACH(entry, look->plan->inventory->instances) {
        if (look->input->unmanaged)
            json_array_append_new(ids, json_string(cbk_map_entry_key(entry)));
    }
    return cbk_json_sorted_texts(ids);
}

int cbk_drift_applied_read(struct cbk_drift_look *look, struct cbk_error *err)
{
    const struct cbk_plan *plan = look->plan;
    look->applied = cbk_objects_new();
    for (size_t i = 0; i < plan->objects->list.len; i++)
        if (was_applied(plan, plan->objects->list.items[i]))
            add_applied(look->applied, plan->objects->list.items[i]);
    look->stack = applied_stack(look);
    look->env = plan->env;
    look->env.stack = look->stack;
    look->env.objects = look->applied->by_address;
    CBK_JSON *ids = instances_of(look);
    int r = cbk_inventory_read_details(plan->inventory, look->env.cloud, ids, /* with_disks= */ false, err);
    return r < 0 ? r : cbk_objects_refresh(look->applied, &look->env, err);
}

const struct cbk_object *cbk_drift_wish(const struct cbk_drift_look *look, const struct cbk_object *applied)
{
    return cbk_objects_get(look->plan->objects, applied->address);
}
