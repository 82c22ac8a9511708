/* Where a plan comes from, fact by fact. */
#ifndef CBK_RENDER_PLAN_FACTS_H
#define CBK_RENDER_PLAN_FACTS_H

#include "base/json.h"

/* Calls `visit` for each fact that the plan knows. The texts live as long as the call. */
void cbk_plan_each_fact(const json_t *plan, void (*visit)(void *context, const char *what, const char *value),
                        void *context);

#endif
