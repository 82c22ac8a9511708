#include "schema/node.h"
#include "schema/schema.h"
#include "schema/shape.h"
#include "schema/view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct compiler {
    struct cbk_schema *schema;
    struct cbk_error *err;
};

static int compile_node(struct compiler *compiler, const char *pointer, const json_t *json, struct cbk_node **ret);

const struct cbk_rule *cbk_node_rule(const struct cbk_node *node, enum cbk_keyword_id id)
{
    for (size_t i = 0; i < node->rules.len; i++)
        if (node->rules.items[i].id == id)
            return &node->rules.items[i];
    return NULL;
}

const char *cbk_node_text(const struct cbk_node *node, const char *annotation)
{
    return json_string_value(json_object_get(node->schema, annotation));
}

static int bad(struct compiler *compiler, const char *pointer, const char *what)
{
    return cbk_fail(compiler->err, CBK_E_SCHEMA, "schema '#%s' %s", pointer, what);
}

/* Adds the schema that stands at `pointer` to the rule. */
static int add_sub(struct compiler *compiler, struct cbk_rule *rule, const char *pointer, const json_t *json,
                   struct cbk_sub sub)
{
    int r = compile_node(compiler, pointer, json, &sub.node);
    cbk_sub_vec_push(&rule->subs, sub); /* in any case: it owns its pattern */
    return r;
}

static int compile_pattern(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    if (cbk_pattern_compile(json_string_value(rule->value), &rule->pattern, compiler->err) < 0)
        return cbk_wrap(compiler->err, "schema '#%s'", pointer);
    return 0;
}

static int compile_schema(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    return add_sub(compiler, rule, pointer, rule->value, (struct cbk_sub){0});
}

static int compile_schemas(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    size_t index;
    json_t *json;
    json_array_foreach(rule->value, index, json) {
        CBK_CLEANUP(cbk_string_freep) char *at = cbk_strf("%s/%zu", pointer, index);
        int r = add_sub(compiler, rule, at, json, (struct cbk_sub){0});
        if (r < 0)
            return r;
    }
    return 0;
}

