/* The plan as JSON: the contract of schemas/plan.schema.json. */
#ifndef CBK_ENGINE_PLAN_JSON_H
#define CBK_ENGINE_PLAN_JSON_H

#include "engine/plan.h"

/* New reference. `plan` is complete but for its JSON. */
json_t *cbk_plan_to_json(const struct cbk_plan_input *input, const struct cbk_plan *plan);
/* Where the stack comes from: {commit, dirty, config_digest}. New reference. */
json_t *cbk_plan_provenance(const struct cbk_plan_input *input);
/* What of a change must still be true when it is applied later: address, actions, before, after. New reference. */
json_t *cbk_plan_material(const json_t *change);
/* "sha256:...", over what the plan rests on and what it does; not over words, places and predictions. Of a plan as
 * JSON, whatever is in it. The caller frees. */
char *cbk_plan_digest_of(const json_t *json);

#endif
