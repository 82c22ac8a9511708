#include "sim/hbr/cron.h"

#include "base/owned.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MINUTE, HOUR, MONTH_DAY, MONTH, WEEK_DAY, FIELD_COUNT };
/* A leap day comes again within eight years, across a century's end. */
enum { DAY = 86400, MOST_DAYS = 366 * 9, MOST_NUMBER = 9999 };

static const struct {
    long least, most;
} bounds[] = {
    [MINUTE] = {0, 59}, [HOUR] = {0, 23}, [MONTH_DAY] = {1, 31}, [MONTH] = {1, 12}, [WEEK_DAY] = {0, 7},
};

static bool take_number(const char **at, long *ret)
{
    char *end = NULL;
    if (**at < '0' || **at > '9')
        return false;
    *ret = strtol(*at, &end, 10);
    *at = end;
    return *ret <= MOST_NUMBER;
}

/* "*", "5", "1-5", each with "/2" behind it. */
static bool take_range(const char **at, int field, uint64_t *values)
{
    long first = bounds[field].least, last = bounds[field].most, step = 1;
    bool is_free = **at == '*' || **at == '?';
    if (is_free)
        (*at)++;
    else if (!take_number(at, &first))
        return false;
    else
        last = first;
    if (!is_free && **at == '-' && (++*at, !take_number(at, &last)))
        return false;
    if (**at == '/') {
        if (!is_free && last == first)
            last = bounds[field].most;
        ++*at;
        if (!take_number(at, &step) || step < 1)
            return false;
    }
    if (first < bounds[field].least || last > bounds[field].most || first > last)
        return false;
    for (; first <= last; first += step)
        *values |= (uint64_t)1 << first;
    return true;
}

static bool take_field(const char **at, int field, uint64_t *values)
{
    *at += strspn(*at, " \t");
    do {
        if (!take_range(at, field, values))
            return false;
    } while (**at == ',' && ++*at);
    return !**at || **at == ' ' || **at == '\t';
}

static bool is_free(const char *text)
{
    return *text == '*' || *text == '?';
}

static int count_fields(const char *text)
{
    int count = 0;
    for (const char *at = text + strspn(text, " \t"); *at; at += strspn(at, " \t")) {
        count++;
        at += strcspn(at, " \t");
    }
    return count;
}

/* Days of the week from 1, Sunday, as days from 0. A day 0 is none. */
static bool shift_week_days(struct sim_cron *cron)
{
    if (cron->any_week_day)
        return true;
    bool has_none = cron->fields[WEEK_DAY] & 1;
    cron->fields[WEEK_DAY] >>= 1;
    return !has_none;
}

bool sim_cron_parse(const char *text, struct sim_cron *ret)
{
    struct sim_cron cron = {0};
    uint64_t seconds = 0;
    const char *at = text;
    bool has_seconds = count_fields(text) == FIELD_COUNT + 1;
    if (has_seconds && !take_field(&at, MINUTE, &seconds)) /* they have the bounds of minutes */
        return false;
    for (int field = 0; field < FIELD_COUNT; field++) {
        at += strspn(at, " \t");
        if (field == MONTH_DAY)
            cron.any_month_day = is_free(at);
        if (field == WEEK_DAY)
            cron.any_week_day = is_free(at);
        if (!take_field(&at, field, &cron.fields[field]))
            return false;
    }
    if (has_seconds && (!strchr(text, '?') || !shift_week_days(&cron)))
        return false;
    if (cron.fields[WEEK_DAY] >> 7 & 1)
        cron.fields[WEEK_DAY] |= 1; /* 7 is Sunday as well */
    *ret = cron;
    return !at[strspn(at, " \t")];
}

static bool has(const struct sim_cron *cron, int field, int value)
{
    return cron->fields[field] >> value & 1;
}

static bool day_matches(const struct sim_cron *cron, const struct tm *day)
{
    bool month_day = has(cron, MONTH_DAY, day->tm_mday), week_day = has(cron, WEEK_DAY, day->tm_wday);
    if (!has(cron, MONTH, day->tm_mon + 1))
        return false;
    if (cron->any_month_day || cron->any_week_day)
        return month_day && week_day;
    return month_day || week_day; /* cron's old rule where both are given */
}

/* The first minute of the day that matches, not before `minute`; -1 without one. */
static int minute_of_day(const struct sim_cron *cron, int minute)
{
    for (; minute < 24 * 60; minute++)
        if (has(cron, HOUR, minute / 60) && has(cron, MINUTE, minute % 60))
            return minute;
    return -1;
}

bool sim_cron_next(const struct sim_cron *cron, int64_t after, int64_t *ret_next)
{
    int64_t earliest = after - after % 60 + 60, midnight = earliest - earliest % DAY;
    int minute = (int)((earliest - midnight) / 60);
    for (int i = 0; i < MOST_DAYS; i++, midnight += DAY, minute = 0) {
        struct tm day;
        time_t at = (time_t)midnight;
        if (!gmtime_r(&at, &day) || !day_matches(cron, &day))
            continue;
        minute = minute_of_day(cron, minute);
        if (minute < 0)
            continue;
        *ret_next = midnight + (int64_t)minute * 60;
        return true;
    }
    return false;
}
