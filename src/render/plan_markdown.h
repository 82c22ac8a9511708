/*
 * A plan as a comment of a pull request, for GitHub and GitLab: a marker by which CI finds it again, what is dangerous
 * first, changes as coloured diffs, and last the command that applies this plan and no other.
 */
#ifndef CBK_RENDER_PLAN_MARKDOWN_H
#define CBK_RENDER_PLAN_MARKDOWN_H

#include "base/json.h"

/* The shortest comment that can be asked for. */
#define CBK_PLAN_MARKDOWN_LEAST 1000

/* At most `max` long (cbk_markdown_length), CBK_PLAN_MARKDOWN_LEAST at least. What does not fit is left out in whole
 * rows and counted: the last to go are the tally and what is dangerous. */
void cbk_render_plan_markdown(const json_t *plan, size_t max, struct cbk_str *out);

#endif
