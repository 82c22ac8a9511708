/* Each check over a table: what is so about one instance, and what is found. All that a row does not say is fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/build.h"
#include "engine/check_rows.h"
#include "kinds/guest_mount.h"
#include "quick_json.h"

#include <string.h>

static const char *const fit =
    "{'region': 'cn-hangzhou',"
    " 'info': {'InstanceId': 'i-1', 'OSType': 'linux', 'OSNameEn': 'Ubuntu  22.04 64 bit', 'Status': 'Running'},"
    " 'disks': [{'DiskId': 'd-1', 'Category': 'cloud_essd', 'Size': 40}],"
    " 'agent': 'online', 'heartbeat': '2026-11-23T06:59Z', 'service': 'present',"
    " 'guest': {'files': {}, 'mounts': [{'source': '/dev/vda1', 'type': 'ext4', 'target': '/'}]},"
    " 'attached': 'R', 'scripts': {'pre_freeze': {'path': '/tmp/prescript.sh'}, 'post_thaw': {'path': "
    "'/tmp/postscript.sh'}},"
    " 'roles': {'R': {'trust': {'Statement': [{'Effect': 'Allow', 'Action': ['sts:AssumeRole'],"
    "   'Principal': {'Service': ['ecs.aliyuncs.com']}}]}, 'policies': ['Custom/P']}},"
    " 'documents': {'Custom/P': {'Statement': [{'Effect': 'Allow', 'Action': ['ecs:DescribeSnapshot*',"
    "   'ecs:CreateSnapshot*', 'ecs:TagResources', 'ecs:DescribeDisks'], 'Resource': ['*']}]}},"
    " 'order': {'level': 'application', 'role': 'R', 'pre_freeze': '/tmp/prescript.sh', 'post_thaw': "
    "'/tmp/postscript.sh'}}";

#define NOW 1795417200 /* 2026-11-23T07:00:00Z */
#define INFO(os, name, status)                                                                                         \
    "{'info': {'InstanceId': 'i-1', 'OSType': '" os "', 'OSNameEn': '" name "', 'Status': '" status "'}}"
#define DISKS(list) "{'disks': [" list "]}"
#define DISK(category, size) "{'DiskId': 'd-9', 'Category': '" category "', 'Size': " size "}"
#define FOUR(disk) disk ", " disk ", " disk ", " disk
#define MOUNTS(list) "{'guest': {'mounts': [{'source': '/dev/vda1', 'type': 'xfs', 'target': '/'}, " list "]}}"
#define MOUNT(source, type, target) "{'source': '" source "', 'type': '" type "', 'target': '" target "'}"
#define ORDER(list) "{'order': {'level': 'application', 'role': 'R'" list "}}"
#define ALLOW(list) "{'documents': {'Custom/P': {'Statement': [" list "]}}}"
#define STATEMENT(effect, actions) "{'Effect': '" effect "', 'Action': [" actions "], 'Resource': ['*']}"
#define REST "'ecs:TagResources', 'ecs:DescribeDisks'"

