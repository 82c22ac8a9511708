/* A plan's changes as lines of a diff, which hosts colour: + is made, - goes, ! is changed or held up. */
#ifndef CBK_RENDER_PLAN_DIFF_H
#define CBK_RENDER_PLAN_DIFF_H

#include "base/json.h"
#include "render/markdown_section.h"

/* Adds a row for each change that is shown: a line of its own, and its attributes below it; visible text, for a
 * fence. */
void cbk_plan_diff_add(const json_t *plan, struct cbk_section *section);

#endif
