/* The verdict over a recovery point: two witnesses, and nothing counts that nobody proved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kinds/level.h"
#include "quick_json.h"

#include <string.h>

static void names_and_levels_are_each_others(void **state)
{
    (void)state;
    static const char *const names[] = {"unproven", "crash", "filesystem", "application"};
    assert_int_equal(CBK_ARRAY_LEN(names), CBK_LEVEL_COUNT);
    for (int i = 0; i < CBK_LEVEL_COUNT; i++) {
        assert_string_equal(cbk_level_name((enum cbk_level)i), names[i]);
        assert_int_equal(cbk_level_parse(names[i]), i);
    }
    static const char *const others[] = {"", "Application", "APPLICATION", "app", "crash "};
    for (size_t i = 0; i < CBK_ARRAY_LEN(others); i++)
        assert_int_equal(cbk_level_parse(others[i]), CBK_LEVEL_UNPROVEN);
    assert_int_equal(cbk_level_parse(NULL), CBK_LEVEL_UNPROVEN);
}

/* Disk snapshots of the tables: what their names say. */
static json_t *make_snapshots(void)
{
    static const struct {
        const char *id, *key, *value;
    } tags[] = {
        {"app", "APPConsistent", "True"},    {"app2", "APPConsistent", "True"}, {"fs", "FsConsistent", "True"},
        {"odd", "APPConsistent", "Perhaps"}, {"other", "HBR JobId", "job-1"},
    };
    json_t *snapshots = json_pack("{s:{}, s:{s:{s:[]}}}", "plain", "empty", "Tags", "Tag");
    for (size_t i = 0; i < CBK_ARRAY_LEN(tags); i++)
        json_object_set_new(snapshots, tags[i].id,
                            json_pack("{s:{s:[{s:s, s:s}, {s:s, s:s}]}}", "Tags", "Tag", "TagKey", "first", "TagValue",
                                      "True", "TagKey", tags[i].key, "TagValue", tags[i].value));
    return snapshots;
}

static const struct verdict_row {
    const char *said, *reason;
    const char *snapshots; /* ids, with spaces between them */
    enum cbk_level level;
    const char *why;
} verdicts[] = {
    /* both witnesses agree */
    {"APPLICATION", NULL, "app app2", CBK_LEVEL_APPLICATION, NULL},
    {"APPLICATION", "", "app", CBK_LEVEL_APPLICATION, NULL},
    {"FILE_SYSTEM", NULL, "fs", CBK_LEVEL_FILESYSTEM, NULL},
    {"FILE_SYSTEM", "HBR.PreScriptFailed", "fs", CBK_LEVEL_FILESYSTEM,
     "HBR.PreScriptFailed: the pre-freeze script failed"},
    {"CRASH", NULL, "plain", CBK_LEVEL_CRASH, NULL},
    {"CRASH", "HBR.NoRamRoleBound", "plain empty other", CBK_LEVEL_CRASH,
     "HBR.NoRamRoleBound: the instance did not carry the role"},
    /* the weakest disk counts */
    {"FILE_SYSTEM", NULL, "app fs", CBK_LEVEL_FILESYSTEM, NULL},
    {"CRASH", NULL, "app fs plain", CBK_LEVEL_CRASH, NULL},
    {"CRASH", NULL, "odd", CBK_LEVEL_CRASH, NULL},
    /* they do not agree */
    {"APPLICATION", NULL, "app fs", CBK_LEVEL_UNPROVEN,
     "the cloud calls it application, the tags of its disk snapshots say filesystem"},
    {"APPLICATION", NULL, "plain", CBK_LEVEL_UNPROVEN,
     "the cloud calls it application, the tags of its disk snapshots say crash"},
    {"APPLICATION", NULL, "odd", CBK_LEVEL_UNPROVEN,
     "the cloud calls it application, the tags of its disk snapshots say crash"},
    {"CRASH", NULL, "app", CBK_LEVEL_UNPROVEN,
     "the cloud calls it crash, the tags of its disk snapshots say application"},
    {"FILE_SYSTEM", NULL, "app", CBK_LEVEL_UNPROVEN,
     "the cloud calls it filesystem, the tags of its disk snapshots say application"},
    /* a level with a reason against it */
    {"APPLICATION", "HBR.X", "app", CBK_LEVEL_UNPROVEN, "the cloud names a reason for a lower level, 'HBR.X'"},
    /* words that nobody here knows */
    {"FILE_SYSTEM", "HBR.X", "fs", CBK_LEVEL_UNPROVEN, "the cloud names the reason 'HBR.X', which is not known here"},
    {"CRASH", "hbr.noramrolebound", "plain", CBK_LEVEL_UNPROVEN,
     "the cloud names the reason 'hbr.noramrolebound', which is not known here"},
    {"application", NULL, "app", CBK_LEVEL_UNPROVEN,
     "the cloud calls its level 'application', which is not known here"},
    {"SOMETHING", "HBR.X", "app", CBK_LEVEL_UNPROVEN, "the cloud calls its level 'SOMETHING', which is not known here"},
    {NULL, NULL, "app", CBK_LEVEL_UNPROVEN, "the cloud calls its level '', which is not known here"},
    /* a witness is missing */
    {"APPLICATION", NULL, "app gone", CBK_LEVEL_UNPROVEN, "its disk snapshot 'gone' is gone"},
    {"CRASH", NULL, "gone", CBK_LEVEL_UNPROVEN, "its disk snapshot 'gone' is gone"},
    {"APPLICATION", NULL, "", CBK_LEVEL_UNPROVEN, "it names no disk snapshots whose tags could be read"},
    {"FILE_SYSTEM", NULL, "", CBK_LEVEL_UNPROVEN, "it names no disk snapshots whose tags could be read"},
    {"CRASH", NULL, "", CBK_LEVEL_CRASH, "it names no disk snapshots whose tags could be read"},
    {"CRASH", NULL, NULL, CBK_LEVEL_CRASH, "it names no disk snapshots whose tags could be read"},
};

