#include "engine/steps.h"

/* The steps of one object: what makes it as it should be, and what takes it away. */
struct pair {
    size_t make, removal;
};

static void add_step(struct cbk_step_plan *plan, struct cbk_change *change, unsigned action, size_t *ret_index)
{
    *ret_index = plan->steps.len;
    cbk_steps_push(&plan->steps, (struct cbk_step){.change = change, .action = action, .follows = CBK_NO_STEP});
}

static const unsigned makes[] = {CBK_ACTION_CREATE, CBK_ACTION_UPDATE, CBK_ACTION_RUN, CBK_ACTION_ADOPT,
                                 CBK_ACTION_NOTE};
static const unsigned removals[] = {CBK_ACTION_DELETE, CBK_ACTION_FORGET};

static void add_steps(const struct cbk_plan *plan, struct cbk_step_plan *ret, struct pair *pairs)
{
    for (size_t i = 0; i < plan->changes.len; i++) {
        struct cbk_change *change = &plan->changes.items[i];
        pairs[i] = (struct pair){CBK_NO_STEP, CBK_NO_STEP};
        if (cbk_change_replaces_at_once(change)) {
            add_step(ret, change, CBK_ACTION_REPLACE, &pairs[i].make);
            continue;
        }
        for (size_t j = 0; j < CBK_ARRAY_LEN(makes); j++)
            if (change->actions & makes[j])
                add_step(ret, change, makes[j], &pairs[i].make);
        for (size_t j = 0; j < CBK_ARRAY_LEN(removals); j++)
            if (change->actions & removals[j])
                add_step(ret, change, removals[j], &pairs[i].removal);
    }
    ret->graph.count = ret->steps.len;
}

static void add_edge(struct cbk_step_plan *plan, size_t later, size_t earlier)
{
    if (later != CBK_NO_STEP && earlier != CBK_NO_STEP)
        cbk_graph_add(&plan->graph, later, earlier);
}

static const struct pair *heir_of(const struct cbk_object *object, const struct cbk_map *pairs_by_address)
{
    return object->heir ? cbk_map_get(pairs_by_address, object->heir) : NULL;
}

/*
 * For an object and one that it needs: it is made after that one, and that one goes after it has gone, or has been
 * changed so as not to use it any more.
 */
static void add_edges(const struct cbk_plan *plan, struct cbk_step_plan *ret, struct pair *pairs)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *pairs_by_address = cbk_map_new();
    for (size_t i = 0; i < plan->changes.len; i++)
        cbk_map_set(pairs_by_address, plan->changes.items[i].object->address, &pairs[i]);
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_strings *deps = &plan->changes.items[i].object->deps;
        add_edge(ret, pairs[i].removal, pairs[i].make);
        const struct pair *heir = heir_of(plan->changes.items[i].object, pairs_by_address);
        if (heir) { /* the state must know the new address before the old one is lost or means something else */
            add_edge(ret, pairs[i].removal, heir->make);
            add_edge(ret, pairs[i].make, heir->make);
        }
        for (size_t j = 0; j < deps->len; j++) {
            const struct pair *need = cbk_map_get(pairs_by_address, deps->items[j]);
            if (!need)
                continue;
            add_edge(ret, pairs[i].make, need->make);
            add_edge(ret, need->removal, pairs[i].removal);
            add_edge(ret, need->removal, pairs[i].make);
        }
    }
}

/* Lets the jobs of one instance follow each other, in an order that is possible. */
static void chain_jobs(struct cbk_step_plan *plan, const struct cbk_indices *order)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *latest = cbk_map_new(); /* instance -> its newest job's place in order */
    for (size_t i = 0; i < order->len; i++) {
        struct cbk_step *step = &plan->steps.items[order->items[i]];
        if (step->action != CBK_ACTION_RUN || !step->change->object->instance)
            continue;
        const size_t *before = cbk_map_set(latest, step->change->object->instance, &order->items[i]);
        if (!before || cbk_object_needs(step->change->object, plan->steps.items[*before].change->object->address))
            continue;
        step->follows = *before;
        cbk_graph_add(&plan->graph, order->items[i], *before);
    }
}

int cbk_steps_make(const struct cbk_plan *plan, struct cbk_step_plan *ret, struct cbk_error *err)
{
    struct pair *pairs = cbk_alloc(plan->changes.len, sizeof(*pairs));
    add_steps(plan, ret, pairs);
    add_edges(plan, ret, pairs);
    free(pairs);
    CBK_CLEANUP(cbk_indices_release) struct cbk_indices order = {0};
    if (cbk_graph_sort(&ret->graph, &order)) {
        chain_jobs(ret, &order);
        return 0;
    }
    return cbk_fail(err, CBK_E_CYCLE, "the changes of %s and others wait for each other in a circle",
                    ret->steps.items[order.items[0]].change->object->address);
}

void cbk_steps_plan_release(struct cbk_step_plan *plan)
{
    cbk_steps_release(&plan->steps);
    cbk_graph_release(&plan->graph);
}
