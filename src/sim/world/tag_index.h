/*
 * Which instances bear a tag: made when it is first asked for, forgotten when tags or instances change, so that a
 * selector over 100,000 instances need not look at each.
 */
#ifndef CBK_SIM_TAG_INDEX_H
#define CBK_SIM_TAG_INDEX_H

#include "sim/world/world.h"

/* The instances with that tag and value, in order of creation; borrowed until something changes. */
json_t *sim_tag_index_find(struct sim_world *world, const char *key, const char *value);
void sim_tag_index_forget(struct sim_world *world);

#endif
