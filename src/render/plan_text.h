/* A plan as people read it. Works from the plan's JSON alone, so that a saved plan reads the same. */
#ifndef CBK_RENDER_PLAN_TEXT_H
#define CBK_RENDER_PLAN_TEXT_H

#include "base/json.h"
#include "render/style.h"

void cbk_render_plan_text(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);

#endif
