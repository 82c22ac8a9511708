#include "schema/view.h"

#include "schema/run.h"

#include <pthread.h>

struct cbk_views {
    pthread_mutex_t lock; /* guards what follows: a schema is read by many threads */
    json_t *by_nodes;     /* "3,17,18" -> the words of these nodes */
};

struct cbk_views *cbk_views_new(void)
{
    struct cbk_views *views = CBK_NEW(struct cbk_views);
    (void)pthread_mutex_init(&views->lock, NULL);
    views->by_nodes = json_object();
    return views;
}

void cbk_views_free(struct cbk_views *views)
{
    if (!views)
        return;
    (void)pthread_mutex_destroy(&views->lock);
    json_decref(views->by_nodes);
    free(views);
}

static bool holds(const struct cbk_node *node, const json_t *value)
{
    const struct cbk_run nowhere = {.pointer = CBK_STR_INIT};
    return cbk_run_matches(&nowhere, node, value);
}

static void collect_all(const struct cbk_rule *rule, const json_t *value, bool all_branches, struct cbk_node_vec *nodes)
{
    for (size_t i = 0; rule && i < rule->subs.len; i++)
        cbk_view_collect(rule->subs.items[i].node, value, all_branches, nodes);
}

static void collect_matching(const struct cbk_rule *rule, const json_t *value, bool all_branches,
                             struct cbk_node_vec *nodes)
{
    for (size_t i = 0; rule && i < rule->subs.len; i++)
        if (value ? holds(rule->subs.items[i].node, value) : all_branches)
            cbk_view_collect(rule->subs.items[i].node, value, all_branches, nodes);
}

static void collect_condition(const struct cbk_node *node, const json_t *value, bool all_branches,
                              struct cbk_node_vec *nodes)
{
    const struct cbk_rule *condition = cbk_node_rule(node, CBK_KEYWORD_IF);
    if (!condition || (!value && !all_branches))
        return;
    bool held = value && holds(condition->subs.items[0].node, value);
    if (held || !value)
        collect_all(condition, value, all_branches, nodes);
    if (held || !value)
        collect_all(cbk_node_rule(node, CBK_KEYWORD_THEN), value, all_branches, nodes);
    if (!held)
        collect_all(cbk_node_rule(node, CBK_KEYWORD_ELSE), value, all_branches, nodes);
}

void cbk_view_collect(const struct cbk_node *node, const json_t *value, bool all_branches, struct cbk_node_vec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++)
        if (nodes->items[i] == node)
            return;
    cbk_node_vec_push(nodes, node);
    collect_all(cbk_node_rule(node, CBK_KEYWORD_REF), value, all_branches, nodes);
    collect_all(cbk_node_rule(node, CBK_KEYWORD_ALL_OF), value, all_branches, nodes);
    collect_matching(cbk_node_rule(node, CBK_KEYWORD_ANY_OF), value, all_branches, nodes);
    collect_matching(cbk_node_rule(node, CBK_KEYWORD_ONE_OF), value, all_branches, nodes);
    collect_condition(node, value, all_branches, nodes);
}

static void collect_member(const struct cbk_node *parent, const char *name, const json_t *value, bool all_branches,
                           struct cbk_node_vec *nodes)
{
    const struct cbk_rule *properties = cbk_node_rule(parent, CBK_KEYWORD_PROPERTIES);
    const struct cbk_node *property = properties ? cbk_map_get(properties->by_name, name) : NULL;
    if (property)
        cbk_view_collect(property, value, all_branches, nodes);
    const struct cbk_rule *patterns = cbk_node_rule(parent, CBK_KEYWORD_PATTERN_PROPERTIES);
    for (size_t i = 0; patterns && i < patterns->subs.len; i++)
        if (cbk_pattern_matches(patterns->subs.items[i].pattern, name))
            cbk_view_collect(patterns->subs.items[i].node, value, all_branches, nodes);
    if (!cbk_node_names(parent, name))
        collect_all(cbk_node_rule(parent, CBK_KEYWORD_ADDITIONAL_PROPERTIES), value, all_branches, nodes);
}

void cbk_view_member(const struct cbk_node_vec *parents, const char *name, const json_t *value, bool all_branches,
                     struct cbk_node_vec *nodes)
{
    for (size_t i = 0; i < parents->len; i++)
        collect_member(parents->items[i], name, value, all_branches, nodes);
}

void cbk_view_item(const struct cbk_node_vec *parents, size_t index, const json_t *value, bool all_branches,
                   struct cbk_node_vec *nodes)
{
    for (size_t i = 0; i < parents->len; i++) {
        const struct cbk_rule *prefix = cbk_node_rule(parents->items[i], CBK_KEYWORD_PREFIX_ITEMS);
        if (prefix && index < prefix->subs.len)
            cbk_view_collect(prefix->subs.items[index].node, value, all_branches, nodes);
        else
            collect_all(cbk_node_rule(parents->items[i], CBK_KEYWORD_ITEMS), value, all_branches, nodes);
    }
}

/* What stands nearest to the value was collected first, and wins. */
static json_t *merge_words(const struct cbk_node_vec *nodes)
{
    json_t *words = json_object();
    for (size_t i = 0; i < nodes->len; i++)
        if (json_is_object(nodes->items[i]->schema))
            json_object_update_missing(words, (json_t *)nodes->items[i]->schema);
    return words;
}

const json_t *cbk_view_words(const struct cbk_schema *schema, const struct cbk_node_vec *nodes)
{
    if (!nodes->len || (nodes->len == 1 && !json_is_object(nodes->items[0]->schema)))
        return NULL;
    if (nodes->len == 1)
        return nodes->items[0]->schema;
    CBK_STR(key);
    for (size_t i = 0; i < nodes->len; i++)
        cbk_str_addf(&key, "%zu,", nodes->items[i]->id);
    struct cbk_views *views = schema->views;
    (void)pthread_mutex_lock(&views->lock);
    json_t *words = json_object_get(views->by_nodes, key.ptr);
    if (!words) {
        words = merge_words(nodes);
        json_object_set_new(views->by_nodes, key.ptr, words);
    }
    (void)pthread_mutex_unlock(&views->lock);
    return words;
}
