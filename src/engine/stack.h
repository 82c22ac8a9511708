/*
 * A stack that is well-formed: read, merged, valid by its schema, every reference meets something, no cycle. What it
 * says of the cloud is not known to be true yet; no network was asked.
 */
#ifndef CBK_ENGINE_STACK_H
#define CBK_ENGINE_STACK_H

#include "base/arena.h"
#include "base/map.h"
#include "config/config.h"
#include "engine/blocks.h"
#include "kinds/kind.h"

/* One named entry of a section, such as roles.app. */
struct cbk_declaration {
    const struct cbk_kind *kind;
    const char *key;
    const char *address;
    const char *pointer; /* "/roles/app" */
    const json_t *value; /* defaults filled in */
    struct cbk_span span;
    size_t index;             /* in stack->declarations */
    struct cbk_strings needs; /* addresses of declarations that it refers to, each once */
};
CBK_VEC(cbk_declarations, struct cbk_declaration *)

struct cbk_stack {
    struct cbk_arena *arena;
    struct cbk_config *config;
    json_t *tree; /* the whole stack, defaults filled in */
    const char *name, *region;
    const char *account;                  /* NULL: any */
    struct cbk_declarations declarations; /* in the order of the kinds, then as written */
    struct cbk_map *by_address;           /* address -> struct cbk_declaration * */
    struct cbk_blocks blocks;             /* moved, removed, import */
    json_t *pins;                         /* guards that come from elsewhere (pins.h); owned; NULL: none do */
};

/*
 * Loads and judges a stack. Everything wrong is added to `errors`; returns 0 or the code of the first. *ret is set
 * also on failure when errors point into it; the caller frees it after printing them.
 */
CBK_MUST_CHECK int cbk_stack_load(const struct cbk_config_options *options, struct cbk_stack **ret,
                                  struct cbk_errors *errors);
/* NULL is fine. */
void cbk_stack_free(struct cbk_stack *stack);
CBK_DEFINE_OWNED(struct cbk_stack, cbk_stack)

/* The selector of a declaration (`instances`: a name or a selector), and where it stands. Borrowed. */
const json_t *cbk_stack_selector(const struct cbk_stack *stack, const struct cbk_declaration *declaration,
                                 const char **ret_name, struct cbk_span *ret_span);

#endif
