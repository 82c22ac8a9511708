/*
 * The gateway on a socket: libmicrohttpd, a thread for each connection, so that a request may sleep.
 */
#ifndef CBK_SIM_SERVER_H
#define CBK_SIM_SERVER_H

#include "base/error.h"
#include "sim/front/gateway.h"

struct sim_server;

/* Listens on "host:port" (port 0: any free one). The gateway is borrowed and must outlive the server. */
CBK_MUST_CHECK int sim_server_start(const char *listen, struct sim_gateway *gateway, struct sim_server **ret,
                                    struct cbk_error *err);
/* The port that it got. */
int sim_server_port(const struct sim_server *server);
/* Wakes what hangs, ends all connections. NULL is fine. */
void sim_server_free(struct sim_server *server);
CBK_DEFINE_OWNED(struct sim_server, sim_server)

#endif
