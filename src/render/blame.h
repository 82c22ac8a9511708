/* Who touched a declaration last, in words. */
#ifndef CBK_RENDER_BLAME_H
#define CBK_RENDER_BLAME_H

#include "base/json.h"

/*
 * Adds "config: 4f2c9a1 Yuki, 2 days ago" for a change that knows its `blame` (schemas/plan.schema.json); by `now`
 * (unix seconds, the cloud's; 0: not known) it is an age, else a date. False, and nothing is added, when it knows none.
 */
bool cbk_blame_add(struct cbk_str *out, const json_t *change, int64_t now);

#endif
