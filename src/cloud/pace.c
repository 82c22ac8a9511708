#include "cloud/pace.h"

#include "base/time.h"

#include <pthread.h>
#include <time.h>

struct lane {
    double window; /* 1 .. max */
    unsigned in_flight;
    int64_t narrowed_ms; /* when it last shrank */
    int64_t held_until_ms;
};

struct cbk_pace {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t freed;
    unsigned max, in_flight;
    struct lane lanes[CBK_SERVICE_COUNT];
};

struct cbk_pace *cbk_pace_new(unsigned max_in_flight)
{
    struct cbk_pace *pace = CBK_NEW(struct cbk_pace);
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pace->freed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_mutex_init(&pace->lock, NULL);
    pace->max = max_in_flight;
    for (size_t i = 0; i < CBK_SERVICE_COUNT; i++)
        pace->lanes[i] = (struct lane){.window = max_in_flight, .narrowed_ms = -1};
    return pace;
}

void cbk_pace_free(struct cbk_pace *pace)
{
    if (!pace)
        return;
    (void)pthread_cond_destroy(&pace->freed);
    (void)pthread_mutex_destroy(&pace->lock);
    free(pace);
}

/* Until somebody leaves, or until the time given; the lock is held before and after. */
static void wait_until(struct cbk_pace *pace, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    (void)pthread_cond_timedwait(&pace->freed, &pace->lock, &until);
}

bool cbk_pace_enter(struct cbk_pace *pace, enum cbk_service service, int64_t wait_ms)
{
    struct lane *lane = &pace->lanes[service];
    int64_t now = cbk_time_monotonic_ms(), deadline = now + wait_ms;
    bool entered = false;
    (void)pthread_mutex_lock(&pace->lock);
    for (;; now = cbk_time_monotonic_ms()) {
        entered = now >= lane->held_until_ms && pace->in_flight < pace->max && lane->in_flight < (unsigned)lane->window;
        if (entered || now >= deadline)
            break;
        bool held = now < lane->held_until_ms && lane->held_until_ms < deadline;
        wait_until(pace, held ? lane->held_until_ms : deadline);
    }
    if (entered) {
        pace->in_flight++;
        lane->in_flight++;
    }
    (void)pthread_mutex_unlock(&pace->lock);
    return entered;
}

static void narrow(struct lane *lane, int64_t now, int64_t hold_ms)
{
    lane->window = lane->window / 2 > 1 ? lane->window / 2 : 1;
    lane->narrowed_ms = now;
    if (lane->held_until_ms < now + hold_ms)
        lane->held_until_ms = now + hold_ms;
}

void cbk_pace_leave(struct cbk_pace *pace, enum cbk_service service, int64_t entered_ms, bool throttled,
                    int64_t hold_ms)
{
    struct lane *lane = &pace->lanes[service];
    int64_t now = cbk_time_monotonic_ms();
    (void)pthread_mutex_lock(&pace->lock);
    pace->in_flight--;
    lane->in_flight--;
    /* calls that set out before the window shrank say nothing new when they are throttled too */
    if (throttled && entered_ms > lane->narrowed_ms)
        narrow(lane, now, hold_ms);
    else if (!throttled && lane->window < pace->max)
        lane->window += 1 / lane->window;
    (void)pthread_cond_broadcast(&pace->freed);
    (void)pthread_mutex_unlock(&pace->lock);
}

unsigned cbk_pace_window(struct cbk_pace *pace, enum cbk_service service)
{
    (void)pthread_mutex_lock(&pace->lock);
    unsigned window = (unsigned)pace->lanes[service].window;
    (void)pthread_mutex_unlock(&pace->lock);
    return window;
}
