/*
 * The ledger of an apply: what was done, what failed and why, what was not tried and why. It is printed at the end and
 * kept in the state, so that whoever comes later can read what the last apply did.
 */
#ifndef CBK_ENGINE_LEDGER_H
#define CBK_ENGINE_LEDGER_H

#include "engine/apply.h"

struct cbk_ledger {
    int64_t started; /* by the cloud's clock */
    json_t *rows;
};

void cbk_ledger_init(struct cbk_ledger *ledger, const struct cbk_cloud *cloud);
void cbk_ledger_release(struct cbk_ledger *ledger);
/* Enters what the event ends, if it ends something. One thread at a time. */
void cbk_ledger_enter(struct cbk_ledger *ledger, const struct cbk_apply_event *event);
/*
 * The whole, as the state keeps it under `last_apply` (schemas/state.schema.json): a new reference; NULL when there
 * were no steps.
 */
json_t *cbk_ledger_close(const struct cbk_ledger *ledger, const struct cbk_apply_input *input, bool interrupted);

#endif
