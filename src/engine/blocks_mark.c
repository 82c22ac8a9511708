/* The blocks held against what the state remembers. */
#include "engine/objects.h"

#include <string.h>

static bool speaks_of(const struct cbk_address *address, const struct cbk_object *object)
{
    return address->kind == object->kind && strcmp(address->key, object->key) == 0 &&
           (!address->instance || cbk_str_equal(address->instance, object->instance));
}

const struct cbk_block *cbk_blocks_move_of(const struct cbk_blocks *blocks, const struct cbk_object *object)
{
    const struct cbk_block *found = NULL;
    for (size_t i = 0; i < blocks->moved.len; i++)
        if (speaks_of(&blocks->moved.items[i].address, object) && (!found || blocks->moved.items[i].address.instance))
            found = &blocks->moved.items[i];
    return found;
}

struct cbk_object *cbk_blocks_heir(const struct cbk_block *move, const struct cbk_objects *objects,
                                   const struct cbk_object *old, struct cbk_errors *errors)
{
    const char *address = cbk_address_make(objects->arena, move->to.kind->section, move->to.key, old->instance);
    struct cbk_object *heir = cbk_objects_get(objects, address);
    if (heir && heir->declared && (!heir->is_ours || cbk_str_equal(heir->id, old->id)))
        return heir;
    if (heir && heir->declared) {
        struct cbk_error *err = cbk_errors_add(errors);
        (void)cbk_fail_at(err, move->span, CBK_E_CONFLICT,
                          "the state knows '%s' (%s) and '%s' (%s): one cannot take the other's place", old->address,
                          old->id, address, heir->id);
        (void)cbk_error_hint(err, "without this block, %s is destroyed; a block under 'removed' forgets it",
                             old->address);
    } else if (move->to.instance) {
        struct cbk_error *err = cbk_errors_add(errors);
        (void)cbk_fail_at(err, move->to_span, CBK_E_CONFLICT, "no selector makes '%s', so that '%s' would be destroyed",
                          move->to_text, move->text);
        (void)cbk_error_hint(err, "correct the selector of %s.%s, or remove this block", move->to.kind->section,
                             move->to.key);
    }
    return NULL;
}

/* A share of one instance that is moved or removed must have left its selector. */
static void check_shares(const struct cbk_block_list *blocks, const struct cbk_objects *objects,
                         struct cbk_errors *errors)
{
    for (size_t i = 0; i < blocks->len; i++) {
        const struct cbk_block *block = &blocks->items[i];
        const struct cbk_object *object = block->address.instance ? cbk_objects_get(objects, block->text) : NULL;
        if (!object || !object->declared)
            continue;
        struct cbk_error *err = cbk_errors_add(errors);
        (void)cbk_fail_at(err, block->span, CBK_E_CONFLICT, "'%s' is still declared", block->text);
        (void)cbk_error_note(err, object->span, "here, whose selector matches the instance");
    }
}

/* What a replacement has left behind of the key is part of it. */
static bool is_released(const struct cbk_block *removal, const struct cbk_object *object)
{
    if (speaks_of(&removal->address, object))
        return true;
    size_t len = strlen(removal->text);
    return strncmp(object->address, removal->text, len) == 0 && object->address[len] == '~';
}

static void mark_removed(const struct cbk_block_list *removed, const struct cbk_objects *objects)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        for (size_t j = 0; !object->declared && j < removed->len; j++)
            object->is_released = object->is_released || is_released(&removed->items[j], object);
    }
}

/* Another address that the state knows the thing at, and goes on knowing it. NULL: none. */
static const struct cbk_object *owner_of(const struct cbk_objects *objects, const struct cbk_object *object,
                                         const char *id)
{
    for (size_t i = 0; !object->kind->per_instance && i < objects->list.len; i++) {
        const struct cbk_object *other = objects->list.items[i];
        if (other != object && other->kind == object->kind && other->is_ours && !other->is_released &&
            cbk_str_equal(other->id, id))
            return other;
    }
    return NULL;
}

/* Two owners of one thing would undo each other's changes, and one that goes would take it away from the other. */
static void fail_owned(const struct cbk_block *block, const struct cbk_object *owner, struct cbk_errors *errors)
{
    struct cbk_error *err = cbk_errors_add(errors);
    (void)cbk_fail_at(err, block->id_span, CBK_E_CONFLICT, "cannot import '%s' as %s: it is %s", block->id, block->text,
                      owner->address);
    if (owner->span.source)
        (void)cbk_error_note(err, owner->span, "here");
    (void)cbk_error_hint(err,
                         "to give it another address, say so with 'moved'; or forget it there first: "
                         "cbk state rm '%s'",
                         owner->address);
}

static void mark_import(const struct cbk_block *block, const struct cbk_objects *objects, struct cbk_errors *errors)
{
    struct cbk_object *object = cbk_objects_get(objects, block->text);
    if (!object || !object->declared) {
        struct cbk_error *err = cbk_errors_add(errors);
        (void)cbk_fail_at(err, block->span, CBK_E_NOT_FOUND, "no selector makes '%s'", block->text);
        return;
    }
    const char *known = object->kind->per_instance ? object->instance : object->id;
    bool is_known = object->is_ours && known; /* what was begun and got no id yet is not */
    if (is_known && cbk_str_equal(known, block->id))
        return; /* imported before */
    if (is_known) {
        struct cbk_error *err = cbk_errors_add(errors);
        (void)cbk_fail_at(err, block->id_span, CBK_E_CONFLICT, "%s is '%s' already, not '%s'", object->address, known,
                          block->id);
        (void)cbk_error_hint(err, "remove this block, or forget the other one first: cbk state rm '%s'",
                             object->address);
        return;
    }
    const struct cbk_object *owner = owner_of(objects, object, block->id);
    if (owner) {
        fail_owned(block, owner, errors);
        return;
    }
    object->imported = block->id;
    object->import_span = block->id_span;
    object->id = block->id;
    object->is_ours = true;
    object->is_adopted = true;
}

void cbk_blocks_mark(const struct cbk_stack *stack, bool want_none, const struct cbk_objects *objects,
                     struct cbk_errors *errors)
{
    const struct cbk_blocks *blocks = &stack->blocks;
    check_shares(&blocks->moved, objects, errors);
    check_shares(&blocks->removed, objects, errors);
    mark_removed(&blocks->removed, objects);
    for (size_t i = 0; !want_none && i < blocks->imports.len; i++)
        mark_import(&blocks->imports.items[i], objects, errors);
}
