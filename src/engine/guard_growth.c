/*
 * selector-growth: a tag that somebody put on the wrong fleet must not hand roles and scripts to it. `expect.max` says
 * how many instances are too many; where it is not said, more than twice as many as so far and at least ten more are.
 */
#include "engine/guard_rows.h"
#include "engine/scope.h"

#include <string.h>

#define GROWTH_FACTOR 2
#define GROWTH_LEAST 10

/* How many instances a declaration has now, and how many the state remembers of it. */
struct tally {
    const struct cbk_declaration *declaration;
    size_t now, before;
};

static void count_objects(const struct cbk_plan *plan, const struct cbk_map *tallies)
{
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *object = plan->objects->list.items[i];
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("%s.%s", object->kind->section, object->key);
        struct tally *tally = cbk_map_get(tallies, address);
        if (!tally)
            continue;
        bool left_out = plan->changes.len && plan->changes.items[i].left_out;
        tally->now += object->declared && !left_out;
        tally->before += object->is_ours && !object->heir;
    }
}

/* NULL: it has not grown beyond what is expected of it. The caller frees. */
static char *growth_of(const json_t *selector, const char *name, const struct tally *tally)
{
    CBK_CLEANUP(cbk_string_freep) char *who = name ? cbk_strf("the selector '%s'", name) : cbk_strdup("the selector");
    int64_t max = cbk_json_int(selector, "expect.max", -1);
    if (max >= 0)
        return (int64_t)tally->now > max
                   ? cbk_strf("%s matches %zu instances, at most %lld are expected", who, tally->now, (long long)max)
                   : NULL;
    if (!tally->before || tally->now <= tally->before * GROWTH_FACTOR || tally->now < tally->before + GROWTH_LEAST)
        return NULL;
    return cbk_strf("%s matches %zu instances all at once, %s has %zu so far", who, tally->now,
                    tally->declaration->address, tally->before);
}

/* What is said of a named selector is said once, however many declarations use it. */
static bool add_to_known(struct cbk_guard_findings *findings, const struct cbk_span *span, const char *address)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct cbk_span *other = &findings->items[i].span;
        if (other->source != span->source || other->line != span->line || other->column != span->column)
            continue;
        json_array_append_new(findings->items[i].addresses, json_string(address));
        return true;
    }
    return false;
}

static void judge_tally(const struct cbk_stack *stack, const struct tally *tally, struct cbk_guard_findings *findings)
{
    const char *name = NULL;
    struct cbk_span span;
    const json_t *selector = cbk_stack_selector(stack, tally->declaration, &name, &span);
    char *message = growth_of(selector, name, tally);
    if (!message || add_to_known(findings, &span, tally->declaration->address)) {
        free(message);
        return;
    }
    struct cbk_guard_finding *finding = cbk_guard_findings_add(findings);
    finding->message = message;
    finding->advice = cbk_json_at(selector, "expect.max")
                          ? "change 'expect' if there are more for good"
                          : "check its conditions; 'expect: {max: N}' says how many are fine";
    finding->span = span;
    finding->addresses = json_pack("[s]", tally->declaration->address);
}

void cbk_guard_growth(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                      struct cbk_guard_findings *findings)
{
    const struct cbk_declarations *declarations = &input->stack->declarations;
    if (cbk_scope_is_refresh_only(input->scope)) /* no instance gets anything */
        return;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *by_address = cbk_map_new();
    struct tally *tallies = cbk_alloc(declarations->len, sizeof(*tallies));
    for (size_t i = 0; i < declarations->len; i++) {
        tallies[i].declaration = declarations->items[i];
        if (declarations->items[i]->kind->per_instance)
            cbk_map_set(by_address, declarations->items[i]->address, &tallies[i]);
    }
    count_objects(plan, by_address);
    for (size_t i = 0; i < declarations->len; i++)
        if (declarations->items[i]->kind->per_instance)
            judge_tally(input->stack, &tallies[i], findings);
    free(tallies);
}