static const struct row {
    const char *facts;    /* what is otherwise than fit, key by key */
    const char *findings; /* "ID severity" of what is not ok */
    const char *level;
    const char *message; /* of the first of them, or its beginning */
} rows[] = {
    {"{}", "", "application", NULL},
    /* 101: systems */
    {INFO("linux", "CentOS  7.6 64 bit", "Running"), "", "application", NULL},
    {INFO("linux", "CentOS  7.10 64 bit", "Running"), "", "application", NULL},
    {INFO("linux", "CentOS  7.5 64 bit", "Running"), "CBK101 error", "crash",
     "its operating system 'CentOS 7.5 64 bit' is not one"},
    {INFO("linux", "Ubuntu  16.04 64 bit", "Running"), "CBK101 error", "crash", NULL},
    {INFO("linux", "Alibaba Cloud Linux  2.1903 LTS 64 bit", "Running"), "", "application", NULL},
    {INFO("linux", "Alibaba Cloud Linux  3.2104 LTS 64 bit", "Running"), "", "application", NULL},
    {INFO("linux", "Aliyun Linux  2.1903 LTS 64 bit", "Running"), "", "application", NULL},
    {INFO("linux", "Aliyun Linux  17.1 64 bit", "Running"), "CBK101 error", "crash", NULL},
    {INFO("linux", "Debian  12.4 64 bit", "Running"), "CBK101 error", "crash", NULL},
    {INFO("windows", "Windows Server  2012 R2 Datacenter", "Running"), "", "application", NULL},
    {INFO("windows", "Windows Server  2008 R2", "Running"), "CBK101 error", "crash", NULL},
    {"{'info': {'OSName': 'CentOS 8.2', 'Status': 'Running'}}", "", "application", NULL},
    {"{'info': {'Status': 'Running'}}", "CBK101 error", "crash", NULL},
    /* 102: categories */
    {DISKS(DISK("cloud_essd", "1") ", " DISK("cloud_auto", "1") ", " DISK("cloud_essd_entry", "1")), "", "application",
     NULL},
    {DISKS(DISK("cloud_essd", "1") ", " DISK("cloud_ssd", "1")), "CBK102 error", "crash",
     "disk d-9 is cloud_ssd, not an ESSD"},
    {DISKS(""), "CBK102 error", "crash", "it has no disk that these credentials see"},
    /* 103: mounts */
    {MOUNTS(MOUNT("/dev/vdb", "ntfs", "/w") ", " MOUNT("/dev/mapper/a-b", "ext3", "/x")), "", "application", NULL},
    {MOUNTS(MOUNT("/dev/vdb", "btrfs", "/b")), "CBK103 error", "crash",
     "the file system at '/b' is btrfs, not ext3, ext4, xfs or ntfs"},
    {MOUNTS(MOUNT("10.0.0.1:/share", "nfs4", "/n")), "CBK103 error", "crash",
     "nfs4 at '/n' is a network or shared file system"},
    {MOUNTS(MOUNT("x.nas.aliyuncs.com:/a", "fuse.aliyun-alinas-efc", "/n")), "CBK103 error", "crash", NULL},
    {MOUNTS(MOUNT("//10.0.0.1/s", "cifs", "/n")), "CBK103 error", "crash", NULL},
    {MOUNTS(MOUNT("mon:/vol", "newfs", "/n")), "CBK103 error", "crash", NULL},
    {MOUNTS(MOUNT("/dev/vdb", "ocfs2", "/n")), "CBK103 error", "crash", NULL},
    {MOUNTS(MOUNT("/dev/fuse", "fuse.portal", "/p") ", " MOUNT("lxcfs", "fuse.lxcfs", "/l")), "", "application", NULL},
    {MOUNTS(MOUNT("/dev/loop0", "squashfs", "/snap/a") ", " MOUNT("/dev/sr0", "iso9660", "/cd")), "", "application",
     NULL},
    {MOUNTS(MOUNT("/dev/vda2", "vfat", "/boot/efi")), "", "application", NULL},
    {MOUNTS(MOUNT("/dev/vda2", "vfat", "/data")), "CBK103 error", "crash", NULL},
    {MOUNTS(MOUNT("/dev/vda1", "xfs", "/srv")), "CBK103 error", "crash",
     "/dev/vda1 is mounted twice, at '/' and at '/srv'"},
    {MOUNTS(MOUNT("/dev/loop0", "squashfs", "/a") ", " MOUNT("/dev/loop0", "squashfs", "/b")), "", "application", NULL},
    {"{'guest': {'error': 'Cloud Assistant: X'}}", "CBK103 error", "crash",
     "its file systems cannot be read: Cloud Assistant: X"},
    {"{'guest': {'files': {}}}", "CBK103 error", "crash", "its file systems cannot be read: findmnt does not run"},
    /* 104: regions */
    {"{'region': 'me-central-1'}", "CBK104 error", "crash", NULL},
    {"{'region': 'me-east-1'}", "", "application", NULL},
    /* 105 and 111: agent, status; what hangs on them is silent */
    {"{'agent': 'offline', 'guest': null}", "CBK105 error", "crash",
     "the Cloud Assistant agent is offline, last heard of at 2026-11-23T06:59Z"},
    {"{'agent': 'missing', 'heartbeat': null, 'guest': null, 'scripts': null}", "CBK105 error", "crash",
     "the Cloud Assistant agent is not installed"},
    {"{'heartbeat': '2026-11-23T06:40Z'}", "CBK105 warning", "application", "the Cloud Assistant agent is said to be"},
    {"{'heartbeat': null}", "", "application", NULL},
    {"{'heartbeat': 'yesterday'}", "", "application", NULL},
    {INFO("linux", "Ubuntu 22.04", "Stopped"), "CBK111 error", "crash", "the instance is Stopped, not Running"},
    /* 106: the role */
    {"{'attached': null}", "CBK106 error", "crash", "it carries no role, the job names 'R'"},
    {"{'attached': 'Other'}", "CBK106 error", "crash", "it carries the role 'Other', the job names 'R'"},
    {"{'roles': {'R': {'trust': {'Statement': []}, 'policies': []}}}", "CBK106 error", "crash",
     "the role 'R' does not trust ecs.aliyuncs.com"},
    {"{'order': {'level': 'application'}}", "CBK106 error", "crash", "the job names no role"},
    /* 107: what it may do */
    {ALLOW(STATEMENT("Allow", "'ecs:*'")), "", "application", NULL},
    {ALLOW(STATEMENT("Allow", "'ECS:describe*', 'ecs:createsnapshot*', 'ecs:Tag*'")), "", "application", NULL},
    {ALLOW(STATEMENT("Allow", "'ecs:*'") ", " STATEMENT("Deny", "'ecs:TagResources'")), "CBK107 error", "crash",
     "the role 'R' may not do ecs:TagResources"},
    {ALLOW("{'Effect': 'Allow', 'Action': ['*'], 'Resource': ['*'], 'Condition': {'Bool': {'acs:MFAPresent': "
           "['true']}}}"),
     "CBK107 error", "crash", "the role 'R' may not do ecs:DescribeSnapshot*, ecs:CreateSnapshot*, ecs:TagResources"},
    {ALLOW(STATEMENT("Allow", "'*'") ", {'Effect': 'Deny', 'Action': ['ecs:CreateSnapshotGroup'], 'Resource': ['*'],"
                                     " 'Condition': {'IpAddress': {'acs:SourceIp': ['10.0.0.1']}}}"),
     "CBK107 error", "crash", "the role 'R' may not do ecs:CreateSnapshot*"},
    {ALLOW("{'Effect': 'Allow', 'Action': ['ecs:*'], 'Resource': ['acs:ecs:cn-hangzhou:*:*']}"), "CBK107 error",
     "crash", NULL},
    {ALLOW(STATEMENT("Allow", "'ecs:DescribeSnapshots', 'ecs:DescribeSnapshotGroups', 'ecs:CreateSnapshot*', " REST)),
     "CBK107 warning", "application", "the role 'R' may do only a part of ecs:DescribeSnapshot*"},
    {ALLOW(STATEMENT("Allow", "'ecs:DescribeSnapshots', 'ecs:CreateSnapshot*', " REST)), "CBK107 error", "crash", NULL},
    {"{'documents': {}}", "CBK107 error", "crash", NULL},
    /* 108: scripts */
    {"{'scripts': null}", "CBK108 error", "filesystem", "no freeze and thaw scripts are declared for it"},
    {"{'unreachable': 'why not'}", "CBK108 error", "filesystem", "the scripts cannot be delivered: why not"},
    {"{'scripts': {'pre_freeze': {'path': '/a'}, 'post_thaw': {'path': '/tmp/postscript.sh'}}}", "CBK108 error",
     "filesystem", "'/tmp/prescript.sh' will be run, the script stands at '/a'"},
    {"{'scripts': {'pre_freeze': {'path': '/tmp/prescript.sh'}}}", "CBK108 error", "filesystem",
     "'/tmp/postscript.sh' will be run, the script stands at 'no place'"},
    {"{'scripts': null, 'order': {'level': 'application', 'role': 'R', 'fs_freeze': false}}", "CBK108 error", "crash",
     NULL},
    {ORDER(", 'fs_freeze': false"), "", "application", NULL},
    /* 109, 110, 112: what is asked for */
    {ORDER(", 'group': true"), "CBK109 error", "crash", "a snapshot group is asked for"},
    {"{'info': {'OSType': 'windows', 'OSNameEn': 'Windows Server 2019', 'Status': 'Running'}, 'scripts': null,"
     " 'guest': null}",
     "", "application", NULL},
    {"{'info': {'OSType': 'windows', 'OSNameEn': 'Windows Server 2019', 'Status': 'Running'}, 'scripts': null,"
     " 'order': {'level': 'application', 'role': 'R', 'writers': false}}",
     "CBK110 error", "filesystem", "'writers: false' leaves the VSS writers out"},
    {ORDER(", 'writers': false"), "", "application", NULL},
    {"{'bound': {'backup_policies.b': 100}, 'declared': {'policy': 'backup_policies.b'}}", "CBK112 warning",
     "application", "100 instances are bound to backup_policies.b"},
    {"{'bound': {'backup_policies.b': 99}, 'declared': {'policy': 'backup_policies.b'}}", "", "application", NULL},
    /* 113: the group */
    {DISKS(FOUR(FOUR(DISK("cloud_essd", "2048")))), "", "application", NULL},
    {DISKS(FOUR(FOUR(DISK("cloud_essd", "20"))) ", " DISK("cloud_essd", "20")), "CBK113 error", "crash",
     "it has 17 disks, a snapshot group takes 16"},
    {DISKS(DISK("cloud_essd", "32769")), "CBK113 error", "crash", "its disks hold 32769 GiB, a snapshot group takes"},
    {"{'disks': [{'DiskId': 'd-1', 'Category': 'cloud_essd', 'Size': 40}, " DISK(
         "cloud_essd", "32768") "],"
                                " 'declared': {'disks': {'except': ['d-9']}, 'consistency': {'level': 'application', "
                                "'role': 'roles.r'}}}",
     "", "application", NULL},
    {"{'disks': [{'DiskId': 'd-1', 'Category': 'cloud_essd', 'Size': 40}, " DISK(
         "cloud_essd", "32768") "],"
                                " 'declared': {'disks': {'only': ['d-1']}, 'consistency': {'level': 'application', "
                                "'role': 'roles.r'}}}",
     "", "application", NULL},
    /* 114: the service */
    {"{'service': 'missing'}", "CBK114 error", "unproven", "Cloud Backup has no role for instance backups"},
    {"{'service': 'unknown'}", "CBK114 warning", "application", "whether Cloud Backup may act"},
    /* several at once; the lowest counts */
    {"{'attached': null, 'scripts': null}", "CBK106 error, CBK108 error", "crash", NULL},
    /* a crash-consistent copy needs nothing of all this but the service and a disk */
    {"{'agent': 'offline', 'attached': null, 'order': {'level': 'crash'}}", "", "crash", NULL},
    {"{'service': 'missing', 'order': {'level': 'crash'}}", "CBK114 error", "unproven", NULL},
    {"{'order': {'level': 'crash'}, 'declared': {'disks': {'only': ['d-2']}, 'consistency': {'level': 'crash'}}}",
     "CBK115 error", "unproven", "'disks' leaves none of its disks"},
    {"{'order': {'level': 'crash'}, 'declared': {'disks': {'except': ['d-1']}, 'consistency': {'level': 'crash'}}}",
     "CBK115 error", "unproven", "'disks' leaves none of its disks"},
    {"{'order': {'level': 'crash'}, 'declared': {'disks': {'only': ['d-1', 'd-2']}, 'consistency': {'level': "
     "'crash'}}}",
     "", "crash", NULL},
    {"{'disks': [], 'order': {'level': 'crash'}, 'declared': {'disks': {'only': ['d-2']}, 'consistency': {'level': "
     "'crash'}}}",
     "", "crash", NULL},
    /* an instance that nobody backs up is judged by what it has */
    {"{'order': null}", "", "application", NULL},
    {"{'order': null, 'attached': null}", "CBK106 error", "crash", "it carries no role"},
    {"{'order': null, 'scripts': {'pre_freeze': {'path': '/a'}, 'post_thaw': {'path': '/b'}}}", "", "application",
     NULL},
};

