/*
 * The typed calls against cbk-sim: the whole procedure once, and what they make of the faults that it can be told to
 * have. The simulator counts what really arrived.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/time.h"
#include "cloud/ecs.h"
#include "cloud/hbr.h"
#include "cloud/ram.h"
#include "cloud/sts.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 30000

static const char world[] = "account: \"1234567890123456\"\n"
                            "region: cn-hangzhou\n"
                            "credentials:\n"
                            "  - {access_key_id: id, access_key_secret: secret}\n"
                            "instances:\n"
                            "  - id: i-a\n"
                            "    name: a\n"
                            "    os_type: linux\n"
                            "    os_name: Ubuntu  22.04 64 bit\n"
                            "    status: Running\n"
                            "    zone: cn-hangzhou-h\n"
                            "    tags: {app: mysql}\n"
                            "    assistant: online\n"
                            "    disks:\n"
                            "      - {id: d-a, category: cloud_essd, size_gib: 40, device: /dev/xvda, type: system, "
                            "filesystem: ext4}\n"
                            "  - id: i-b\n"
                            "    name: b\n"
                            "    os_type: linux\n"
                            "    os_name: Ubuntu  22.04 64 bit\n"
                            "    status: Running\n"
                            "    zone: cn-hangzhou-h\n"
                            "    assistant: offline\n"
                            "    disks:\n"
                            "      - {id: d-b, category: cloud_efficiency, size_gib: 40, device: /dev/xvda, type: "
                            "system, filesystem: ext4}\n";

struct live {
    char *dir;
    pid_t simulator;
    char *endpoint;
    struct cbk_http *http;
    struct cbk_cloud *cloud;
};

static char *in_dir(const struct live *live, const char *name)
{
    return cbk_path_join(live->dir, name);
}

static void start_simulator(struct live *live)
{
    CBK_CLEANUP(cbk_string_freep) char *world_file = in_dir(live, "world.yaml");
    CBK_CLEANUP(cbk_string_freep) char *port_file = in_dir(live, "port");
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(world_file, world, strlen(world), 0600, &err), 0);
    live->simulator = fork();
    if (live->simulator == 0) {
        (void)execl(CBK_SIM, "cbk-sim", "--listen", "127.0.0.1:0", "--port-file", port_file, "--world", world_file,
                    (char *)NULL);
        _exit(127);
    }
    assert_true(live->simulator > 0);
    int64_t deadline = cbk_time_monotonic_ms() + START_MS;
    CBK_CLEANUP(cbk_string_freep) char *port = NULL;
    size_t len = 0;
    while (len == 0 && cbk_time_monotonic_ms() < deadline) {
        CBK_ERROR(not_yet);
        assert_int_equal(waitpid(live->simulator, NULL, WNOHANG), 0);
        cbk_string_freep(&port);
        if (cbk_file_read(port_file, 100, &port, &len, &not_yet) < 0 || len == 0)
            cbk_sleep_ms(10);
    }
    assert_true(len > 0);
    live->endpoint = cbk_strf("http://127.0.0.1:%.*s", (int)strcspn(port ? port : "", "\n"), port);
}

static struct cbk_cloud *session(const struct live *live, const char *secret)
{
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret, 1);
    unsetenv("ALIBABA_CLOUD_SECURITY_TOKEN");
    const struct cbk_cloud_options options = {.region = "cn-hangzhou", .endpoint = live->endpoint, .deadline_ms = 4500};
    struct cbk_cloud *cloud = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_cloud_new(&options, &cloud, &err), 0);
    return cloud;
}

static int set_up(void **state)
{
    struct live *live = CBK_NEW(struct live);
    const char *base = getenv("TMPDIR");
    live->dir = cbk_strf("%s/cbk-live-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(live->dir));
    start_simulator(live);
    CBK_ERROR(err);
    assert_int_equal(cbk_http_new(&live->http, &err), 0);
    live->cloud = session(live, "secret");
    *state = live;
    return 0;
}

static int tear_down(void **state)
{
    struct live *live = *state;
    cbk_cloud_free(live->cloud);
    cbk_http_free(live->http);
    (void)kill(live->simulator, SIGTERM);
    (void)waitpid(live->simulator, NULL, 0);
    static const char *const files[] = {"world.yaml", "port"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(files); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = in_dir(live, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(live->dir);
    free(live->dir);
    free(live->endpoint);
    free(live);
    return 0;
}

static json_t *admin(const struct live *live, const char *method, const char *path, const char *body)
{
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("%s/_sim/%s", live->endpoint, path);
    const struct cbk_http_request request = {
        .method = method, .url = url, .body = body, .body_len = body ? strlen(body) : 0};
    CBK_HTTP_RESPONSE(response);
    CBK_ERROR(err);
    assert_int_equal(cbk_http_send(live->http, &request, &response, &err), 0);
    assert_in_range(response.status, 200, 299);
    json_t *answer = json_loadb(response.body.ptr, response.body.len, JSON_DECODE_ANY, NULL);
    return answer;
}

static void set_fault(const struct live *live, const char *action, const char *fault, int times)
{
    CBK_JSON *body = json_pack("{s:{s:s}, s:s, s:i}", "match", "action", action, "fault", fault, "times", times);
    CBK_STR(text);
    cbk_json_add_canonical(&text, body);
    CBK_UNUSED CBK_JSON *answer = admin(live, "POST", "faults", text.ptr);
}

/* How often the action arrived. */
static size_t arrivals(const struct live *live, const char *action)
{
    CBK_JSON *requests = admin(live, "GET", "requests", NULL);
    assert_true(json_is_array(requests));
    size_t count = 0, i;
    json_t *request;
    json_array_foreach(requests, i, request)
        count += cbk_str_equal(cbk_json_text(request, "action"), action);
    return count;
}

