/*
 * Copies of guests' disks, attached to loop devices so that tests can look into them. A copy has no name: it goes when
 * it was released and nobody has it open or mounted, and at the latest when the simulator has ended and the last mount
 * has.
 */
#ifndef CBK_SIM_RESTORE_H
#define CBK_SIM_RESTORE_H

#include "base/error.h"

struct sim_restores;

struct sim_restores *sim_restores_new(void);
/* NULL is fine. Releases all. */
void sim_restores_free(struct sim_restores *restores);
CBK_DEFINE_OWNED(struct sim_restores, sim_restores)

/* Attaches a fresh copy of the image; *ret_device is its path, the caller frees. Any thread may call these two. */
CBK_MUST_CHECK int sim_restore_attach(struct sim_restores *restores, const char *image, char **ret_device,
                                      struct cbk_error *err);
/* False when it is none of these. */
bool sim_restore_release(struct sim_restores *restores, const char *device);

#endif
