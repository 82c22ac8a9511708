/*
 * What `cbk check` tells, as people read it.
 */
#ifndef CBK_RENDER_CHECK_TEXT_H
#define CBK_RENDER_CHECK_TEXT_H

#include "base/json.h"
#include "render/style.h"

/* Adds the whole: a line an instance, below it what is wrong and what to do; a summary at the end. */
void cbk_render_check_text(const json_t *fitness, const struct cbk_style *style, struct cbk_str *out);

#endif