/* The world that a row tells of. */
struct world {
    json_t *facts, *stack;
    struct cbk_map *instances;
    struct cbk_instance instance;
    struct cbk_object attachment, scripts, job;
    struct cbk_env env;
    struct cbk_checker checker;
};

static const json_t *fact(const struct world *world, const char *key)
{
    const json_t *value = json_object_get(world->facts, key);
    return json_is_null(value) ? NULL : value;
}

static int place_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cbk_str_equal(word, words[i]))
            return (int)i;
    fail_msg("'%s' is none of them", word);
    return 0;
}

static void build_instance(struct world *world)
{
    static const char *const agents[] = {"unknown", "online", "offline", "missing"};
    world->instance = (struct cbk_instance){
        .id = "i-1",
        .name = "db",
        .info = fact(world, "info"),
        .disks = json_object_get(world->facts, "disks"),
        .agent = (enum cbk_agent)place_of(json_string_value(fact(world, "agent")), agents, 4),
        .heartbeat = json_string_value(fact(world, "heartbeat")),
        .role = json_string_value(fact(world, "attached")),
    };
    world->instances = cbk_map_new();
    cbk_map_set(world->instances, "i-1", &world->instance);
}

static void build_world(const char *changes, struct world *world)
{
    static const char *const services[] = {"present", "missing", "unknown"};
    CBK_JSON *patch = quick_json(changes);
    *world = (struct world){.facts = quick_json(fit)};
    json_object_update(world->facts, patch);
    build_instance(world);
    world->stack =
        json_pack("{s:{s:O}, s:{s:{s:s}}, s:{s:{s:s}}}", "provider", "region", json_object_get(world->facts, "region"),
                  "roles", "r", "name", "R", "scripts", "s", "x", "");
    world->env =
        (struct cbk_env){.stack = world->stack, .instances = world->instances, .guests = json_object(), .now = NOW};
    if (fact(world, "guest"))
        json_object_set(world->env.guests, "i-1", json_object_get(world->facts, "guest"));
    world->checker = (struct cbk_checker){
        .env = &world->env,
        .attachments = cbk_map_new(),
        .scripts = cbk_map_new(),
        .roles = json_incref(json_object_get(world->facts, "roles")),
        .documents = json_incref(json_object_get(world->facts, "documents")),
        .bound = json_incref(json_object_get(world->facts, "bound")),
        .service = (enum cbk_service_role)place_of(json_string_value(fact(world, "service")), services, 3),
    };
    world->scripts = (struct cbk_object){.desired = json_object_get(world->facts, "scripts"),
                                         .unreachable = (char *)json_string_value(fact(world, "unreachable"))};
    if (fact(world, "scripts"))
        cbk_map_set(world->checker.scripts, "i-1", &world->scripts);
    world->job = (struct cbk_object){.kind = &cbk_kind_snapshot_job,
                                     .address = "snapshot_jobs.j[\"i-1\"]",
                                     .instance = "i-1",
                                     .declared = fact(world, "declared"),
                                     .desired = json_object_get(world->facts, "order")};
}

