/*
 * The intents of one step: whatever call of it may change something is written down before it is sent, so that a crash
 * leaves behind what nobody has heard the end of; settle.h asks the cloud about that.
 */
#ifndef CBK_ENGINE_INTENTS_H
#define CBK_ENGINE_INTENTS_H

#include "engine/keeper.h"

struct cbk_intents;

/* Of a step that does `step` ("create") to the object as it is now. All is borrowed. */
struct cbk_intents *cbk_intents_new(struct cbk_keeper *keeper, const struct cbk_cloud *cloud,
                                    const struct cbk_object *object, const char *address, const char *step);
/* NULL is fine. */
void cbk_intents_free(struct cbk_intents *intents);
CBK_DEFINE_OWNED(struct cbk_intents, cbk_intents)

/* The session that the step calls with. Borrowed. */
struct cbk_cloud *cbk_intents_cloud(const struct cbk_intents *intents);
/*
 * The step has ended. Where it succeeded, it has seen itself what became of its calls; otherwise those of which nobody
 * knows stay open. Fails when one could not be written down, and so was not sent.
 */
CBK_MUST_CHECK int cbk_intents_end(struct cbk_intents *intents, int outcome, struct cbk_error *err);

#endif
