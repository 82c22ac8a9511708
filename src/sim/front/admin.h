/*
 * The pages under /_sim/ for tests and for the curious, open to loopback only: what was asked, what the world looks
 * like, faults, the clock, and hands that reach into the world behind the clients' backs. docs/simulator.md lists them.
 */
#ifndef CBK_SIM_ADMIN_H
#define CBK_SIM_ADMIN_H

#include "sim/front/gateway.h"

bool sim_admin_owns(const char *path);
void sim_admin_serve(struct sim_gateway *gateway, const struct sim_request *request, bool from_loopback,
                     struct sim_reply *reply);

#endif
