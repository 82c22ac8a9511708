/*
 * The cloud's front door, without a socket: takes a request, answers a reply. Names the action, strikes it with faults,
 * checks who calls, decodes parameters, runs the handler under the world's lock, renders. Any number of threads may
 * call sim_gateway_serve at once.
 */
#ifndef CBK_SIM_GATEWAY_H
#define CBK_SIM_GATEWAY_H

#include "sim/front/answer.h"
#include "sim/front/faults.h"
#include "sim/front/journal.h"

#include <pthread.h>

struct sim_options {
    int64_t latency_ms;  /* before each answer */
    int64_t qps;         /* calls a second and service before it throttles; 0: no bound */
    int64_t eventual_ms; /* how long ECS and STS do not know a new role */
};

struct sim_nonces;
struct sim_pace;

struct sim_gateway {
    struct sim_options options;
    struct sim_registry *registry;
    struct sim_journal *journal;
    struct sim_faults *faults;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t stopped;
    bool stopping;
    struct sim_world *world;
    struct sim_nonces *nonces;
    struct sim_pace *pace;
};

/* Takes the world over. */
struct sim_gateway *sim_gateway_new(struct sim_world *world, const struct sim_options *options);
/* NULL is fine. */
void sim_gateway_free(struct sim_gateway *gateway);
CBK_DEFINE_OWNED(struct sim_gateway, sim_gateway)

/* Answers one request; `reply` comes empty (body CBK_STR_INIT). */
void sim_gateway_serve(struct sim_gateway *gateway, const struct sim_request *request, struct sim_reply *reply);
/* The reply to what is no request at all: HTTP `status`, and why. Listed in the journal like the others. */
void sim_gateway_refuse(struct sim_gateway *gateway, int http_status, const char *why, struct sim_reply *reply);
/* Lets happen what is due, as a request would. */
void sim_gateway_tick(struct sim_gateway *gateway);
/* Wakes every request that hangs and lets it end. */
void sim_gateway_stop(struct sim_gateway *gateway);
/* Sleeps, or until the gateway stops. */
void sim_gateway_sleep(struct sim_gateway *gateway, int64_t ms);

#endif
