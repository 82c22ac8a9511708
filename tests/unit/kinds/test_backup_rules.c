/* The rules of backup policies: from git, from the service, and what is sent so that the one becomes the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/backup_rules.h"
#include "quick_json.h"

#define SCHEDULE "'schedule': {'every': '1d', 'from': '2026-11-30T18:00:00Z'}"
#define ARCHIVE(days) "'archive_after_days': " days
#define PLAIN "'keep': [], 'immutable': false, 'replication': [], 'tag_rules': []"
#define CRON_RULE(cron, days) "{'schedule': {'cron': '" cron "'}, 'retain_days': " days "}"
#define RULE(days) "{" SCHEDULE ", 'retain_days': " days ", 'keep_latest': false}"
#define SENT "'Schedule': 'I|1796061600|P1D', 'BackupType': 'COMPLETE'"

/* ---- from git ---- */

static const struct {
    const char *declared, *desired;
} good[] = {
    {"{" SCHEDULE ", 'retain': '30d'}",
     "{'type': 'UDM_ECS_ONLY', 'rules': [" RULE("30") "], " ARCHIVE("0") ", " PLAIN "}"},
    {"{'retain': '4w', 'keep_latest': true, 'rules': [{" SCHEDULE ", 'keep_latest': false}, {'schedule': {'cron': "
     "'0 0 2 ? * 1'}, 'retain': '9d'}]}",
     "{'type': 'UDM_ECS_ONLY', 'rules': [" RULE("28") ", {'schedule': {'cron': '0 0 2 ? * 1'}, 'retain_days': 9, "
                                                      "'keep_latest': true}], " ARCHIVE("0") ", " PLAIN "}"},
    {"{" SCHEDULE ", 'retain': '90d', 'archive_after': '30d', 'immutable': true, 'keep': {'yearly': '365d', 'daily': "
     "'100d'}, 'replication': [{'region': 'cn-z', 'retain': '2d'}, {'region': 'cn-a', 'retain': '3d'}], 'tag_rules': "
     "[{'filters': [{'key': 'b', 'value': 'c', 'operator': 'not'}, {'key': 'a'}]}]}",
     "{'type': 'UDM_ECS_ONLY', 'rules': [" RULE("90") "], " ARCHIVE(
         "30") ", 'keep': [{'days': 100, 'period': 'daily'}, "
               "{'days': 365, 'period': 'yearly'}], 'immutable': true, 'replication': [{'region': 'cn-a', "
               "'retain_days': 3}, "
               "{'region': 'cn-z', 'retain_days': 2}], 'tag_rules': [[{'key': 'a', 'operator': 'equal', 'value': ''}, "
               "{'key': 'b', "
               "'operator': 'not', 'value': 'c'}]]}"},
};

static int desire(const char *declared_text, const char *type, json_t **ret_desired, struct cbk_error *err)
{
    CBK_JSON *declared = quick_json(declared_text);
    CBK_JSON *stack = quick_json("{'vaults': {'v': {'name': 'V'}}}");
    const struct cbk_env env = {.stack = stack};
    struct cbk_object object = {.declared = declared, .desired = json_pack("{s:s}", "type", type)};
    int r = cbk_backup_rules_desire(&env, &object, err);
    *ret_desired = object.desired;
    return r;
}

static void declarations_become_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(good); i++) {
        CBK_JSON *desired = NULL;
        CBK_ERROR(err);
        assert_int_equal(desire(good[i].declared, "UDM_ECS_ONLY", &desired, &err), 0);
        assert_same_json(desired, good[i].desired);
    }
}

static const struct {
    const char *type, *declared, *message;
} bad[] = {
    {"UDM_ECS_ONLY", "{" SCHEDULE "}", "neither the rule nor the policy says how long to retain"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '36h'}", "this is kept in whole days, one or more"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '0d'}", "this is kept in whole days, one or more"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '9d', 'keep': {'weekly': '1h'}}",
     "this is kept in whole days, one or more"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '9d', 'replication': [{'region': 'cn-a', 'retain': '1h'}]}",
     "this is kept in whole days, one or more"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '99d', 'archive_after': '29d'}",
     "points are archived after 30 days or later"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '89d', 'archive_after': '30d'}",
     "archived points are kept for another 60 days at least"},
    {"UDM_ECS_ONLY", "{" SCHEDULE ", 'retain': '9d', 'vault': 'vaults.v'}",
     "a policy of type UDM_ECS_ONLY has no vault"},
    {"STANDARD", "{" SCHEDULE ", 'retain': '9d'}", "a policy of type STANDARD needs a vault"},
    {"STANDARD", "{" SCHEDULE ", 'retain': '9d', 'vault': 'vaults.v', 'immutable': true}",
     "only a policy of type UDM_ECS_ONLY has 'immutable'"},
    {"STANDARD", "{" SCHEDULE ", 'retain': '9d', 'vault': 'vaults.v', 'tag_rules': [{'filters': [{'key': 'a'}]}]}",
     "only a policy of type UDM_ECS_ONLY has 'tag_rules'"},
};

