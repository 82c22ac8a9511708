/*
 * What a schema says about the values at a path, in its own words, for people who ask before they write.
 */
#ifndef CBK_SCHEMA_EXPLAIN_H
#define CBK_SCHEMA_EXPLAIN_H

#include "schema/schema.h"

/*
 * Explains "roles.trust.service". Names that the user chooses and places in lists may be left out or be anything:
 * "roles.app.trust", "roles.*.trust" and "roles.trust" are the same; "" is the whole. *ret is a new object:
 *
 *   {path, type, description, required, default, allowed, reference, immutable, unordered, sensitive, computed,
 *    hint, keys: [{key, type, description, default, required, one_of}], names: true}
 *
 * Only what the schema says is there. `names`: the keys below are the user's own, and `keys` are those of each.
 * CBK_E_NOT_FOUND with the near name when nothing can stand at the path.
 */
CBK_MUST_CHECK int cbk_schema_explain(const struct cbk_schema *schema, const char *path, json_t **ret,
                                      struct cbk_error *err);

#endif