static void world_release(struct world *world)
{
    cbk_checker_release(&world->checker);
    json_decref(world->env.guests);
    cbk_map_free(world->instances);
    json_decref(world->stack);
    json_decref(world->facts);
}

/* "CBK106 error, CBK108 warning" */
static void add_findings(const struct cbk_prediction *prediction, struct cbk_str *out, const char **ret_message)
{
    size_t index;
    json_t *finding;
    json_array_foreach(prediction->findings, index, finding) {
        if (cbk_json_bool(finding, "ok", false))
            continue;
        cbk_str_addf(out, "%s%s %s", out->len ? ", " : "", cbk_json_text(finding, "id"),
                     cbk_json_text(finding, "severity"));
        assert_non_null(cbk_json_text(finding, "hint"));
        if (!*ret_message)
            *ret_message = cbk_json_text(finding, "message");
    }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_CLEANUP(world_release) struct world world;
        CBK_CLEANUP(cbk_prediction_release) struct cbk_prediction prediction = {0};
        build_world(rows[i].facts, &world);
        if (json_is_object(world.job.desired))
            cbk_check_object(&world.checker, &world.job, &prediction);
        else
            cbk_check_instance(&world.checker, &world.instance, &prediction);
        CBK_STR(findings);
        const char *message = NULL;
        add_findings(&prediction, &findings, &message);
        if (strcmp(findings.ptr, rows[i].findings) != 0 ||
            !cbk_str_equal(cbk_level_name(prediction.level), rows[i].level) ||
            (rows[i].message && !cbk_str_starts_with(message ? message : "", rows[i].message)))
            fail_msg("%s: foreseen %s, found '%s' (%s)", rows[i].facts, cbk_level_name(prediction.level), findings.ptr,
                     message ? message : "");
    }
}

