/*
 * A state edited by hand, as little as people need: addresses change, things are forgotten, a whole state takes the
 * place of another. An address without an instance speaks for all instances, and for what replacements of it left
 * behind.
 */
#ifndef CBK_STATE_EDIT_H
#define CBK_STATE_EDIT_H

#include "base/error.h"
#include "base/json.h"

/* The addresses that the state knows at `address`, sorted; a new array, empty where there are none. */
json_t *cbk_state_matches(const json_t *state, const char *address);
/* CBK_E_NOT_FOUND with the near address: the state knows nothing at `address`. */
CBK_MUST_CHECK int cbk_state_fail_unknown(const json_t *state, const char *address, struct cbk_error *err);

/*
 * Moves what the state knows at `from` to `to`, and what others need of it with it. *ret_moves is a new object of old
 * addresses and new ones. CBK_E_CONFLICT when something is there already; the state is untouched on failure.
 */
CBK_MUST_CHECK int cbk_state_move(json_t *state, const char *from, const char *to, json_t **ret_moves,
                                  struct cbk_error *err);
/* Forgets what the state knows at `address`; *ret_removed is a new array of addresses. */
CBK_MUST_CHECK int cbk_state_remove(json_t *state, const char *address, json_t **ret_removed, struct cbk_error *err);
/*
 * May `incoming` take the place of `current` (NULL: there is none)? Not when it is of another lineage, older, or as old
 * and different: CBK_E_STATE.
 */
CBK_MUST_CHECK int cbk_state_check_push(const json_t *current, const json_t *incoming, struct cbk_error *err);

#endif