static void what_the_service_would_not_take_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(bad); i++) {
        CBK_JSON *desired = NULL;
        CBK_ERROR(err);
        assert_int_equal(desire(bad[i].declared, bad[i].type, &desired, &err), CBK_E_VALIDATION);
        assert_string_equal(err.message, bad[i].message);
    }
}

/* ---- from the service ---- */

static void read_rules(const char *rules_text, const char *desired_text, json_t **ret_live)
{
    CBK_JSON *rules = quick_json(rules_text);
    CBK_JSON *policy = json_pack("{s:O}", "Rules", rules);
    CBK_JSON *desired = quick_json(desired_text);
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *none = cbk_map_new();
    const struct cbk_env env = {.objects = none};
    struct cbk_object object = {.desired = desired, .live = json_object()};
    cbk_backup_rules_read(&env, policy, &object);
    *ret_live = object.live;
}

static const struct {
    const char *rules, *desired, *live;
} lists[] = {
    /* as the reference wants it, and as others make it: the same */
    {"[{'RuleType': 'BACKUP', " SENT "}, {'RuleType': 'TRANSITION', 'Retention': 30, 'ArchiveDays': 0}]", "{}",
     "{'rules': [" RULE("30") "], " ARCHIVE("0") ", " PLAIN "}"},
    {"[{'RuleType': 'BACKUP', " SENT ", 'Retention': 30, 'VaultId': '', 'TagFilters': []}]", "{}",
     "{'rules': [" RULE("30") "], " ARCHIVE("0") ", " PLAIN "}"},
    /* a rule's own word counts before that of all */
    {"[{'RuleType': 'BACKUP', " SENT ", 'Retention': 7}, {'RuleType': 'TRANSITION', 'Retention': 30}]", "{}",
     "{'rules': [" RULE("7") "], " ARCHIVE("0") ", " PLAIN "}"},
    /* what nobody declared stays to be seen */
    {"[{'RuleType': 'BACKUP', 'Schedule': 'I|1|P1M', 'BackupType': 'INCREMENTAL', 'Retention': 7, 'VaultId': 'v-1', "
     "'KeepLatestSnapshots': 1}, {'RuleType': 'SECURITY', 'Immutable': true}, {'RuleType': 'REPLICATION', "
     "'ReplicationRegionId': 'cn-a', 'Retention': 5, 'ArchiveDays': 50}]",
     "{}",
     "{'rules': [{'schedule': {'text': 'I|1|P1M'}, 'retain_days': 7, 'keep_latest': true, 'vault': 'v-1', "
     "'backup_type': "
     "'INCREMENTAL'}], " ARCHIVE("0") ", 'keep': [], 'immutable': true, 'replication': [{'region': 'cn-a', "
                                      "'retain_days': 5}], 'tag_rules': []}"},
    /* a cron begins whenever it did where git leaves it open */
    {"[{'RuleType': 'BACKUP', 'Schedule': 'C|77|0 0 2 ? * 1', 'Retention': 7}]",
     "{'rules': [{'schedule': {'cron': '0 0 2 ? * 1'}}]}",
     "{'rules': [{'schedule': {'cron': '0 0 2 ? * 1'}, 'retain_days': 7, 'keep_latest': false}], " ARCHIVE(
         "0") ", " PLAIN "}"},
    {"[{'RuleType': 'BACKUP', 'Schedule': 'C|77|0 0 2 ? * 1', 'Retention': 7}]", "{}",
     "{'rules': [{'schedule': {'cron': '0 0 2 ? * 1', 'from': '1970-01-01T00:01:17Z'}, 'retain_days': 7, "
     "'keep_latest': "
     "false}], " ARCHIVE("0") ", " PLAIN "}"},
    /* ... and stays to be seen where a rule with the same cron names it */
    {"[{'RuleType': 'BACKUP', 'Schedule': 'C|77|0 0 2 ? * 1', 'Retention': 7}]",
     "{'rules': [{'schedule': {'cron': '0 0 2 ? * 1'}}, {'schedule': {'cron': '0 0 2 ? * 1', 'from': "
     "'1970-01-01T00:01:17Z'}}]}",
     "{'rules': [{'schedule': {'cron': '0 0 2 ? * 1', 'from': '1970-01-01T00:01:17Z'}, 'retain_days': 7, "
     "'keep_latest': "
     "false}], " ARCHIVE("0") ", " PLAIN "}"},
    {"[]", "{}", "{'rules': [], " ARCHIVE("0") ", " PLAIN "}"},
};

