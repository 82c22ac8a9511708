#include "render/blame.h"

#include "base/time.h"

#define COMMIT_CHARS 7
#define DATE_CHARS 10
#define DAY ((int64_t)24 * 60 * 60)
/* What is older is better known by its date. */
#define OLDEST_AGE (DAY * 60)

static const struct unit {
    int64_t seconds;
    const char *name;
} units[] = {{DAY, "day"}, {(int64_t)60 * 60, "hour"}, {60, "minute"}};

/* A commit may come from a clock that goes before the cloud's: that is as good as now. */
static void add_age(struct cbk_str *out, int64_t seconds)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(units); i++) {
        int64_t count = seconds / units[i].seconds;
        if (count <= 0)
            continue;
        cbk_str_addf(out, "%lld %s%s ago", (long long)count, units[i].name, count == 1 ? "" : "s");
        return;
    }
    cbk_str_add(out, "just now");
}

static void add_when(struct cbk_str *out, const char *time, int64_t now)
{
    CBK_ERROR(ignored); /* a plan from a file may say anything: then its words stand as they are */
    int64_t then = 0;
    bool is_known = cbk_time_parse(time, &then, &ignored) == 0;
    if (now && is_known && now - then < OLDEST_AGE && then - now < DAY)
        add_age(out, now - then);
    else
        cbk_str_addf(out, "%.*s", DATE_CHARS, time);
}

bool cbk_blame_add(struct cbk_str *out, const json_t *change, int64_t now)
{
    const json_t *blame = json_object_get(change, "blame");
    const char *commit = cbk_json_text(blame, "commit"), *time = cbk_json_text(blame, "time");
    if (cbk_json_bool(blame, "uncommitted", false)) {
        cbk_str_add(out, "config: not committed yet");
        return true;
    }
    if (!commit || !time)
        return false;
    cbk_str_addf(out, "config: %.*s %s, ", COMMIT_CHARS, commit, cbk_json_text_or(blame, "author", "somebody"));
    add_when(out, time, now);
    if (cbk_json_bool(blame, "boundary", false))
        cbk_str_add(out, ", or before: the clone is shallow");
    return true;
}
