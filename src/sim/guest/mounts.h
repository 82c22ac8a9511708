/*
 * What a virtual instance has mounted.
 */
#ifndef CBK_SIM_MOUNTS_H
#define CBK_SIM_MOUNTS_H

#include "base/json.h"

/* [{source, filesystem, mount, size_gib}]: its disks, and what its record lists in "mounts" (shares, for one). New
 * reference. */
json_t *sim_guest_mounts(const json_t *instance);

#endif
