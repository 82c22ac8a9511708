/*
 * The state: what was last applied, by address. It is one JSON object (schemas/state.schema.json):
 *
 *     {"version": 1, "lineage": UUID, "serial": N, "stack": NAME,
 *      "resources": {ADDRESS: {"kind", "id", "attributes", "applied_digest", "depends_on", "evidence"}},
 *      "intents": [{"n", "address", "action", "key", "digest", "at", ...}],
 *      "last_apply": {"operation", "started", "ended", "by", "rows", ...}}
 *
 * `intents` are the calls of which nobody knows whether they had their effect; absent: there are none. `last_apply` is
 * the ledger of the last apply (engine/ledger.h).
 *
 * The lineage is made once and never changes; the serial grows by one with every write. The state is one of the three
 * sides of the diff and remembers what the stack owns, nothing more: a lost state costs a new adoption, not a backup.
 */
#ifndef CBK_STATE_STATE_H
#define CBK_STATE_STATE_H

#include "base/error.h"
#include "base/json.h"

#define CBK_STATE_VERSION 1

/* An empty state: a fresh lineage, serial 0. New reference. */
json_t *cbk_state_new(const char *stack);
/* Refuses what is not a state of this version (a newer one is named as such), or another stack's; CBK_E_STATE. */
CBK_MUST_CHECK int cbk_state_check(const json_t *state, const char *where, const char *stack, struct cbk_error *err);

/* Borrowed. */
const char *cbk_state_lineage(const json_t *state);
int64_t cbk_state_serial(const json_t *state);
json_t *cbk_state_resources(const json_t *state);
json_t *cbk_state_resource(const json_t *state, const char *address);

/* Borrowed; NULL: there are none. */
json_t *cbk_state_intents(const json_t *state);

/*
 * Entries of the journal, new references: what an apply step did to one address (`resource` NULL: the address is gone);
 * that a call is about to be sent; what is known of it afterwards. An intent has a number `n` that no other open one
 * has. One whose call may have had its effect stays open; any other outcome closes it.
 */
json_t *cbk_state_entry(const char *address, const json_t *resource);
json_t *cbk_state_intent_entry(const json_t *intent);
json_t *cbk_state_outcome_entry(int64_t number, bool is_open, const char *code, const char *request_id);
/* That an apply begins, whose ledger this is the head of; and a row of it. They are what is left of the ledger of an
 * apply that was killed: `last_apply`, with `cut_off`. */
json_t *cbk_state_begun_entry(const json_t *head);
json_t *cbk_state_row_entry(const json_t *row);
/* Does to the state what an entry says; a state stays one. False when it is not an entry. */
bool cbk_state_replay(json_t *state, const json_t *entry);

#endif
