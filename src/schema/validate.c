#include "schema/run.h"
#include "schema/schema.h"

#include <string.h>

/* Findings come keyword by keyword; people read a document from its top. Findings of one pointer, in order. */
struct heap {
    struct cbk_finding_vec findings; /* borrowed texts */
};

struct telling {
    struct cbk_map *heaps; /* pointer -> struct heap *, in the arena */
    struct cbk_str pointer;
    cbk_violation_fn report;
    void *context;
    size_t told;
};

static bool is_known(const struct heap *heap, const struct cbk_finding *finding)
{
    for (size_t i = 0; i < heap->findings.len; i++)
        if (strcmp(heap->findings.items[i].message, finding->message) == 0)
            return true;
    return false;
}

static void sort_in(struct cbk_map *heaps, struct cbk_arena *arena, const struct cbk_finding_vec *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct cbk_finding *finding = &findings->items[i];
        struct heap *heap = cbk_map_get(heaps, finding->pointer);
        if (!heap) {
            heap = CBK_ARENA_NEW(arena, struct heap);
            cbk_map_set(heaps, finding->pointer, heap);
        }
        if (!is_known(heap, finding)) /* two ways to the same schema say the same thing twice */
            cbk_finding_vec_push(&heap->findings, *finding);
    }
}

static void tell(struct telling *telling)
{
    struct heap *heap = cbk_map_get(telling->heaps, telling->pointer.ptr);
    if (!heap)
        return;
    for (size_t i = 0; i < heap->findings.len; i++) {
        const struct cbk_finding *finding = &heap->findings.items[i];
        const struct cbk_violation violation = {
            .pointer = finding->pointer, .of_key = finding->of_key, .message = finding->message, .hint = finding->hint};
        telling->report(telling->context, &violation);
        telling->told++;
    }
    cbk_finding_vec_release(&heap->findings);
}

static void tell_below(struct telling *telling, const json_t *value)
{
    tell(telling);
    size_t len = telling->pointer.len, index;
    json_t *item;
    json_array_foreach(value, index, item) {
        cbk_pointer_add_index(&telling->pointer, index);
        tell_below(telling, item);
        cbk_str_truncate(&telling->pointer, len);
    }
    const char *key;
    json_object_foreach((json_t *)value, key, item) {
        cbk_pointer_add_key(&telling->pointer, key);
        tell_below(telling, item);
        cbk_str_truncate(&telling->pointer, len);
    }
}

size_t cbk_schema_validate(const struct cbk_schema *schema, const json_t *instance, cbk_violation_fn report,
                           void *context)
{
    CBK_CLEANUP(cbk_run_release) struct cbk_run run = {.pointer = CBK_STR_INIT};
    cbk_run_node(&run, schema->root, instance);
    if (!run.findings.len)
        return 0;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *heaps = cbk_map_new();
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    sort_in(heaps, arena, &run.findings);
    struct telling telling = {.heaps = heaps, .pointer = CBK_STR_INIT, .report = report, .context = context};
    tell_below(&telling, instance);
    cbk_str_release(&telling.pointer);
    return telling.told;
}
