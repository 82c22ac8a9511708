#include "sim/action/shape_node.h"

#include <ctype.h>
#include <string.h>

static const struct {
    char letter;
    enum kind kind;
    const char *describe;
} leaf_types[] = {
    {'i', INTEGER, "integer"}, {'n', NUMBER, "number"}, {'b', BOOLEAN, "boolean"},
    {'t', TIME, "string"},     {'m', MINUTE, "string"}, {'j', ANY, "map"},
};

static _Noreturn void malformed(const char *at)
{
    (void)fprintf(stderr, "cbk-sim: malformed answer shape at '%.40s'\n", at);
    abort();
}

static char *take_word(struct cbk_arena *arena, const char **at)
{
    size_t len = 0;
    while (isalnum((unsigned char)(*at)[len]) || (*at)[len] == '_' || (*at)[len] == '.')
        len++;
    char *word = cbk_arena_strndup(arena, *at, len);
    *at += len;
    return word;
}

static char *take_literal(struct cbk_arena *arena, const char **at)
{
    bool quoted = **at == '\'';
    *at += quoted;
    size_t len = strcspn(*at, quoted ? "'" : " }]");
    char *literal = cbk_arena_strndup(arena, *at, len);
    *at += len + quoted;
    return literal;
}

static enum kind take_type(const char **at)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(leaf_types); i++)
        if (leaf_types[i].letter == (*at)[1]) {
            *at += 2;
            return leaf_types[i].kind;
        }
    malformed(*at);
}

static const struct sim_shape *take_fields(struct cbk_arena *arena, const char **at, char end);

static void take_list(struct cbk_arena *arena, struct sim_shape *field, const char **at)
{
    field->kind = LEAVES;
    field->leaf = **at == ':' ? take_type(at) : TEXT;
    if (**at == ']') {
        (*at)++;
        return;
    }
    field->kind = LIST;
    field->first = take_fields(arena, at, ']');
}

/* What is written around a value does not change, so it is made once. */
static void make_frames(struct cbk_arena *arena, struct sim_shape *field)
{
    field->key = cbk_arena_strf(arena, "\"%s\":", field->name);
    field->open = cbk_arena_strf(arena, "<%s>", field->name);
    field->close = cbk_arena_strf(arena, "</%s>", field->name);
    field->key_len = strlen(field->key);
    field->open_len = strlen(field->open);
    field->close_len = strlen(field->close);
}

static struct sim_shape *take_field(struct cbk_arena *arena, const char **at)
{
    struct sim_shape *field = CBK_ARENA_NEW(arena, struct sim_shape);
    field->name = field->source = take_word(arena, at);
    if (!*field->name)
        malformed(*at);
    make_frames(arena, field);
    for (;;) {
        switch (**at) {
        case '?':
            (*at)++;
            field->optional = true;
            continue;
        case '-':
            (*at)++;
            field->source = NULL;
            continue;
        case '=':
            (*at)++;
            field->source = take_word(arena, at);
            continue;
        case '~':
            (*at)++;
            field->literal = take_literal(arena, at);
            field->source = NULL;
            continue;
        case ':':
            field->kind = take_type(at);
            continue;
        case '{':
            (*at)++;
            field->kind = OBJECT;
            field->first = take_fields(arena, at, '}');
            return field;
        case '[':
            (*at)++;
            take_list(arena, field, at);
            return field;
        default:
            return field;
        }
    }
}

/* Reads fields up to `end` and takes that too. */
static const struct sim_shape *take_fields(struct cbk_arena *arena, const char **at, char end)
{
    const struct sim_shape *first = NULL, **tail = &first;
    for (;;) {
        *at += strspn(*at, " ");
        if (**at == end)
            break;
        struct sim_shape *field = take_field(arena, at);
        *tail = field;
        tail = &field->sibling;
    }
    if (end)
        (*at)++;
    return first;
}

const struct sim_shape *sim_shape_parse(struct cbk_arena *arena, const char *text)
{
    struct sim_shape *root = CBK_ARENA_NEW(arena, struct sim_shape);
    root->kind = OBJECT;
    root->first = take_fields(arena, &text, '\0');
    sim_shape_freeze(arena, root->first);
    return root;
}

static const char *describe_leaf(enum kind kind)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(leaf_types); i++)
        if (leaf_types[i].kind == kind)
            return leaf_types[i].describe;
    return "string";
}

json_t *sim_shape_describe(const struct sim_shape *shape)
{
    json_t *object = json_object();
    for (const struct sim_shape *field = shape->first; field; field = field->sibling) {
        json_t *value = NULL;
        if (field->kind == OBJECT)
            value = sim_shape_describe(field);
        else if (field->kind == LIST)
            value = json_pack("[o]", sim_shape_describe(field));
        else if (field->kind == LEAVES)
            value = json_pack("[s]", describe_leaf(field->leaf));
        else
            value = json_string(describe_leaf(field->kind));
        json_object_set_new(object, field->name, value);
    }
    return object;
}

bool sim_shape_has(const struct sim_shape *shape, const char *name)
{
    for (const struct sim_shape *field = shape->first; field; field = field->sibling)
        if (strcmp(field->name, name) == 0)
            return true;
    return false;
}
