#include "sim/hbr/schedule.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_INTERVAL = 60, MOST_DIGITS = 9 };

/* The parts of an interval, in their order; those behind "T" are parts of a day. */
static const struct {
    char letter;
    bool behind_t;
    int64_t seconds;
} parts[] = {
    {'W', false, 604800}, {'D', false, 86400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1},
};

/* "P1D", "PT1H", "P1W", "P1DT12H" */
static bool parse_interval(const char *text, int64_t *ret)
{
    int64_t seconds = 0;
    bool behind_t = false;
    if (*text++ != 'P')
        return false;
    for (size_t part = 0; *text; part++) {
        if (*text == 'T' && !behind_t) {
            behind_t = true;
            text++;
        }
        size_t digits = strspn(text, "0123456789");
        if (!digits || digits > MOST_DIGITS)
            return false;
        while (part < CBK_ARRAY_LEN(parts) && (parts[part].letter != text[digits] || parts[part].behind_t != behind_t))
            part++;
        if (part == CBK_ARRAY_LEN(parts))
            return false;
        seconds += strtoll(text, NULL, 10) * parts[part].seconds;
        text += digits + 1;
    }
    *ret = seconds;
    return seconds >= LEAST_INTERVAL;
}

bool sim_schedule_parse(const char *text, struct sim_schedule *ret)
{
    struct sim_schedule schedule = {0};
    bool is_cron = cbk_str_starts_with(text, "C|");
    if (!is_cron && !cbk_str_starts_with(text, "I|"))
        return false;
    const char *start = text + 2;
    size_t digits = strspn(start, "0123456789");
    if (!digits || digits > MOST_DIGITS + 1 || start[digits] != '|')
        return false;
    schedule.start = strtoll(start, NULL, 10);
    const char *rest = start + digits + 1;
    *ret = schedule;
    return is_cron ? sim_cron_parse(rest, &ret->cron) : parse_interval(rest, &ret->interval);
}

bool sim_schedule_next(const struct sim_schedule *schedule, int64_t after, int64_t *ret_next)
{
    if (!schedule->interval)
        return sim_cron_next(&schedule->cron, after < schedule->start ? schedule->start - 1 : after, ret_next);
    *ret_next = schedule->start;
    if (after >= schedule->start)
        *ret_next += ((after - schedule->start) / schedule->interval + 1) * schedule->interval;
    return true;
}
