/*
 * The regions of the cloud.
 */
#ifndef CBK_SIM_REGION_H
#define CBK_SIM_REGION_H

#include <stdbool.h>

bool sim_region_exists(const char *region);

#endif
