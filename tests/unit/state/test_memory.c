/* A store whose memory runs out: of a story, the n-th allocation fails, for every n. It ends there, says why, and
 * leaves the old state or the new one, with what was promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/story.h"

#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* --- allocations of our code, and of jansson, which takes its memory from us ----------------------------------------
 * Their names are the linker's.
 */

static int left = -1; /* so many succeed; below 0: all do */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

/* --- the loop -------------------------------------------------------------------------------------------------------
 */

/* Tells the story in this process, a byte into `progress` behind each step, until an allocation fails. */
static _Noreturn void tell(const char *dir, int allocations, int progress, int talk)
{
    struct story story;
    struct rlimit no_core = {0};
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)dup2(talk, STDERR_FILENO);
    story_begin(&story, dir);
    for (size_t i = 0; i < story_steps; i++) {
        CBK_ERROR(err);
        left = allocations;
        if (story_take(&story, i, &err) < 0 || write(progress, "+", 1) != 1)
            _exit(1);
        allocations = left;
        left = -1;
    }
    _exit(0);
}

struct outcome {
    int status;   /* as waitpid has it */
    size_t steps; /* that were taken whole */
    struct cbk_str said;
};

static size_t read_all(int fd, struct cbk_str *out)
{
    char buffer[4096];
    ssize_t got = 0;
    while ((got = read(fd, buffer, sizeof(buffer))) > 0)
        cbk_str_add_bytes(out, buffer, (size_t)got);
    return out->len;
}

static struct outcome tell_apart(const char *dir, int allocations)
{
    struct outcome outcome = {.said = CBK_STR_INIT};
    CBK_STR(marks);
    int progress[2], talk[2];
    assert_int_equal(pipe2(progress, O_CLOEXEC), 0);
    assert_int_equal(pipe2(talk, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        tell(dir, allocations, progress[1], talk[1]);
    (void)close(progress[1]);
    (void)close(talk[1]);
    outcome.steps = read_all(progress[0], &marks);
    (void)read_all(talk[0], &outcome.said);
    (void)close(progress[0]);
    (void)close(talk[0]);
    assert_int_equal(waitpid(pid, &outcome.status, 0), pid);
    return outcome;
}

static bool is_whole(const struct outcome *outcome)
{
    return WIFEXITED(outcome->status) && WEXITSTATUS(outcome->status) == 0;
}

static void an_allocation_that_fails_leaves_the_old_state_or_the_new_one(void **state)
{
    struct story story;
    CBK_CLEANUP(cbk_string_freep) char *told = cbk_path_join(*state, "told");
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(*state, "dir");
    CBK_ERROR(err);
    story_begin(&story, told);
    for (size_t i = 0; i < story_steps; i++)
        assert_int_equal(story_take(&story, i, &err), 0);
    int failed = 0;
    for (bool ends = false; !ends; scratch_remove(dir)) {
        struct outcome outcome = tell_apart(dir, failed);
        ends = is_whole(&outcome);
        if (!ends && (!WIFSIGNALED(outcome.status) || WTERMSIG(outcome.status) != SIGABRT ||
                      strcmp(outcome.said.ptr, "cbk: out of memory\n") != 0))
            fail_msg("allocation %d: status %x, '%s'", failed, (unsigned)outcome.status, outcome.said.ptr);
        if (story_check(&story, dir, ends ? story_steps - 1 : outcome.steps, ends, &err) < 0)
            fail_msg("allocation %d: %s", failed, err.message);
        failed += !ends;
        cbk_str_release(&outcome.said);
    }
    story_release(&story);
    print_message("%d allocations\n", failed);
    assert_true(failed > 500);
}

static int setup(void **state)
{
    char *dir = cbk_strdup(access("/dev/shm", W_OK) == 0 ? "/dev/shm/cbk-test-XXXXXX" : "/tmp/cbk-test-XXXXXX");
    *state = dir;
    return mkdtemp(dir) ? 0 : -1;
}

int main(void)
{
    cbk_json_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_allocation_that_fails_leaves_the_old_state_or_the_new_one, setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
