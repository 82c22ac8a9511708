/* The local store where the ground gives way: files that cannot be read, directories that cannot be written, disks that
 * are full. Whatever happens, what was there stays there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/steps.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define OWNED_STORE CBK_CLEANUP(cbk_store_freep) struct cbk_store

static const struct damage {
    const char *bytes;
    const char *says;
} damages[] = {
    {"", "the state '"},
    {"{\"version\": 1, \"lineage\"", "the state '"},
    {"{\"version\": 1, \"version\": 1}", "the state '"},
    {"<<<<<<< HEAD\n{}", "the state '"},
    {"{}", "' is not a state of cbk"},
    {"{\"version\": 99}", "' is of version 99, this cbk knows 1"},
    {"{\"version\": 1, \"lineage\": \"l\", \"serial\": 1, \"stack\": \"web\", \"resources\": {}}",
     "' belongs to the stack 'web', not to 'mysql'"},
    {"{\"version\": 1, \"lineage\": \"l\", \"serial\": 1, \"stack\": \"mysql\", \"resources\": {\"a\": 1}}",
     "' is damaged at resource 'a'"},
};

static void assert_refused(int r, const struct cbk_error *err, const char *says)
{
    assert_int_equal(r, CBK_E_STATE);
    if (!strstr(err->message, says))
        fail_msg("'%s' does not say '%s'", err->message, says);
}

static void a_damaged_state_is_refused_and_left_alone(void **state)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(damages); i++) {
        const char *bytes = damages[i].bytes, *says = damages[i].says;
        scratch_write(*state, STACK ".json", bytes, strlen(bytes));
        OWNED_STORE *store = cbk_store_local_new(*state, STACK);
        CBK_ERROR(err);
        CBK_JSON *found = NULL, *fresh = cbk_state_new(STACK), *entry = cbk_state_entry("a", NULL);
        assert_refused(cbk_store_read(store, &found, &err), &err, says);
        assert_null(found);
        assert_refused(cbk_store_lock(store, &(struct cbk_lock_info){.operation = "apply", .stack = STACK}, &err), &err,
                       says);
        assert_refused(cbk_store_append(store, entry, &err), &err, says);
        assert_refused(cbk_store_write(store, fresh, 0, NULL, &err), &err, says);
        OWNED_STORE *other = cbk_store_local_new(*state, STACK);
        assert_refused(lock_store(other, &err), &err, says); /* the lock was given back: it is the state that refuses */
        size_t len = 0;
        CBK_CLEANUP(cbk_string_freep) char *kept = scratch_read(*state, STACK ".json", &len);
        assert_string_equal(kept, bytes);
        assert_int_equal(len, strlen(bytes));
    }
}

static void a_state_that_is_no_file_is_refused(void **state)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, STACK ".json");
    assert_int_equal(mkdir(path, 0755), 0);
    OWNED_STORE *store = cbk_store_local_new(*state, STACK);
    CBK_ERROR(err);
    CBK_JSON *found = NULL;
    assert_true(cbk_store_read(store, &found, &err) < 0);
    assert_true(lock_store(store, &err) < 0);
    assert_true(scratch_has(*state, STACK ".json"));
}

/* Runs `body` in a process of its own, as nobody where we are root (root may write anywhere). */
static int run_apart(int (*body)(const char *dir), const char *dir)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
            _exit(100);
        _exit(body(dir));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Answers which expectation was not met, 0: none. */
static int try_read_only(const char *dir)
{
    OWNED_STORE *store = cbk_store_local_new(dir, STACK);
    CBK_ERROR(err);
    CBK_JSON *found = NULL;
    if (cbk_store_read(store, &found, &err) < 0 || cbk_state_serial(found) != 5)
        return 1;
    if (lock_store(store, &err) != CBK_E_IO || !strstr(err.message, STACK ".lock'"))
        return 2;
    if (cbk_store_write(store, found, 5, NULL, &err) != CBK_E_IO)
        return 3;
    return 0;
}

static void a_directory_that_is_read_only_can_be_read(void **state)
{
    const char *dir = *state;
    OWNED_STORE *store = store_with_steps(dir, 5, 0);
    cbk_store_freep(&store);
    CBK_CLEANUP(cbk_string_freep) char *lock = cbk_path_join(dir, STACK ".lock");
    assert_int_equal(chmod(lock, 0444), 0);
    assert_int_equal(chmod(dir, 0555), 0);
    int unmet = run_apart(try_read_only, dir);
    assert_int_equal(chmod(dir, 0755), 0);
    assert_int_equal(unmet, 0);
}

static int try_unreadable(const char *dir)
{
    OWNED_STORE *store = cbk_store_local_new(dir, STACK);
    CBK_ERROR(err);
    CBK_JSON *found = NULL;
    int r = cbk_store_read(store, &found, &err);
    return r == CBK_E_IO && !found && strstr(err.message, "/" STACK ".j") ? 0 : 1; /* .json, .journal */
}

static void a_state_that_may_not_be_read_is_not_taken_for_none(void **state)
{
    scratch_write(*state, STACK ".json", "{}", 2);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, STACK ".json");
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(run_apart(try_unreadable, *state), 0);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(chmod(*state, 0), 0); /* nor one behind a directory that may not be entered */
    int unmet = run_apart(try_unreadable, *state);
    assert_int_equal(chmod(*state, 0755), 0);
    assert_int_equal(unmet, 0);
}

