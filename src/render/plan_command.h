/* The command that applies a plan and no other. */
#ifndef CBK_RENDER_PLAN_COMMAND_H
#define CBK_RENDER_PLAN_COMMAND_H

#include "base/json.h"

/* Adds 'cbk apply --checksum ...' with the options that the plan was made with, in one line for a shell that knows
 * $'...'; nothing for a plan that is refused or has nothing to do. Where the stack is, a plan does not know. */
void cbk_plan_add_command(const json_t *plan, struct cbk_str *out);

#endif
