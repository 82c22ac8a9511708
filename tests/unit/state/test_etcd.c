/* The etcd store against a real etcd: the shared promises, large states, leases, a login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "state/etcd_client.h"
#include "state/steps.h"
#include "state/store_conformance.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* One member, alive for all tests of this program. */
static struct {
    char dir[32];
    char *url;
    pid_t pid;
} server;

/* A port of loopback that nobody has; whoever takes it meanwhile makes the test fail at once. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)close(fd);
    return ntohs(address.sin_port);
}

static void run_server(const char *client, const char *peer)
{
    CBK_CLEANUP(cbk_string_freep) char *cluster = cbk_strf("default=%s", peer);
    CBK_CLEANUP(cbk_string_freep) char *log = cbk_strf("%s/log", server.dir);
    CBK_CLEANUP(cbk_string_freep) char *data = cbk_strf("%s/data", server.dir);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(1);
    (void)execlp("etcd", "etcd", "--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster,
                 (char *)NULL);
    _exit(127);
}

static struct cbk_etcd *client(const char *extra)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("{\"endpoints\": [\"%s\"]%s}", server.url, extra);
    CBK_JSON *settings = json_loads(text, 0, NULL);
    struct cbk_etcd *etcd = NULL;
    CBK_ERROR(err);
    if (cbk_etcd_new(settings, ".", &etcd, &err) < 0)
        fail_msg("%s", err.message);
    return etcd;
}

static int call(const char *extra, const char *method, const char *request, json_t **ret_answer, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_etcd_freep) struct cbk_etcd *etcd = client(extra);
    CBK_JSON *json = json_loads(request, 0, NULL);
    assert_non_null(json);
    return cbk_etcd_call(etcd, method, json, ret_answer, err);
}

static void must_call(const char *extra, const char *method, const char *request)
{
    CBK_JSON *answer = NULL;
    CBK_ERROR(err);
    if (call(extra, method, request, &answer, &err) < 0)
        fail_msg("%s: %s", method, err.message);
}

static int start_server(void **state)
{
    (void)state;
    (void)strcpy(server.dir, "/tmp/cbk-etcd-XXXXXX"); /* NOLINT: it has room */
    assert_non_null(mkdtemp(server.dir));
    server.url = cbk_strf("http://127.0.0.1:%d", free_port());
    CBK_CLEANUP(cbk_string_freep) char *peer = cbk_strf("http://127.0.0.1:%d", free_port());
    server.pid = fork();
    assert_true(server.pid >= 0);
    if (server.pid == 0)
        run_server(server.url, peer);
    must_call("", "kv/range", "{\"key\": \"YQ==\"}"); /* is repeated until it answers */
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    assert_int_equal(kill(server.pid, SIGKILL), 0);
    assert_int_equal(waitpid(server.pid, NULL, 0), server.pid);
    scratch_remove(server.dir);
    free(server.url);
    return 0;
}

static struct cbk_store *open_store_of(const char *stack, const char *extra)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("{\"endpoints\": [\"%s\"]%s}", server.url, extra);
    CBK_JSON *settings = json_loads(text, 0, NULL);
    struct cbk_backend *backend = NULL;
    CBK_ERROR(err);
    if (cbk_backend_etcd_new(settings, ".", stack, &backend, &err) < 0)
        fail_msg("%s", err.message);
    return cbk_store_new(backend, NULL, stack);
}

static void clear_keys(void *context)
{
    (void)context;
    must_call("", "kv/deleterange", "{\"key\": \"AA==\", \"range_end\": \"AA==\"}");
}

static struct cbk_store *open_conformance(void *context)
{
    (void)context;
    return open_store_of(CBK_CONFORMANCE_STACK, "");
}

static void it_keeps_the_promises_of_all_stores(void **state)
{
    (void)state;
    cbk_store_conformance(&(struct cbk_store_seat){clear_keys, open_conformance, NULL});
}

