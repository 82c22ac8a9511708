/*
 * The embedded JSON Schemas (2020-12): validation with errors that name what was nearly right, and the annotations
 * that the rest of the house reads instead of repeating them.
 *
 * The keywords in use are a table in keyword.c (docs/schema-validator.md lists them and what is not there). Annotations
 * of ours, each on a property's schema:
 *   x-reference: KIND-SECTION   the string is an address such as "roles.app"; the section it must lie in ("roles")
 *   x-immutable: true           a change replaces the object
 *   x-unordered: true           a list whose order means nothing
 *   x-sensitive: true           never shown, logged or stored
 *   x-computed: true            known only from the cloud
 *   x-as-written: true          formatting leaves the order of the keys, here and below, to the author
 *   default: VALUE              what leaving it out means
 *   x-hint: TEXT                one sentence that is the hint of whatever is wrong with the value
 *   x-drift: SEVERITY           how much it matters that the cloud has moved away: error, warning (also when left out),
 *                               note
 *   x-error: TEXT               the message where a keyword cannot say in words what is wrong (pattern, format, not,
 *                               contains, anyOf, oneOf)
 * Messages name keys and choices, never the values found: a value may be a secret.
 */
#ifndef CBK_SCHEMA_SCHEMA_H
#define CBK_SCHEMA_SCHEMA_H

#include "base/error.h"
#include "base/json.h"

struct cbk_schema;

/* Compiles a schema (borrowed text, copied). A keyword that the validator does not know is an error of CBK_E_SCHEMA:
 * a schema must not promise what nobody checks. Other x- keywords than those above are errors too. */
CBK_MUST_CHECK int cbk_schema_compile(const json_t *schema, struct cbk_schema **ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_schema_free(struct cbk_schema *schema);
CBK_DEFINE_OWNED(struct cbk_schema, cbk_schema)

/* The schemas of the program, schemas/NAME.schema.json, compiled once. Never NULL; borrowed. Thread-safe. */
const struct cbk_schema *cbk_schema_stack(void);
const struct cbk_schema *cbk_schema_plan(void);
const struct cbk_schema *cbk_schema_state(void);

/* One thing wrong with an instance: where (a JSON pointer; `of_key`: the key itself is wrong), what, and what to do. */
struct cbk_violation {
    const char *pointer;
    bool of_key;
    const char *message; /* such as "unknown key 'polcies' (did you mean 'policies'?)" */
    const char *hint;    /* x-hint, or the description of a missing key, or NULL */
};
typedef void (*cbk_violation_fn)(void *context, const struct cbk_violation *violation);

/* Validates; calls `report` for everything wrong, in document order. Returns the number of violations. For anyOf and
 * oneOf the errors of the branch that came nearest are reported, not 'does not match any'. */
size_t cbk_schema_validate(const struct cbk_schema *schema, const json_t *instance, cbk_violation_fn report,
                           void *context);

/*
 * The sub-schema that rules the value at `pointer` of `instance` (properties, patternProperties, additionalProperties,
 * items, $ref, and the matching branch of oneOf/anyOf followed), as a JSON object with its annotations, or NULL.
 * Where several rule it (a $ref and what stands beside it, a branch), the words nearest to the value win. `instance`
 * may be NULL, and the pointer may lead out of it: then all branches are followed, for `explain`, and any token stands
 * for the names that additionalProperties rules. Borrowed from the schema. Thread-safe.
 */
const json_t *cbk_schema_at(const struct cbk_schema *schema, const json_t *instance, const char *pointer);

/* Calls `visit` for every value of the instance, parents first, with the sub-schema that rules it (NULL: none). */
typedef void (*cbk_schema_visit_fn)(void *context, const char *pointer, const json_t *value, const json_t *schema);
void cbk_schema_walk(const struct cbk_schema *schema, const json_t *instance, cbk_schema_visit_fn visit, void *context);

/* The instance with every `default` of its schema filled in where a key is absent, at every level where the parent
 * object is present. New reference. */
json_t *cbk_schema_with_defaults(const struct cbk_schema *schema, const json_t *instance);

#endif
