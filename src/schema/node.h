/*
 * A compiled schema: a graph of nodes, one a schema object, each with the rules that its keywords make. $ref is an edge
 * like any other, so nodes may be reached from many places; edges that stay at the same value never make a ring.
 */
#ifndef CBK_SCHEMA_NODE_H
#define CBK_SCHEMA_NODE_H

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "schema/keyword.h"
#include "schema/pattern.h"

struct cbk_node;

/* A schema below a keyword: under a name (properties), a pattern (patternProperties), or neither. */
struct cbk_sub {
    const char *name; /* borrowed from the schema, or NULL */
    struct cbk_pattern *pattern;
    struct cbk_node *node;
    const json_t *otherwise; /* of a property: what leaving it out means, or NULL; borrowed from the schema */
};
CBK_VEC(cbk_sub_vec, struct cbk_sub)

struct cbk_rule {
    enum cbk_keyword_id id;
    const json_t *value; /* of the keyword; borrowed from the schema */
    struct cbk_pattern *pattern;
    struct cbk_sub_vec subs;
    struct cbk_map *by_name; /* subs that have a name -> struct cbk_node * */
};
CBK_VEC(cbk_rule_vec, struct cbk_rule)

struct cbk_node {
    size_t id;
    const json_t *schema;      /* an object, true or false; borrowed from the schema */
    struct cbk_rule_vec rules; /* in the order of the keywords' table */
};
CBK_VEC(cbk_node_vec, const struct cbk_node *)

struct cbk_schema {
    json_t *json; /* owned */
    struct cbk_arena *arena;
    struct cbk_map *nodes; /* pointer into json -> struct cbk_node *, in the arena */
    struct cbk_node *root;
    struct cbk_views *views; /* annotate.c's */
};

/* The rule of a keyword, or NULL. */
const struct cbk_rule *cbk_node_rule(const struct cbk_node *node, enum cbk_keyword_id id);
/* A text annotation such as x-hint, or NULL. */
/* Do properties or patternProperties of this node speak of the key? */
bool cbk_node_names(const struct cbk_node *node, const char *key);
const char *cbk_node_text(const struct cbk_node *node, const char *annotation);

#endif
