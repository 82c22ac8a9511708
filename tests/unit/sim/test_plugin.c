#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/world/world_file.h"

#include "client.h"

#include <string.h>

/* An instance with everything that application consistency needs. */
static const char *const world =
    "{\"instances\": [{\"id\": \"i-1\", \"os_name\": \"CentOS 7.9 64 bit\", \"role\": \"App\", \"disks\": ["
    "{\"id\": \"d-1\", \"category\": \"cloud_essd\"}, {\"id\": \"d-2\", \"category\": \"cloud_auto\", "
    "\"filesystem\": \"xfs\"}], \"files\": {"
    "\"/tmp/prescript.sh\": {\"mode\": \"0700\"}, \"/tmp/postscript.sh\": {\"mode\": \"0700\"}}}],"
    "\"roles\": [{\"name\": \"App\", \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}, \"policies\": [\"P\"]},"
    "            {\"name\": \"Other\", \"trust\": {\"service\": [\"rds.aliyuncs.com\"]}, \"policies\": [\"P\"]},"
    "            {\"name\": \"Poor\", \"trust\": {\"service\": [\"ecs.aliyuncs.com\"]}}],"
    "\"policies\": [{\"name\": \"P\", \"document\": {\"Version\": \"1\", \"Statement\": [{\"Effect\": \"Allow\", "
    "\"Action\": [\"ecs:DescribeSnapshot*\", \"ecs:CreateSnapshot*\", \"ecs:TagResources\", \"ecs:DescribeDisks\"], "
    "\"Resource\": [\"*\"]}]}}]}";

static json_t *parse(const char *text)
{
    CBK_ERROR(err);
    json_t *json = NULL;
    if (cbk_json_parse("test", text, strlen(text), &json, &err) < 0)
        fail_msg("%s in %s", err.message, text);
    return json;
}

/* Runs a job with that Detail and answers its recovery point, borrowed until the next call. */
static const json_t *run_job(struct client *client, const char *detail)
{
    CBK_CLEANUP(cbk_string_freep)
    char *params = cbk_strf(
        "{\"SourceType\": \"UDM_ECS\", \"BackupType\": \"COMPLETE\", \"InstanceId\": \"i-1\", \"Detail\": %s}", detail);
    CBK_CLEANUP(cbk_string_freep)
    char *job = cbk_strdup(cbk_json_text(client_hbr(client, "CreateBackupJob", params), "JobId"));
    sim_world_advance(client->gateway->world, 10000);
    CBK_CLEANUP(cbk_string_freep)
    char *filter = cbk_strf("{\"Filters\": [{\"Key\": \"JobId\", \"Values\": [\"%s\"]}]}", job);
    const json_t *jobs = cbk_json_at(client_hbr(client, "DescribeBackupJobs2", filter), "BackupJobs.BackupJob");
    assert_string_equal(cbk_json_text(json_array_get(jobs, 0), "Status"), "COMPLETE");
    assert_int_equal(cbk_json_int(json_array_get(jobs, 0), "Progress", 0), 10000);
    CBK_CLEANUP(cbk_string_freep)
    char *points =
        cbk_strf("{\"SourceType\": \"UDM_ECS\", \"StartTime\": 0, \"EndTime\": 99999999999, \"UdmRegionId\": "
                 "\"cn-hangzhou\", \"JobId\": \"%s\"}",
                 job);
    const json_t *list = json_object_get(client_hbr(client, "DescribeUdmSnapshots", points), "Snapshots");
    assert_int_equal(json_array_size(list), 1);
    return json_array_get(list, 0);
}

static void check_tags(struct client *client, const json_t *point, const char *level)
{
    const char *id = json_string_value(json_array_get(cbk_json_at(point, "Detail.NativeSnapshotIdList"), 0));
    const json_t *snapshot = sim_world_find(client->gateway->world, SIM_SNAPSHOTS, id);
    const json_t *tags = json_object_get(snapshot, "tags");
    assert_int_equal(json_object_get(tags, "APPConsistent") != NULL, strcmp(level, "APPLICATION") == 0);
    assert_int_equal(json_object_get(tags, "FsConsistent") != NULL, strcmp(level, "FILE_SYSTEM") == 0);
    assert_string_equal(json_string_value(json_object_get(tags, "HBR JobId")), cbk_json_text(point, "JobId"));
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("Created-from-HBR-job:%s", cbk_json_text(point, "JobId"));
    assert_string_equal(cbk_json_text(snapshot, "name"), name);
}

#define APP "{\"appConsistent\": true}"
#define FILES(pre, post) "{\"files\": {\"/tmp/prescript.sh\": " pre ", \"/tmp/postscript.sh\": " post "}}"
#define FIT "{\"mode\": \"0700\"}"