static json_t *trust(void)
{
    return json_pack("{s:s, s:[{s:s, s:s, s:{s:[s]}}]}", "Version", "1", "Statement", "Effect", "Allow", "Action",
                     "sts:AssumeRole", "Principal", "Service", "ecs.aliyuncs.com");
}

static json_t *document(void)
{
    return json_pack("{s:s, s:[{s:s, s:[s,s,s,s], s:[s]}]}", "Version", "1", "Statement", "Effect", "Allow", "Action",
                     "ecs:DescribeSnapshot*", "ecs:CreateSnapshot*", "ecs:TagResources", "ecs:DescribeDisks",
                     "Resource", "*");
}

static void test_who_is_calling(void **state)
{
    const struct live *live = *state;
    CBK_JSON *identity = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_sts_get_caller_identity(live->cloud, &identity, &err), 0);
    assert_string_equal(cbk_json_text(identity, "AccountId"), "1234567890123456");
    int64_t apart = cbk_cloud_now(live->cloud) - cbk_time_now();
    assert_in_range(apart + 100, 0, 200);

    CBK_CLEANUP(cbk_cloud_freep) struct cbk_cloud *wrong = session(live, "wrong");
    assert_int_equal(cbk_sts_get_caller_identity(wrong, &identity, &err), CBK_E_AUTH);
    assert_string_equal(err.cloud_code, "SignatureDoesNotMatch");
    assert_null(strstr(err.message, "POST"));
}

