/* The service's list of rules: read into attributes, written from them. */
#include "kinds/backup_rules.h"
#include "kinds/numbered.h"
#include "kinds/schedule.h"

#include <ctype.h>
#include <string.h>

static bool is_type(const json_t *rule, const char *type)
{
    return cbk_str_equal(cbk_json_text(rule, "RuleType"), type);
}

static char *in_case(const char *text, int (*convert)(int))
{
    char *made = cbk_strdup(text);
    for (char *at = made; *at; at++)
        *at = (char)convert((unsigned char)*at);
    return made;
}

static void set_in_case(json_t *object, const char *key, const char *text, int (*convert)(int))
{
    CBK_CLEANUP(cbk_string_freep) char *converted = in_case(text, convert);
    cbk_json_set_text(object, key, converted);
}

static const json_t *first_of_type(const json_t *rules, const char *type)
{
    size_t index;
    json_t *rule;
    json_array_foreach((json_t *)rules, index, rule)
        if (is_type(rule, type))
            return rule;
    return NULL;
}

/* ---- reading ---- */

/* Is there a rule with this cron and without a word on when it begins? */
static bool leaves_begin_open(const json_t *attributes, const char *cron)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(attributes, "rules"), index, rule)
        if (cbk_str_equal(cbk_json_text(rule, "schedule.cron"), cron) && !cbk_json_at(rule, "schedule.from"))
            return true;
    return false;
}

/* Is there a rule with just this schedule, its beginning included? */
static bool names_schedule(const json_t *attributes, const json_t *schedule)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(attributes, "rules"), index, rule)
        if (json_equal(json_object_get(rule, "schedule"), (json_t *)schedule))
            return true;
    return false;
}

/* When a cron begins is the cloud's business where git leaves it open; a rule beside it with the same cron may name its
 * beginning all the same. */
static json_t *read_schedule(const json_t *rule, const struct cbk_object *object)
{
    json_t *schedule = cbk_schedule_read(cbk_json_text_or(rule, "Schedule", ""));
    const char *cron = cbk_json_text(schedule, "cron");
    bool is_open = cron && (leaves_begin_open(object->desired, cron) || leaves_begin_open(object->last, cron));
    if (is_open && !names_schedule(object->desired, schedule))
        json_object_del(schedule, "from");
    return schedule;
}

static int64_t days_of(const json_t *rule, const json_t *transition)
{
    int64_t own = cbk_json_int(rule, "Retention", 0);
    return own > 0 ? own : cbk_json_int(transition, "Retention", 0);
}

static json_t *read_backup(const struct cbk_env *env, const json_t *rule, const json_t *transition,
                           const struct cbk_object *object)
{
    const char *vault = cbk_json_text_or(rule, "VaultId", ""), *type = cbk_json_text_or(rule, "BackupType", "COMPLETE");
    const char *name = *vault ? cbk_numbered_name(env, "vaults", vault) : NULL;
    json_t *made = json_pack("{s:o, s:I, s:b}", "schedule", read_schedule(rule, object), "retain_days",
                             (json_int_t)days_of(rule, transition), "keep_latest",
                             cbk_json_int(rule, "KeepLatestSnapshots", 0) == 1);
    cbk_json_set_text(made, "vault", *vault && !name ? vault : name);
    if (*type && !cbk_str_equal(type, "COMPLETE")) /* nothing that is declared means this */
        cbk_json_set_text(made, "backup_type", type);
    return made;
}

static json_t *read_filters(const json_t *rule)
{
    CBK_JSON *filters = json_array();
    size_t index;
    json_t *filter;
    json_array_foreach(json_object_get(rule, "TagFilters"), index, filter) {
        json_t *made = json_pack("{s:s, s:s}", "key", cbk_json_text_or(filter, "Key", ""), "value",
                                 cbk_json_text_or(filter, "Value", ""));
        set_in_case(made, "operator", cbk_json_text_or(filter, "Operator", "EQUAL"), tolower);
        json_array_append_new(filters, made);
    }
    return cbk_json_sorted(filters);
}

/* What stands in the TRANSITION rule, or in any other. */
static void add_keep(const json_t *rule, json_t *keep)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(rule, "RetentionRules"), index, row) {
        json_t *made = json_pack("{s:I}", "days", (json_int_t)cbk_json_int(row, "Retention", 0));
        set_in_case(made, "period", cbk_json_text_or(row, "AdvancedRetentionType", ""), tolower);
        json_array_append_new(keep, made);
    }
}

