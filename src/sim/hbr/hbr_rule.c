#include "sim/hbr/hbr_rule.h"

#include "sim/action/fields.h"
#include "sim/hbr/schedule.h"
#include "sim/world/region.h"

#include <string.h>

enum { MOST_DAYS = 364635 };

static const struct sim_field source_filter_fields[] = {
    {.name = "SourceType", .type = SIM_FIELD_TEXT},
    {.name = "DataSourceIds", .type = SIM_FIELD_TEXTS},
    {0},
};
static const struct sim_field tag_filter_fields[] = {
    {.name = "Key", .type = SIM_FIELD_TEXT},
    {.name = "Operator", .type = SIM_FIELD_TEXT, .one_of = "EQUAL|NOT"},
    {.name = "Value", .type = SIM_FIELD_TEXT},
    {0},
};
static const struct sim_field retention_fields[] = {
    {.name = "AdvancedRetentionType", .type = SIM_FIELD_TEXT, .one_of = "DAILY|WEEKLY|MONTHLY|YEARLY"},
    {.name = "Retention", .type = SIM_FIELD_INT, .min = 1, .max = MOST_DAYS},
    {.name = "WhichSnapshot", .type = SIM_FIELD_INT},
    {0},
};
/* Retention 0 is what some clients send for none. */
static const struct sim_field rule_fields[] = {
    {.name = "RuleId", .type = SIM_FIELD_TEXT},
    {.name = "RuleType", .type = SIM_FIELD_TEXT, .one_of = "BACKUP|TRANSITION|REPLICATION|TAG|SECURITY"},
    {.name = "BackupType", .type = SIM_FIELD_TEXT, .one_of = "COMPLETE|INCREMENTAL"},
    {.name = "Schedule", .type = SIM_FIELD_TEXT},
    {.name = "Retention", .type = SIM_FIELD_INT, .max = MOST_DAYS},
    {.name = "ArchiveDays", .type = SIM_FIELD_INT},
    {.name = "ColdArchiveDays", .type = SIM_FIELD_INT},
    {.name = "Immutable", .type = SIM_FIELD_BOOL},
    {.name = "KeepLatestSnapshots", .type = SIM_FIELD_INT, .max = 1},
    {.name = "ReplicationRegionId", .type = SIM_FIELD_TEXT},
    {.name = "VaultId", .type = SIM_FIELD_TEXT},
    {.name = "DataSourceFilters", .type = SIM_FIELD_OBJECTS, .fields = source_filter_fields},
    {.name = "RetentionRules", .type = SIM_FIELD_OBJECTS, .fields = retention_fields},
    {.name = "TagFilters", .type = SIM_FIELD_OBJECTS, .fields = tag_filter_fields},
    {0},
};

static const char *rule_type(const json_t *rule)
{
    return cbk_json_text_or(rule, "RuleType", "");
}

/* ---- what a rule of each type needs; which codes HBR has for these is not documented (U) ---- */

static int check_backup(struct sim_call *call, const json_t *rule)
{
    struct sim_schedule schedule;
    if (!sim_schedule_parse(cbk_json_text_or(rule, "Schedule", ""), &schedule))
        return sim_fail(call, "InvalidParameter", "The Schedule of a BACKUP rule is not valid.");
    return 0;
}

static int check_replication(struct sim_call *call, const json_t *rule)
{
    if (!sim_region_exists(cbk_json_text_or(rule, "ReplicationRegionId", "")))
        return sim_fail(call, "InvalidParameter", "The ReplicationRegionId of a REPLICATION rule is not valid.");
    return 0;
}

static int check_tags(struct sim_call *call, const json_t *rule)
{
    if (!json_array_size(json_object_get(rule, "TagFilters")))
        return sim_fail(call, "InvalidParameter", "A TAG rule needs TagFilters.");
    return 0;
}

static const struct {
    const char *type;
    int (*check)(struct sim_call *call, const json_t *rule);
} checks[] = {
    {"BACKUP", check_backup},
    {"REPLICATION", check_replication},
    {"TAG", check_tags},
};

static int check_rule(struct sim_call *call, const char *type, const json_t *rule)
{
    const char *vault = cbk_json_text_or(rule, "VaultId", "");
    if (!*rule_type(rule))
        return sim_fail(call, "MissingParameter", "A rule has no RuleType.");
    if (*vault && cbk_str_equal(type, "UDM_ECS_ONLY"))
        return sim_fail(call, "InvalidParameter", "A rule of a UDM_ECS_ONLY policy cannot name a vault.");
    if (*vault && !sim_find(call, SIM_VAULTS, vault))
        return sim_fail(call, "VaultNotExist", "The vault does not exist: %s.", vault);
    for (size_t i = 0; i < CBK_ARRAY_LEN(checks); i++)
        if (strcmp(rule_type(rule), checks[i].type) == 0)
            return checks[i].check(call, rule);
    return 0;
}

/* The documentation wants exactly one TRANSITION rule, but policies for instances are made without (U). */
static int check_together(struct sim_call *call, const json_t *rules)
{
    size_t index, backups = 0, transitions = 0;
    json_t *rule;
    json_array_foreach(rules, index, rule) {
        backups += strcmp(rule_type(rule), "BACKUP") == 0;
        transitions += strcmp(rule_type(rule), "TRANSITION") == 0;
    }
    if (!backups || transitions > 1)
        return sim_fail(call, "InvalidParameter",
                        "A policy needs at least one BACKUP rule and at most one TRANSITION rule.");
    return 0;
}

int sim_hbr_read_rules(struct sim_call *call, const char *type, json_t **ret_rules)
{
    static const struct sim_field fields[] = {
        {.name = "Rules", .type = SIM_FIELD_OBJECTS, .fields = rule_fields},
        {0},
    };
    size_t index;
    json_t *rule;
    CBK_JSON *read = json_object();
    int r = sim_fields_read(call, "Policy", call->params, fields, read);
    const json_t *rules = json_object_get(read, "Rules");
    json_array_foreach(rules, index, rule)
        if (r == 0)
            r = check_rule(call, type, rule);
    if (r == 0)
        r = check_together(call, rules);
    if (r == 0)
        *ret_rules = json_incref((json_t *)rules);
    return r;
}

bool sim_hbr_rules_use_vault(const json_t *rules, const char *vault_id)
{
    size_t index;
    json_t *rule;
    json_array_foreach(rules, index, rule) {
        const char *vault = cbk_json_text_or(rule, "VaultId", "");
        if (*vault && (!vault_id || strcmp(vault, vault_id) == 0))
            return true;
    }
    return false;
}