static void test_degradations(void **state)
{
    (void)state;
    static const struct {
        const char *change; /* what is different about the instance */
        const char *detail;
        const char *level, *reason;
        bool group;
    } cases[] = {
        {"{}", APP, "APPLICATION", "", true},
        {"{}", "{\"appConsistent\": true, \"ramRoleName\": \"App\"}", "APPLICATION", "", true},
        {"{}", "{}", "CRASH", "", false},
        {"{}", "{\"snapshotGroup\": true}", "CRASH", "", true},
        {"{}", "{\"appConsistent\": true, \"snapshotGroup\": true}", "CRASH", "HBR.SnapshotGroupEnabled", true},
        {"{\"role\": \"\"}", APP, "CRASH", "HBR.NoRamRoleBound", true},
        {"{}", "{\"appConsistent\": true, \"ramRoleName\": \"Poor\"}", "CRASH", "HBR.NoRamRoleBound", true},
        {"{\"role\": \"Other\"}", APP, "CRASH", "HBR.RamRoleNotTrusted", true},
        {"{\"role\": \"Poor\"}", APP, "CRASH", "HBR.RamRoleNoPermission", true},
        {"{\"assistant\": \"offline\"}", APP, "CRASH", "HBR.CloudAssistantNotRunning", true},
        {"{\"assistant\": \"missing\"}", APP, "CRASH", "HBR.CloudAssistantNotRunning", true},
        {"{\"status\": \"Stopped\"}", APP, "CRASH", "HBR.InstanceNotRunning", true},
        {"{\"os_name_en\": \"CentOS 7.5 64 bit\"}", APP, "CRASH", "HBR.OsNotSupported", true},
        {"{\"os_name_en\": \"Debian 12.4 64 bit\"}", APP, "CRASH", "HBR.OsNotSupported", true},
        {"{\"os_name_en\": \"Ubuntu 18.04 64 bit\"}", APP, "APPLICATION", "", true},
        {"{\"disks\": [{\"id\": \"d-1\"}, {\"id\": \"d-9\", \"category\": \"cloud_efficiency\"}]}", APP, "CRASH",
         "HBR.DiskCategoryNotSupported", false},
        {"{\"disks\": [{\"id\": \"d-1\", \"filesystem\": \"btrfs\"}]}", APP, "CRASH", "HBR.FileSystemNotSupported",
         true},
        {"{\"mounts\": [{\"source\": \"nas:/\", \"filesystem\": \"nfs\", \"mount\": \"/nas\"}]}", APP, "CRASH",
         "HBR.FileSystemNotSupported", true},
        {"{\"mounts\": [{\"source\": \"/dev/vdc1\", \"filesystem\": \"vfat\", \"mount\": \"/boot/efi\"}]}", APP,
         "APPLICATION", "", true},
        {"{\"mounts\": [{\"source\": \"/dev/vda1\", \"filesystem\": \"ext4\", \"mount\": \"/srv\"}]}", APP, "CRASH",
         "HBR.DeviceMountedTwice", true},
        {"{\"files\": {}}", APP, "FILE_SYSTEM", "HBR.PreScriptNotReady", true},
        {"{\"files\": {}}", "{\"appConsistent\": true, \"enableFsFreeze\": false}", "CRASH", "HBR.PreScriptNotReady",
         true},
        {FILES("{\"mode\": \"0755\"}", FIT), APP, "FILE_SYSTEM", "HBR.PreScriptNotReady", true},
        {FILES("{\"mode\": \"0700\", \"owner\": \"me\"}", FIT), APP, "FILE_SYSTEM", "HBR.PreScriptNotReady", true},
        {FILES(FIT, "{\"mode\": \"0600\"}"), APP, "FILE_SYSTEM", "HBR.PostScriptNotReady", true},
        {FILES("{\"mode\": \"0700\", \"exit_code\": 1}", FIT), APP, "FILE_SYSTEM", "HBR.PreScriptFailed", true},
        {"{}", "{\"appConsistent\": true, \"preScriptPath\": \"/opt/pre.sh\"}", "FILE_SYSTEM", "HBR.PreScriptNotReady",
         true},
        {"{\"os_type\": \"windows\", \"os_name_en\": \"Windows Server 2019\", \"files\": {}}", APP, "APPLICATION", "",
         true},
        {"{\"os_type\": \"windows\", \"os_name_en\": \"Windows Server 2019\"}",
         "{\"appConsistent\": true, \"enableWriters\": false}", "FILE_SYSTEM", "HBR.WritersDisabled", true},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        struct client client;
        CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
        CBK_JSON *change = parse(cases[i].change);
        json_object_set_new(change, "id", json_string("i-1"));
        CBK_JSON *patch = json_pack("{s[O]}", "instances", change);
        if (sim_world_patch(gateway->world, patch, &err) < 0)
            fail_msg("case %zu: %s", i, err.message);
        client_init(&client, gateway);
        const json_t *point = run_job(&client, cases[i].detail);
        if (!cbk_str_equal(cbk_json_text(point, "Detail.ConsistentLevel"), cases[i].level) ||
            !cbk_str_equal(cbk_json_text(point, "Detail.DowngradeReason"), cases[i].reason))
            fail_msg("case %zu: %s, %s", i, cbk_json_text(point, "Detail.ConsistentLevel"),
                     cbk_json_text(point, "Detail.DowngradeReason"));
        assert_int_equal(*cbk_json_text(point, "Detail.SnapshotGroupId") != '\0', cases[i].group);
        check_tags(&client, point, cases[i].level);
        client_release(&client);
    }
}