static void test_roles_and_policies_live_and_die(void **state)
{
    const struct live *live = *state;
    struct cbk_cloud *cloud = live->cloud;
    CBK_JSON *trust_policy = trust();
    CBK_JSON *allowed = document();
    CBK_JSON *none = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_ram_get_role(cloud, "r", &none, &err), 0);
    assert_null(none);
    assert_int_equal(cbk_ram_create_role(cloud, "r", trust_policy, "日本 & co", 7200, NULL, NULL, &err), 0);
    assert_int_equal(cbk_ram_create_role(cloud, "r", trust_policy, NULL, 0, NULL, NULL, &err), CBK_E_CONFLICT);
    CBK_JSON *role = NULL;
    assert_int_equal(cbk_ram_get_role(cloud, "r", &role, &err), 0);
    assert_true(json_equal(json_object_get(role, "AssumeRolePolicyDocument"), trust_policy));
    assert_string_equal(cbk_json_text(role, "Description"), "日本 & co");
    assert_int_equal(cbk_json_int(role, "MaxSessionDuration", 0), 7200);

    assert_int_equal(cbk_ram_create_policy(cloud, "p", allowed, "d", NULL, NULL, &err), 0);
    for (int version = 2; version < 8; version++) { /* five are kept */
        CBK_JSON *made = NULL;
        assert_int_equal(cbk_ram_create_policy_version(cloud, "p", allowed, &made, &err), 0);
        assert_non_null(cbk_json_text(made, "VersionId"));
    }
    CBK_JSON *policy = NULL;
    assert_int_equal(cbk_ram_get_policy(cloud, "Custom", "p", &policy, &err), 0);
    assert_string_equal(cbk_json_text(policy, "Policy.DefaultVersion"), "v7");
    assert_true(json_equal(cbk_json_at(policy, "DefaultPolicyVersion.PolicyDocument"), allowed));

    for (int again = 0; again < 2; again++)
        assert_int_equal(cbk_ram_attach_policy_to_role(cloud, "Custom", "p", "r", &err), 0);
    CBK_JSON *attached = NULL;
    assert_int_equal(cbk_ram_list_policies_for_role(cloud, "r", &attached, &err), 0);
    assert_int_equal(json_array_size(attached), 1);
    assert_int_equal(cbk_ram_delete_role(cloud, "r", &err), CBK_E_CONFLICT);
    assert_int_equal(cbk_ram_delete_policy(cloud, "p", &err), CBK_E_CONFLICT);
    for (int again = 0; again < 2; again++)
        assert_int_equal(cbk_ram_detach_policy_from_role(cloud, "Custom", "p", "r", &err), 0);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(cbk_ram_delete_role(cloud, "r", &err), 0);
        assert_int_equal(cbk_ram_delete_policy(cloud, "p", &err), 0);
    }
}

static void test_lists_are_whole(void **state)
{
    const struct live *live = *state;
    CBK_JSON *tags = json_pack("{s:s}", "app", "mysql");
    CBK_JSON *both = json_pack("[s, s]", "i-a", "i-b");
    CBK_JSON *all = NULL;
    CBK_JSON *tagged = NULL;
    CBK_JSON *named = NULL;
    CBK_JSON *disks = NULL;
    CBK_JSON *agents = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_ecs_list_instances(live->cloud, NULL, NULL, &all, &err), 0);
    assert_int_equal(json_array_size(all), 2);
    assert_int_equal(cbk_ecs_list_instances(live->cloud, NULL, tags, &tagged, &err), 0);
    assert_int_equal(json_array_size(tagged), 1);
    assert_int_equal(cbk_ecs_list_instances(live->cloud, both, NULL, &named, &err), 0);
    assert_int_equal(json_array_size(named), 2);
    assert_int_equal(cbk_ecs_list_disks(live->cloud, &disks, &err), 0);
    assert_int_equal(json_array_size(disks), 2);
    assert_int_equal(cbk_ecs_list_assistant_status(live->cloud, both, &agents, &err), 0);
    assert_int_equal(json_array_size(agents), 2);
}