void cbk_backup_rules_read(const struct cbk_env *env, const json_t *policy, struct cbk_object *object)
{
    json_t *live = object->live;
    const json_t *list = json_object_get(policy, "Rules"), *transition = first_of_type(list, "TRANSITION");
    CBK_JSON *rules = json_array(), *keep = json_array(), *replication = json_array(), *tag_rules = json_array();
    int64_t archive_days = 0;
    bool immutable = false;
    size_t index;
    json_t *rule;
    json_array_foreach((json_t *)list, index, rule) {
        int64_t archive = cbk_json_int(rule, "ArchiveDays", 0);
        if (is_type(rule, "BACKUP"))
            json_array_append_new(rules, read_backup(env, rule, transition, object));
        if (is_type(rule, "REPLICATION"))
            json_array_append_new(replication,
                                  json_pack("{s:s, s:I}", "region", cbk_json_text_or(rule, "ReplicationRegionId", ""),
                                            "retain_days", (json_int_t)days_of(rule, NULL)));
        else /* archiving copies in another region is another matter */
            archive_days = archive > archive_days ? archive : archive_days;
        if (is_type(rule, "TAG"))
            json_array_append_new(tag_rules, read_filters(rule));
        add_keep(rule, keep);
        immutable = immutable || cbk_json_bool(rule, "Immutable", false);
    }
    json_object_set_new(live, "rules", cbk_json_sorted(rules));
    json_object_set_new(live, "keep", cbk_json_sorted(keep));
    json_object_set_new(live, "archive_after_days", json_integer((json_int_t)archive_days));
    json_object_set_new(live, "immutable", json_boolean(immutable));
    json_object_set_new(live, "replication", cbk_json_sorted(replication));
    json_object_set_new(live, "tag_rules", cbk_json_sorted(tag_rules));
}

/* ---- writing ---- */

/* A rule on its way out: what it has to say, and what of it makes it the same rule as one that is there. */
struct wanted {
    json_t *fields;
    const json_t *meaning;
};
CBK_VEC(wanted_list, struct wanted)

static void release_wanted(struct wanted_list *list)
{
    for (size_t i = 0; i < list->len; i++)
        json_decref(list->items[i].fields);
    wanted_list_release(list);
}

static json_t *write_keep(const json_t *attributes)
{
    json_t *list = json_array();
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(attributes, "keep"), index, row) {
        json_t *made =
            json_pack("{s:I, s:i}", "Retention", (json_int_t)cbk_json_int(row, "days", 0), "WhichSnapshot", 1);
        set_in_case(made, "AdvancedRetentionType", cbk_json_text_or(row, "period", ""), toupper);
        json_array_append_new(list, made);
    }
    return list;
}

static void want_backups(const struct cbk_env *env, const json_t *attributes, struct wanted_list *list)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(attributes, "rules"), index, rule) {
        const json_t *schedule = json_object_get(rule, "schedule");
        const char *vault = cbk_json_text(rule, "vault");
        const char *vault_id = vault ? cbk_numbered_id(env, "vaults", vault) : NULL;
        CBK_CLEANUP(cbk_string_freep) char *text = cbk_schedule_text(schedule, env->now);
        json_t *fields = json_pack("{s:s, s:s, s:s, s:I, s:i, s:o}", "RuleType", "BACKUP", "BackupType",
                                   cbk_json_text_or(rule, "backup_type", "COMPLETE"), "Schedule", text, "Retention",
                                   (json_int_t)cbk_json_int(rule, "retain_days", 0), "KeepLatestSnapshots",
                                   (int)cbk_json_bool(rule, "keep_latest", false), "Immutable",
                                   json_boolean(cbk_json_bool(attributes, "immutable", false)));
        cbk_json_set_text(fields, "VaultId", vault_id ? vault_id : vault);
        wanted_list_push(list, (struct wanted){fields, schedule});
    }
}

/* Of all rules the longest: how long the points of each are kept, its own rule says. */
static void want_transition(const json_t *attributes, struct wanted_list *list)
{
    int64_t longest = 0, archive_days = cbk_json_int(attributes, "archive_after_days", 0);
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(attributes, "rules"), index, rule) {
        int64_t days = cbk_json_int(rule, "retain_days", 0);
        longest = days > longest ? days : longest;
    }
    json_t *fields = json_pack("{s:s, s:I, s:I, s:o}", "RuleType", "TRANSITION", "Retention", (json_int_t)longest,
                               "ArchiveDays", (json_int_t)archive_days, "RetentionRules", write_keep(attributes));
    wanted_list_push(list, (struct wanted){fields, NULL});
}

static void want_replication(const json_t *attributes, struct wanted_list *list)
{
    size_t index;
    json_t *copy;
    json_array_foreach(json_object_get(attributes, "replication"), index, copy) {
        json_t *fields = json_pack("{s:s, s:O, s:O}", "RuleType", "REPLICATION", "ReplicationRegionId",
                                   json_object_get(copy, "region"), "Retention", json_object_get(copy, "retain_days"));
        wanted_list_push(list, (struct wanted){fields, json_object_get(copy, "region")});
    }
}

