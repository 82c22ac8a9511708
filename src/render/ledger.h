/*
 * The ledger of an apply (schemas/state.schema.json, last_apply), as people read it.
 */
#ifndef CBK_RENDER_LEDGER_H
#define CBK_RENDER_LEDGER_H

#include "base/json.h"
#include "render/style.h"

/* Adds what was not done and why, under a heading; nothing where all was done. `ledger` may be NULL. */
void cbk_render_ledger_failures(const json_t *ledger, const struct cbk_style *style, struct cbk_str *out);
/* Adds all of it: who applied what and when, and a line a step; of one that was cut off, the calls whose answers were
 * never heard (the state's `intents`; NULL: none), too. */
void cbk_render_ledger(const json_t *ledger, const json_t *intents, const struct cbk_style *style, struct cbk_str *out);

#endif
