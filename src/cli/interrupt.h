/*
 * Ctrl-C and SIGTERM. While nothing is changed, running calls end at once. While an apply works, the first one asks: no
 * new step is given out, running ones finish, the state is saved; the second insists.
 */
#ifndef CBK_CLI_INTERRUPT_H
#define CBK_CLI_INTERRUPT_H

#include "cloud/cloud.h"

void cbk_interrupt_install(void);
/* The session whose calls a signal ends; NULL: none. */
void cbk_interrupt_stops(struct cbk_cloud *cloud);
/* From here on something is changed. */
void cbk_interrupt_changes(void);

#endif
