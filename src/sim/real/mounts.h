/*
 * Where a guest has its disks mounted at this moment, as the plug-in finds out by lsblk and mount.
 */
#ifndef CBK_SIM_MOUNTS_H
#define CBK_SIM_MOUNTS_H

#include "base/json.h"

/* The mount points of the disks [{image}], "/" first; new reference. Fails when one of them is mounted twice. */
CBK_MUST_CHECK int sim_mounts_find(int pid, const json_t *disks, json_t **ret, struct cbk_error *err);
/* The point of the line of /proc/PID/mountinfo if it mounts the device, else NULL. The caller frees. */
char *sim_mounts_point(const char *line, unsigned device_major, unsigned device_minor);

#endif