static void lists_become_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(lists); i++) {
        CBK_JSON *live = NULL;
        read_rules(lists[i].rules, lists[i].desired, &live);
        assert_same_json(live, lists[i].live);
    }
}

/* ---- to the service ---- */

static const struct {
    const char *attributes, *before, *sent;
} written[] = {
    {"{'rules': [" RULE("30") "], " ARCHIVE("0") ", " PLAIN "}", "[]",
     "[{'RuleType': 'BACKUP', " SENT ", 'Retention': 30, 'KeepLatestSnapshots': 0, 'Immutable': false}, {'RuleType': "
     "'TRANSITION', 'Retention': 30, 'ArchiveDays': 0, 'RetentionRules': []}]"},
    /* ids stay with what a rule means, whatever its place; leftovers go; unknown types stay */
    {"{'rules': [" RULE("30") "], " ARCHIVE("40") ", 'keep': [{'days': 90, 'period': 'weekly'}], 'immutable': true, "
                                                  "'replication': [{'region': 'cn-a', 'retain_days': 5}], 'tag_rules': "
                                                  "[[{'key': 'a', 'operator': 'not', 'value': ''}]]}",
     "[{'RuleType': 'TRANSITION', 'RuleId': 'r-t', 'Retention': 7, 'ColdArchiveDays': 99}, {'RuleType': 'BACKUP', "
     "'RuleId': 'r-gone', 'Schedule': 'I|5|P1D'}, {'RuleType': 'BACKUP', 'RuleId': 'r-same', " SENT
     ", 'ArchiveDays': 30, "
     "'VaultId': ''}, {'RuleType': 'REPLICATION', 'RuleId': 'r-b', 'ReplicationRegionId': 'cn-b', 'ArchiveDays': 50}, "
     "{'RuleType': 'REPLICATION', 'RuleId': 'r-a', 'ReplicationRegionId': 'cn-a', 'ArchiveDays': 50}, {'RuleType': "
     "'NEW', "
     "'RuleId': 'r-n', 'Immutable': false, 'What': 1}]",
     "[{'RuleType': 'BACKUP', 'RuleId': 'r-same', " SENT
     ", 'ArchiveDays': 0, 'Retention': 30, 'KeepLatestSnapshots': 0, "
     "'Immutable': true}, {'RuleType': 'TRANSITION', 'RuleId': 'r-t', 'Retention': 30, 'ArchiveDays': 40, "
     "'ColdArchiveDays': 99, 'RetentionRules': [{'AdvancedRetentionType': 'WEEKLY', 'Retention': 90, 'WhichSnapshot': "
     "1}]}, {'RuleType': 'REPLICATION', 'RuleId': 'r-a', 'ReplicationRegionId': 'cn-a', 'Retention': 5, 'ArchiveDays': "
     "50}, {'RuleType': 'TAG', 'TagFilters': [{'Key': 'a', 'Operator': 'NOT', 'Value': ''}], 'DataSourceFilters': "
     "[{'SourceType': 'UDM_ECS'}]}, {'RuleType': 'NEW', 'RuleId': 'r-n', 'Immutable': true, 'What': 1}]"},
    /* another schedule is the same rule changed, where nothing else is left for it */
    {"{'rules': [" RULE("30") "], " ARCHIVE("0") ", " PLAIN "}",
     "[{'RuleType': 'BACKUP', 'RuleId': 'r-1', 'Schedule': 'I|5|P2D'}]",
     "[{'RuleType': 'BACKUP', 'RuleId': 'r-1', " SENT
     ", 'Retention': 30, 'KeepLatestSnapshots': 0, 'Immutable': false}, "
     "{'RuleType': 'TRANSITION', 'Retention': 30, 'ArchiveDays': 0, 'RetentionRules': []}]"},
    /* a cron that goes on keeps its beginning */
    {"{'rules': [{'schedule': {'cron': '0 0 2 ? * 1'}, 'retain_days': 9}], " ARCHIVE("0") ", " PLAIN "}",
     "[{'RuleType': 'BACKUP', 'RuleId': 'r-1', 'Schedule': 'C|77|0 0 2 ? * 1'}]",
     "[{'RuleType': 'BACKUP', 'RuleId': 'r-1', 'Schedule': 'C|77|0 0 2 ? * 1', 'BackupType': 'COMPLETE', 'Retention': "
     "9, "
     "'KeepLatestSnapshots': 0, 'Immutable': false}, {'RuleType': 'TRANSITION', 'Retention': 9, 'ArchiveDays': 0, "
     "'RetentionRules': []}]"},
};

