/*
 * Guards: what a plan must not do unless somebody has said so, because no later plan brings back what it takes: shorter
 * retention, deleted recovery points, destruction in bulk, wider permissions, a selector that has grown. Each has a
 * flag, --allow-ID, and says in the plan what it found, allowed or not. docs/guards.md tells each of them.
 */
#ifndef CBK_ENGINE_GUARDS_H
#define CBK_ENGINE_GUARDS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

struct cbk_plan;
struct cbk_plan_input;

enum cbk_guard {
    CBK_GUARD_SELECTOR_GROWTH,
    CBK_GUARD_SHORTER_RETENTION,
    CBK_GUARD_POINT_DELETION,
    CBK_GUARD_MASS_DESTROY,
    CBK_GUARD_WIDER_PERMISSIONS,
    CBK_GUARD_COUNT,
};

/* Guards judge as early as they can: a selector that matches the wrong fleet is told before that fleet is read. */
enum cbk_guard_phase { CBK_GUARD_OF_OBJECTS, CBK_GUARD_OF_CHANGES };

/*
 * Lets the guards of a phase judge. What they found is added to plan->guards ([{id, message, addresses, allowed}]), and
 * to `errors` where input->allowed does not say that it may be.
 */
void cbk_guards_judge(const struct cbk_plan_input *input, struct cbk_plan *plan, enum cbk_guard_phase phase,
                      struct cbk_errors *errors);

#endif