static void test_an_instance_is_made_ready_and_backed_up(void **state)
{
    const struct live *live = *state;
    struct cbk_cloud *cloud = live->cloud;
    CBK_JSON *trust_policy = trust();
    CBK_JSON *allowed = document();
    CBK_JSON *ids = json_pack("[s]", "i-a");
    CBK_ERROR(err);
    assert_int_equal(cbk_ram_create_role(cloud, "r", trust_policy, NULL, 0, NULL, NULL, &err), 0);
    assert_int_equal(cbk_ram_create_policy(cloud, "p", allowed, NULL, NULL, NULL, &err), 0);
    assert_int_equal(cbk_ram_attach_policy_to_role(cloud, "Custom", "p", "r", &err), 0);
    for (int again = 0; again < 2; again++)
        assert_int_equal(cbk_ecs_attach_role(cloud, "r", ids, &err), 0);
    CBK_JSON *carriers = NULL;
    assert_int_equal(cbk_ecs_list_instance_roles(cloud, NULL, "r", &carriers, &err), 0);
    assert_int_equal(json_array_size(carriers), 1);

    static const char *const paths[] = {"/tmp/prescript.sh", "/tmp/postscript.sh"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(paths); i++) {
        const struct cbk_ecs_file file = {.path = paths[i],
                                          .content = "#!/bin/sh\nexit 0\n",
                                          .content_len = 17,
                                          .mode = "0700",
                                          .owner = "root",
                                          .group = "root"};
        CBK_JSON *sent = NULL;
        assert_int_equal(cbk_ecs_send_file(cloud, &file, ids, 60000, &sent, &err), 0);
        assert_true(cbk_json_bool(json_array_get(sent, 0), "ok", false));
    }

    CBK_JSON *detail =
        json_pack("{s:b, s:s, s:s, s:s, s:i, s:b}", "appConsistent", 1, "preScriptPath", paths[0], "postScriptPath",
                  paths[1], "ramRoleName", "r", "timeoutInSeconds", 30, "enableFsFreeze", 1);
    CBK_CLEANUP(cbk_string_freep) char *job_id = NULL;
    CBK_JSON *job = NULL;
    assert_int_equal(cbk_hbr_create_backup_job(cloud, "i-a", "nightly", 7, detail, &job_id, &err), 0);
    int64_t deadline = cbk_time_monotonic_ms() + START_MS;
    do {
        cbk_json_decrefp(&job);
        assert_int_equal(cbk_cloud_sleep(cloud, 50, &err), 0);
        assert_int_equal(cbk_hbr_get_backup_job(cloud, job_id, &job, &err), 0);
    } while (!cbk_str_equal(cbk_json_text(job, "Status"), "COMPLETE") && cbk_time_monotonic_ms() < deadline);
    assert_string_equal(cbk_json_text(job, "Status"), "COMPLETE");
    CBK_JSON *points = NULL;
    int64_t now = cbk_cloud_now(cloud);
    assert_int_equal(cbk_hbr_list_udm_snapshots(cloud, now - 3600, now + 3600, "i-a", job_id, &points, &err), 0);
    assert_int_equal(json_array_size(points), 1);
    assert_null(strstr(cbk_json_text_or(json_array_get(points, 0), "Detail.ConsistentLevel", "CRASH"), "CRASH"));
    assert_int_equal(cbk_ecs_detach_role(cloud, "r", ids, &err), 0);
}

static void test_an_agent_that_is_offline_is_an_item(void **state)
{
    const struct live *live = *state;
    CBK_JSON *ids = json_pack("[s]", "i-b");
    CBK_JSON *results = NULL;
    CBK_ERROR(err);
    const struct cbk_ecs_command command = {.content = "true"};
    int r = cbk_ecs_run_command(live->cloud, &command, ids, 3000, &results, &err);
    assert_true(r < 0 ? err.cloud_code != NULL : !cbk_json_bool(json_array_get(results, 0), "ok", true));
}

static void test_reads_survive_every_fault(void **state)
{
    static const char *const faults[] = {"drop_before", "drop_after", "http_500",    "http_503",  "throttle",
                                         "malformed",   "truncated",  "hang_before", "hang_after"};
    const struct live *live = *state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(faults); i++) {
        CBK_JSON *roles = NULL;
        CBK_ERROR(err);
        set_fault(live, "ListRoles", faults[i], 1);
        size_t before = arrivals(live, "ListRoles");
        if (cbk_ram_list_roles(live->cloud, &roles, &err) < 0)
            fail_msg("%s: %s", faults[i], err.message);
        assert_int_equal(json_array_size(roles), 0);
        assert_int_equal(arrivals(live, "ListRoles") - before, 2);
    }
}

