/*
 * What a reviewer must not miss in a plan, the worst first: what is refused, what goes, what is made anew, what guards
 * have found, what allows more or keeps less than before, backups that are foreseen to be worth less than is required.
 */
#ifndef CBK_RENDER_PLAN_DANGERS_H
#define CBK_RENDER_PLAN_DANGERS_H

#include "base/json.h"

/* [{label, subject, title, why}], texts all of them; `subject` is an address or a guard's id. New reference. */
json_t *cbk_plan_dangers(const json_t *plan);
/* Can the plan not be applied as it stands? */
bool cbk_plan_is_refused(const json_t *plan);
/* Adds what is to be said behind the tally: that the plan removes everything, that it cannot be applied; nothing when
 * neither. */
void cbk_plan_add_verdict(const json_t *plan, struct cbk_str *out);
/* Is a job or binding foreseen to be below what it requires? */
bool cbk_change_is_below(const json_t *change);

#endif
