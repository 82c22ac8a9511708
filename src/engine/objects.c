#include "engine/objects.h"

#include "engine/address.h"
#include "engine/diff.h"
#include "engine/memory.h"
#include "engine/selector.h"

#include <string.h>

struct cbk_object *cbk_objects_add(struct cbk_objects *objects, const struct cbk_kind *kind, const char *key,
                                   const char *instance)
{
    struct cbk_object *object = CBK_ARENA_NEW(objects->arena, struct cbk_object);
    object->kind = kind;
    object->key = key;
    object->instance = instance;
    object->address = cbk_address_make(objects->arena, kind->section, key, instance);
    cbk_object_list_push(&objects->list, object);
    cbk_map_set(objects->by_address, object->address, object);
    return object;
}

static void declare(struct cbk_object *object, const struct cbk_declaration *declaration)
{
    object->pointer = declaration->pointer;
    object->span = declaration->span;
    object->declared = declaration->value;
    object->is_protected = cbk_json_bool(declaration->value, "lifecycle.prevent_destroy", false);
}

static int add_per_instance(struct cbk_objects *objects, const struct cbk_stack *stack,
                            const struct cbk_declaration *declaration, const struct cbk_inventory *inventory,
                            struct cbk_error *err)
{
    const char *name = NULL;
    struct cbk_span span;
    const json_t *selector = cbk_stack_selector(stack, declaration, &name, &span);
    CBK_JSON *ids = NULL;
    int r = cbk_selector_resolve(selector, name, span, inventory, &ids, err);
    if (r < 0)
        return r;
    size_t index;
    json_t *id;
    json_array_foreach(ids, index, id) {
        const char *instance = cbk_arena_strdup(objects->arena, json_string_value(id));
        declare(cbk_objects_add(objects, declaration->kind, declaration->key, instance), declaration);
    }
    return 0;
}

static void add_declared(struct cbk_objects *objects, const struct cbk_stack *stack,
                         const struct cbk_inventory *inventory, struct cbk_errors *errors)
{
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = stack->declarations.items[i];
        CBK_ERROR(err);
        if (!declaration->kind->per_instance)
            declare(cbk_objects_add(objects, declaration->kind, declaration->key, NULL), declaration);
        else if (add_per_instance(objects, stack, declaration, inventory, &err) < 0)
            cbk_error_move(cbk_errors_add(errors), &err);
    }
}

/* What an instance may have only one of must not be declared twice for it. */
static void check_exclusive(const struct cbk_objects *objects, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *taken = cbk_map_new();
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        if (!object->kind->exclusive || !object->declared)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *claim = cbk_strf("%s %s", object->kind->name, object->instance);
        const struct cbk_object *first = cbk_map_get(taken, claim);
        if (first) {
            struct cbk_error *err = cbk_errors_add(errors);
            (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "%s.%s and %s.%s both claim the instance '%s'",
                              first->kind->section, first->key, object->kind->section, object->key, object->instance);
            (void)cbk_error_note(err, first->span, "the other one");
        } else {
            cbk_map_set(taken, claim, object);
        }
    }
}

/* A need of a per-instance kind means that of the same instance, or for what belongs to no instance, those of all. */
static void link_need(struct cbk_objects *objects, struct cbk_object *object, const struct cbk_declaration *need)
{
    bool means_all = need->kind->per_instance && !object->instance;
    const char *instance = need->kind->per_instance ? object->instance : NULL;
    const char *target = cbk_address_make(objects->arena, need->kind->section, need->key, instance);
    if (!means_all && cbk_objects_get(objects, target))
        cbk_object_need(object, target);
    for (size_t i = 0; means_all && i < objects->list.len; i++) {
        const struct cbk_object *other = objects->list.items[i];
        if (other->kind == need->kind && strcmp(other->key, need->key) == 0)
            cbk_strings_push(&object->deps, other->address); /* each once: no need to look for thousands */
    }
}

/* The declarations' needs, as objects. */
static void link_declared(struct cbk_objects *objects, const struct cbk_stack *stack)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", object->kind->section, object->key);
        const struct cbk_declaration *declaration = cbk_map_get(stack->by_address, address);
        for (size_t j = 0; declaration && j < declaration->needs.len; j++)
            link_need(objects, object, cbk_map_get(stack->by_address, declaration->needs.items[j]));
    }
}

/* Kinds that come first on the same instance, named or not: a job waits for the role and the scripts of its instance.
 */
