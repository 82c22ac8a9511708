/*
 * The objects of a plan: what the stack declares, one an instance where the kind is so, and what only the state still
 * knows; with all three sides filled in.
 */
#ifndef CBK_ENGINE_OBJECTS_H
#define CBK_ENGINE_OBJECTS_H

#include "engine/inventory.h"
#include "engine/stack.h"

struct cbk_objects {
    struct cbk_arena *arena;
    struct cbk_object_list list; /* the stack's in its order, then the state's by address */
    struct cbk_map *by_address;
};

/*
 * Makes the objects of `stack` (NULL: none are wanted, all that is in the state should go) and of `state` (NULL:
 * empty). Selectors are resolved against the inventory; every error is added to `errors`. Sides are not read yet.
 */
CBK_MUST_CHECK int cbk_objects_make(const struct cbk_stack *stack, bool want_none, const json_t *state,
                                    const struct cbk_inventory *inventory, struct cbk_objects **ret,
                                    struct cbk_errors *errors);
/* None yet. */
struct cbk_objects *cbk_objects_new(void);
/* NULL is fine. */
void cbk_objects_free(struct cbk_objects *objects);
CBK_DEFINE_OWNED(struct cbk_objects, cbk_objects)

/* Adds an object at its address, which must be new; its sides are empty. Parts are borrowed, `instance` may be NULL. */
struct cbk_object *cbk_objects_add(struct cbk_objects *objects, const struct cbk_kind *kind, const char *key,
                                   const char *instance);

/* Fills in `desired` of all that is declared. Errors are added to `errors`. */
CBK_MUST_CHECK int cbk_objects_desire(struct cbk_objects *objects, const struct cbk_env *env,
                                      struct cbk_errors *errors);
/* Fills in `live`, kind by kind, in bulk; what git ignores of it becomes desired. */
CBK_MUST_CHECK int cbk_objects_refresh(struct cbk_objects *objects, const struct cbk_env *env, struct cbk_error *err);

struct cbk_object *cbk_objects_get(const struct cbk_objects *objects, const char *address);

#endif
