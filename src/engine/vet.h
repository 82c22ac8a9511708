/*
 * Is a state one that this cbk could have written? What people edit by hand, push, or bring along from a newer version
 * is looked at before anything is planned from it: a field of another type would be taken for one that is absent, and
 * what it remembers for nobody's.
 */
#ifndef CBK_ENGINE_VET_H
#define CBK_ENGINE_VET_H

#include "base/error.h"
#include "base/json.h"

/* CBK_E_STATE: it is not as schemas/state.schema.json has it, or something in it is of a kind that is not known, or not
 * of the kind that its address says. `where` names it in the message. Keys that are not known are let be. */
CBK_MUST_CHECK int cbk_state_vet(const json_t *state, const char *where, struct cbk_error *err);

#endif
