/*
 * The ledger of an apply: what was done, what failed and why, what was not tried and why. It is printed at the end and
 * kept in the state, so that whoever comes later can read what the last apply did; as it grows it goes into the
 * journal, so that one that was killed leaves what it had.
 */
#ifndef CBK_ENGINE_LEDGER_H
#define CBK_ENGINE_LEDGER_H

#include "engine/apply.h"

struct cbk_ledger {
    json_t *head; /* who applies what, since when */
    json_t *rows;
};

/* Of an apply that begins now, of so many steps. */
void cbk_ledger_init(struct cbk_ledger *ledger, const struct cbk_apply_input *input, size_t steps);
void cbk_ledger_release(struct cbk_ledger *ledger);
/* Enters what the event ends, and answers the row; NULL: it ends nothing. Borrowed. One thread at a time. */
const json_t *cbk_ledger_enter(struct cbk_ledger *ledger, const struct cbk_apply_event *event);
/*
 * The whole, as the state keeps it under `last_apply` (schemas/state.schema.json): a new reference; NULL when there
 * were no steps.
 */
json_t *cbk_ledger_close(const struct cbk_ledger *ledger, const struct cbk_apply_input *input, bool interrupted);

#endif
