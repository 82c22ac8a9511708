/* What to do with one object: the heart of the plan, without any call to the cloud. */
#ifndef CBK_ENGINE_DECIDE_H
#define CBK_ENGINE_DECIDE_H

#include "engine/plan.h"

/*
 * Fills in change->actions, cause, diff and reason for change->object. Fails when the object must not be touched:
 * something else lives under its name, it is protected from destruction, or it cannot be reached (and
 * `allow_downgrade` is not set).
 */
CBK_MUST_CHECK int cbk_decide(const struct cbk_env *env, bool allow_downgrade, struct cbk_change *change,
                              struct cbk_error *err);
/* The same where the state is only to take over what lives: notes what differs from what it remembers, and forgets what
 * is gone. Moves wait for an apply. */
void cbk_decide_note(struct cbk_change *change);

#endif
