/*
 * The other way round: what lives in the account, as a stack that desires exactly that. A plan of it adopts and changes
 * nothing.
 */
#ifndef CBK_ENGINE_EXPORT_H
#define CBK_ENGINE_EXPORT_H

#include "cloud/cloud.h"

struct cbk_export_input {
    struct cbk_cloud *cloud;
    const char *region;
    const char *stack_name;
    const struct cbk_strings *sections; /* only these, and what they refer to; empty: all that can be exported */
};

struct cbk_export {
    json_t *stack; /* the tree, its keys in the order of a stack; owned */
    json_t *notes; /* texts about what lives and is left out; owned */
};

/* The same account gives the same export. CBK_E_USAGE for a section that cannot be exported. */
CBK_MUST_CHECK int cbk_export_make(const struct cbk_export_input *input, struct cbk_export *ret, struct cbk_error *err);
void cbk_export_release(struct cbk_export *export);

#endif
