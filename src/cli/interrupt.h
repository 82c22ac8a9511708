/*
 * Ctrl-C and SIGTERM. The first asks: no new step is given out, running ones finish, the state is saved. The second
 * insists: running calls end at once.
 */
#ifndef CBK_CLI_INTERRUPT_H
#define CBK_CLI_INTERRUPT_H

#include "cloud/cloud.h"

void cbk_interrupt_install(void);
/* The session whose calls the second signal ends; NULL: none. */
void cbk_interrupt_stops(struct cbk_cloud *cloud);

#endif
