/*
 * Drift: what lives, held against what was applied last. What git wants meanwhile does not matter: a change that waits
 * in git is no drift, a change in the cloud is one, unless git wants exactly that by now. Recovery points are no part
 * of it (engine/evidence.h). It is plain data (schemas/drift.schema.json) for people and programs that watch a fleet.
 * Reads only, and takes no lock.
 */
#ifndef CBK_ENGINE_DRIFT_H
#define CBK_ENGINE_DRIFT_H

#include "engine/plan.h"

struct cbk_drift_input {
    struct cbk_plan_input plan;
    bool unmanaged;        /* look for what the stack does not own, too, in the whole region and account */
    const char *work_tree; /* root that places are told from; NULL: as the user knows the files */
};

/* Fails like cbk_plan_make. Drift is no failure. New reference. */
CBK_MUST_CHECK int cbk_drift_make(const struct cbk_drift_input *input, json_t **ret_drift, struct cbk_errors *errors);
/* Is there something that counts? */
bool cbk_drift_is_there(const json_t *drift);

#endif
