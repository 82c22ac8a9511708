/* The local lock between processes: its words, and that it dies with its holder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "state/steps.h"

#include <signal.h>
#include <sys/wait.h>

/* A process that takes the lock, appends a step, says so through the pipe, and waits to be killed. */
static pid_t start_holder(const char *dir)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct cbk_store *store = store_with_steps(dir, 0, 1);
        if (!store || write(ends[1], "!", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    char word = 0;
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &word, 1), 1); /* end of file: the holder could not */
    (void)close(ends[0]);
    return pid;
}

static void kill_holder(pid_t pid)
{
    int status = 0;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void the_lock_says_who_holds_it_and_dies_with_them(void **state)
{
    const char *dir = *state;
    pid_t pid = start_holder(dir);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_local_new(dir, STACK);
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), CBK_E_LOCKED);
    CBK_CLEANUP(cbk_string_freep) char *pid_words = cbk_strf(", pid %lld, lock id ", (long long)pid);
    assert_non_null(strstr(err.message, "the state is locked by "));
    assert_non_null(strstr(err.message, ": 'apply' since 2"));
    assert_non_null(strstr(err.message, pid_words));
    kill_holder(pid);
    assert_int_equal(lock_store(store, &err), 0);
    CBK_JSON *found = NULL;
    assert_int_equal(cbk_store_read(store, &found, &err), 0);
    assert_non_null(cbk_state_resource(found, "policies.p0")); /* the step of the one that was killed */
    assert_int_equal(cbk_state_serial(found), 1);
}

static void the_lock_file_tells_all(void **state)
{
    static const char *const keys[] = {"id", "operation", "who", "created", "path", "version"};
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = store_with_steps(*state, 0, 0);
    assert_non_null(store);
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = scratch_read(*state, STACK ".lock", &len);
    CBK_ERROR(err);
    CBK_JSON *holder = NULL;
    int64_t created = 0;
    assert_int_equal(cbk_json_parse("lock", text, len, &holder, &err), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
        assert_true(*cbk_json_text_or(holder, keys[i], ""));
    assert_int_equal(cbk_json_int(holder, "pid", 0), getpid());
    assert_int_equal(cbk_time_parse(cbk_json_text(holder, "created"), &created, &err), 0);
}

static void words_that_cannot_be_read_still_lock(void **state)
{
    static const char *const words[] = {"", "{", "[]", "{\"who\": 1}"};
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *holder = store_with_steps(*state, 0, 0);
    assert_non_null(holder);
    for (size_t i = 0; i < CBK_ARRAY_LEN(words); i++) {
        CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_local_new(*state, STACK);
        CBK_ERROR(err);
        scratch_write(*state, STACK ".lock", words[i], strlen(words[i]));
        assert_int_equal(lock_store(store, &err), CBK_E_LOCKED);
        assert_string_equal(err.message, "the state is locked by another process: 'unknown' since just now, pid 0, "
                                         "lock id unknown");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_lock_says_who_holds_it_and_dies_with_them, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_lock_file_tells_all, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(words_that_cannot_be_read_still_lock, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