/* Every check has failed in some row above, each has a hint, and needs a check that there is. */
static void test_every_check_is_tried(void **state)
{
    (void)state;
    for (size_t i = 0; i < cbk_check_row_count; i++) {
        const struct cbk_check_row *row = &cbk_check_rows[i];
        bool tried = false, needed = !row->needs;
        for (size_t j = 0; j < CBK_ARRAY_LEN(rows); j++)
            tried = tried || strstr(rows[j].findings, row->id);
        for (size_t j = 0; j < cbk_check_row_count; j++)
            needed = needed || strcmp(row->needs, cbk_check_rows[j].id) == 0;
        if (!tried || !needed || !row->hint || !row->fine)
            fail_msg("%s", row->id);
    }
}

static void test_mount_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line, *mounts;
    } lines[] = {
        {"/dev/vda1 ext4 /", "[{\"source\":\"/dev/vda1\",\"target\":\"/\",\"type\":\"ext4\"}]"},
        {"/dev/vda1[/var/lib] ext4 /lib", "[{\"source\":\"/dev/vda1\",\"target\":\"/lib\",\"type\":\"ext4\"}]"},
        {"[fe80::1]:/s nfs /n", "[{\"source\":\"[fe80::1]:/s\",\"target\":\"/n\",\"type\":\"nfs\"}]"},
        {"//h/a\\x20b cifs /a\\x20b\\x5c", "[{\"source\":\"//h/a b\",\"target\":\"/a b\\\\\",\"type\":\"cifs\"}]"},
        {"/dev/vdb xfs /a\\xzz\\x2", "[{\"source\":\"/dev/vdb\",\"target\":\"/a\\\\xzz\\\\x2\",\"type\":\"xfs\"}]"},
        {"sh: findmnt: not found", "[]"},
        {"one", "[]"},
        {"", "[]"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(lines); i++) {
        CBK_JSON *mounts = json_array();
        CBK_CLEANUP(cbk_string_freep) char *line = cbk_strdup(lines[i].line);
        cbk_guest_mount_take(line, mounts);
        CBK_STR(text);
        cbk_json_add_canonical(&text, mounts);
        assert_string_equal(text.ptr, lines[i].mounts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_check_is_tried),
        cmocka_unit_test(test_mount_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