static void a_state_larger_than_a_request_is_kept(void **state)
{
    (void)state;
    const size_t size = 5 * 1024 * 1024;
    clear_keys(NULL);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_store_of(STACK, ""), *reader = open_store_of(STACK, "");
    CBK_CLEANUP(cbk_string_freep) char *filler = cbk_alloc(size + 1, 1);
    memset(filler, 'x', size);
    CBK_JSON *large = cbk_state_new(STACK);
    json_object_set_new(large, "filler", json_string(filler));
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    for (int serial = 0; serial < 3; serial++) { /* what was there before goes */
        json_object_set_new(large, "serial", json_integer(serial + 1));
        if (cbk_store_write(store, large, serial, NULL, &err) < 0)
            fail_msg("%s", err.message);
        CBK_JSON *seen = NULL;
        assert_int_equal(cbk_store_read(reader, &seen, &err), 0);
        assert_true(json_equal(seen, large));
    }
    CBK_JSON *answer = NULL;
    assert_int_equal(
        call("", "kv/range", "{\"key\": \"AA==\", \"range_end\": \"AA==\", \"count_only\": true}", &answer, &err), 0);
    assert_int_equal(cbk_etcd_number(answer, "count"), size / (512 * 1024) + 1 + 2); /* chunks, head and lock */
}

static void a_long_journal_is_read_whole(void **state)
{
    (void)state;
    const int steps = 1203;
    clear_keys(NULL);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_store_of(STACK, ""), *reader = open_store_of(STACK, "");
    CBK_JSON *fresh = cbk_state_new(STACK), *seen = NULL;
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    assert_int_equal(cbk_store_write(store, fresh, 0, NULL, &err), 0);
    for (int i = 0; i < steps; i++)
        assert_int_equal(append_numbered(store, i, &err), 0);
    assert_int_equal(cbk_store_read(reader, &seen, &err), 0);
    assert_int_equal(json_object_size(cbk_state_resources(seen)), steps);
}

/* A holder that has lost its lock without knowing, as one does whose lease ran out, writes nothing any more. */
static void whoever_lost_the_lock_cannot_write(void **state)
{
    (void)state;
    clear_keys(NULL);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *loser = open_store_of(STACK, ""), *winner = open_store_of(STACK, "");
    CBK_JSON *fresh = cbk_state_new(STACK), *holder = NULL, *seen = NULL;
    CBK_ERROR(err);
    assert_int_equal(lock_store(loser, &err), 0);
    assert_int_equal(cbk_store_write(loser, fresh, 0, NULL, &err), 0);
    assert_int_equal(append_numbered(loser, 1, &err), 0);
    assert_int_equal(cbk_store_break_lock(winner, "another id", &err), CBK_E_NOT_FOUND);
    assert_int_equal(cbk_store_holder(winner, &holder, &err), 0);
    assert_int_equal(cbk_store_break_lock(winner, cbk_json_text(holder, "id"), &err), 0);
    assert_int_equal(append_numbered(loser, 2, &err), CBK_E_LOCKED);
    assert_non_null(strstr(err.message, "was lost"));
    assert_int_equal(lock_store(winner, &err), 0); /* and takes over the one step */
    CBK_JSON *late = cbk_state_new(STACK);
    assert_true(cbk_store_write(loser, late, 1, NULL, &err) < 0);
    assert_int_equal(append_numbered(loser, 3, &err), CBK_E_LOCKED);
    cbk_store_unlock(loser); /* gives back nothing that is not its own */
    assert_int_equal(cbk_store_read(winner, &seen, &err), 0);
    assert_int_equal(json_object_size(cbk_state_resources(seen)), 1);
    assert_int_equal(append_numbered(winner, 4, &err), 0);
}

