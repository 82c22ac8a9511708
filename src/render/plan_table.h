/* The tables of a comment about a plan (plan_markdown.h), each a section that may lose rows. */
#ifndef CBK_RENDER_PLAN_TABLE_H
#define CBK_RENDER_PLAN_TABLE_H

#include "base/json.h"
#include "render/markdown_section.h"

/* What a reviewer must not miss. */
void cbk_plan_table_dangers(const json_t *plan, struct cbk_section *section);
/* Checks that failed; what is only worth a look, folded away. */
void cbk_plan_table_unfit(const json_t *plan, struct cbk_section *section);
void cbk_plan_table_warnings(const json_t *plan, struct cbk_section *section);
/* Calls of an earlier apply. */
void cbk_plan_table_settled(const json_t *plan, struct cbk_section *section);

#endif