static void test_chosen_disks(void **state)
{
    (void)state;
    static const struct {
        const char *detail, *only;
    } cases[] = {
        {"{\"diskIdList\": [\"d-2\"]}", "d-2"},
        {"{\"excludeDiskIdList\": [\"d-2\"]}", "d-1"},
        {"{\"diskIdList\": [\"d-2\"], \"excludeDiskIdList\": [\"d-2\"]}", "d-2"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct client client;
        CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
        client_init(&client, gateway);
        const json_t *disks = cbk_json_at(run_job(&client, cases[i].detail), "Detail.DiskIdList");
        assert_int_equal(json_array_size(disks), 1);
        assert_string_equal(json_string_value(json_array_get(disks, 0)), cases[i].only);
        client_release(&client);
    }
}

/* A job under way, a command under way: saved, loaded into another gateway, they end as if nothing had been. */
static void test_a_saved_world_goes_on(void **state)
{
    (void)state;
    CBK_ERROR(err);
    struct client client, other;
    struct sim_world *loaded = NULL;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
    client_init(&client, gateway);
    client_hbr(&client, "CreateBackupJob",
               "{\"SourceType\": \"UDM_ECS\", \"BackupType\": \"COMPLETE\", \"InstanceId\": \"i-1\", \"Detail\": " APP
               "}");
    client_ecs(&client, "SendFile",
               "{\"RegionId\": \"cn-hangzhou\", \"InstanceId\": [\"i-1\"], \"Name\": \"f\", \"TargetDir\": \"/opt\", "
               "\"Content\": \"text\"}");
    CBK_JSON *saved = sim_world_dump(gateway->world, false);
    assert_int_equal(sim_world_load(saved, &loaded, &err), 0);
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *second = sim_gateway_new(loaded, &(struct sim_options){0});
    client_init(&other, second);
    CBK_JSON *again = sim_world_dump(second->world, false);
    json_object_del(saved, "clock"); /* which has gone on */
    json_object_del(again, "clock");
    assert_true(json_equal(saved, again));
    sim_world_advance(gateway->world, 10000);
    sim_world_advance(second->world, 10000);
    const char *const everything = "{\"SourceType\": \"UDM_ECS\", \"StartTime\": 0, \"EndTime\": 99999999999, "
                                   "\"UdmRegionId\": \"cn-hangzhou\"}";
    const json_t *points = json_object_get(client_hbr(&other, "DescribeUdmSnapshots", everything), "Snapshots");
    assert_string_equal(cbk_json_text(json_array_get(points, 0), "Detail.ConsistentLevel"), "APPLICATION");
    const json_t *file =
        json_object_get(json_object_get(sim_world_find(second->world, SIM_INSTANCES, "i-1"), "files"), "/opt/f");
    assert_string_equal(cbk_json_text(file, "content"), "text");
    client_release(&client);
    client_release(&other);
}

/* The same calls on the same world give the same ids. */
static void test_ids_are_the_same_each_time(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_string_freep) char *first = NULL;
    for (int i = 0; i < 2; i++) {
        struct client client;
        CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = client_gateway(world, NULL);
        client_init(&client, gateway);
        const char *id = cbk_json_text(run_job(&client, APP), "SnapshotId");
        if (first)
            assert_string_equal(id, first);
        else
            first = cbk_strdup(id);
        client_release(&client);
    }
}

static void test_what_a_world_may_not_say(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "[]",
        "{\"instance\": []}",
        "{\"instances\": {}}",
        "{\"instances\": [3]}",
        "{\"roles\": [{}]}",
        "{\"instances\": [{\"disks\": [3]}]}",
        ("{\"instances\": [{\"id\": \"i-1\", \"disks\": [{\"id\": \"d\"}]}, {\"id\": \"i-2\", \"disks\": [{\"id\": "
         "\"d\"}]}]}"),
        "{\"instances\": [{\"id\": \"i-1\"}, {\"id\": \"i-1\"}]}",
        "{\"timers\": [{\"do\": \"nothing\", \"id\": \"x\"}]}",
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_ERROR(err);
        CBK_JSON *json = parse(cases[i]);
        struct sim_world *loaded = NULL;
        assert_int_not_equal(sim_world_load(json, &loaded, &err), 0);
        assert_non_null(err.message);
        assert_null(loaded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_degradations),
        cmocka_unit_test(test_chosen_disks),
        cmocka_unit_test(test_a_saved_world_goes_on),
        cmocka_unit_test(test_ids_are_the_same_each_time),
        cmocka_unit_test(test_what_a_world_may_not_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
