#include "schema/explain.h"

#include "schema/view.h"

#include <string.h>

#define NODES(name) CBK_CLEANUP(cbk_node_vec_release) struct cbk_node_vec name = {0}

/* Calls `visit` for each property that one of the nodes declares, in the order of the schema. */
typedef void (*property_fn)(void *context, const struct cbk_sub *property);
static void each_property(const struct cbk_node_vec *nodes, property_fn visit, void *context)
{
    for (size_t i = 0; i < nodes->len; i++) {
        const struct cbk_rule *properties = cbk_node_rule(nodes->items[i], CBK_KEYWORD_PROPERTIES);
        for (size_t j = 0; properties && j < properties->subs.len; j++)
            visit(context, &properties->subs.items[j]);
    }
}

struct search {
    const char *key;
    struct cbk_node_vec *found;
};

static void take_if_named(void *context, const struct cbk_sub *property)
{
    struct search *search = context;
    if (strcmp(property->name, search->key) == 0)
        cbk_view_collect(property->node, NULL, true, search->found);
}

static bool find_property(const struct cbk_node_vec *nodes, const char *key, struct cbk_node_vec *ret)
{
    struct search search = {.key = key, .found = ret};
    each_property(nodes, take_if_named, &search);
    return ret->len > 0;
}

/* What rules the items of a list, or the values under names that the user chooses. False when there are none such. */
static bool find_elements(const struct cbk_node_vec *nodes, struct cbk_node_vec *ret)
{
    static const enum cbk_keyword_id ways[] = {CBK_KEYWORD_ADDITIONAL_PROPERTIES, CBK_KEYWORD_ITEMS};
    for (size_t i = 0; i < nodes->len; i++) {
        for (size_t j = 0; j < CBK_ARRAY_LEN(ways); j++) {
            const struct cbk_rule *rule = cbk_node_rule(nodes->items[i], ways[j]);
            for (size_t k = 0; rule && k < rule->subs.len; k++)
                if (json_is_object(rule->subs.items[k].node->schema))
                    cbk_view_collect(rule->subs.items[k].node, NULL, true, ret);
        }
    }
    return ret->len > 0;
}

static void add_name(void *context, const struct cbk_sub *property)
{
    cbk_strings_push(context, property->name);
}

/* A word that is near to a key is that key misspelt; any other may be a name that the user chooses. */
static bool is_misspelt(const struct cbk_node_vec *nodes, const char *word)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    each_property(nodes, add_name, &names);
    return cbk_str_nearest(word, names.items, names.len) != NULL;
}

static int fail_unknown(const struct cbk_node_vec *nodes, const char *key, const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    each_property(nodes, add_name, &names);
    (void)cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_NOT_FOUND, "key", key, names.items, names.len);
    if (!names.len)
        return cbk_error_hint(err, "nothing stands below '%s'", path);
    return cbk_error_hint(err, *path ? "'cbk explain %s' lists the keys there" : "'cbk explain%s' lists the keys",
                          path);
}

/* What rules the values at the path walked so far, and what rules those around them. */
struct walk {
    struct cbk_node_vec nodes, parents;
    struct cbk_str path;
};

static void release_walk(struct walk *walk)
{
    cbk_node_vec_release(&walk->nodes);
    cbk_node_vec_release(&walk->parents);
    cbk_str_release(&walk->path);
}

static void take(struct cbk_node_vec *to, struct cbk_node_vec *from)
{
    cbk_node_vec_release(to);
    *to = *from;
    *from = (struct cbk_node_vec){0};
}

static int step(struct walk *walk, const char *word, struct cbk_error *err)
{
    NODES(below);
    NODES(elements);
    if (find_property(&walk->nodes, word, &below)) {
        take(&walk->parents, &walk->nodes);
        take(&walk->nodes, &below);
    } else if (!find_elements(&walk->nodes, &elements)) {
        return fail_unknown(&walk->nodes, word, walk->path.ptr, err);
    } else if (find_property(&elements, word, &below)) { /* the name before it was left out */
        take(&walk->parents, &elements);
        take(&walk->nodes, &below);
    } else if (is_misspelt(&elements, word)) {
        return fail_unknown(&elements, word, walk->path.ptr, err);
    } else {
        take(&walk->parents, &walk->nodes);
        take(&walk->nodes, &elements);
    }
    cbk_str_addf(&walk->path, "%s%s", walk->path.len ? "." : "", word);
    return 0;
}

