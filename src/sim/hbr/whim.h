/*
 * Whims of a backup: how a job of an instance goes wrong, or what it says that is not so, because the world wants it.
 * An instance's `backup` may hold:
 *     fails         the job ends FAILED, with this text
 *     status        it ends with this status, and so does its recovery point: PARTIAL_COMPLETE
 *     never_ends    true: it stays RUNNING until it is cancelled
 *     level, reason what its recovery point tells, whatever was made
 *     tags          APPConsistent, FsConsistent or none: what its disk snapshots tell
 */
#ifndef CBK_SIM_WHIM_H
#define CBK_SIM_WHIM_H

#include "sim/hbr/plugin.h"

/* Why the job of this instance fails, or NULL. */
const char *sim_whim_failure(const json_t *instance);
/* Twists what is told of what was made, and the tags of the snapshots; *told may borrow from the instance. */
void sim_whim_twist(const json_t *instance, struct sim_reached *told, const json_t *snapshots);
bool sim_whim_never_ends(const json_t *instance);
/* The status at the end. */
const char *sim_whim_status(const json_t *instance);

#endif