static void link_same_instance(struct cbk_objects *objects)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *first = cbk_map_new(); /* "kind instance" -> its exclusive object */
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        if (!object->kind->exclusive || !object->declared)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *claim = cbk_strf("%s %s", object->kind->name, object->instance);
        cbk_map_set(first, claim, object);
    }
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        for (size_t j = 0; object->declared && j < object->kind->after_count; j++) {
            CBK_CLEANUP(cbk_string_freep)
            char *claim = cbk_strf("%s %s", object->kind->after[j]->name, object->instance);
            const struct cbk_object *before = cbk_map_get(first, claim);
            if (before)
                cbk_object_need(object, before->address);
        }
    }
}

/* An instance that is not selected any more is another story than a declaration that was taken out. */
static void explain_partings(struct cbk_objects *objects, const struct cbk_stack *stack)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", object->kind->section, object->key);
        if (strchr(object->address, '~'))
            object->parting = "left over from a replacement";
        else if (!object->declared)
            object->parting = cbk_map_get(stack->by_address, address) ? "its instance is not selected any more"
                                                                      : "not declared any more";
    }
}

int cbk_objects_make(const struct cbk_stack *stack, bool want_none, const json_t *state,
                     const struct cbk_inventory *inventory, struct cbk_objects **ret, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_objects_freep) struct cbk_objects *objects = cbk_objects_new();
    if (!want_none) {
        add_declared(objects, stack, inventory, errors);
        check_exclusive(objects, errors);
        link_declared(objects, stack);
        link_same_instance(objects);
    }
    if (state)
        cbk_memory_join(objects, stack, want_none, state, errors);
    cbk_blocks_mark(stack, want_none, objects, errors);
    if (!want_none)
        explain_partings(objects, stack);
    *ret = cbk_objects_steal(&objects);
    return cbk_errors_code(errors);
}

struct cbk_objects *cbk_objects_new(void)
{
    struct cbk_objects *objects = CBK_NEW(struct cbk_objects);
    objects->arena = cbk_arena_new();
    objects->by_address = cbk_map_new();
    return objects;
}

void cbk_objects_free(struct cbk_objects *objects)
{
    if (!objects)
        return;
    for (size_t i = 0; i < objects->list.len; i++)
        cbk_object_release(objects->list.items[i]);
    cbk_object_list_release(&objects->list);
    cbk_map_free(objects->by_address);
    cbk_arena_free(objects->arena);
    free(objects);
}

int cbk_objects_desire(struct cbk_objects *objects, const struct cbk_env *env, struct cbk_errors *errors)
{
    const char *failed_pointer = NULL;
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        if (!object->declared || cbk_str_equal(object->pointer, failed_pointer))
            continue; /* what is wrong with a declaration is said once, not once an instance */
        CBK_ERROR(err);
        if (object->kind->desire(env, object, &err) < 0) {
            failed_pointer = object->pointer;
            (void)cbk_error_locate(&err, object->span);
            cbk_error_move(cbk_errors_add(errors), &err);
        }
    }
    return cbk_errors_code(errors);
}

/* Kinds that are refreshed later refer to this one by its id. */
static void foresee_replacement(struct cbk_object *object)
{
    if (!object->desired || !object->live || !object->is_ours)
        return;
    CBK_CLEANUP(cbk_diff_release) struct cbk_diff diff = {0};
    cbk_diff_make(object, &diff);
    object->is_replaced = (object->is_replaced || diff.needs_replace) && !object->kind->replace;
}

int cbk_objects_refresh(struct cbk_objects *objects, const struct cbk_env *env, struct cbk_error *err)
{
    for (size_t i = 0; i < cbk_kind_count; i++) {
        CBK_CLEANUP(cbk_object_list_release) struct cbk_object_list mine = {0};
        for (size_t j = 0; j < objects->list.len; j++)
            if (objects->list.items[j]->kind == cbk_kinds[i])
                cbk_object_list_push(&mine, objects->list.items[j]);
        if (!mine.len)
            continue;
        int r = cbk_kinds[i]->refresh(env, mine.items, mine.len, err);
        if (r < 0)
            return r;
        for (size_t j = 0; j < mine.len; j++) {
            if (!mine.items[j]->kind->decide) /* what lives of a job is a point, not its attributes */
                cbk_diff_yield(mine.items[j]);
            if (mine.items[j]->kind->numbered)
                foresee_replacement(mine.items[j]);
        }
    }
    return 0;
}

struct cbk_object *cbk_objects_get(const struct cbk_objects *objects, const char *address)
{
    return cbk_map_get(objects->by_address, address);
}
