/*
 * The journal of an apply: lines of JSON. The first names the state that the others go on from; each other is one entry
 * (state.h), or {"steps": [entry, ...]} where several were written at once: a line is what is durable or not, as a
 * whole. A journal that goes on from another state belongs to the past.
 */
#ifndef CBK_STATE_JOURNAL_H
#define CBK_STATE_JOURNAL_H

#include "base/error.h"
#include "base/json.h"

/* The first line of a journal that goes on from `state`. New reference. */
json_t *cbk_journal_header(const json_t *state);
/* Adds a line of some of the `count` entries, from the first on, as many as one should have; answers how many those
 * are. Without the newline. */
size_t cbk_journal_add_line(const json_t *const *entries, size_t count, struct cbk_str *line);
/* Turns a line as it was kept into what it says, or NULL when it is damaged. New reference. */
typedef json_t *(*cbk_journal_decode)(void *context, const char *line, size_t len);
/*
 * Puts the journal's steps into the state; *ret_steps is how many. A journal of the past has none. CBK_E_STATE when it
 * is damaged at a line that was promised; `place` is for that message.
 */
CBK_MUST_CHECK int cbk_journal_replay(const char *text, size_t len, cbk_journal_decode decode, void *context,
                                      const char *place, json_t *state, size_t *ret_steps, struct cbk_error *err);

#endif