static void want_tag_rules(const json_t *attributes, struct wanted_list *list)
{
    size_t index, inner;
    json_t *filters, *filter;
    json_array_foreach(json_object_get(attributes, "tag_rules"), index, filters) {
        json_t *written = json_array();
        json_array_foreach(filters, inner, filter) {
            json_t *made = json_pack("{s:O, s:O}", "Key", json_object_get(filter, "key"), "Value",
                                     json_object_get(filter, "value"));
            set_in_case(made, "Operator", cbk_json_text_or(filter, "operator", ""), toupper);
            json_array_append_new(written, made);
        }
        json_t *fields = json_pack("{s:s, s:o, s:[{s:s}]}", "RuleType", "TAG", "TagFilters", written,
                                   "DataSourceFilters", "SourceType", "UDM_ECS");
        wanted_list_push(list, (struct wanted){fields, filters});
    }
}

/* What of a rule that is there makes it the same as one that is wanted. New reference; NULL: its type alone. */
static json_t *meaning_of(const json_t *rule)
{
    if (is_type(rule, "BACKUP"))
        return cbk_schedule_read(cbk_json_text_or(rule, "Schedule", ""));
    if (is_type(rule, "REPLICATION"))
        return json_incref(json_object_get(rule, "ReplicationRegionId"));
    return is_type(rule, "TAG") ? read_filters(rule) : NULL;
}

static bool means(const json_t *rule, const struct wanted *wanted)
{
    CBK_JSON *meaning = meaning_of(rule);
    if (!cbk_json_at(wanted->meaning, "from")) /* a cron that leaves it open when it begins */
        json_object_del(meaning, "from");
    return !wanted->meaning || json_equal(meaning, (json_t *)wanted->meaning);
}

/* Takes the rule that `wanted` is a change of out of `left`, or answers NULL. New reference. */
static json_t *take_match(json_t *left, const struct wanted *wanted, bool same_meaning)
{
    const char *type = cbk_json_text(wanted->fields, "RuleType");
    for (size_t i = 0; i < json_array_size(left); i++) {
        json_t *rule = json_array_get(left, i);
        if (!is_type(rule, type) || (same_meaning && !means(rule, wanted)))
            continue;
        json_t *taken = json_deep_copy(rule);
        json_array_remove(left, i);
        return taken;
    }
    return NULL;
}

/* The rule with what is wanted of it; a cron that goes on keeps its beginning. */
static json_t *merge(json_t *base, const struct wanted *wanted, bool same_meaning)
{
    json_t *schedule = same_meaning ? json_incref(json_object_get(base, "Schedule")) : NULL;
    json_object_del(base, "RetentionRules");                             /* only where they are wanted */
    if (is_type(base, "BACKUP") && json_object_get(base, "ArchiveDays")) /* the TRANSITION rule says it */
        json_object_set_new(base, "ArchiveDays", json_integer(0));
    json_object_update(base, wanted->fields);
    if (schedule)
        json_object_set_new(base, "Schedule", schedule);
    return base;
}

static bool is_known_type(const json_t *rule)
{
    static const char *const types[] = {"BACKUP", "TRANSITION", "REPLICATION", "TAG"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(types); i++)
        if (is_type(rule, types[i]))
            return true;
    return false;
}

/* Rules of other types stay, but for what they say of immutability (SECURITY rules do). */
static void add_unknown(const json_t *before, const json_t *attributes, json_t *rules)
{
    size_t index;
    json_t *rule;
    json_array_foreach((json_t *)before, index, rule) {
        if (is_known_type(rule))
            continue;
        json_t *kept = json_deep_copy(rule);
        if (json_object_get(kept, "Immutable"))
            json_object_set_new(kept, "Immutable", json_boolean(cbk_json_bool(attributes, "immutable", false)));
        json_array_append_new(rules, kept);
    }
}

/* Keys without a value would be sent as such. */
static void drop_empty(json_t *rule)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(rule, next, key,
                             value) if (json_is_null(value) || (json_is_string(value) && !*json_string_value(value)))
        json_object_del(rule, key);
}

json_t *cbk_backup_rules_write(const struct cbk_env *env, const json_t *attributes, const json_t *before)
{
    CBK_CLEANUP(release_wanted) struct wanted_list wanted = {0};
    want_backups(env, attributes, &wanted);
    want_transition(attributes, &wanted);
    want_replication(attributes, &wanted);
    want_tag_rules(attributes, &wanted);
    CBK_JSON *left = before ? json_copy((json_t *)before) : json_array();
    json_t **made = cbk_alloc(wanted.len, sizeof(json_t *));
    for (int same_meaning = 1; same_meaning >= 0; same_meaning--) /* rules that go on first, then those that change */
        for (size_t i = 0; i < wanted.len; i++) {
            json_t *base = made[i] ? NULL : take_match(left, &wanted.items[i], same_meaning);
            made[i] = base ? merge(base, &wanted.items[i], same_meaning) : made[i];
        }
    json_t *rules = json_array();
    for (size_t i = 0; i < wanted.len; i++) {
        json_array_append_new(rules, made[i] ? made[i] : json_deep_copy(wanted.items[i].fields));
        drop_empty(json_array_get(rules, i));
    }
    free(made);
    add_unknown(before, attributes, rules);
    return rules;
}
