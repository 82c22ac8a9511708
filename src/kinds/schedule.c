#include "kinds/schedule.h"

#include "base/json.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 9
#define MINUTE_S 60
#define CRON_FIELDS 6

/* The parts of an ISO 8601 interval of fixed length, in their order; those behind "T" are parts of a day. */
static const struct part {
    char letter;
    bool behind_t;
    int64_t seconds;
} parts[] = {
    {'W', false, 604800}, {'D', false, 86400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1},
};

/* ---- intervals ---- */

/* Steps over "2H" and adds it; parts before `*next` have been. */
static bool take_part(const char **at, bool behind_t, size_t *next, int64_t *seconds)
{
    size_t digits = strspn(*at, "0123456789");
    if (!digits || digits > MOST_DIGITS)
        return false;
    for (; *next < CBK_ARRAY_LEN(parts); ++*next) {
        const struct part *part = &parts[*next];
        if (part->letter != (*at)[digits] || part->behind_t != behind_t)
            continue;
        *seconds += strtoll(*at, NULL, 10) * part->seconds;
        *at += digits + 1;
        ++*next;
        return true;
    }
    return false;
}

static bool read_interval(const char *text, int64_t *ret_seconds)
{
    bool behind_t = false;
    size_t next = 0;
    *ret_seconds = 0;
    if (*text++ != 'P')
        return false;
    while (*text) {
        bool is_t = *text == 'T' && !behind_t;
        behind_t = behind_t || is_t;
        text += is_t;
        if (!take_part(&text, behind_t, &next, ret_seconds))
            return false;
    }
    return *ret_seconds > 0;
}

/* Weeks are written as days, which mix with the rest. */
static void add_interval(struct cbk_str *out, int64_t seconds)
{
    bool behind_t = false;
    cbk_str_add_char(out, 'P');
    for (size_t i = 1; i < CBK_ARRAY_LEN(parts); i++) {
        int64_t count = seconds / parts[i].seconds;
        seconds %= parts[i].seconds;
        if (!count)
            continue;
        if (parts[i].behind_t && !behind_t)
            cbk_str_add_char(out, 'T');
        behind_t = parts[i].behind_t;
        cbk_str_addf(out, "%lld%c", (long long)count, parts[i].letter);
    }
}

/* ---- the normal form ---- */

static void set_time(json_t *schedule, int64_t from)
{
    CBK_STR(text);
    cbk_time_add_utc(&text, from);
    json_object_set_new(schedule, "from", json_string(text.ptr));
}

static void set_every(json_t *schedule, int64_t seconds)
{
    CBK_STR(text);
    cbk_duration_add(&text, seconds);
    json_object_set_new(schedule, "every", json_string(text.ptr));
}

/* Answers how many fields it has. */
static size_t set_cron(json_t *schedule, const char *cron)
{
    CBK_STR(text);
    size_t fields = 0;
    for (const char *at = cron + strspn(cron, " \t"); *at; at += strspn(at, " \t")) {
        size_t len = strcspn(at, " \t");
        cbk_str_addf(&text, "%s%.*s", fields++ ? " " : "", (int)len, at);
        at += len;
    }
    json_object_set_new(schedule, "cron", json_string(text.ptr));
    return fields;
}

static int desire_every(const char *every, json_t *schedule, struct cbk_error *err)
{
    int64_t seconds = 0;
    int r = cbk_duration_parse(every, &seconds, err);
    if (r < 0)
        return r;
    if (!seconds || seconds % MINUTE_S)
        return cbk_fail(err, CBK_E_VALIDATION, "an interval is one or more whole minutes");
    set_every(schedule, seconds);
    return 0;
}

/* The vendor's crons have seconds first, and '?' for the day that is not given; on Unix they have five fields. */
static int desire_cron(const char *cron, json_t *schedule, struct cbk_error *err)
{
    size_t fields = set_cron(schedule, cron);
    if (fields == CRON_FIELDS)
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "a cron of Cloud Backup has six fields, this one has %zu", fields);
    return cbk_error_hint(err, "seconds, minutes, hours, day of the month, month, day of the week (1 is Sunday), with "
                               "'?' for the day that is not given: \"0 0 2 ? * 3,5,7\"");
}

int cbk_schedule_desire(const json_t *declared, json_t **ret, const char **ret_key, struct cbk_error *err)
{
    CBK_JSON *schedule = json_object();
    const char *every = cbk_json_text(declared, "every"), *cron = cbk_json_text_or(declared, "cron", "");
    const char *from = cbk_json_text(declared, "from");
    int64_t start = 0;
    *ret_key = every ? "every" : "cron";
    int r = every ? desire_every(every, schedule, err) : desire_cron(cron, schedule, err);
    if (r < 0)
        return r;
    *ret_key = "from";
    r = from ? cbk_time_parse(from, &start, err) : 0;
    if (r < 0)
        return r;
    if (from && start < 0)
        return cbk_fail(err, CBK_E_VALIDATION, "a schedule cannot begin before 1970");
    if (from)
        set_time(schedule, start);
    *ret = cbk_json_steal(&schedule);
    return 0;
}

json_t *cbk_schedule_read(const char *text)
{
    bool is_cron = cbk_str_starts_with(text, "C|"), is_interval = cbk_str_starts_with(text, "I|");
    const char *start = is_cron || is_interval ? text + 2 : "";
    size_t digits = strspn(start, "0123456789");
    int64_t seconds = 0;
    bool is_whole = digits && digits <= MOST_DIGITS + 2 && start[digits] == '|';
    if (!is_whole || (is_interval && !read_interval(start + digits + 1, &seconds)))
        return json_pack("{s:s}", "text", text);
    json_t *schedule = json_object();
    if (is_cron)
        (void)set_cron(schedule, start + digits + 1);
    else
        set_every(schedule, seconds);
    set_time(schedule, strtoll(start, NULL, 10));
    return schedule;
}

char *cbk_schedule_text(const json_t *schedule, int64_t now)
{
    const char *from = cbk_json_text(schedule, "from"), *cron = cbk_json_text(schedule, "cron");
    const char *as_it_is = cbk_json_text(schedule, "text");
    if (as_it_is)
        return cbk_strdup(as_it_is);
    int64_t start = now, seconds = 0;
    CBK_ERROR(ignored); /* both were parsed on their way into the normal form */
    CBK_STR(text);
    if (from)
        (void)!cbk_time_parse(from, &start, &ignored);
    if (!cron)
        (void)!cbk_duration_parse(cbk_json_text_or(schedule, "every", ""), &seconds, &ignored);
    cbk_str_addf(&text, "%c|%lld|", cron ? 'C' : 'I', (long long)start);
    if (cron)
        cbk_str_add(&text, cron);
    else
        add_interval(&text, seconds);
    return cbk_str_detach(&text);
}
