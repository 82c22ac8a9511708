/*
 * Lists that lie: what a page of a list answers instead of its items.
 */
#ifndef CBK_SIM_PAGE_FAULT_H
#define CBK_SIM_PAGE_FAULT_H

#include "sim/action/call.h"
#include "sim/front/faults.h"

/*
 * Of a call that has been answered: SIM_FAULT_PAGE_EMPTY takes the items away, SIM_FAULT_PAGE_AGAIN gives those of the
 * first page; counts and the name of the next page stay. Any other fault: nothing. Fails as the action does.
 */
CBK_MUST_CHECK int sim_page_fault(struct sim_call *call, enum sim_fault fault);

#endif
