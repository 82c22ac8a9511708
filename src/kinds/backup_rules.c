#include "kinds/backup_rules.h"

#include "base/time.h"
#include "kinds/schedule.h"

#define DAY_S ((int64_t)86400)
#define ARCHIVE_LEAST_DAYS 30 /* as are the next: by the Terraform provider's reference */
#define ARCHIVED_LEAST_DAYS 60

static const char *const periods[] = {"daily", "weekly", "monthly", "yearly"};

/* One declaration on its way into attributes; places in it are pointers below it. */
struct making {
    const struct cbk_env *env;
    const struct cbk_object *object;
    bool is_standard;
};

static int fail(const struct making *making, const char *place, struct cbk_error *err)
{
    return cbk_error_locate(err, cbk_env_span_at(making->env, making->object, place));
}

/* Whole days; 0 where the text is NULL. */
static int read_days(const struct making *making, const char *place, const char *text, int64_t *ret_days,
                     struct cbk_error *err)
{
    int64_t seconds = 0;
    int r = text ? cbk_duration_parse(text, &seconds, err) : 0;
    if (r == 0 && text && (seconds < DAY_S || seconds % DAY_S))
        r = cbk_fail(err, CBK_E_VALIDATION, "this is kept in whole days, one or more");
    if (r < 0)
        return fail(making, place, err);
    *ret_days = seconds / DAY_S;
    return 0;
}

/* The first of the two that names a key: what a rule leaves out, the policy says for all. */
static const char *rule_or_policy(const json_t *rule, const json_t *policy, const char *key)
{
    const char *text = cbk_json_text(rule, key);
    return text ? text : cbk_json_text(policy, key);
}

static bool rule_or_policy_bool(const json_t *rule, const json_t *policy, const char *key)
{
    return cbk_json_bool(json_object_get(rule, key) ? rule : policy, key, false);
}

/* Instances' recovery points lie in no vault; everything else lies in one. */
static int check_vault(const struct making *making, const char *place, const char *vault, struct cbk_error *err)
{
    if (making->is_standard == (vault != NULL))
        return 0;
    if (vault)
        (void)cbk_fail(err, CBK_E_VALIDATION, "a policy of type UDM_ECS_ONLY has no vault");
    else
        (void)cbk_fail(err, CBK_E_VALIDATION, "a policy of type STANDARD needs a vault");
    return fail(making, place, err);
}

/* `place` is that of the rule, "" where the policy itself is one. */
static int make_rule(const struct making *making, const char *place, const json_t *rule, json_t **ret,
                     struct cbk_error *err)
{
    const json_t *policy = making->object->declared;
    const char *retain = rule_or_policy(rule, policy, "retain"), *vault = rule_or_policy(rule, policy, "vault");
    const char *key = NULL;
    CBK_JSON *schedule = NULL;
    int64_t days = 0;
    int r = cbk_schedule_desire(json_object_get(rule, "schedule"), &schedule, &key, err);
    CBK_CLEANUP(cbk_string_freep) char *in_schedule = cbk_strf("%sschedule/%s", place, key);
    if (r < 0)
        return fail(making, in_schedule, err);
    if (!retain)
        r = cbk_fail(err, CBK_E_VALIDATION, "neither the rule nor the policy says how long to retain");
    if (r < 0)
        return fail(making, place, err);
    CBK_CLEANUP(cbk_string_freep) char *at_retain = cbk_strf("%sretain", json_object_get(rule, "retain") ? place : "");
    r = read_days(making, at_retain, retain, &days, err);
    if (r == 0)
        r = check_vault(making, vault ? "vault" : "type", vault, err);
    if (r < 0)
        return r;
    *ret = json_pack("{s:O, s:I, s:b}", "schedule", schedule, "retain_days", (json_int_t)days, "keep_latest",
                     (int)rule_or_policy_bool(rule, policy, "keep_latest"));
    cbk_json_set_text(*ret, "vault", vault ? cbk_env_name(making->env, vault) : NULL);
    return 0;
}

static int make_rules(const struct making *making, json_t **ret, struct cbk_error *err)
{
    const json_t *declared = making->object->declared, *rules = json_object_get(declared, "rules");
    CBK_JSON *made = json_array();
    size_t count = rules ? json_array_size(rules) : 1;
    for (size_t i = 0; i < count; i++) {
        CBK_CLEANUP(cbk_string_freep) char *place = rules ? cbk_strf("rules/%zu/", i) : cbk_strdup("");
        json_t *rule = NULL;
        int r = make_rule(making, place, rules ? json_array_get(rules, i) : declared, &rule, err);
        if (r < 0)
            return r;
        json_array_append_new(made, rule);
    }
    *ret = cbk_json_sorted(made);
    return 0;
}

