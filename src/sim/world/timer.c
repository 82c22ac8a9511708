#include "sim/world/timer.h"

#include "sim/world/world.h"

#include <string.h>

static const struct {
    const char *name;
    void (*run)(struct sim_world *world, const char *id);
} kinds[SIM_TIMER_KIND_COUNT] = {
#define X(name, text, function) {text, function},
    SIM_TIMERS(X)
#undef X
};

void sim_timers_release(struct sim_timers *timers)
{
    for (size_t i = 0; i < timers->heap.len; i++)
        free(timers->heap.items[i].id);
    sim_timer_heap_release(&timers->heap);
}

static bool is_before(const struct sim_timer *a, const struct sim_timer *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct sim_timer *a, struct sim_timer *b)
{
    struct sim_timer kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct sim_timers *timers, struct sim_timer timer)
{
    sim_timer_heap_push(&timers->heap, timer);
    struct sim_timer *items = timers->heap.items;
    for (size_t at = timers->heap.len - 1; at && is_before(&items[at], &items[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&items[at], &items[(at - 1) / 2]);
}

static struct sim_timer pop(struct sim_timers *timers)
{
    struct sim_timer *items = timers->heap.items, first = items[0];
    size_t len = --timers->heap.len;
    items[0] = items[len];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < len; child++)
            if (is_before(&items[child], &items[least]))
                least = child;
        if (least == at)
            return first;
        swap(&items[at], &items[least]);
        at = least;
    }
}

void sim_timer_set(struct sim_world *world, enum sim_timer_kind kind, const char *id, int64_t delay_ms)
{
    struct sim_timers *timers = &world->timers;
    push(timers, (struct sim_timer){world->now_ms + delay_ms, timers->given++, kind, cbk_strdup(id)});
}

bool sim_timer_run_due(struct sim_world *world, int64_t now_ms)
{
    struct sim_timers *timers = &world->timers;
    if (!timers->heap.len || timers->heap.items[0].at_ms > now_ms)
        return false;
    struct sim_timer due = pop(timers);
    if (due.at_ms > world->now_ms)
        world->now_ms = due.at_ms;
    kinds[due.kind].run(world, due.id);
    free(due.id);
    return true;
}

static int compare(const void *a, const void *b)
{
    return is_before(a, b) ? -1 : 1;
}

json_t *sim_timers_dump(const struct sim_timers *timers)
{
    json_t *list = json_array();
    CBK_CLEANUP(sim_timer_heap_release) struct sim_timer_heap sorted = {0};
    for (size_t i = 0; i < timers->heap.len; i++)
        sim_timer_heap_push(&sorted, timers->heap.items[i]);
    if (sorted.len)
        qsort(sorted.items, sorted.len, sizeof(*sorted.items), compare);
    for (size_t i = 0; i < sorted.len; i++)
        json_array_append_new(list, json_pack("{sI ss ss}", "at_ms", (json_int_t)sorted.items[i].at_ms, "do",
                                              kinds[sorted.items[i].kind].name, "id", sorted.items[i].id));
    return list;
}

static bool find_kind(const char *name, enum sim_timer_kind *ret)
{
    for (size_t i = 0; i < SIM_TIMER_KIND_COUNT; i++)
        if (cbk_str_equal(kinds[i].name, name)) {
            *ret = (enum sim_timer_kind)i;
            return true;
        }
    return false;
}

int sim_timers_load(struct sim_world *world, const json_t *list, struct cbk_error *err)
{
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        enum sim_timer_kind kind = SIM_TIMER_KIND_COUNT;
        const char *id = cbk_json_text(item, "id");
        if (!id || !find_kind(cbk_json_text(item, "do"), &kind))
            return cbk_fail(err, CBK_E_SCHEMA, "timer %zu of the world is not one of ours", index);
        push(&world->timers,
             (struct sim_timer){cbk_json_int(item, "at_ms", 0), world->timers.given++, kind, cbk_strdup(id)});
    }
    return 0;
}
