/*
 * Writes steps into a store's journal for many threads at once. Those who come while one write is under way are written
 * together by the next: with a store whose writes take their time (a commit, a transaction, a push), what a step costs
 * does not grow with how many work. Who asks to write is answered when it is durable; what may be late goes along with
 * whatever is written next.
 */
#ifndef CBK_STATE_SCRIBE_H
#define CBK_STATE_SCRIBE_H

#include "state/store.h"

struct cbk_scribe;

/* The store is borrowed, and locked; while there is a scribe, nobody else appends to it. */
struct cbk_scribe *cbk_scribe_new(struct cbk_store *store);
/* NULL is fine. Nobody may be writing. What was to be written later and never was, is dropped. */
void cbk_scribe_free(struct cbk_scribe *scribe);
CBK_DEFINE_OWNED(struct cbk_scribe, cbk_scribe)

/* Makes the entry durable, and all that was to be written later before it came. Fails like cbk_store_append; what was
 * to be written later waits for the next one then. */
CBK_MUST_CHECK int cbk_scribe_write(struct cbk_scribe *scribe, const json_t *entry, struct cbk_error *err);
/* Has the entry written with the next one that is. It is copied. */
void cbk_scribe_write_later(struct cbk_scribe *scribe, const json_t *entry);
/* How many wait to have their entry written, whoever writes now not counted. */
size_t cbk_scribe_waiting(struct cbk_scribe *scribe);

#endif