static json_t *make_point(const struct verdict_row *row)
{
    json_t *detail = json_object();
    cbk_json_set_text(detail, "ConsistentLevel", row->said);
    cbk_json_set_text(detail, "DowngradeReason", row->reason);
    if (row->snapshots) {
        json_t *ids = json_array();
        CBK_CLEANUP(cbk_string_freep) char *words = cbk_strdup(row->snapshots);
        for (char *rest = words, *id; (id = strsep(&rest, " "));)
            if (*id)
                json_array_append_new(ids, json_string(id));
        json_object_set_new(detail, "NativeSnapshotIdList", ids);
    }
    return json_pack("{s:o}", "Detail", detail);
}

static void verdicts_are_those_of_the_table(void **state)
{
    (void)state;
    CBK_JSON *snapshots = make_snapshots();
    for (size_t i = 0; i < CBK_ARRAY_LEN(verdicts); i++) {
        CBK_JSON *point = make_point(&verdicts[i]);
        CBK_CLEANUP(cbk_string_freep) char *why = NULL;
        enum cbk_level level = cbk_level_judge(point, snapshots, &why);
        if (level != verdicts[i].level || !cbk_str_equal(why, verdicts[i].why))
            fail_msg("row %zu: %s, %s", i, cbk_level_name(level), why ? why : "no reason");
    }
}

/* A sound point of the job 'job-1'; what stands at `pointer` of the pair is given another value. */
static const struct doubt_row {
    const char *pointer, *key, *value;
    enum cbk_level level;
    const char *why;
} doubt_rows[] = {
    {"/point", "Status", "COMPLETE", CBK_LEVEL_APPLICATION, NULL},
    {"/point", "Status", "PARTIAL_COMPLETE", CBK_LEVEL_UNPROVEN, "the cloud calls it PARTIAL_COMPLETE, not COMPLETE"},
    {"/point", "Status", "FAILED", CBK_LEVEL_UNPROVEN, "the cloud calls it FAILED, not COMPLETE"},
    {"/point", "Status", "ANYTHING", CBK_LEVEL_UNPROVEN, "the cloud calls it ANYTHING, not COMPLETE"},
    {"/snapshots/s-1", "Status", "progressing", CBK_LEVEL_APPLICATION, NULL},
    {"/snapshots/s-1", "Status", "failed", CBK_LEVEL_UNPROVEN, "its disk snapshot 's-1' has failed"},
    {"/snapshots/s-1/Tags/Tag/1", "TagValue", "job-2", CBK_LEVEL_UNPROVEN,
     "its disk snapshot 's-1' is tagged as of the job 'job-2'"},
    {"/snapshots/s-1/Tags/Tag/1", "TagKey", "other", CBK_LEVEL_APPLICATION, NULL},
};

static void what_is_not_sound_proves_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(doubt_rows); i++) {
        const struct doubt_row *row = &doubt_rows[i];
        CBK_JSON *pair = quick_json("{'point': {'JobId': 'job-1', 'Detail': {'ConsistentLevel': 'APPLICATION',"
                                    " 'NativeSnapshotIdList': ['s-1']}},"
                                    " 'snapshots': {'s-1': {'Status': 'accomplished', 'Tags': {'Tag': ["
                                    "  {'TagKey': 'APPConsistent', 'TagValue': 'True'},"
                                    "  {'TagKey': 'HBR JobId', 'TagValue': 'job-1'}]}}}}");
        json_object_set_new(cbk_pointer_get(pair, row->pointer), row->key, json_string(row->value));
        CBK_CLEANUP(cbk_string_freep) char *why = NULL;
        enum cbk_level level =
            cbk_level_judge(json_object_get(pair, "point"), json_object_get(pair, "snapshots"), &why);
        if (level != row->level || !cbk_str_equal(why, row->why))
            fail_msg("row %zu: %s, %s", i, cbk_level_name(level), why ? why : "no reason");
    }
}

static void an_empty_answer_proves_nothing(void **state)
{
    (void)state;
    CBK_JSON *point = json_object();
    CBK_CLEANUP(cbk_string_freep) char *why = NULL;
    assert_int_equal(cbk_level_judge(point, NULL, &why), CBK_LEVEL_UNPROVEN);
    assert_non_null(why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_levels_are_each_others),
        cmocka_unit_test(verdicts_are_those_of_the_table),
        cmocka_unit_test(what_is_not_sound_proves_nothing),
        cmocka_unit_test(an_empty_answer_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
