/*
 * What the guards have found, as people read it.
 */
#ifndef CBK_RENDER_GUARDS_H
#define CBK_RENDER_GUARDS_H

#include "base/json.h"
#include "render/style.h"

/* Adds `guards` of a plan, each with the option that lets it pass, or has. */
void cbk_render_guards(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);

#endif
