#include "engine/blocks.h"

#include "engine/stack.h"

#include <string.h>

void cbk_blocks_release(struct cbk_blocks *blocks)
{
    cbk_block_list_release(&blocks->moved);
    cbk_block_list_release(&blocks->removed);
    cbk_block_list_release(&blocks->imports);
}

/* Reading and judging go on together: the stack, and where what is wrong goes. */
struct reading {
    struct cbk_stack *stack;
    struct cbk_errors *errors;
};

static void fail_kind(const struct reading *reading, const char *text, struct cbk_span span)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    for (size_t i = 0; i < cbk_kind_count; i++)
        cbk_strings_push(&names, cbk_kinds[i]->section);
    CBK_CLEANUP(cbk_string_freep) char *section = cbk_strndup(text, strcspn(text, "."));
    struct cbk_error *err = cbk_errors_add(reading->errors);
    (void)cbk_fail_unknown(err, span, CBK_E_REFERENCE, "section", section, names.items, names.len);
    (void)cbk_error_hint(err, "an address is expected here, such as roles.NAME");
}

/* False when the text is no address, which has been said. */
static bool parse_address(const struct reading *reading, const char *text, struct cbk_span span,
                          struct cbk_address *ret)
{
    if (!cbk_address_parse(reading->stack->arena, text, ret)) {
        fail_kind(reading, text, span);
        return false;
    }
    if (!ret->instance || ret->kind->per_instance)
        return true;
    (void)cbk_fail_at(cbk_errors_add(reading->errors), span, CBK_E_VALIDATION,
                      "'%s' names an instance, and a %s belongs to none", text, ret->kind->name);
    return false;
}

/* Reads the address at `key` of a block; false when it is none, which has been said. */
static bool read_address(const struct reading *reading, const char *pointer, const char *key, const char **ret_text,
                         struct cbk_address *ret, struct cbk_span *ret_span)
{
    CBK_CLEANUP(cbk_string_freep) char *at = cbk_strf("%s/%s", pointer, key);
    *ret_text = json_string_value(cbk_pointer_get(reading->stack->tree, at));
    *ret_span = cbk_config_span(reading->stack->config, at, /* of_key= */ false);
    return parse_address(reading, *ret_text, *ret_span, ret);
}

static const struct cbk_declaration *declaration_of(const struct cbk_stack *stack, const struct cbk_address *address)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%s.%s", address->kind->section, address->key);
    return cbk_map_get(stack->by_address, text);
}

/* What the block speaks of must not be declared any more. An instance's share may have left its selector. */
static bool check_gone(const struct reading *reading, const struct cbk_block *block)
{
    const struct cbk_declaration *declaration = declaration_of(reading->stack, &block->address);
    if (!declaration || block->address.instance)
        return true;
    struct cbk_error *err = cbk_errors_add(reading->errors);
    (void)cbk_fail_at(err, block->span, CBK_E_CONFLICT, "'%s' is still declared", block->text);
    (void)cbk_error_note(err, declaration->span, "here");
    return false;
}

static bool check_declared(const struct reading *reading, const char *text, const struct cbk_address *address,
                           struct cbk_span span)
{
    if (declaration_of(reading->stack, address))
        return true;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    for (size_t i = 0; i < reading->stack->declarations.len; i++)
        if (reading->stack->declarations.items[i]->kind == address->kind)
            cbk_strings_push(&names, reading->stack->declarations.items[i]->address);
    CBK_CLEANUP(cbk_string_freep) char *whole = cbk_strndup(text, strcspn(text, "["));
    struct cbk_error *err = cbk_errors_add(reading->errors);
    (void)cbk_fail_unknown(err, span, CBK_E_REFERENCE, "reference", whole, names.items, names.len);
    (void)cbk_error_hint(err, "the stack has to declare it");
    return false;
}