static int make_keep(const struct making *making, json_t **ret, struct cbk_error *err)
{
    CBK_JSON *made = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(periods); i++) {
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf("keep/%s", periods[i]);
        const char *text = cbk_json_text(json_object_get(making->object->declared, "keep"), periods[i]);
        int64_t days = 0;
        int r = read_days(making, place, text, &days, err);
        if (r < 0)
            return r;
        if (days)
            json_array_append_new(made, json_pack("{s:s, s:I}", "period", periods[i], "days", (json_int_t)days));
    }
    *ret = cbk_json_sorted(made);
    return 0;
}

static int make_replication(const struct making *making, json_t **ret, struct cbk_error *err)
{
    CBK_JSON *made = json_array();
    size_t index;
    json_t *copy;
    json_array_foreach(json_object_get(making->object->declared, "replication"), index, copy) {
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf("replication/%zu/retain", index);
        int64_t days = 0;
        int r = read_days(making, place, cbk_json_text(copy, "retain"), &days, err);
        if (r < 0)
            return r;
        json_array_append_new(made, json_pack("{s:s, s:I}", "region", cbk_json_text_or(copy, "region", ""),
                                              "retain_days", (json_int_t)days));
    }
    *ret = cbk_json_sorted(made);
    return 0;
}

static json_t *make_tag_rules(const json_t *declared)
{
    CBK_JSON *made = json_array();
    size_t index, inner;
    json_t *rule, *filter;
    json_array_foreach(json_object_get(declared, "tag_rules"), index, rule) {
        CBK_JSON *filters = json_array();
        json_array_foreach(json_object_get(rule, "filters"), inner, filter)
            json_array_append_new(filters, json_pack("{s:s, s:s, s:s}", "key", cbk_json_text_or(filter, "key", ""),
                                                     "operator", cbk_json_text_or(filter, "operator", "equal"), "value",
                                                     cbk_json_text_or(filter, "value", "")));
        json_array_append_new(made, cbk_json_sorted(filters));
    }
    return cbk_json_sorted(made);
}

static int make_archive(const struct making *making, const json_t *rules, int64_t *ret_days, struct cbk_error *err)
{
    const char *text = cbk_json_text(making->object->declared, "archive_after");
    int r = read_days(making, "archive_after", text, ret_days, err);
    if (r < 0 || !text)
        return r;
    if (*ret_days < ARCHIVE_LEAST_DAYS)
        r = cbk_fail(err, CBK_E_VALIDATION, "points are archived after %d days or later", ARCHIVE_LEAST_DAYS);
    size_t index;
    json_t *rule;
    json_array_foreach((json_t *)rules, index, rule)
        if (r == 0 && cbk_json_int(rule, "retain_days", 0) - *ret_days < ARCHIVED_LEAST_DAYS)
            r = cbk_fail(err, CBK_E_VALIDATION, "archived points are kept for another %d days at least",
                         ARCHIVED_LEAST_DAYS);
    return r < 0 ? fail(making, "archive_after", err) : 0;
}

/* What only policies for instances have. */
static int check_type(const struct making *making, struct cbk_error *err)
{
    static const char *const keys[] = {"immutable", "tag_rules"};
    const json_t *declared = making->object->declared;
    for (size_t i = 0; making->is_standard && i < CBK_ARRAY_LEN(keys); i++) {
        const json_t *value = json_object_get(declared, keys[i]);
        if (!value || json_is_false(value))
            continue;
        (void)cbk_fail(err, CBK_E_VALIDATION, "only a policy of type UDM_ECS_ONLY has '%s'", keys[i]);
        return fail(making, keys[i], err);
    }
    return 0;
}

int cbk_backup_rules_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err)
{
    const struct making making = {env, object, cbk_str_equal(cbk_object_text(object->desired, "type"), "STANDARD")};
    CBK_JSON *rules = NULL, *keep = NULL, *replication = NULL;
    int64_t archive_days = 0;
    int r = check_type(&making, err);
    if (r == 0)
        r = make_rules(&making, &rules, err);
    if (r == 0)
        r = make_keep(&making, &keep, err);
    if (r == 0)
        r = make_replication(&making, &replication, err);
    if (r == 0)
        r = make_archive(&making, rules, &archive_days, err);
    if (r < 0)
        return r;
    json_object_set(object->desired, "rules", rules);
    json_object_set(object->desired, "keep", keep);
    json_object_set_new(object->desired, "archive_after_days", json_integer((json_int_t)archive_days));
    json_object_set_new(object->desired, "immutable",
                        json_boolean(cbk_json_bool(object->declared, "immutable", false)));
    json_object_set(object->desired, "replication", replication);
    json_object_set_new(object->desired, "tag_rules", make_tag_rules(object->declared));
    return 0;
}
