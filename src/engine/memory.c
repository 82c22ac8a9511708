#include "engine/memory.h"

#include "engine/address.h"
#include "engine/pins.h"
#include "state/state.h"

#include <string.h>

/*
 * Protection: git's word counts where git still knows the declaration (it may be that only this instance has left its
 * selector, or that all is to be destroyed), the remembered one where it does not.
 */
static void find_declaration(struct cbk_object *object, const struct cbk_stack *stack, const json_t *resource)
{
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", object->kind->section, object->key);
    const struct cbk_declaration *declaration = cbk_map_get(stack->by_address, address);
    object->is_protected = cbk_json_bool(resource, "prevent_destroy", false) || cbk_stack_is_pinned(stack, address);
    if (!declaration)
        return;
    object->is_protected = cbk_json_bool(declaration->value, "lifecycle.prevent_destroy", false);
    object->span = declaration->span;
}

static void remember(struct cbk_object *object, json_t *resource)
{
    bool begun_only = cbk_json_bool(resource, "intent", false);
    bool has_number = !object->kind->numbered || !begun_only;
    object->id = has_number ? cbk_json_text(resource, "id") : NULL;
    object->begun_as = has_number ? NULL : cbk_json_text(resource, "id"); /* its title, for want of an id */
    object->is_ours = true;
    object->was_protected = cbk_json_bool(resource, "prevent_destroy", false);
    object->is_adopted = cbk_json_bool(resource, "adopted", false);
    if (!begun_only || !object->declared)
        object->last = json_object_get(resource, "attributes");
    object->evidence = json_incref(json_object_get(resource, "evidence"));
}

/* What it remembered is another one's. */
static void forget(struct cbk_object *object)
{
    object->id = NULL;
    object->is_ours = false;
    object->is_adopted = false;
    object->was_protected = false;
    object->last = NULL;
    json_decref(object->evidence);
    object->evidence = NULL;
}

/* NULL when the address is none that is known here. */
static struct cbk_object *add_undeclared(struct cbk_objects *objects, const struct cbk_stack *stack,
                                         const char *address, const json_t *resource)
{
    struct cbk_address parts;
    if (!cbk_address_parse(objects->arena, address, &parts) || parts.kind->per_instance != (parts.instance != NULL))
        return NULL;
    if (parts.former) /* a key that no declaration has: what was replaced is wanted by nobody */
        parts.key = cbk_arena_strf(objects->arena, "%s~%s", parts.key, parts.former);
    struct cbk_object *object = cbk_objects_add(objects, parts.kind, parts.key, parts.instance);
    find_declaration(object, stack, resource);
    size_t index;
    json_t *dep;
    json_array_foreach(json_object_get(resource, "depends_on"), index, dep)
        if (json_is_string(dep))
            cbk_strings_push(&object->deps, cbk_arena_strdup(objects->arena, json_string_value(dep)));
    return object;
}

/* What in the cloud the object stands for: two objects with one claim are one thing there. NULL: it claims nothing. */
static char *claim_of(const struct cbk_object *object)
{
    const struct cbk_kind *kind = object->kind;
    if (kind->per_instance)
        return kind->exclusive ? cbk_strf("%s %s", kind->name, object->instance) : NULL;
    const char *name = object->declared ? cbk_json_text_or(object->declared, kind->title, object->key) : object->id;
    if (kind->numbered && !object->declared)
        name = cbk_object_text(object->last, kind->title);
    return name ? cbk_strf("%s %s", kind->name, name) : NULL;
}

static struct cbk_map *index_claims(const struct cbk_objects *objects)
{
    struct cbk_map *heirs = cbk_map_new();
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        CBK_CLEANUP(cbk_string_freep) char *claim = object->declared ? claim_of(object) : NULL;
        if (claim)
            cbk_map_set(heirs, claim, object);
    }
    return heirs;
}

/* Can what `old` stands for be the heir's? An heir with a memory of its own must remember the very same thing. */
static bool can_inherit(const struct cbk_object *heir, const struct cbk_object *old)
{
    return !heir->is_ours || heir->kind->per_instance || cbk_str_equal(heir->id, old->id);
}

/* The declared object that takes over from `old`: the one that a block names, else the one that claims the same. */
static struct cbk_object *heir_of(const struct cbk_objects *objects, const struct cbk_stack *stack,
                                  const struct cbk_map *heirs, const struct cbk_object *old, struct cbk_errors *errors)
{
    const struct cbk_block *move = cbk_blocks_move_of(&stack->blocks, old);
    struct cbk_object *named = move ? cbk_blocks_heir(move, objects, old, errors) : NULL;
    if (named)
        return named;
    CBK_CLEANUP(cbk_string_freep) char *claim = claim_of(old);
    struct cbk_object *claimant = claim ? cbk_map_get(heirs, claim) : NULL;
    return claimant && can_inherit(claimant, old) ? claimant : NULL;
}

static void pass_on(struct cbk_objects *objects, const struct cbk_stack *stack, const json_t *state,
                    const struct cbk_map *heirs, struct cbk_errors *errors)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *old = objects->list.items[i];
        struct cbk_object *heir = old->declared ? NULL : heir_of(objects, stack, heirs, old, errors);
        if (!heir)
            continue;
        old->heir = heir->address;
        if (heir->is_ours) /* an apply that was cut short has passed it on before */
            continue;
        heir->was = old->address;
        remember(heir, cbk_state_resource(state, old->address));
    }
}

/*
 * The object takes up what `old` stood for: a name that was changed back before what had it first was gone, say. What
 * the object remembers itself is what goes now.
 */
