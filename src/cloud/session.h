/*
 * The session, as the files of this room see it: a core that all views of it share, and what is a view's own.
 */
#ifndef CBK_CLOUD_SESSION_H
#define CBK_CLOUD_SESSION_H

#include "cloud/cloud.h"
#include "cloud/endpoint.h"
#include "cloud/keyring.h"
#include "cloud/pace.h"

#include <pthread.h>
#include <stdatomic.h>

struct cbk_cloud_core {
    char *region;
    struct cbk_url endpoints[CBK_SERVICE_COUNT]; /* no host: the service cannot be reached without a region */
    bool overridden;
    int64_t deadline_ms;
    int64_t connect_timeout_ms;
    unsigned max_in_flight;
    struct cbk_keyring *keyring;
    struct cbk_http *http;
    struct cbk_pace *pace;
    atomic_bool interrupted;
    atomic_bool reached[CBK_SERVICE_COUNT]; /* it has answered */
    pthread_mutex_t clock_lock;             /* guards the cloud's clock */
    int64_t clock_date;                     /* the last Date header, 0: none yet */
    int64_t clock_seen_ms;                  /* when it came, on our monotonic clock */
};

struct cbk_cloud {
    struct cbk_cloud_core *core;
    const struct cbk_cloud_witness *witness; /* NULL: nobody is told */
    bool is_view;                            /* the core is another one's */
};

/* Sets the cloud's clock by a Date header. */
void cbk_cloud_saw_date(struct cbk_cloud *cloud, int64_t date);

#endif
