/*
 * What became of the calls that an apply left open, as people read it.
 */
#ifndef CBK_RENDER_SETTLED_H
#define CBK_RENDER_SETTLED_H

#include "base/json.h"
#include "render/style.h"

/* Adds `settled` of a plan, a line a call. */
void cbk_render_settled(const json_t *plan, const struct cbk_style *style, struct cbk_str *out);
/* For those who lay it out themselves: the heading, a row's call ("CreateRole RoleName=app") and what became of it. */
#define CBK_SETTLED_HEADING "Calls of an earlier apply whose answer was never heard"
void cbk_settled_add_call(const json_t *row, struct cbk_str *out);
void cbk_settled_add_verdict(const json_t *row, struct cbk_str *out);
/* Adds the key of a call: "RoleName=app". Not made visible yet. */
void cbk_render_key(const json_t *key, struct cbk_str *out);

#endif
