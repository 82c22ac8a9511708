/*
 * Which instances are fit for application consistency: the checks alone, for all instances that the stack selects,
 * whether or not anything backs them up. Nothing is decided and nothing is changed.
 */
#ifndef CBK_ENGINE_FITNESS_H
#define CBK_ENGINE_FITNESS_H

#include "engine/plan.h"

/*
 * Reads the world and judges it as it will be once the stack is applied. *ret (new reference) is
 *   {format_version, stack, account, region, fit, instances: [{id, name, level, fit, required, orders: [{address,
 * level, required}], findings: [{id, ok, message, severity, hint}]}]} (schemas/check.schema.json), instances by id.
 * `level` is the lowest that is foreseen of what orders backups of the instance, or what could be reached where nothing
 * does; `required` is then null. `fit` is false where an order is foreseen to be below what it requires. The same
 * inputs give the same bytes.
 */
CBK_MUST_CHECK int cbk_fitness_make(const struct cbk_plan_input *input, json_t **ret, struct cbk_errors *errors);
/* The ids of the instances that the stack selects or declares something for, sorted. New reference. */
json_t *cbk_fitness_instances(const struct cbk_plan_input *input, const struct cbk_plan *plan);

#endif
