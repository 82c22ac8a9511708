/* The search for the newest points: what is asked of the cloud, and how little. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../cloud/typed.h"
#include "kinds/point_search.h"

#include <string.h>

#define DAY ((int64_t)86400)
#define NOW (100 * DAY)
#define MANY 24 /* more than are asked for one by one, also when some have found */

#define ANSWER(rows) "{\"Success\": true, \"Code\": \"200\", \"Snapshots\": [" rows "]}"
/* A point of an instance; a disk snapshot named as its level, so that the witnesses agree. */
#define POINT(instance, id, time, level, disk)                                                                         \
    "{\"InstanceId\": \"" instance "\", \"SnapshotId\": \"" id "\", \"JobId\": \"job-" id "\", \"StartTime\": " time   \
    ", \"ExpireTime\": 9000000, \"Detail\": {\"ConsistentLevel\": \"" level "\", \"NativeSnapshotIdList\": [\"" disk   \
    "\"]}}"
#define DISKS                                                                                                          \
    {                                                                                                                  \
        "DescribeSnapshots", NULL, 0,                                                                                  \
            "{\"TotalCount\": 2, \"Snapshots\": {\"Snapshot\": [{\"SnapshotId\": \"d-app\", \"Tags\": {\"Tag\": "      \
            "[{\"TagKey\": "                                                                                           \
            "\"APPConsistent\", \"TagValue\": \"True\"}]}}, {\"SnapshotId\": \"d-crash\", \"Tags\": {\"Tag\": "        \
            "[]}}]}}",                                                                                                 \
            0                                                                                                          \
    }

static const char *id_of(const json_t *point)
{
    return point ? cbk_json_text(point, "snapshot_id") : "none";
}

static void few_are_asked_for_one_by_one(void **state)
{
    static const struct line script[] = {
        {"DescribeUdmSnapshots", "InstanceId=i-1", 0,
         ANSWER(POINT("i-1", "old", "100", "APPLICATION", "d-app") "," POINT(
             "i-1", "new", "300", "CRASH", "d-crash") "," POINT("i-2", "stray", "400", "APPLICATION",
                                                                "d-app") "," POINT("i-1", "mid", "200", "APPLICATION",
                                                                                   "d-app")),
         0},
        {"DescribeUdmSnapshots", "InstanceId=i-2", 0, ANSWER(""), 0},
        DISKS,
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_CLEANUP(cbk_point_seekers_clear) struct cbk_point_seekers seekers = {0};
    cbk_point_seekers_push(&seekers, (struct cbk_point_seeker){.instance = "i-1", .least = CBK_LEVEL_APPLICATION});
    cbk_point_seekers_push(&seekers, (struct cbk_point_seeker){.instance = "i-2", .least = CBK_LEVEL_CRASH});
    cbk_point_seekers_push(&seekers, (struct cbk_point_seeker){.instance = "i-1", .least = CBK_LEVEL_CRASH});
    assert_int_equal(cbk_point_search(cloud, &seekers, NOW, 40 * DAY, &err), 0);
    assert_string_equal(id_of(seekers.items[0].newest), "new");
    assert_string_equal(id_of(seekers.items[0].serving), "mid");
    assert_string_equal(id_of(seekers.items[1].newest), "none");
    assert_string_equal(id_of(seekers.items[1].serving), "none");
    assert_string_equal(id_of(seekers.items[2].serving), "new");
    CBK_STR(text);
    cbk_json_add_canonical(&text, seekers.items[0].serving);
    assert_string_equal(text.ptr, "{\"disk_snapshots\":[\"d-app\"],\"expires\":9000000,\"instance\":\"i-1\",\"job_id\":"
                                  "\"job-mid\",\"level\":\"application\",\"snapshot_id\":\"mid\",\"time\":200}");
    assert_int_equal(fake_cloud_count(fake, "DescribeUdmSnapshots"), 2); /* the whole time at once */
    END_CLOUD();
}

/* A seeker for each id. */
static void push_all(struct cbk_point_seekers *seekers, const json_t *ids)
{
    for (size_t i = 0; i < json_array_size(ids); i++)
        cbk_point_seekers_push(seekers, (struct cbk_point_seeker){.instance = json_string_value(json_array_get(ids, i)),
                                                                  .least = CBK_LEVEL_APPLICATION});
}

/* The windows: a day, then two, then what is left; each ends a second before the one that was looked through. */
static void many_are_looked_for_window_by_window(void **state)
{
    static const struct line script[] = {
        {"DescribeUdmSnapshots", "EndTime=8640060&SourceType=UDM_ECS&StartTime=8553660&UdmRegionId=", 0,
         ANSWER(POINT("i-0", "today", "8630000", "APPLICATION", "d-app") "," POINT("i-99", "x", "8630000", "CRASH",
                                                                                   "d-x")),
         1},
        {"DescribeUdmSnapshots", "EndTime=8553659&SourceType=UDM_ECS&StartTime=8380859&UdmRegionId=", 0,
         ANSWER(POINT("i-1", "before", "8400000", "APPLICATION", "d-app")), 1},
        {"DescribeUdmSnapshots", "EndTime=8380858&SourceType=UDM_ECS&StartTime=8208000&UdmRegionId=", 0, ANSWER(""), 1},
        DISKS,
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_JSON *ids = ids_to(MANY);
    CBK_CLEANUP(cbk_point_seekers_clear) struct cbk_point_seekers seekers = {0};
    push_all(&seekers, ids);
    push_all(&seekers, ids); /* two who seek on each instance: one who found does not keep the other */
    if (cbk_point_search(cloud, &seekers, NOW, 5 * DAY, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(id_of(seekers.items[0].serving), "today");
    assert_string_equal(id_of(seekers.items[1].serving), "before");
    assert_string_equal(id_of(seekers.items[MANY].serving), "today");
    assert_string_equal(id_of(seekers.items[2].newest), "none");
    assert_int_equal(fake_cloud_count(fake, "DescribeUdmSnapshots"), 3);
    for (size_t i = 0; i < fake_cloud_count(fake, NULL); i++) { /* nobody asks about the others' snapshots */
        CBK_CLEANUP(cbk_string_freep) char *request = fake_cloud_request(fake, i);
        assert_null(strstr(request, "d-x"));
    }
    END_CLOUD();
}

static void who_has_found_is_not_looked_for_further(void **state)
{
    static const struct line script[] = {
        {"DescribeUdmSnapshots", "InstanceId=i-1", 0, ANSWER(POINT("i-1", "new", "300", "APPLICATION", "d-app")), 1},
        DISKS,
        {0}};
    (void)state;
    WITH_CLOUD(script);
    CBK_CLEANUP(cbk_point_seekers_clear) struct cbk_point_seekers seekers = {0};
    assert_int_equal(cbk_point_search(cloud, &seekers, NOW, DAY, &err), 0); /* nobody seeks */
    assert_int_equal(fake_cloud_count(fake, NULL), 0);
    cbk_point_seekers_push(&seekers, (struct cbk_point_seeker){.instance = "i-1", .least = CBK_LEVEL_CRASH});
    assert_int_equal(cbk_point_search(cloud, &seekers, NOW, 4000 * DAY, &err), 0);
    assert_string_equal(id_of(seekers.items[0].serving), "new");
    END_CLOUD();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_are_asked_for_one_by_one),
        cmocka_unit_test(many_are_looked_for_window_by_window),
        cmocka_unit_test(who_has_found_is_not_looked_for_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