static int compile_members(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    bool by_pattern = cbk_keyword_row(rule->id)->shape == CBK_SHAPE_SCHEMAS_BY_PATTERN;
    rule->by_name = cbk_map_new();
    const char *name;
    json_t *json;
    json_object_foreach((json_t *)rule->value, name, json) {
        CBK_STR(at);
        cbk_str_add(&at, pointer);
        cbk_pointer_add_key(&at, name);
        struct cbk_sub sub = {.name = name};
        if (by_pattern && cbk_pattern_compile(name, &sub.pattern, compiler->err) < 0)
            return cbk_wrap(compiler->err, "schema '#%s'", at.ptr);
        int r = add_sub(compiler, rule, at.ptr, json, sub);
        if (r < 0)
            return r;
        cbk_map_set(rule->by_name, name, rule->subs.items[rule->subs.len - 1].node);
    }
    return 0;
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* The pointer in "#/a%25b": percent signs are the URI's, tildes the pointer's. The caller frees. */
static char *decode_fragment(const char *fragment)
{
    CBK_STR(pointer);
    for (const char *at = fragment; *at; at++) {
        int high = *at == '%' ? hex_value(at[1]) : -1;
        int low = high >= 0 ? hex_value(at[2]) : -1;
        unsigned char byte = (unsigned char)(low >= 0 ? high * 16 + low : *at);
        at += low >= 0 ? 2 : 0;
        cbk_str_add_bytes(&pointer, &byte, 1);
    }
    return cbk_str_detach(&pointer);
}

static int compile_ref(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    const char *ref = json_string_value(rule->value);
    if (*ref != '#' || (ref[1] && ref[1] != '/'))
        return bad(compiler, pointer, "refers to another document or an anchor: only '#/...' is supported");
    CBK_CLEANUP(cbk_string_freep) char *target = decode_fragment(ref + 1);
    const json_t *json = cbk_pointer_get(compiler->schema->json, target);
    if (!json)
        return bad(compiler, pointer, "refers to nothing");
    return add_sub(compiler, rule, target, json, (struct cbk_sub){0});
}

/* What is made of what stands under a keyword; NULL: nothing, it is read as it stands. */
static int (*const compile_shape[CBK_SHAPE_COUNT])(struct compiler *compiler, const char *pointer,
                                                   struct cbk_rule *rule) = {
    [CBK_SHAPE_PATTERN] = compile_pattern,         [CBK_SHAPE_REF] = compile_ref,
    [CBK_SHAPE_SCHEMA] = compile_schema,           [CBK_SHAPE_SCHEMAS] = compile_schemas,
    [CBK_SHAPE_SCHEMAS_BY_NAME] = compile_members, [CBK_SHAPE_SCHEMAS_BY_PATTERN] = compile_members,
};

static int compile_rule(struct compiler *compiler, const char *pointer, struct cbk_rule *rule)
{
    const struct cbk_keyword *keyword = cbk_keyword_row(rule->id);
    CBK_STR(at);
    cbk_str_add(&at, pointer);
    cbk_pointer_add_key(&at, keyword->name);
    const char *complaint = cbk_shape_complaint(keyword->shape, rule->value);
    if (complaint)
        return bad(compiler, at.ptr, complaint);
    if (keyword->shape == CBK_SHAPE_ROOT_TEXT && *pointer)
        return bad(compiler, at.ptr, "stands below the root: one schema is one resource here");
    return compile_shape[keyword->shape] ? compile_shape[keyword->shape](compiler, at.ptr, rule) : 0;
}

static int compile_rules(struct compiler *compiler, const char *pointer, struct cbk_node *node)
{
    const char *key;
    json_t *unused;
    json_object_foreach((json_t *)node->schema, key, unused) {
        if (cbk_keyword_find(key) == CBK_KEYWORD_COUNT)
            return cbk_fail(compiler->err, CBK_E_SCHEMA, "schema '#%s' has the unknown keyword '%s'", pointer, key);
    }
    for (int id = 0; id < CBK_KEYWORD_COUNT; id++) {
        const json_t *value = json_object_get(node->schema, cbk_keyword_row((enum cbk_keyword_id)id)->name);
        if (!value)
            continue;
        cbk_rule_vec_push(&node->rules, (struct cbk_rule){.id = (enum cbk_keyword_id)id, .value = value});
        int r = compile_rule(compiler, pointer, &node->rules.items[node->rules.len - 1]);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Each place of the schema becomes one node, however many ways lead there. */
static int compile_node(struct compiler *compiler, const char *pointer, const json_t *json, struct cbk_node **ret)
{
    struct cbk_schema *schema = compiler->schema;
    *ret = cbk_map_get(schema->nodes, pointer);
    if (*ret)
        return 0;
    const char *complaint = cbk_shape_complaint(CBK_SHAPE_SCHEMA, json);
    if (complaint)
        return bad(compiler, pointer, complaint);
    struct cbk_node *node = CBK_ARENA_NEW(schema->arena, struct cbk_node);
    node->id = cbk_map_count(schema->nodes);
    node->schema = json;
    cbk_map_set(schema->nodes, pointer, node); /* before its rules, which may lead back here */
    *ret = node;
    return compile_rules(compiler, pointer, node);
}

enum mark { UNSEEN, OPEN, DONE };

/* A ring of schemas that all speak of the same value would be checked for ever. */
static bool has_ring(const struct cbk_node *node, enum mark *marks)
{
    if (marks[node->id] != UNSEEN)
        return marks[node->id] == OPEN;
    marks[node->id] = OPEN;
    for (size_t i = 0; i < node->rules.len; i++) {
        const struct cbk_rule *rule = &node->rules.items[i];
        if (!cbk_keyword_row(rule->id)->in_place)
            continue;
        for (size_t sub = 0; sub < rule->subs.len; sub++)
            if (has_ring(rule->subs.items[sub].node, marks))
                return true;
    }
    marks[node->id] = DONE;
    return false;
}

static int refuse_rings(struct compiler *compiler)
{
    const struct cbk_map *nodes = compiler->schema->nodes;
    enum mark *marks = cbk_arena_alloc(compiler->schema->arena, cbk_map_count(nodes), sizeof(*marks));
    CBK_MAP_FOREACH(entry, nodes)
        if (has_ring(cbk_map_entry_value(entry), marks))
            return bad(compiler, cbk_map_entry_key(entry), "refers to itself without end");
    return 0;
}

/* Defaults are looked up for every object of a stack: once is enough. */
static void find_defaults(struct cbk_schema *schema, struct cbk_rule *rule)
{
    for (size_t i = 0; i < rule->subs.len; i++) {
        CBK_CLEANUP(cbk_node_vec_release) struct cbk_node_vec nodes = {0};
        cbk_view_collect(rule->subs.items[i].node, NULL, false, &nodes);
        rule->subs.items[i].otherwise = json_object_get(cbk_view_words(schema, &nodes), "default");
    }
}

static void find_all_defaults(struct cbk_schema *schema)
{
    CBK_MAP_FOREACH(entry, schema->nodes) {
        struct cbk_node *node = cbk_map_entry_value(entry);
        for (size_t i = 0; i < node->rules.len; i++)
            if (node->rules.items[i].id == CBK_KEYWORD_PROPERTIES)
                find_defaults(schema, &node->rules.items[i]);
    }
}

int cbk_schema_compile(const json_t *schema, struct cbk_schema **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_schema_freep) struct cbk_schema *made = CBK_NEW(struct cbk_schema);
    made->json = json_deep_copy(schema);
    made->arena = cbk_arena_new();
    made->nodes = cbk_map_new();
    made->views = cbk_views_new();
    struct compiler compiler = {.schema = made, .err = err};
    int r = compile_node(&compiler, "", made->json, &made->root);
    if (r == 0)
        r = refuse_rings(&compiler);
    if (r < 0)
        return r;
    find_all_defaults(made);
    *ret = cbk_schema_steal(&made);
    return 0;
}

static void release_rule(struct cbk_rule *rule)
{
    cbk_pattern_free(rule->pattern);
    for (size_t i = 0; i < rule->subs.len; i++)
        cbk_pattern_free(rule->subs.items[i].pattern);
    cbk_sub_vec_release(&rule->subs);
    cbk_map_free(rule->by_name);
}

void cbk_schema_free(struct cbk_schema *schema)
{
    if (!schema)
        return;
    CBK_MAP_FOREACH(entry, schema->nodes) {
        struct cbk_node *node = cbk_map_entry_value(entry);
        for (size_t i = 0; i < node->rules.len; i++)
            release_rule(&node->rules.items[i]);
        cbk_rule_vec_release(&node->rules);
    }
    cbk_map_free(schema->nodes);
    cbk_views_free(schema->views);
    cbk_arena_free(schema->arena);
    json_decref(schema->json);
    free(schema);
}