static bool check_once(const struct reading *reading, const char *text, struct cbk_span span, const char *first_text,
                       struct cbk_span first_span)
{
    if (!cbk_str_equal(text, first_text))
        return true;
    struct cbk_error *err = cbk_errors_add(reading->errors);
    (void)cbk_fail_at(err, span, CBK_E_CONFLICT, "'%s' is given twice", text);
    (void)cbk_error_note(err, first_span, "the other one");
    return false;
}

static bool check_alike(const struct reading *reading, const struct cbk_block *move)
{
    struct cbk_error *err = NULL;
    if (cbk_str_equal(move->text, move->to_text)) {
        err = cbk_errors_add(reading->errors);
        (void)cbk_fail_at(err, move->to_span, CBK_E_CYCLE, "'%s' moves to itself", move->text);
    } else if (move->address.kind != move->to.kind) {
        err = cbk_errors_add(reading->errors);
        (void)cbk_fail_at(err, move->to_span, CBK_E_VALIDATION, "what is under '%s' cannot move to '%s'",
                          move->address.kind->section, move->to.kind->section);
    } else if (!cbk_str_equal(move->address.instance, move->to.instance)) {
        err = cbk_errors_add(reading->errors);
        (void)cbk_fail_at(err, move->to_span, CBK_E_VALIDATION, "'%s' and '%s' are not of the same instance",
                          move->text, move->to_text);
        (void)cbk_error_hint(err, "what is one instance's stays with it; without an instance, a move is for all");
    }
    return !err;
}

/* Moves that lead into each other say nothing clear about what the state remembers in the middle. */
static bool check_chain(const struct reading *reading, const struct cbk_block *move)
{
    const struct cbk_block_list *moves = &reading->stack->blocks.moved;
    for (size_t i = 0; i < moves->len; i++) {
        const struct cbk_block *next = &moves->items[i];
        if (!cbk_str_equal(move->to_text, next->text))
            continue;
        bool is_circle = cbk_str_equal(next->to_text, move->text);
        struct cbk_error *err = cbk_errors_add(reading->errors);
        (void)cbk_fail_at(err, move->to_span, CBK_E_CYCLE, "'%s' moves %s '%s'", move->to_text,
                          is_circle ? "back to" : "on to", next->to_text);
        (void)cbk_error_note(err, next->span, "by this block");
        if (!is_circle)
            (void)cbk_error_hint(err, "write one block: from: %s, to: %s", move->text, next->to_text);
        return false;
    }
    return true;
}

static bool check_moves_once(const struct reading *reading, const struct cbk_block *move)
{
    const struct cbk_block_list *moves = &reading->stack->blocks.moved;
    for (const struct cbk_block *other = moves->items; other < move; other++)
        if (!check_once(reading, move->text, move->span, other->text, other->span) ||
            !check_once(reading, move->to_text, move->to_span, other->to_text, other->to_span))
            return false;
    return true;
}

static void judge_moves(const struct reading *reading)
{
    const struct cbk_block_list *moves = &reading->stack->blocks.moved;
    for (size_t i = 0; i < moves->len; i++) {
        const struct cbk_block *move = &moves->items[i];
        if (check_alike(reading, move) && check_chain(reading, move) && check_moves_once(reading, move) &&
            check_gone(reading, move))
            (void)check_declared(reading, move->to_text, &move->to, move->to_span);
    }
}

static void judge_removals(const struct reading *reading)
{
    const struct cbk_blocks *blocks = &reading->stack->blocks;
    for (size_t i = 0; i < blocks->removed.len; i++) {
        const struct cbk_block *removal = &blocks->removed.items[i];
        bool fine = check_gone(reading, removal);
        for (size_t j = 0; fine && j < i; j++)
            fine = check_once(reading, removal->text, removal->span, blocks->removed.items[j].text,
                              blocks->removed.items[j].span);
        for (size_t j = 0; fine && j < blocks->moved.len; j++)
            fine = check_once(reading, removal->text, removal->span, blocks->moved.items[j].text,
                              blocks->moved.items[j].span);
    }
}