static void rules_change_in_place(void **state)
{
    (void)state;
    const struct cbk_env env = {0};
    for (size_t i = 0; i < CBK_ARRAY_LEN(written); i++) {
        CBK_JSON *attributes = quick_json(written[i].attributes);
        CBK_JSON *before = quick_json(written[i].before);
        CBK_JSON *sent = cbk_backup_rules_write(&env, attributes, before);
        assert_same_json(sent, written[i].sent);
    }
}

/* ---- shorter ---- */

static const struct {
    const char *attribute, *before, *after;
    bool shortens;
} changes[] = {
    {"rules", "[" RULE("30") "]", "[" RULE("29") "]", true},
    {"rules", "[" RULE("30") "]", "[" RULE("30") "]", false},
    {"rules", "[" RULE("30") "]", "[{'schedule': {'cron': 'x'}, 'retain_days': 30}]", false},
    {"rules", "[" RULE("30") "]", "[{'schedule': {'cron': 'x'}, 'retain_days': 20}]", true},
    {"rules", "[{" SCHEDULE ", 'retain_days': 30, 'keep_latest': true}]", "[" RULE("30") "]", true},
    {"rules", "[" RULE("30") ", {'schedule': {'cron': 'x'}, 'retain_days': 5}]", "[" RULE("30") "]", false},
    {"rules", "[" RULE("7") ", " CRON_RULE("b", "365") "]", "[" CRON_RULE("c", "1") ", " CRON_RULE("b", "365") "]",
     true},
    {"rules", "[" RULE("7") ", " CRON_RULE("b", "365") "]", "[" CRON_RULE("c", "7") ", " CRON_RULE("b", "365") "]",
     false},
    {"rules", "[" RULE("7") ", " CRON_RULE("b", "365") "]", "[" CRON_RULE("c", "365") ", " CRON_RULE("d", "1") "]",
     true},
    {"rules", "[" RULE("7") ", " CRON_RULE("b", "365") "]", "[" CRON_RULE("c", "365") ", " CRON_RULE("d", "7") "]",
     false},
    {"rules", "[" RULE("7") ", " CRON_RULE("b", "365") "]", "[" CRON_RULE("c", "365") "]", false},
    {"keep", "[{'period': 'weekly', 'days': 90}]", "[]", true},
    {"keep", "[{'period': 'weekly', 'days': 90}]", "[{'period': 'yearly', 'days': 365}]", true},
    {"keep", "[{'period': 'weekly', 'days': 90}]", "[{'period': 'weekly', 'days': 91}]", false},
    {"replication", "[{'region': 'cn-a', 'retain_days': 3}]", "[{'region': 'cn-b', 'retain_days': 3}]", true},
    {"replication", "[]", "[{'region': 'cn-b', 'retain_days': 3}]", false},
    {"immutable", "true", "false", true},
    {"immutable", "false", "true", false},
    {"archive_after_days", "60", "30", false},
};

static void what_is_kept_for_less_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(changes); i++) {
        CBK_JSON *before = quick_json(changes[i].before);
        CBK_JSON *after = quick_json(changes[i].after);
        if (cbk_backup_rules_shorten(changes[i].attribute, before, after) != changes[i].shortens)
            fail_msg("row %zu, %s", i, changes[i].attribute);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations_become_attributes), cmocka_unit_test(what_the_service_would_not_take_is_refused),
        cmocka_unit_test(lists_become_attributes),        cmocka_unit_test(rules_change_in_place),
        cmocka_unit_test(what_is_kept_for_less_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
