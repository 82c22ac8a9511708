/*
 * What became of the calls that an apply left open, as people read it.
 */
#ifndef CBK_RENDER_SETTLED_H
#define CBK_RENDER_SETTLED_H

#include "base/json.h"
#include "render/style.h"

/* Adds `settled` of a plan, a line a call. */
void cbk_render_settled(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);
/* Adds the key of a call: "RoleName=app". Not made visible yet. */
void cbk_render_key(const json_t *key, struct cbk_str *out);

#endif
