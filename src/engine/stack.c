#include "engine/stack.h"

#include "engine/graph.h"
#include "schema/schema.h"

#include <string.h>

struct judge {
    const struct cbk_config *config;
    struct cbk_errors *errors;
};

static void add_violation(void *context, const struct cbk_violation *violation)
{
    const struct judge *judge = context;
    struct cbk_span span = cbk_config_span(judge->config, violation->pointer, violation->of_key);
    struct cbk_error *err = cbk_errors_add(judge->errors);
    (void)cbk_fail_at(err, span, CBK_E_SCHEMA, "%s", violation->message);
    if (violation->hint)
        (void)cbk_error_hint(err, "%s", violation->hint);
}

static int validate(const struct cbk_config *config, struct cbk_errors *errors)
{
    struct judge judge = {.config = config, .errors = errors};
    cbk_schema_validate(cbk_schema_stack(), cbk_config_root(config), add_violation, &judge);
    return cbk_errors_code(errors);
}

static void add_declarations_of(struct cbk_stack *stack, const struct cbk_kind *kind)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(stack->tree, kind->section), key, value) {
        struct cbk_declaration *declaration = CBK_ARENA_NEW(stack->arena, struct cbk_declaration);
        CBK_STR(pointer);
        cbk_pointer_add_key(&pointer, kind->section);
        cbk_pointer_add_key(&pointer, key);
        *declaration = (struct cbk_declaration){
            .kind = kind,
            .key = key,
            .address = cbk_arena_strf(stack->arena, "%s.%s", kind->section, key),
            .pointer = cbk_arena_strdup(stack->arena, pointer.ptr),
            .value = value,
            .index = stack->declarations.len,
            .span = cbk_config_span(stack->config, pointer.ptr, /* of_key= */ true),
        };
        cbk_declarations_push(&stack->declarations, declaration);
        cbk_map_set(stack->by_address, declaration->address, declaration);
    }
}

/* What a walk over the tree looks for: strings that the schema calls references. */
struct reference_walk {
    struct cbk_stack *stack;
    struct cbk_errors *errors;
};

/* The declaration within which a pointer lies ("/roles/app/..."), or NULL. Keys hold no escapes: the schema says so. */
static struct cbk_declaration *declaration_at(const struct cbk_stack *stack, const char *pointer)
{
    size_t section = strcspn(pointer + 1, "/");
    const char *key = pointer + 1 + section;
    if (*key != '/')
        return NULL;
    key++;
    CBK_CLEANUP(cbk_string_freep)
    char *address = cbk_strf("%.*s.%.*s", (int)section, pointer + 1, (int)strcspn(key, "/"), key);
    return cbk_map_get(stack->by_address, address);
}

static void fail_unknown(const struct reference_walk *walk, const char *pointer, const char *section, const char *text)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    bool by_key = strcmp(section, "instances") == 0;
    if (by_key) {
        const char *key;
        json_t *value;
        json_object_foreach(json_object_get(walk->stack->tree, section), key, value)
            cbk_strings_push(&names, key);
    }
    for (size_t i = 0; !by_key && i < walk->stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = walk->stack->declarations.items[i];
        if (strcmp(section, "*") == 0 || strcmp(declaration->kind->section, section) == 0)
            cbk_strings_push(&names, declaration->address);
    }
    struct cbk_error *err = cbk_errors_add(walk->errors);
    (void)cbk_fail_unknown(err, cbk_config_span(walk->stack->config, pointer, false), CBK_E_REFERENCE, "reference",
                           text, names.items, names.len);
    if (by_key)
        (void)cbk_error_hint(err, "the name of a selector under 'instances' is expected here");
    else if (strcmp(section, "*") != 0)
        (void)cbk_error_hint(err, "the address of something under '%s' is expected here, such as %s.NAME", section,
                             section);
}

static bool is_known(const struct cbk_stack *stack, const char *section, const char *text)
{
    if (strcmp(section, "instances") == 0)
        return json_object_get(json_object_get(stack->tree, section), text) != NULL;
    const struct cbk_declaration *target = cbk_map_get(stack->by_address, text);
    return target && (strcmp(section, "*") == 0 || strcmp(target->kind->section, section) == 0);
}

static void add_need(struct cbk_declaration *declaration, const char *address)
{
    for (size_t i = 0; i < declaration->needs.len; i++)
        if (strcmp(declaration->needs.items[i], address) == 0)
            return;
    cbk_strings_push(&declaration->needs, address);
}

/* No attribute of today's kinds is kept secret, so a secret has no place in any of them. */
static void refuse_secret(const struct reference_walk *walk, const char *pointer)
{
    struct cbk_error *err = cbk_errors_add(walk->errors);
    (void)cbk_fail_at(err, cbk_config_span(walk->stack->config, pointer, false), CBK_E_VALIDATION,
                      "a sensitive variable must not go into this value");
    (void)cbk_error_hint(err, "it would be shown in plans and kept in the state");
}

static void visit_value(void *context, const char *pointer, const json_t *value, const json_t *schema)
{
    struct reference_walk *walk = context;
    bool is_secret = json_is_string(value) && cbk_config_is_sensitive(walk->stack->config, pointer);
    if (is_secret && !(schema && cbk_json_bool(schema, "x-sensitive", false)))
        refuse_secret(walk, pointer);
    const char *section = schema ? cbk_json_text(schema, "x-reference") : NULL;
    const char *text = json_string_value(value);
    if (!section || !text)
        return;
    if (!is_known(walk->stack, section, text)) {
        fail_unknown(walk, pointer, section, text);
        return;
    }
    struct cbk_declaration *declaration = declaration_at(walk->stack, pointer);
    if (declaration && strcmp(section, "instances") != 0)
        add_need(declaration, text);
}

