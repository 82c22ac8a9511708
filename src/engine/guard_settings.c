#include "engine/guard_settings.h"

#include "kinds/level.h"

#include <string.h>

static bool is_dropped(const json_t *was, const json_t *is)
{
    return json_is_true(was) && !json_is_true(is);
}

static bool is_taken_up(const json_t *was, const json_t *is)
{
    return !json_is_true(was) && json_is_true(is);
}

static bool is_less(const json_t *was, const json_t *is)
{
    return json_integer_value(is) < json_integer_value(was); /* not set is no less than 0 */
}

static bool is_more_or_open(const json_t *was, const json_t *is)
{
    return was && (!is || json_integer_value(is) > json_integer_value(was));
}

static bool is_lower(const json_t *was, const json_t *is)
{
    return is && cbk_level_parse(json_string_value(is)) <
                     (was ? cbk_level_parse(json_string_value(was)) : CBK_LEVEL_APPLICATION);
}

static int forgiveness(const json_t *on_downgrade)
{
    static const char *const words[] = {"fail", "warn", "accept"};
    for (int i = 0; i < (int)CBK_ARRAY_LEN(words); i++)
        if (cbk_str_equal(json_string_value(on_downgrade), words[i]))
            return i;
    return 0;
}

static bool is_more_forgiving(const json_t *was, const json_t *is)
{
    return forgiveness(is) > forgiveness(was);
}

const struct cbk_guard_setting cbk_guard_settings[] = {
    {false, "protection", "lifecycle.prevent_destroy", NULL, is_dropped, "may be destroyed from now on"},
    {false, "requirement", "require", "consistency.level", is_lower, "demands a lower level"},
    {false, "requirement", "on_downgrade", NULL, is_more_forgiving, "puts up with less than it demands"},
    {true, "expectation", "expect.max", NULL, is_more_or_open, "may match more instances"},
    {true, "expectation", "expect.min", NULL, is_less, "may match fewer instances"},
    {true, "expectation", "allow_empty", NULL, is_taken_up, "may match no instance at all"},
};
const size_t cbk_guard_setting_count = CBK_ARRAY_LEN(cbk_guard_settings);

const json_t *cbk_guard_setting_of(const struct cbk_guard_setting *setting, const json_t *value)
{
    const json_t *set = cbk_json_at(value, setting->trail);
    return set || !setting->otherwise ? set : cbk_json_at(value, setting->otherwise);
}

static bool is_same_at(const json_t *a, const json_t *b, const char *key)
{
    return cbk_str_equal(cbk_json_text(a, key), cbk_json_text(b, key));
}

/* Dates are ISO's: the later one is the greater text. */
static bool lasts_as_long(const json_t *was, const json_t *is)
{
    const char *then = cbk_json_text(was, "until"), *now = cbk_json_text(is, "until");
    return !then || (now && strcmp(now, then) <= 0);
}

const json_t *cbk_drift_ignore_loosened(const json_t *was, const json_t *is, size_t *index)
{
    while (*index < json_array_size(is)) {
        const json_t *entry = json_array_get(is, (*index)++);
        bool is_known = false;
        size_t i;
        json_t *old;
        json_array_foreach((json_t *)was, i, old)
            is_known = is_known || (is_same_at(old, entry, "address") && is_same_at(old, entry, "path") &&
                                    lasts_as_long(old, entry));
        if (!is_known)
            return entry;
    }
    return NULL;
}
