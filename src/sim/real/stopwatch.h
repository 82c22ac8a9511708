/*
 * Microseconds, for what is measured.
 */
#ifndef CBK_SIM_STOPWATCH_H
#define CBK_SIM_STOPWATCH_H

#include <stdint.h>
#include <time.h>

/* On a clock that never goes back. */
static inline int64_t sim_stopwatch_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#endif
