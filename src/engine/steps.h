/*
 * The steps of an apply and their order. A change is one step or, for a replacement, two: the new one is made with the
 * others, the old one goes when everything that used it has moved over. Where the two cannot stand side by side, their
 * kind exchanges them in one.
 */
#ifndef CBK_ENGINE_STEPS_H
#define CBK_ENGINE_STEPS_H

#include "engine/graph.h"
#include "engine/plan.h"

#include <stdint.h>

#define CBK_NO_STEP SIZE_MAX

struct cbk_step {
    struct cbk_change *change;
    unsigned action; /* one bit of enum cbk_action */
    /* The step that it comes after without needing it: it is tried whatever became of that one. CBK_NO_STEP: none. Jobs
     * of one instance, each of which freezes it. */
    size_t follows;
};
CBK_VEC(cbk_steps, struct cbk_step)

struct cbk_step_plan {
    struct cbk_steps steps;
    struct cbk_graph graph; /* from a step to those that come first */
};

/* CBK_E_CYCLE when there is no order: a state edited by hand can bring that about. */
CBK_MUST_CHECK int cbk_steps_make(const struct cbk_plan *plan, struct cbk_step_plan *ret, struct cbk_error *err);
void cbk_steps_plan_release(struct cbk_step_plan *plan);

#endif
