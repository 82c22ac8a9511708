/*
 * What a plan says of its own limits: a plan that does not look at everything must not be taken for one that does.
 */
#ifndef CBK_RENDER_PLAN_SCOPE_H
#define CBK_RENDER_PLAN_SCOPE_H

#include "base/json.h"
#include "render/style.h"

/* How many changes are out of the scope that the plan was asked for. */
size_t cbk_plan_left_out(const json_t *plan);
/* The sentences about the scope, none where the plan looks at everything. New reference. */
json_t *cbk_plan_scope_lines(const json_t *plan);
/* Adds them as lines. */
void cbk_render_scope(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);

#endif