static void fail_cycle(const struct cbk_stack *stack, const struct cbk_indices *cycle, struct cbk_errors *errors)
{
    CBK_STR(path);
    for (size_t i = 0; i < cycle->len; i++)
        cbk_str_addf(&path, "%s -> ", stack->declarations.items[cycle->items[i]]->address);
    const struct cbk_declaration *first = stack->declarations.items[cycle->items[0]];
    cbk_str_add(&path, first->address);
    struct cbk_error *err = cbk_errors_add(errors);
    (void)cbk_fail_at(err, first->span, CBK_E_CYCLE, "these need each other in a circle: %s", path.ptr);
    for (size_t i = 1; i < cycle->len; i++) {
        const struct cbk_declaration *other = stack->declarations.items[cycle->items[i]];
        (void)cbk_error_note(err, other->span, "%s is part of it", other->address);
    }
}

static void check_cycles(const struct cbk_stack *stack, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_graph_release) struct cbk_graph graph = {.count = stack->declarations.len};
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_strings *needs = &stack->declarations.items[i]->needs;
        for (size_t j = 0; j < needs->len; j++)
            cbk_graph_add(&graph, i,
                          ((struct cbk_declaration *)cbk_map_get(stack->by_address, needs->items[j]))->index);
    }
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
    if (!cbk_graph_sort(&graph, &order))
        fail_cycle(stack, &order, errors);
}

/* Two declarations must not claim one name in the cloud. */
static void check_names(const struct cbk_stack *stack, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *taken = cbk_map_new();
    for (size_t i = 0; i < stack->declarations.len; i++) {
        struct cbk_declaration *declaration = stack->declarations.items[i];
        if (!declaration->kind->title)
            continue;
        const char *name = cbk_json_text_or(declaration->value, declaration->kind->title, declaration->key);
        CBK_CLEANUP(cbk_string_freep) char *claim = cbk_strf("%s %s", declaration->kind->name, name);
        const struct cbk_declaration *first = cbk_map_get(taken, claim);
        if (first) {
            struct cbk_error *err = cbk_errors_add(errors);
            (void)cbk_fail_at(err, declaration->span, CBK_E_CONFLICT, "%s and %s are both named '%s' in the cloud",
                              first->address, declaration->address, name);
            (void)cbk_error_note(err, first->span, "the other one");
        } else {
            cbk_map_set(taken, claim, declaration);
        }
    }
}

static int resolve(struct cbk_stack *stack, struct cbk_errors *errors)
{
    struct reference_walk walk = {.stack = stack, .errors = errors};
    for (size_t i = 0; i < cbk_kind_count; i++)
        add_declarations_of(stack, cbk_kinds[i]);
    cbk_schema_walk(cbk_schema_stack(), stack->tree, visit_value, &walk);
    check_cycles(stack, errors);
    check_names(stack, errors);
    cbk_blocks_read(stack, errors);
    return cbk_errors_code(errors);
}

int cbk_stack_load(const struct cbk_config_options *options, struct cbk_stack **ret, struct cbk_errors *errors)
{
    struct cbk_stack *stack = CBK_NEW(struct cbk_stack);
    *ret = stack;
    stack->arena = cbk_arena_new();
    stack->by_address = cbk_map_new();
    int r = cbk_config_load(options, &stack->config, errors);
    if (r == 0)
        r = validate(stack->config, errors);
    if (r == 0) {
        stack->tree = cbk_schema_with_defaults(cbk_schema_stack(), cbk_config_root(stack->config));
        stack->name = cbk_json_text(stack->tree, "stack");
        stack->region = cbk_json_text(stack->tree, "provider.region");
        stack->account = cbk_json_text(stack->tree, "provider.account");
        r = resolve(stack, errors);
    }
    cbk_errors_sort(errors);
    return r < 0 ? cbk_errors_code(errors) : 0;
}

void cbk_stack_free(struct cbk_stack *stack)
{
    if (!stack)
        return;
    for (size_t i = 0; i < stack->declarations.len; i++)
        cbk_strings_release(&stack->declarations.items[i]->needs);
    cbk_declarations_release(&stack->declarations);
    cbk_map_free(stack->by_address);
    cbk_blocks_release(&stack->blocks);
    json_decref(stack->tree);
    json_decref(stack->pins);
    cbk_config_free(stack->config);
    cbk_arena_free(stack->arena);
    free(stack);
}

const json_t *cbk_stack_selector(const struct cbk_stack *stack, const struct cbk_declaration *declaration,
                                 const char **ret_name, struct cbk_span *ret_span)
{
    const json_t *instances = json_object_get(declaration->value, "instances");
    const char *name = json_string_value(instances);
    CBK_STR(pointer);
    *ret_name = name;
    if (!name) {
        cbk_str_addf(&pointer, "%s/instances", declaration->pointer);
        *ret_span = cbk_config_span(stack->config, pointer.ptr, /* of_key= */ true);
        return instances;
    }
    cbk_pointer_add_key(&pointer, "instances");
    cbk_pointer_add_key(&pointer, name);
    *ret_span = cbk_config_span(stack->config, pointer.ptr, /* of_key= */ true);
    return json_object_get(json_object_get(stack->tree, "instances"), name);
}
