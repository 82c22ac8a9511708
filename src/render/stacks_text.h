/* The plans of many stacks, one below the other, and a table that sums them up. */
#ifndef CBK_RENDER_STACKS_TEXT_H
#define CBK_RENDER_STACKS_TEXT_H

#include "base/json.h"
#include "render/style.h"

/* `results`: [{stack, dir, touched, exit, plan}], each plan one of plan.schema.json or comparison.schema.json, or null;
 * touched is null where it is not known. */
void cbk_render_stacks_text(const json_t *results, const struct cbk_style *style, struct cbk_str *out);

#endif
