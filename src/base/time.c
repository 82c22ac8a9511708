#include "base/time.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

/* Reads exactly `digits` digits at *at and steps over them; -1 when they are not there. */
static int read_digits(const char **at, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)(*at)[i]))
            return -1;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += digits;
    return value;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool parse_zone(const char **at, int *ret_offset)
{
    *ret_offset = 0;
    if (skip(at, 'Z') || skip(at, 'z'))
        return true;
    int sign = **at == '-' ? -1 : 1;
    if (!skip(at, '+') && !skip(at, '-'))
        return false;
    int hours = read_digits(at, 2);
    if (hours < 0 || hours > 23 || !skip(at, ':'))
        return false;
    int minutes = read_digits(at, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret_offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool parse_rfc3339(const char *at, int64_t *ret_unix)
{
    int year = read_digits(&at, 4);
    if (year < 0 || !skip(&at, '-'))
        return false;
    int month = read_digits(&at, 2);
    if (month < 1 || month > 12 || !skip(&at, '-'))
        return false;
    int day = read_digits(&at, 2);
    if (day < 1 || day > days_in_month(year, month) || !(skip(&at, 'T') || skip(&at, 't') || skip(&at, ' ')))
        return false;
    int hour = read_digits(&at, 2);
    if (hour < 0 || hour > 23 || !skip(&at, ':'))
        return false;
    int minute = read_digits(&at, 2);
    if (minute < 0 || minute > 59)
        return false;
    int second = 0;
    if (skip(&at, ':')) {
        second = read_digits(&at, 2);
        if (second < 0 || second > 60)
            return false;
        if (skip(&at, '.')) {
            if (!isdigit((unsigned char)*at))
                return false;
            while (isdigit((unsigned char)*at))
                at++;
        }
    }
    int offset = 0;
    if (!parse_zone(&at, &offset) || *at)
        return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    *ret_unix = (int64_t)timegm(&tm) + second - offset;
    return true;
}

int cbk_time_parse(const char *text, int64_t *ret_unix, struct cbk_error *err)
{
    if (!parse_rfc3339(text, ret_unix))
        return cbk_fail(err, CBK_E_VALIDATION, "not a time: '%s' (expected RFC 3339, such as 2026-12-01T02:00:00Z)",
                        text);
    return 0;
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "SunMonTueWedThuFriSat";

/* Reads a month's name at *at and steps over it: 1 to 12, or -1. */
static int read_month(const char **at)
{
    for (int month = 1; month <= 12; month++) {
        if (strncmp(*at, month_names + (size_t)3 * (size_t)(month - 1), 3) != 0)
            continue;
        *at += 3;
        return month;
    }
    return -1;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT": the weekday is not looked at. */
static bool parse_http(const char *at, int64_t *ret_unix)
{
    if (strlen(at) != strlen("Sun, 06 Nov 1994 08:49:37 GMT") || at[3] != ',' || at[4] != ' ')
        return false;
    at += 5;
    int day = read_digits(&at, 2);
    if (day < 1 || !skip(&at, ' '))
        return false;
    int month = read_month(&at);
    if (month < 1 || !skip(&at, ' '))
        return false;
    int year = read_digits(&at, 4);
    if (year < 0 || day > days_in_month(year, month) || !skip(&at, ' '))
        return false;
    int hour = read_digits(&at, 2);
    if (hour < 0 || hour > 23 || !skip(&at, ':'))
        return false;
    int minute = read_digits(&at, 2);
    if (minute < 0 || minute > 59 || !skip(&at, ':'))
        return false;
    int second = read_digits(&at, 2);
    if (second < 0 || second > 60 || strcmp(at, " GMT") != 0)
        return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    *ret_unix = (int64_t)timegm(&tm) + second;
    return true;
}

int cbk_time_parse_http(const char *text, int64_t *ret_unix, struct cbk_error *err)
{
    if (!parse_http(text, ret_unix))
        return cbk_fail(err, CBK_E_VALIDATION, "not an HTTP date: '%s'", text);
    return 0;
}

static struct tm utc(int64_t unix_time)
{
    time_t when = (time_t)unix_time;
    struct tm tm = {.tm_mday = 1};
    (void)gmtime_r(&when, &tm);
    return tm;
}

void cbk_time_add_utc(struct cbk_str *out, int64_t unix_time)
{
    struct tm tm = utc(unix_time);
    cbk_str_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                 tm.tm_min, tm.tm_sec);
}

/* Not by strftime: its names follow the locale, and its years are not padded. */
void cbk_time_add_http(struct cbk_str *out, int64_t unix_time)
{
    struct tm tm = utc(unix_time);
    cbk_str_addf(out, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", day_names + (ptrdiff_t)3 * tm.tm_wday, tm.tm_mday,
                 month_names + (ptrdiff_t)3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static const struct unit {
    char letter;
    int64_t seconds;
} units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

static bool parse_duration(const char *at, int64_t *ret_seconds)
{
    int64_t total = 0;
    size_t next_unit = 0;
    if (!*at)
        return false;
    while (*at) {
        int64_t value = 0;
        if (!isdigit((unsigned char)*at))
            return false;
        for (; isdigit((unsigned char)*at); at++) {
            value = value * 10 + (*at - '0');
            if (value > INT32_MAX)
                return false;
        }
        while (next_unit < CBK_ARRAY_LEN(units) && units[next_unit].letter != *at)
            next_unit++;
        if (next_unit == CBK_ARRAY_LEN(units))
            return false;
        total += value * units[next_unit++].seconds;
        at++;
    }
    *ret_seconds = total;
    return true;
}

int cbk_duration_parse(const char *text, int64_t *ret_seconds, struct cbk_error *err)
{
    if (!parse_duration(text, ret_seconds))
        return cbk_fail(err, CBK_E_VALIDATION, "not a duration: '%s' (expected such as 30s, 15m, 24h, 7d or 1h30m)",
                        text);
    return 0;
}

void cbk_duration_add(struct cbk_str *out, int64_t seconds)
{
    if (seconds <= 0) {
        cbk_str_add(out, "0s");
        return;
    }
    for (size_t i = 1; i < CBK_ARRAY_LEN(units); i++) { /* weeks are read, never written: 30d reads better than 4w2d */
        if (seconds >= units[i].seconds)
            cbk_str_addf(out, "%lld%c", (long long)(seconds / units[i].seconds), units[i].letter);
        seconds %= units[i].seconds;
    }
}

void cbk_duration_add_rough(struct cbk_str *out, int64_t seconds)
{
    static const struct {
        int64_t from, unit; /* two of a unit and more are told in it */
        char letter;
    } rough[] = {{172800, 86400, 'd'}, {7200, 3600, 'h'}, {120, 60, 'm'}, {INT64_MIN, 1, 's'}};
    size_t i = 0;
    while (seconds < rough[i].from)
        i++;
    cbk_str_addf(out, "%lld%c", (long long)(seconds > 0 ? seconds / rough[i].unit : 0), rough[i].letter);
}

int64_t cbk_time_now(void)
{
    return (int64_t)time(NULL);
}

int64_t cbk_time_monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cbk_sleep_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L};
    while (ms > 0 && nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}