/* A process that locks, appends a step, says so and is killed: its lease lives on, and yet nobody waits for it. */
static void a_dead_holder_of_this_host_is_cleared_away(void **state)
{
    (void)state;
    int ends[2];
    clear_keys(NULL);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct cbk_store *store = open_store_of(STACK, "");
        CBK_JSON *fresh = cbk_state_new(STACK);
        CBK_ERROR(err);
        if (lock_store(store, &err) < 0 || cbk_store_write(store, fresh, 0, NULL, &err) < 0 ||
            append_numbered(store, 1, &err) < 0 || write(ends[1], "!", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    char word = 0;
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &word, 1), 1);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_store_of(STACK, "");
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), CBK_E_LOCKED);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(lock_store(store, &err), 0);
    CBK_JSON *seen = NULL;
    assert_int_equal(cbk_store_read(store, &seen, &err), 0);
    assert_non_null(cbk_state_resource(seen, "policies.p1"));
    (void)close(ends[0]);
}

#define AS_ROOT ", \"username_env\": \"CBK_TEST_USER\", \"password_env\": \"CBK_TEST_PASSWORD\""

static void with_a_login_strangers_are_refused(void **state)
{
    (void)state;
    clear_keys(NULL);
    assert_int_equal(setenv("CBK_TEST_USER", "root", 1), 0);
    assert_int_equal(setenv("CBK_TEST_PASSWORD", "secret", 1), 0);
    must_call("", "auth/user/add", "{\"name\": \"root\", \"password\": \"secret\"}");
    must_call("", "auth/role/add", "{\"name\": \"root\"}");
    must_call("", "auth/user/grant", "{\"user\": \"root\", \"role\": \"root\"}");
    must_call("", "auth/enable", "{}");
    CBK_CLEANUP(cbk_store_freep)
    struct cbk_store *stranger = open_store_of(STACK, ""), *known = open_store_of(STACK, AS_ROOT);
    CBK_JSON *seen = NULL;
    CBK_ERROR(err);
    int strange = cbk_store_read(stranger, &seen, &err);
    int locked = lock_store(known, &err);
    assert_int_equal(setenv("CBK_TEST_PASSWORD", "wrong", 1), 0);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *wrong = open_store_of(STACK, AS_ROOT);
    int refused = cbk_store_read(wrong, &seen, &err);
    bool tells = err.message && strstr(err.message, "wrong");
    assert_int_equal(setenv("CBK_TEST_PASSWORD", "secret", 1), 0);
    cbk_store_freep(&known);
    must_call(AS_ROOT, "auth/disable", "{}");
    assert_int_equal(strange, CBK_E_STATE);
    assert_int_equal(locked, 0);
    assert_int_equal(refused, CBK_E_AUTH);
    assert_false(tells);
}

static const struct refused_row {
    const char *settings, *says;
} refused_rows[] = {
    {"{\"endpoints\": [\"http://192.0.2.1:2379\"]}", "is not encrypted"},
    {"{\"endpoints\": [\"etcd:2379\"]}", "etcd:2379"},
    {"{\"endpoints\": [\"http://127.0.0.1:1\"], \"username_env\": \"CBK_TEST_UNSET\"}", "'CBK_TEST_UNSET' is not set"},
};

static void settings_are_judged_before_anything_is_called(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(refused_rows); i++) {
        CBK_JSON *settings = json_loads(refused_rows[i].settings, 0, NULL);
        struct cbk_backend *backend = NULL;
        CBK_ERROR(err);
        assert_true(cbk_backend_etcd_new(settings, ".", STACK, &backend, &err) < 0);
        if (!strstr(err.message, refused_rows[i].says))
            fail_msg("'%s' does not say '%s'", err.message, refused_rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_keeps_the_promises_of_all_stores),
        cmocka_unit_test(a_state_larger_than_a_request_is_kept),
        cmocka_unit_test(a_long_journal_is_read_whole),
        cmocka_unit_test(whoever_lost_the_lock_cannot_write),
        cmocka_unit_test(a_dead_holder_of_this_host_is_cleared_away),
        cmocka_unit_test(with_a_login_strangers_are_refused),
        cmocka_unit_test(settings_are_judged_before_anything_is_called),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
