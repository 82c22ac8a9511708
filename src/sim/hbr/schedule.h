/*
 * When a rule of a backup policy is due: "I|<unix start>|<ISO 8601 interval>" or "C|<unix start>|<crontab>".
 */
#ifndef CBK_SIM_SCHEDULE_H
#define CBK_SIM_SCHEDULE_H

#include "sim/hbr/cron.h"

struct sim_schedule {
    int64_t start;    /* unix seconds; nothing is due earlier */
    int64_t interval; /* seconds; 0: the crontab tells */
    struct sim_cron cron;
};

/* False when it is not a schedule. Intervals of months or years are none (U), nor are those below a minute. */
bool sim_schedule_parse(const char *text, struct sim_schedule *ret);
/* The first time that is later than `after`; false when there is none. */
bool sim_schedule_next(const struct sim_schedule *schedule, int64_t after, int64_t *ret_next);

#endif
