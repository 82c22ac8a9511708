/*
 * Which nodes speak of a value, and what they say together: $ref, allOf, the branches that match. A view is the JSON
 * object of their words, the nearest to the value first; views are made once and kept by the schema.
 */
#ifndef CBK_SCHEMA_VIEW_H
#define CBK_SCHEMA_VIEW_H

#include "schema/node.h"

struct cbk_views;

struct cbk_views *cbk_views_new(void);
/* NULL is fine. */
void cbk_views_free(struct cbk_views *views);

/*
 * Adds to `nodes` those that speak of `value` when `node` does: itself, what it refers to, and of alternatives those
 * that match. `value` NULL stands for a value that is not there: then, with `all_branches`, every alternative is added,
 * and none without.
 */
void cbk_view_collect(const struct cbk_node *node, const json_t *value, bool all_branches, struct cbk_node_vec *nodes);
/* Adds the nodes that rule the member `name` (the item at `index`) of a value that `parents` speak of. */
void cbk_view_member(const struct cbk_node_vec *parents, const char *name, const json_t *value, bool all_branches,
                     struct cbk_node_vec *nodes);
void cbk_view_item(const struct cbk_node_vec *parents, size_t index, const json_t *value, bool all_branches,
                   struct cbk_node_vec *nodes);
/* The words of all of them as one object, borrowed from the schema; NULL when there is none. Thread-safe. */
const json_t *cbk_view_words(const struct cbk_schema *schema, const struct cbk_node_vec *nodes);

#endif