static void take_up(struct cbk_objects *objects, const struct cbk_stack *stack, const json_t *state,
                    struct cbk_object *object, struct cbk_object *old)
{
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_address_former(object->address, object->id);
    object->displaced = cbk_arena_strdup(objects->arena, address);
    json_t *resource = cbk_state_resource(state, object->address);
    struct cbk_object *displaced = cbk_objects_get(objects, address);
    if (!displaced)
        displaced = add_undeclared(objects, stack, object->displaced, resource);
    if (displaced && !displaced->is_ours)
        remember(displaced, resource);
    forget(object);
    object->was = old->address;
    old->heir = object->address;
    remember(object, cbk_state_resource(state, old->address));
}

/* What git does not declare any more, and what a declared object that remembers something else claims now. */
static void take_over(struct cbk_objects *objects, const struct cbk_stack *stack, const json_t *state,
                      const struct cbk_map *heirs)
{
    size_t count = objects->list.len; /* what is added meanwhile is what goes */
    for (size_t i = 0; i < count; i++) {
        struct cbk_object *old = objects->list.items[i];
        bool is_its_name = !old->kind->per_instance && !old->kind->numbered; /* others are told apart by their ids */
        if (old->declared || !is_its_name || cbk_blocks_move_of(&stack->blocks, old))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *claim = claim_of(old);
        struct cbk_object *object = claim ? cbk_map_get(heirs, claim) : NULL;
        if (object && object->is_ours && !cbk_str_equal(object->id, old->id))
            take_up(objects, stack, state, object, old);
    }
}

static int fail_exchange(const struct cbk_object *old, const struct cbk_object *heir, struct cbk_error *err)
{
    (void)cbk_fail_at(err, heir->span, CBK_E_CONFLICT,
                      "%s claims the %s '%s', which %s gives up, while it gives up '%s' itself", heir->address,
                      heir->kind->name, old->id, old->address, heir->id);
    (void)cbk_error_note(err, old->span, "the other one");
    return cbk_error_hint(err, "rename one after the other, with an apply between, or exchange their keys and not "
                               "their names");
}

/*
 * Names that changed hands among declarations: what one remembers and gives up, and another one claims, is that one's.
 * Replacing it would take it away from there.
 */
static int hand_on(const struct cbk_objects *objects, const json_t *state, const struct cbk_map *heirs,
                   struct cbk_error *err)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *old = objects->list.items[i];
        if (!old->declared || !old->is_ours || old->kind->per_instance || old->kind->numbered)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *held = cbk_strf("%s %s", old->kind->name, old->id);
        struct cbk_object *heir = cbk_map_get(heirs, held);
        if (!heir || heir == old)
            continue;
        if (heir->is_ours && !cbk_str_equal(heir->id, old->id))
            return fail_exchange(old, heir, err);
        if (!heir->is_ours) {
            heir->was = old->address;
            remember(heir, cbk_state_resource(state, old->was ? old->was : old->address));
        }
        forget(old);
        old->heir = heir->address;
    }
    return 0;
}

/* Whoever used what goes now has to be changed first: the state knows who that was. */
static void link_past(const struct cbk_objects *objects, const json_t *state)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        if (!object->declared || !object->is_ours)
            continue;
        const json_t *resource = cbk_state_resource(state, object->was ? object->was : object->address);
        size_t index;
        json_t *dep;
        json_array_foreach(json_object_get(resource, "depends_on"), index, dep) {
            const struct cbk_object *past =
                json_is_string(dep) ? cbk_objects_get(objects, json_string_value(dep)) : NULL;
            if (past && !past->declared)
                cbk_object_need(object, past->address);
        }
    }
}

/* The same for what a replacement has left behind: it goes after its successor, and after those that use that one. */
static void link_former(const struct cbk_objects *objects, const struct cbk_object *former)
{
    CBK_CLEANUP(cbk_string_freep) char *successor = cbk_strndup(former->address, strcspn(former->address, "~"));
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        if (strcmp(object->address, successor) == 0 || cbk_object_needs(object, successor))
            cbk_object_need(object, former->address);
    }
}

static void change_hands(struct cbk_objects *objects, const struct cbk_stack *stack, const json_t *state,
                         struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *heirs = index_claims(objects);
    CBK_ERROR(err);
    take_over(objects, stack, state, heirs);
    pass_on(objects, stack, state, heirs, errors);
    if (hand_on(objects, state, heirs, &err) < 0)
        (void)cbk_error_move(cbk_errors_add(errors), &err);
}

void cbk_memory_join(struct cbk_objects *objects, const struct cbk_stack *stack, bool want_none, const json_t *state,
                     struct cbk_errors *errors)
{
    CBK_JSON *addresses = cbk_json_sorted_keys(cbk_state_resources(state));
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        const char *address = json_string_value(json_array_get(addresses, i));
        json_t *resource = cbk_state_resource(state, address);
        struct cbk_object *object = cbk_map_get(objects->by_address, address);
        if (!object)
            object = add_undeclared(objects, stack, address, resource);
        if (object)
            remember(object, resource);
        else
            (void)cbk_fail(cbk_errors_add(errors), CBK_E_STATE,
                           "the state has an object of a kind not known here: '%s'", address);
    }
    if (!want_none)
        change_hands(objects, stack, state, errors);
    link_past(objects, state);
    for (size_t i = 0; i < objects->list.len; i++)
        if (strchr(objects->list.items[i]->address, '~'))
            link_former(objects, objects->list.items[i]);
}
