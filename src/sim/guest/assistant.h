/*
 * Cloud Assistant: what commands and sent files have in common. A task (a record of "invocations" or "sent_files") has
 * `targets`, one for each instance; it runs a moment after it was asked for, and is done a moment later.
 */
#ifndef CBK_SIM_ASSISTANT_H
#define CBK_SIM_ASSISTANT_H

#include "sim/ecs/ecs.h"

enum { SIM_ASSISTANT_MS = 400, SIM_ASSISTANT_MOST_INSTANCES = 50 };

/* Is the agent of the instance there and answering? */
bool sim_assistant_online(const json_t *instance);
/* The instances of InstanceId.N (or ResourceTag.N) as targets, new reference; or a failure and NULL. */
json_t *sim_assistant_targets(struct sim_call *call, size_t most);
/* Why a target cannot be reached, in the words of the API; NULL: it can. */
const char *sim_assistant_trouble(const json_t *instance);
/* Ends a target: with an error code, or well when `code` is NULL. */
void sim_assistant_end(struct sim_world *world, json_t *target, const char *code, const char *info);
/* Sets the task's own status from those of its targets. */
void sim_assistant_summarize(json_t *task);

#endif
