#include "engine/rehearse.h"

/* Stands for whichever instance will be selected; no real one has this id. */
#define ANY_INSTANCE "i-any"

static int rehearse(const struct cbk_env *env, const struct cbk_declaration *declaration, json_t **ret_desired,
                    struct cbk_error *err)
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
    int r = declaration->kind->desire(env, &object, err);
    if (r < 0)
        return cbk_error_locate(err, declaration->span);
    *ret_desired = cbk_json_steal(&object.desired);
    return 0;
}

static struct cbk_env make_env(const struct cbk_stack *stack, const struct cbk_map *none)
{
    return (struct cbk_env){
        .config = stack->config,
        .stack = stack->tree,
        .stack_name = stack->name,
        .instances = none,
        .objects = none,
    };
}

int cbk_declaration_rehearse(const struct cbk_stack *stack, const struct cbk_declaration *declaration,
                             json_t **ret_desired, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *none = cbk_map_new();
    const struct cbk_env env = make_env(stack, none);
    return rehearse(&env, declaration, ret_desired, err);
}

int cbk_stack_rehearse(const struct cbk_stack *stack, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *none = cbk_map_new();
    const struct cbk_env env = make_env(stack, none);
    for (size_t i = 0; i < stack->declarations.len; i++) {
        CBK_JSON *desired = NULL;
        CBK_ERROR(err);
        if (rehearse(&env, stack->declarations.items[i], &desired, &err) < 0)
            cbk_error_move(cbk_errors_add(errors), &err);
    }
    cbk_errors_sort(errors);
    return cbk_errors_code(errors);
}
