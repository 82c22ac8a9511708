/*
 * From the pairs on the wire to typed parameters, by an action's table: presence, type, range, choice. Parameters that
 * the table does not name are ignored, as the cloud does.
 */
#ifndef CBK_SIM_PARAMS_H
#define CBK_SIM_PARAMS_H

#include "sim/action/action.h"
#include "sim/front/request.h"

/* Fills call->params; fails (sim_fail) with the code that the row names. */
CBK_MUST_CHECK int sim_params_decode(struct sim_call *call, const struct sim_request *request);
/* Is the text one of "A|B|C"? */
bool sim_is_one_of(const char *choices, const char *text);

#endif
