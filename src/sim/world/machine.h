/*
 * A virtual instance from within: its files and a small shell over them.
 */
#ifndef CBK_SIM_MACHINE_H
#define CBK_SIM_MACHINE_H

#include "sim/world/world.h"

/* Runs shell text as root; answers the exit code and adds what was printed. */
int sim_machine_run(struct sim_world *world, json_t *instance, const char *script, struct cbk_str *output);
/* What a reboot does: /tmp and /run are empty afterwards. */
void sim_machine_reboot(struct sim_world *world, json_t *instance);

#endif
