/* Does a change of a policy keep recovery points for a shorter time? */
#include "kinds/backup_rules.h"

#include <string.h>

/* The longest that one of these rows keeps something; of those with the same `key` as `like` where one is given. */
static int64_t longest(const json_t *rows, const char *days_key, const char *key, const json_t *like)
{
    int64_t longest_days = 0;
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        int64_t days = cbk_json_int(row, days_key, 0);
        bool counts = !like || json_equal(json_object_get(row, key), json_object_get(like, key));
        longest_days = counts && days > longest_days ? days : longest_days;
    }
    return longest_days;
}

/* How many of the rules keep at least so long, and have a schedule that none of the `others` has. */
static size_t count_apart(const json_t *rules, const json_t *others, int64_t days)
{
    size_t count = 0, index;
    json_t *rule;
    json_array_foreach((json_t *)rules, index, rule)
        count += !longest(others, "retain_days", "schedule", rule) && cbk_json_int(rule, "retain_days", 0) >= days;
    return count;
}

/*
 * Of the rules whose schedules go, each is followed by one that comes: the longest by the longest. Those that nothing
 * follows are held against the best of all that is left.
 */
static bool is_followed(const json_t *before, const json_t *after, int64_t days)
{
    size_t going = count_apart(before, after, days), coming = count_apart(after, before, 0);
    if (!coming)
        return longest(after, "retain_days", NULL, NULL) >= days;
    return count_apart(after, before, days) >= (going < coming ? going : coming);
}

/* A rule whose schedule goes on is held against itself, any other against those that come. */
static bool rules_shorten(const json_t *before, const json_t *after)
{
    size_t index, inner;
    json_t *old, *new;
    json_array_foreach((json_t *)before, index, old) {
        int64_t own = longest(after, "retain_days", "schedule", old);
        int64_t days = cbk_json_int(old, "retain_days", 0);
        if (own ? own < days : !is_followed(before, after, days))
            return true;
        json_array_foreach((json_t *)after, inner, new)
            if (json_equal(json_object_get(new, "schedule"), json_object_get(old, "schedule")) &&
                cbk_json_bool(old, "keep_latest", false) && !cbk_json_bool(new, "keep_latest", false))
                return true;
    }
    return false;
}

static bool rows_shorten(const json_t *before, const json_t *after, const char *days_key, const char *key)
{
    size_t index;
    json_t *old;
    json_array_foreach((json_t *)before, index, old)
        if (longest(after, days_key, key, old) < cbk_json_int(old, days_key, 0))
            return true;
    return false;
}

bool cbk_backup_rules_shorten(const char *attribute, const json_t *before, const json_t *after)
{
    if (strcmp(attribute, "rules") == 0)
        return rules_shorten(before, after);
    if (strcmp(attribute, "keep") == 0)
        return rows_shorten(before, after, "days", "period");
    if (strcmp(attribute, "replication") == 0)
        return rows_shorten(before, after, "retain_days", "region");
    return strcmp(attribute, "immutable") == 0 && json_is_true(before) && !json_is_true(after);
}