/* Can the kind's objects be named by this id at all? */
static bool check_id(const struct reading *reading, const struct cbk_block *block)
{
    const struct cbk_kind *kind = block->address.kind;
    if (!kind->per_instance && !kind->decide)
        return true;
    if (!kind->decide && cbk_str_equal(block->id, block->address.instance))
        return true;
    struct cbk_error *err = cbk_errors_add(reading->errors);
    if (kind->decide) {
        (void)cbk_fail_at(err, block->span, CBK_E_VALIDATION, "a %s cannot be imported", kind->name);
        (void)cbk_error_hint(err, "recovery points that serve are found by every plan");
    } else {
        (void)cbk_fail_at(err, block->address.instance ? block->id_span : block->span, CBK_E_VALIDATION,
                          "'%s' are imported one instance at a time, by the instance's id", kind->section);
        (void)cbk_error_hint(err, "write address: '%s.%s[\"i-...\"]', and the same id", kind->section,
                             block->address.key);
    }
    return false;
}

static void judge_import(const struct reading *reading, size_t index)
{
    const struct cbk_block_list *imports = &reading->stack->blocks.imports;
    const struct cbk_block *block = &imports->items[index];
    bool fine = check_declared(reading, block->text, &block->address, block->span) && check_id(reading, block);
    for (size_t i = 0; fine && i < index; i++) {
        const struct cbk_block *other = &imports->items[i];
        fine = check_once(reading, block->text, block->span, other->text, other->span);
        if (fine && !block->address.instance && block->address.kind == other->address.kind)
            fine = check_once(reading, block->id, block->id_span, other->id, other->id_span);
    }
}

static void read_moves(const struct reading *reading)
{
    const json_t *blocks = json_object_get(reading->stack->tree, "moved");
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/moved/%zu", i);
        struct cbk_block block = {0};
        if (read_address(reading, pointer, "from", &block.text, &block.address, &block.span) &&
            read_address(reading, pointer, "to", &block.to_text, &block.to, &block.to_span))
            cbk_block_list_push(&reading->stack->blocks.moved, block);
    }
}

/* What is removed and destroyed needs no block: it is as if it were not there. */
static void read_removals(const struct reading *reading)
{
    const json_t *blocks = json_object_get(reading->stack->tree, "removed");
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/removed/%zu", i);
        struct cbk_block block = {0};
        if (read_address(reading, pointer, "address", &block.text, &block.address, &block.span) &&
            (!cbk_json_bool(json_array_get(blocks, i), "destroy", false) || !check_gone(reading, &block)))
            cbk_block_list_push(&reading->stack->blocks.removed, block);
    }
}

static void read_imports(const struct reading *reading)
{
    const json_t *blocks = json_object_get(reading->stack->tree, "import");
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        CBK_CLEANUP(cbk_string_freep) char *pointer = cbk_strf("/import/%zu", i);
        CBK_CLEANUP(cbk_string_freep) char *id_pointer = cbk_strf("%s/id", pointer);
        struct cbk_block block = {.id = cbk_json_text(json_array_get(blocks, i), "id"),
                                  .id_span = cbk_config_span(reading->stack->config, id_pointer, false)};
        if (read_address(reading, pointer, "address", &block.text, &block.address, &block.span))
            cbk_block_list_push(&reading->stack->blocks.imports, block);
    }
}

void cbk_blocks_read(struct cbk_stack *stack, struct cbk_errors *errors)
{
    const struct reading reading = {.stack = stack, .errors = errors};
    read_moves(&reading);
    read_removals(&reading);
    read_imports(&reading);
    judge_moves(&reading);
    judge_removals(&reading);
    for (size_t i = 0; i < stack->blocks.imports.len; i++)
        judge_import(&reading, i);
}

int cbk_blocks_add_import(struct cbk_stack *stack, const char *address, const char *id, struct cbk_errors *errors)
{
    const struct reading reading = {.stack = stack, .errors = errors};
    struct cbk_block block = {.text = address, .id = id};
    if (parse_address(&reading, address, block.span, &block.address)) {
        cbk_block_list_push(&stack->blocks.imports, block);
        judge_import(&reading, stack->blocks.imports.len - 1);
    }
    return cbk_errors_code(errors);
}
