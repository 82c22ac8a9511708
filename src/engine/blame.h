/*
 * Who moved git: for each change whose cause is git, the commit that touched its declaration last, or a file that the
 * declaration names.
 */
#ifndef CBK_ENGINE_BLAME_H
#define CBK_ENGINE_BLAME_H

#include "engine/plan.h"

/* Adds `blame` to the changes of plan->json, where git tells. `revision`: that of the stack's files; NULL: they are
 * those of the work tree around `dir`. The plan's digest stays as it is. */
void cbk_plan_blame(struct cbk_plan *plan, const char *dir, const char *revision);

#endif
