/*
 * Files of Cloud Assistant for guests.
 */
#ifndef CBK_SIM_GUEST_FILE_H
#define CBK_SIM_GUEST_FILE_H

#include "base/json.h"

struct sim_guest;
struct sim_world;

/* Begins to write a sent file (a record of "sent_files") in a guest: its target runs on until a tick finds it done. */
void sim_guest_file_start(struct sim_world *world, struct sim_guest *guest, const json_t *task,
                          const char *instance_id);

#endif