/* The next word of a path, "a.b[0]" being a, b, 0. The caller frees; NULL at the end. */
static char *next_word(const char **at)
{
    static const char between[] = ".[]\"";
    *at += strspn(*at, between);
    size_t len = strcspn(*at, between);
    if (!len)
        return NULL;
    char *word = cbk_strndup(*at, len);
    *at += len;
    return word;
}

static const struct type_word {
    unsigned bit;
    const char *word;
} type_words[] = {
    {CBK_TYPE_STRING, "text"},           {CBK_TYPE_INTEGER, "whole number"}, {CBK_TYPE_NUMBER, "number"},
    {CBK_TYPE_BOOLEAN, "true or false"}, {CBK_TYPE_ARRAY, "list"},           {CBK_TYPE_OBJECT, "mapping"},
};

static unsigned types_of_values(const json_t *values)
{
    unsigned bits = 0;
    size_t index;
    json_t *value;
    json_array_foreach(values, index, value)
        bits |= cbk_type_bits(value);
    return bits;
}

/* The types that a node allows by saying so, or by the values that it lists; 0: it says nothing. */
static unsigned types_of(const struct cbk_node *node)
{
    const json_t *type = json_object_get(node->schema, "type"), *fixed = json_object_get(node->schema, "const");
    unsigned bits = types_of_values(json_object_get(node->schema, "enum")) | (fixed ? cbk_type_bits(fixed) : 0);
    size_t index;
    json_t *name;
    json_array_foreach(type, index, name)
        bits |= cbk_type_named(json_string_value(name));
    return bits | (json_is_string(type) ? cbk_type_named(json_string_value(type)) : 0);
}

static char *describe_types(const struct cbk_node_vec *nodes)
{
    unsigned bits = 0;
    CBK_STR(text);
    for (size_t i = 0; i < nodes->len; i++)
        bits |= types_of(nodes->items[i]);
    for (size_t i = 0; i < CBK_ARRAY_LEN(type_words); i++) {
        bool is_less = type_words[i].bit == CBK_TYPE_NUMBER && (bits & CBK_TYPE_INTEGER); /* whole numbers have both */
        if ((bits & type_words[i].bit) && !is_less)
            cbk_str_addf(&text, "%s%s", text.len ? ", or " : "", type_words[i].word);
    }
    NODES(elements);
    if ((bits & CBK_TYPE_ARRAY) && find_elements(nodes, &elements)) {
        CBK_CLEANUP(cbk_string_freep) char *inner = describe_types(&elements);
        cbk_str_addf(&text, "%s%s", *inner ? " of " : "", inner);
    }
    return cbk_str_detach(&text);
}

/* Schema words that go into the explanation as they are, and their names there. */
static const struct copied {
    const char *word, *as;
} copied_words[] = {
    {"description", "description"}, {"default", "default"},       {"enum", "allowed"},
    {"x-reference", "reference"},   {"x-immutable", "immutable"}, {"x-unordered", "unordered"},
    {"x-sensitive", "sensitive"},   {"x-computed", "computed"},   {"x-hint", "hint"},
};

/* Does one of the nodes, without its alternatives, demand the key? */
static bool demands(const struct cbk_node_vec *nodes, enum cbk_keyword_id way, const char *key)
{
    for (size_t i = 0; i < nodes->len; i++) {
        const struct cbk_rule *rule = cbk_node_rule(nodes->items[i], way);
        if (rule && way == CBK_KEYWORD_REQUIRED && cbk_json_array_has(rule->value, key))
            return true;
        for (size_t j = 0; rule && way == CBK_KEYWORD_ONE_OF && j < rule->subs.len; j++)
            if (cbk_json_array_has(json_object_get(rule->subs.items[j].node->schema, "required"), key))
                return true;
    }
    return false;
}

