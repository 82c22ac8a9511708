/* The larger parts of the page of a plan (plan_html.h). */
#ifndef CBK_RENDER_PLAN_HTML_PARTS_H
#define CBK_RENDER_PLAN_HTML_PARTS_H

#include "base/json.h"

/* What is done, with the boxes that choose among it. */
void cbk_plan_html_add_changes(const json_t *plan, struct cbk_str *out);
/* Findings, what is foreseen of jobs and bindings, guards, calls of an earlier apply: a table each, or nothing. */
void cbk_plan_html_add_checks(const json_t *plan, struct cbk_str *out);

#endif
