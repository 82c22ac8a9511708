#include "schema/schema.h"
#include "schema/view.h"

#define NODES(name) CBK_CLEANUP(cbk_node_vec_release) struct cbk_node_vec name = {0}

const json_t *cbk_schema_at(const struct cbk_schema *schema, const json_t *instance, const char *pointer)
{
    NODES(nodes);
    cbk_view_collect(schema->root, instance, true, &nodes);
    const json_t *value = instance;
    while (*pointer == '/') {
        CBK_CLEANUP(cbk_string_freep) char *token = cbk_pointer_next(&pointer);
        NODES(below);
        size_t index = 0;
        bool is_index = cbk_pointer_index(token, &index);
        const json_t *parent = value;
        value =
            json_is_array(parent) ? (is_index ? json_array_get(parent, index) : NULL) : json_object_get(parent, token);
        if (is_index && (!parent || json_is_array(parent)))
            cbk_view_item(&nodes, index, value, true, &below);
        if (!json_is_array(parent))
            cbk_view_member(&nodes, token, value, true, &below);
        cbk_node_vec_release(&nodes);
        nodes = below;
        below = (struct cbk_node_vec){0};
    }
    return cbk_view_words(schema, &nodes);
}

struct visit {
    const struct cbk_schema *schema;
    cbk_schema_visit_fn visit;
    void *context;
    struct cbk_str pointer;
};

static void walk(struct visit *visit, const json_t *value, const struct cbk_node_vec *nodes)
{
    visit->visit(visit->context, visit->pointer.ptr, value, cbk_view_words(visit->schema, nodes));
    size_t len = visit->pointer.len, index;
    json_t *item;
    json_array_foreach(value, index, item) {
        NODES(below);
        cbk_view_item(nodes, index, item, true, &below);
        cbk_pointer_add_index(&visit->pointer, index);
        walk(visit, item, &below);
        cbk_str_truncate(&visit->pointer, len);
    }
    const char *key;
    json_object_foreach((json_t *)value, key, item) {
        NODES(below);
        cbk_view_member(nodes, key, item, true, &below);
        cbk_pointer_add_key(&visit->pointer, key);
        walk(visit, item, &below);
        cbk_str_truncate(&visit->pointer, len);
    }
}

void cbk_schema_walk(const struct cbk_schema *schema, const json_t *instance, cbk_schema_visit_fn visit, void *context)
{
    struct visit state = {.schema = schema, .visit = visit, .context = context, .pointer = CBK_STR_INIT};
    NODES(nodes);
    cbk_view_collect(schema->root, instance, true, &nodes);
    walk(&state, instance, &nodes);
    cbk_str_release(&state.pointer);
}

/* Adds to `object` the defaults of the properties that one node declares. */
static void fill_missing(const struct cbk_node *node, json_t *object)
{
    const struct cbk_rule *properties = cbk_node_rule(node, CBK_KEYWORD_PROPERTIES);
    for (size_t i = 0; properties && i < properties->subs.len; i++) {
        const struct cbk_sub *property = &properties->subs.items[i];
        if (property->otherwise && !json_object_get(object, property->name))
            json_object_set_new(object, property->name, json_deep_copy(property->otherwise));
    }
}

static json_t *fill(const json_t *value, const struct cbk_node_vec *nodes)
{
    if (json_is_array(value)) {
        json_t *array = json_array();
        size_t index;
        json_t *item;
        json_array_foreach(value, index, item) {
            NODES(below);
            cbk_view_item(nodes, index, item, false, &below);
            json_array_append_new(array, fill(item, &below));
        }
        return array;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    CBK_JSON *with_own = json_copy((json_t *)value);
    for (size_t i = 0; i < nodes->len; i++)
        fill_missing(nodes->items[i], with_own);
    json_t *object = json_object();
    const char *key;
    json_t *member;
    json_object_foreach(with_own, key, member) {
        NODES(below);
        cbk_view_member(nodes, key, member, false, &below);
        json_object_set_new(object, key, fill(member, &below));
    }
    return object;
}

json_t *cbk_schema_with_defaults(const struct cbk_schema *schema, const json_t *instance)
{
    NODES(nodes);
    cbk_view_collect(schema->root, instance, false, &nodes);
    return fill(instance, &nodes);
}