/* The nodes that rule a value whatever it is: itself and what it refers to, no alternatives. */
static void certain(const struct cbk_node_vec *nodes, struct cbk_node_vec *ret)
{
    if (nodes->len)
        cbk_view_collect(nodes->items[0], NULL, false, ret);
}

struct listing {
    const struct cbk_node_vec *parents; /* those that are certain */
    json_t *keys;
};

static bool is_listed(const json_t *keys, const char *key)
{
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)keys, index, row)
        if (cbk_str_equal(cbk_json_text(row, "key"), key))
            return true;
    return false;
}

static void list_key(void *context, const struct cbk_sub *property)
{
    struct listing *listing = context;
    if (is_listed(listing->keys, property->name)) /* alternatives may speak of one key each */
        return;
    NODES(nodes);
    cbk_view_collect(property->node, NULL, true, &nodes);
    CBK_CLEANUP(cbk_string_freep) char *type = describe_types(&nodes);
    json_t *row = json_pack("{s:s, s:s}", "key", property->name, "type", type);
    for (size_t i = 0; i < nodes.len && !json_object_get(row, "description"); i++)
        cbk_json_set_text(row, "description", cbk_node_text(nodes.items[i], "description"));
    if (property->otherwise)
        json_object_set(row, "default", (json_t *)property->otherwise);
    if (demands(listing->parents, CBK_KEYWORD_REQUIRED, property->name))
        json_object_set_new(row, "required", json_true());
    else if (demands(listing->parents, CBK_KEYWORD_ONE_OF, property->name))
        json_object_set_new(row, "one_of", json_true());
    json_array_append_new(listing->keys, row);
}

static json_t *list_keys(const struct cbk_node_vec *nodes)
{
    NODES(parents);
    certain(nodes, &parents);
    struct listing listing = {.parents = &parents, .keys = json_array()};
    each_property(nodes, list_key, &listing);
    return listing.keys;
}

static void add_words(json_t *explanation, const struct cbk_node_vec *nodes)
{
    for (size_t i = 0; i < nodes->len; i++) {
        for (size_t j = 0; j < CBK_ARRAY_LEN(copied_words); j++) {
            json_t *word = json_object_get(nodes->items[i]->schema, copied_words[j].word);
            if (word && !json_object_get(explanation, copied_words[j].as))
                json_object_set(explanation, copied_words[j].as, word);
        }
        json_t *fixed = json_object_get(nodes->items[i]->schema, "const");
        if (fixed && !json_object_get(explanation, "allowed"))
            json_object_set_new(explanation, "allowed", json_pack("[O]", fixed));
    }
}

static json_t *explain(const struct cbk_node_vec *nodes, const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *type = describe_types(nodes);
    json_t *explanation = json_pack("{s:s, s:s}", "path", path, "type", type);
    add_words(explanation, nodes);
    CBK_JSON *keys = list_keys(nodes);
    NODES(elements);
    if (!json_array_size(keys) && find_elements(nodes, &elements)) {
        json_decref(keys);
        keys = list_keys(&elements);
        if (!strstr(type, "list"))
            json_object_set_new(explanation, "names", json_true());
    }
    if (json_array_size(keys))
        json_object_set(explanation, "keys", keys);
    return explanation;
}

int cbk_schema_explain(const struct cbk_schema *schema, const char *path, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(release_walk) struct walk walk = {.path = CBK_STR_INIT};
    cbk_view_collect(schema->root, NULL, true, &walk.nodes);
    const char *last = "";
    for (char *word; (word = next_word(&path)); last = strrchr(walk.path.ptr, '.')) {
        CBK_CLEANUP(cbk_string_freep) char *owned = word;
        int r = step(&walk, owned, err);
        if (r < 0)
            return r;
    }
    *ret = explain(&walk.nodes, walk.path.ptr);
    NODES(around);
    certain(&walk.parents, &around);
    if (demands(&around, CBK_KEYWORD_REQUIRED, last ? last + (*last == '.') : walk.path.ptr))
        json_object_set_new(*ret, "required", json_true());
    return 0;
}
