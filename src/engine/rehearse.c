#include "engine/rehearse.h"

/* Stands for whichever instance will be selected; no real one has this id. */
#define ANY_INSTANCE "i-any"

static void rehearse(const struct cbk_env *env, const struct cbk_declaration *declaration, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_object_release)
    struct cbk_object object = {
        .kind = declaration->kind,
        .address = declaration->address,
        .key = declaration->key,
        .instance = declaration->kind->per_instance ? ANY_INSTANCE : NULL,
        .pointer = declaration->pointer,
        .span = declaration->span,
        .declared = declaration->value,
    };
    CBK_ERROR(err);
    if (declaration->kind->desire(env, &object, &err) == 0)
        return;
    (void)cbk_error_locate(&err, declaration->span);
    cbk_error_move(cbk_errors_add(errors), &err);
}

int cbk_stack_rehearse(const struct cbk_stack *stack, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *none = cbk_map_new();
    const struct cbk_env env = {
        .config = stack->config,
        .stack = stack->tree,
        .stack_name = stack->name,
        .instances = none,
        .objects = none,
    };
    for (size_t i = 0; i < stack->declarations.len; i++)
        rehearse(&env, stack->declarations.items[i], errors);
    cbk_errors_sort(errors);
    return cbk_errors_code(errors);
}
