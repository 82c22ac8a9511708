/* What a branch changes in a stack (engine/compare.h), from its JSON alone. */
#ifndef CBK_RENDER_COMPARISON_H
#define CBK_RENDER_COMPARISON_H

#include "base/json.h"
#include "render/style.h"

void cbk_render_comparison_text(const json_t *comparison, const struct cbk_style *style, struct cbk_str *out);
/* A comment for a pull request, with the marker "cbk:base" for whoever updates it. */
void cbk_render_comparison_markdown(const json_t *comparison, struct cbk_str *out);
/* Adds "Against main: 1 added, 2 changed, 0 removed." */
void cbk_comparison_add_tally(const json_t *comparison, struct cbk_str *out);

#endif
