/*
 * The variables that a stack declares, and the values that they have in this run.
 */
#ifndef CBK_CONFIG_VARIABLES_H
#define CBK_CONFIG_VARIABLES_H

#include "base/map.h"
#include "config/config.h"
#include "config/merge.h"

struct cbk_variable {
    json_t *value;    /* owned; NULL when no value could be had, which was reported */
    const char *type; /* "string", "number" or "bool" */
    struct cbk_span declared;
    bool sensitive;
    bool is_given;    /* from outside: no default */
    bool is_typed_in; /* by --var or --var-file */
};

struct cbk_variables {
    struct cbk_map *by_name; /* -> struct cbk_variable *, in the arena */
};
#define CBK_VARIABLES(name) CBK_CLEANUP(cbk_variables_release) struct cbk_variables name = {0}
void cbk_variables_release(struct cbk_variables *variables);

/*
 * Reads the declarations under `root`'s `variables` and finds each one's value: --var, then --var-file, then the
 * environment's CBK_VAR_<name>, then the default; a value kept by a saved plan comes before the environment's. Files
 * read on the way are added to `docs`, records to `arena`.
 */
CBK_MUST_CHECK int cbk_variables_load(const json_t *root, const struct cbk_place *place,
                                      const struct cbk_config_options *options, struct cbk_doc_vec *docs,
                                      struct cbk_arena *arena, struct cbk_variables *ret, struct cbk_errors *errors);
/* The values from outside that are not sensitive, {NAME: value}. New reference. */
json_t *cbk_variables_given(const struct cbk_variables *variables);
/* NULL when it is not declared. */
const struct cbk_variable *cbk_variables_get(const struct cbk_variables *variables, const char *name);
/* Fails, for the name is not declared: CBK_E_REFERENCE at `span`, with the nearest name that is. */
int cbk_variables_fail_unknown(const struct cbk_variables *variables, const char *name, struct cbk_span span,
                               struct cbk_error *err);

#endif
