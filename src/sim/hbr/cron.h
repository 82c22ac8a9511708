/*
 * The six fields of the API's reference ("0 0 2 ? * 3,5,7": seconds, minute, hour, day of the month, month, day of the
 * week from 1, Sunday, and "?" for the day that is not given), or the five of a crontab line (minute, hour, day of the
 * month, month, day of the week, 0 and 7 are Sunday; U). Each is "*" (or "?"), numbers, ranges, steps, joined by
 * commas. Seconds are read and count as 0 (U). Times are UTC (U).
 */
#ifndef CBK_SIM_CRON_H
#define CBK_SIM_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct sim_cron {
    uint64_t fields[5];               /* a bit for each value */
    bool any_month_day, any_week_day; /* where one of them is free, the other decides alone */
};

/* False when it is neither. */
bool sim_cron_parse(const char *text, struct sim_cron *ret);
/* The first time that matches, later than `after`; false when there is none (the 30th of February). */
bool sim_cron_next(const struct sim_cron *cron, int64_t after, int64_t *ret_next);

#endif
