#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"

#include "quick_json.h"
#include "scratch.h"

struct cbk_stack *build_stack(const char *dir, const char *yaml)
{
    scratch_write(dir, "cbk.yaml", yaml, strlen(yaml));
    struct cbk_stack *stack = NULL;
    CBK_ERRORS(errors);
    if (cbk_stack_load(&(struct cbk_config_options){.dir = dir}, &stack, &errors) < 0) {
        CBK_CLEANUP(cbk_string_freep) char *said = build_error_text(&errors);
        fail_msg("%s", said);
    }
    return stack;
}

struct cbk_inventory *build_inventory(const char *rows)
{
    struct cbk_inventory *inventory = CBK_NEW(struct cbk_inventory);
    inventory->arena = cbk_arena_new();
    inventory->instances = cbk_map_new();
    inventory->details = json_array();
    inventory->rows = quick_json(rows);
    size_t index;
    json_t *row;
    json_array_foreach(inventory->rows, index, row) {
        struct cbk_instance *instance = CBK_ARENA_NEW(inventory->arena, struct cbk_instance);
        instance->id = cbk_json_text(row, "InstanceId");
        instance->name = cbk_json_text_or(row, "InstanceName", "");
        instance->info = row;
        cbk_map_set(inventory->instances, instance->id, instance);
    }
    return inventory;
}

void build_object(const struct build_sides *sides, struct built *ret)
{
    const struct cbk_kind *kind = sides->kind;
    *ret = (struct built){
        .declared = quick_json(sides->declared),
        .last = quick_json(sides->last),
        .address = cbk_strf("%s.app%s", kind->section, kind->per_instance ? "[\"i-1\"]" : ""),
        .pointer = cbk_strf("/%s/app", kind->section),
    };
    ret->object = (struct cbk_object){
        .kind = kind,
        .address = ret->address,
        .key = "app",
        .instance = kind->per_instance ? "i-1" : NULL,
        .pointer = ret->pointer,
        .declared = ret->declared,
        .desired = quick_json(sides->desired),
        .last = ret->last,
        .live = quick_json(sides->live),
        .is_ours = ret->last != NULL,
    };
}

void built_release(struct built *built)
{
    cbk_object_release(&built->object);
    json_decref(built->declared);
    json_decref(built->last);
    free(built->address);
    free(built->pointer);
}

char *build_error_text(struct cbk_errors *errors)
{
    CBK_STR(text);
    for (size_t i = 0; i < errors->list.len; i++)
        cbk_error_format(&errors->list.items[i], &text);
    return cbk_str_detach(&text);
}