static void test_a_creation_with_a_lost_answer_is_sent_once(void **state)
{
    static const struct {
        const char *fault;
        bool made;
    } cases[] = {{"drop_before", false}, {"drop_after", true}, {"http_500", false},
                 {"malformed", true},    {"truncated", true},  {"hang_after", true}};
    const struct live *live = *state;
    CBK_JSON *trust_policy = trust();
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("role-%zu", i);
        CBK_JSON *role = NULL;
        CBK_ERROR(err);
        set_fault(live, "CreateRole", cases[i].fault, 1);
        size_t before = arrivals(live, "CreateRole");
        int r = cbk_ram_create_role(live->cloud, name, trust_policy, NULL, 0, NULL, NULL, &err);
        if (r != CBK_E_AMBIGUOUS)
            fail_msg("%s: %d, %s", cases[i].fault, r, err.message);
        assert_int_equal(arrivals(live, "CreateRole") - before, 1);
        assert_int_equal(cbk_ram_get_role(live->cloud, name, &role, &err), 0);
        if ((role != NULL) != cases[i].made)
            fail_msg("%s: the role is %s", cases[i].fault, role ? "there" : "not there");
    }
}

static void test_a_lost_answer_to_a_file_is_made_good(void **state)
{
    static const char *const faults[] = {"drop_before", "drop_after", "truncated", "http_503"};
    const struct live *live = *state;
    CBK_JSON *ids = json_pack("[s]", "i-a");
    for (size_t i = 0; i < CBK_ARRAY_LEN(faults); i++) {
        CBK_JSON *results = NULL;
        CBK_ERROR(err);
        const struct cbk_ecs_file file = {
            .path = "/tmp/f", .content = "x", .content_len = 1, .mode = "0700", .owner = "root", .group = "root"};
        set_fault(live, "SendFile", faults[i], 1);
        if (cbk_ecs_send_file(live->cloud, &file, ids, 60000, &results, &err) < 0)
            fail_msg("%s: %s", faults[i], err.message);
        assert_true(cbk_json_bool(json_array_get(results, 0), "ok", false));
    }
}

static void test_a_lost_answer_to_an_attachment_is_read_back(void **state)
{
    static const char *const faults[] = {"drop_before", "drop_after", "truncated"};
    const struct live *live = *state;
    CBK_JSON *trust_policy = trust();
    CBK_JSON *ids = json_pack("[s]", "i-a");
    CBK_ERROR(err);
    assert_int_equal(cbk_ram_create_role(live->cloud, "r", trust_policy, NULL, 0, NULL, NULL, &err), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(faults); i++) {
        set_fault(live, "AttachInstanceRamRole", faults[i], 1);
        if (cbk_ecs_attach_role(live->cloud, "r", ids, &err) < 0)
            fail_msg("%s: %s", faults[i], err.message);
        set_fault(live, "DetachInstanceRamRole", faults[i], 1);
        if (cbk_ecs_detach_role(live->cloud, "r", ids, &err) < 0)
            fail_msg("%s: %s", faults[i], err.message);
    }
}

int main(void)
{
#define LIVE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LIVE(test_who_is_calling),
        LIVE(test_roles_and_policies_live_and_die),
        LIVE(test_lists_are_whole),
        LIVE(test_an_instance_is_made_ready_and_backed_up),
        LIVE(test_an_agent_that_is_offline_is_an_item),
        LIVE(test_reads_survive_every_fault),
        LIVE(test_a_creation_with_a_lost_answer_is_sent_once),
        LIVE(test_a_lost_answer_to_a_file_is_made_good),
        LIVE(test_a_lost_answer_to_an_attachment_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