/* From here on no file of this process grows beyond `bytes`: what a full disk looks like to a writer. */
static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static size_t temporaries_in(const char *dir)
{
    CBK_CLEANUP(cbk_string_freep) char *pattern = cbk_path_join(dir, "*.tmp.*");
    glob_t found = {0};
    (void)glob(pattern, 0, NULL, &found);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

static void a_full_disk_leaves_the_old_state(void **state)
{
    const char *dir = *state;
    OWNED_STORE *store = store_with_steps(dir, 1, 0);
    size_t len = 0, kept_len = 0;
    CBK_CLEANUP(cbk_string_freep) char *before = scratch_read(dir, STACK ".json", &len);
    CBK_JSON *next = cbk_state_new(STACK);
    for (int i = 0; i < 100; i++) {
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("policies.p%d", i);
        json_object_set_new(cbk_state_resources(next), address, numbered_resource(i));
    }
    CBK_ERROR(err);
    limit_file_size(1000);
    int r = cbk_store_write(store, next, 1, NULL, &err);
    limit_file_size(RLIM_INFINITY);
    assert_int_equal(r, CBK_E_IO);
    assert_int_equal(temporaries_in(dir), 0);
    CBK_CLEANUP(cbk_string_freep) char *kept = scratch_read(dir, STACK ".json", &kept_len);
    assert_string_equal(kept, before);
    assert_int_equal(cbk_store_write(store, next, 1, NULL, &err), 0); /* and with room again all goes on */
}

/* Appends a step where the disk has room for its first bytes only. */
static void append_without_room(const char *dir, struct cbk_store *store, int number)
{
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *journal = scratch_read(dir, STACK ".journal", &len);
    assert_non_null(journal);
    CBK_ERROR(err);
    limit_file_size(len + 10);
    int r = append_numbered(store, number, &err);
    limit_file_size(RLIM_INFINITY);
    assert_int_equal(r, CBK_E_IO);
    assert_non_null(strstr(err.message, STACK ".journal'"));
}

/* A line that did not fit must not become the beginning of the next one: the steps behind it would be lost. */
static void a_step_that_did_not_fit_does_not_spoil_the_next(void **state)
{
    const char *dir = *state;
    OWNED_STORE *store = store_with_steps(dir, 1, 2);
    CBK_ERROR(err);
    append_without_room(dir, store, 2);
    assert_int_equal(append_numbered(store, 3, &err), 0);
    OWNED_STORE *reader = cbk_store_local_new(dir, STACK);
    CBK_JSON *found = NULL;
    assert_int_equal(cbk_store_read(reader, &found, &err), 0);
    assert_non_null(cbk_state_resource(found, "policies.p0"));
    assert_non_null(cbk_state_resource(found, "policies.p1"));
    assert_null(cbk_state_resource(found, "policies.p2"));
    assert_non_null(cbk_state_resource(found, "policies.p3"));
}

static bool cutting_fails;

/* The linker's names for the call of our code and for the real one. */
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);

int __wrap_ftruncate(int fd, off_t len)
{
    errno = EIO;
    return cutting_fails ? -1 : __real_ftruncate(fd, len);
}

/* Nor where it cannot be cut off again: then nothing more is promised. */
static void behind_a_step_that_cannot_be_cut_off_nothing_is_promised(void **state)
{
    const char *dir = *state;
    OWNED_STORE *store = store_with_steps(dir, 1, 2);
    CBK_ERROR(err);
    cutting_fails = true;
    append_without_room(dir, store, 2);
    cutting_fails = false;
    assert_int_equal(append_numbered(store, 3, &err), CBK_E_IO);
    assert_non_null(strstr(err.message, "it ends in a step that could not be cut off"));
    CBK_JSON *found = NULL, *next = cbk_state_new(STACK);
    assert_int_equal(cbk_store_read(store, &found, &err), 0);
    assert_int_equal(json_object_size(cbk_state_resources(found)), 2);
    assert_int_equal(cbk_store_write(store, next, 1, NULL, &err), 0); /* the apply can still write at its end ... */
    assert_int_equal(append_numbered(store, 4, &err), 0);             /* ... and a new journal is none of the old one */
}

/* The journal's first line may not fit either; then there is no journal, and no step was promised. */
static void a_journal_that_could_not_begin_begins_later(void **state)
{
    const char *dir = *state;
    OWNED_STORE *store = store_with_steps(dir, 1, 0);
    CBK_ERROR(err);
    limit_file_size(5);
    int r = append_numbered(store, 0, &err);
    limit_file_size(RLIM_INFINITY);
    assert_int_equal(r, CBK_E_IO);
    assert_int_equal(append_numbered(store, 1, &err), 0);
    CBK_JSON *found = NULL;
    assert_int_equal(cbk_store_read(store, &found, &err), 0);
    assert_int_equal(json_object_size(cbk_state_resources(found)), 1);
    assert_non_null(cbk_state_resource(found, "policies.p1"));
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    (void)signal(SIGXFSZ, SIG_IGN); /* so that a write beyond the limit fails instead of killing */
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_damaged_state_is_refused_and_left_alone),
        WITH_SCRATCH(a_state_that_is_no_file_is_refused),
        WITH_SCRATCH(a_directory_that_is_read_only_can_be_read),
        WITH_SCRATCH(a_state_that_may_not_be_read_is_not_taken_for_none),
        WITH_SCRATCH(a_full_disk_leaves_the_old_state),
        WITH_SCRATCH(a_step_that_did_not_fit_does_not_spoil_the_next),
        WITH_SCRATCH(behind_a_step_that_cannot_be_cut_off_nothing_is_promised),
        WITH_SCRATCH(a_journal_that_could_not_begin_begins_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
