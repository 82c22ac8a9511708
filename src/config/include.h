/*
 * The files that `include:` of cbk.yaml names.
 */
#ifndef CBK_CONFIG_INCLUDE_H
#define CBK_CONFIG_INCLUDE_H

#include "base/files.h"
#include "config/doc.h"

#define CBK_STACK_FILE "cbk.yaml"

struct cbk_include {
    const char *name;     /* of the file, relative to the stack's directory */
    struct cbk_span span; /* of the glob that found it */
};
CBK_VEC(cbk_include_vec, struct cbk_include)

/*
 * Expands the globs of `main`'s `include`, relative to the start of `files`, never out of it: each file once, sorted,
 * its name in `arena`. A glob that matches nothing is an error, for a stack that lost its files to a typo would plan
 * their destruction. What is no list of strings is left to the schema.
 */
CBK_MUST_CHECK int cbk_include_expand(const struct cbk_files *files, const struct cbk_doc *main,
                                      struct cbk_arena *arena, struct cbk_include_vec *ret_includes,
                                      struct cbk_errors *errors);
/* `include` in a file that was itself included is an error, added to `errors`. */
CBK_MUST_CHECK int cbk_include_refuse(const struct cbk_doc *included, struct cbk_errors *errors);

#endif
