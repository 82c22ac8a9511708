/*
 * A client of the simulator without a socket: signs calls by RPC v1 and hands them to the gateway. For tests.
 */
#ifndef CBK_TESTS_SIM_CLIENT_H
#define CBK_TESTS_SIM_CLIENT_H

#include "sim/front/gateway.h"

struct client {
    struct sim_gateway *gateway;
    const char *access_key_id, *secret, *token;
    const char *nonce, *timestamp; /* NULL: fresh ones */
    const char *format;            /* NULL: JSON */
    int port;                      /* of a server on loopback; 0: straight to the gateway */
    int fd;                        /* the connection to it, kept alive; -1: none */
    int status;                    /* of the last answer; 0: there was none */
    enum sim_fate fate;
    json_t *answer; /* of the last call; NULL when it was no JSON */
    char *text;
};

/* A gateway over a world given as JSON text. */
struct sim_gateway *client_gateway(const char *world, const struct sim_options *options);
void client_init(struct client *client, struct sim_gateway *gateway);
void client_release(struct client *client);

/* Calls an action of a version with parameters given as JSON ({"RegionId": "cn-hangzhou", "InstanceId": ["i-1"]};
 * objects and numbers that are not in lists go as JSON text); keeps the answer and answers it, borrowed. */
json_t *client_call(struct client *client, const char *version, const char *action, const char *params);
json_t *client_ecs(struct client *client, const char *action, const char *params);
json_t *client_ram(struct client *client, const char *action, const char *params);
json_t *client_hbr(struct client *client, const char *action, const char *params);
json_t *client_sts(struct client *client, const char *action, const char *params);

/* Calls, and fails the test unless the answer has that code ("" or NULL: no error). */
void client_expect(struct client *client, const char *version, const char *action, const char *params,
                   const char *code);

#define ECS "2014-05-26"
#define HBR "2017-09-08"
#define RAM "2015-05-01"
#define STS "2015-04-01"

#endif
