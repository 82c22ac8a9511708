#include "engine/demand.h"

#include "base/time.h"
#include "engine/checks.h"
#include "kinds/snapshot_run.h"

bool cbk_demand_is_made(const struct cbk_object *object)
{
    return object->instance && object->desired && json_object_get(object->declared, "consistency");
}

static bool is_job(const struct cbk_object *object)
{
    return object->kind == &cbk_kind_snapshot_job;
}

enum cbk_level cbk_demand_least(const struct cbk_object *object)
{
    return is_job(object) ? cbk_snapshot_least(object) : cbk_check_requirement(object);
}

/* ---- the age ---- */

/* A duration that has been checked already, in seconds; 0: there is none. */
static int64_t seconds_of(const char *duration)
{
    CBK_ERROR(ignored);
    int64_t seconds = 0;
    return duration && cbk_duration_parse(duration, &seconds, &ignored) == 0 ? seconds : 0;
}

static int64_t shorter(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

/* The shortest interval of a policy's schedules; 0: none is told. */
static int64_t interval_of(const json_t *policy)
{
    int64_t shortest = seconds_of(cbk_json_text(policy, "schedule.every"));
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(policy, "rules"), index, rule)
        shortest = shorter(shortest, seconds_of(cbk_json_text(rule, "schedule.every")));
    return shortest;
}

int64_t cbk_demand_max_age(const struct cbk_env *env, const struct cbk_object *object)
{
    if (is_job(object))
        return seconds_of(cbk_object_text(object->desired, "max_age"));
    const char *policy = cbk_json_text(object->declared, "policy");
    return policy ? 2 * interval_of(cbk_env_declaration(env, policy)) : 0;
}

/* ---- the gaps: each answers one, which the caller frees, or NULL ---- */

struct case_in_hand {
    const struct cbk_env *env;
    const struct cbk_object *object;
    const json_t *newest, *serving;
};

static char *gap_of_switch(const struct case_in_hand *hand)
{
    return cbk_json_bool(hand->object->declared, "disabled", false) ? cbk_strdup("the binding is disabled") : NULL;
}

static char *gap_of_points(const struct case_in_hand *hand)
{
    return hand->newest ? NULL : cbk_strdup("there is no recovery point");
}

static char *gap_of_level(const struct case_in_hand *hand)
{
    if (hand->serving || !hand->newest)
        return NULL;
    const char *why = cbk_json_text(hand->newest, "why");
    CBK_STR(text);
    cbk_str_addf(&text, "no point reaches %s: the newest, of ", cbk_level_name(cbk_demand_least(hand->object)));
    cbk_time_add_utc(&text, cbk_json_int(hand->newest, "time", 0));
    cbk_str_addf(&text, ", is %s%s%s", cbk_json_text(hand->newest, "level"), why ? ": " : "", why ? why : "");
    return cbk_str_detach(&text);
}

static char *gap_of_age(const struct case_in_hand *hand)
{
    int64_t limit = cbk_demand_max_age(hand->env, hand->object);
    int64_t age = hand->env->now - cbk_json_int(hand->serving, "time", 0);
    if (!hand->serving || !limit || age <= limit)
        return NULL;
    CBK_STR(text);
    cbk_str_add(&text, "the newest point that serves is ");
    cbk_duration_add_rough(&text, age);
    cbk_str_add(&text, " old, ");
    cbk_duration_add(&text, limit);
    cbk_str_addf(&text, " is allowed%s", is_job(hand->object) ? "" : " (twice the schedule's interval)");
    return cbk_str_detach(&text);
}

static char *gap_of_trigger(const struct case_in_hand *hand)
{
    const json_t *before = NULL;
    if (!is_job(hand->object))
        return NULL;
    bool never = cbk_snapshot_trigger_moved(hand->object, &before);
    if (!never && !cbk_snapshot_trigger_lost(hand->object, hand->serving))
        return NULL;
    CBK_STR(text);
    cbk_str_add(&text, never ? "no point was taken for the trigger " : "no point is left since the trigger ");
    cbk_json_add_canonical(&text, json_object_get(hand->object->desired, "trigger"));
    return cbk_str_detach(&text);
}

json_t *cbk_demand_gaps(const struct cbk_env *env, const struct cbk_object *object, const json_t *newest,
                        const json_t *serving)
{
    static char *(*const rows[])(const struct case_in_hand *hand) = {gap_of_switch, gap_of_points, gap_of_level,
                                                                     gap_of_age, gap_of_trigger};
    const struct case_in_hand hand = {env, object, newest, serving};
    json_t *gaps = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_CLEANUP(cbk_string_freep) char *gap = rows[i](&hand);
        if (gap)
            json_array_append_new(gaps, json_string(gap));
    }
    return gaps;
}
