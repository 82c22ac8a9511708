#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/real/process.h"

#include <signal.h>
#include <string.h>

enum { PLENTY = 1024 * 1024 };

static void run(const char *script, const struct sim_process_order *with, struct sim_process_result *ret)
{
    CBK_ERROR(err);
    const char *argv[] = {"sh", "-c", script, NULL};
    struct sim_process_order order = with ? *with : (struct sim_process_order){.most_output = PLENTY};
    order.argv = argv;
    if (sim_process_run(&order, ret, &err) < 0)
        fail_msg("%s", err.message);
}

static void test_exit_codes_and_output(void **state)
{
    (void)state;
    static const struct {
        const char *script, *output;
        int code;
    } cases[] = {
        {"true", "", 0},
        {"echo out; echo err >&2; exit 7", "out\nerr\n", 7},
        {"kill -9 $$", "", 137},
        {"nothing-of-that-name 2>/dev/null", "", 127},
        /* What stays in the background keeps the pipe, and is not waited for. */
        {"(while :; do sleep 30; done) & echo $! >&2; kill -9 $!; echo done", NULL, 0},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        SIM_PROCESS_RESULT(result);
        run(cases[i].script, NULL, &result);
        assert_int_equal(result.exit_code, cases[i].code);
        assert_false(result.timed_out || result.cancelled);
        if (cases[i].output)
            assert_string_equal(result.output.ptr, cases[i].output);
    }
}

static void test_a_program_that_is_not_there(void **state)
{
    (void)state;
    CBK_ERROR(err);
    SIM_PROCESS_RESULT(result);
    const char *argv[] = {"/nowhere/at-all", NULL};
    assert_int_equal(sim_process_run(&(struct sim_process_order){.argv = argv}, &result, &err), CBK_E_IO);
    assert_string_equal(err.message, "cannot run '/nowhere/at-all': No such file or directory");
}

/* More than a pipe holds goes in and out at the same time. */
static void test_input_is_fed(void **state)
{
    (void)state;
    CBK_STR(input);
    cbk_str_add_repeat(&input, 'x', 300000);
    SIM_PROCESS_RESULT(result);
    run("cat", &(struct sim_process_order){.input = input.ptr, .input_len = input.len, .most_output = PLENTY}, &result);
    assert_string_equal(result.output.ptr, input.ptr);
    SIM_PROCESS_RESULT(unread);
    run("exit 3", &(struct sim_process_order){.input = input.ptr, .input_len = input.len, .most_output = PLENTY},
        &unread);
    assert_int_equal(unread.exit_code, 3);
}

static void test_output_is_cut(void **state)
{
    (void)state;
    SIM_PROCESS_RESULT(result);
    run("printf 0123456789; printf abc", &(struct sim_process_order){.most_output = 4}, &result);
    assert_string_equal(result.output.ptr, "0123");
    assert_int_equal(result.dropped, 9);
}

/* The whole group goes, also what the program has started. */
static void test_time_runs_out(void **state)
{
    (void)state;
    SIM_PROCESS_RESULT(result);
    run("echo begun; sleep 600 | cat", &(struct sim_process_order){.most_output = PLENTY, .timeout_ms = 200}, &result);
    assert_true(result.timed_out);
    assert_int_equal(result.exit_code, 137);
    assert_string_equal(result.output.ptr, "begun\n");
}

static void test_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    SIM_PROCESS_RESULT(result);
    run("sleep 600", &(struct sim_process_order){.most_output = PLENTY, .cancel = &cancel}, &result);
    assert_true(result.cancelled);
    assert_int_equal(result.exit_code, 137);
    SIM_PROCESS_RESULT(graceful);
    run("sleep 0.2; echo ended",
        &(struct sim_process_order){.most_output = PLENTY, .cancel = &cancel, .grace_ms = 60000}, &graceful);
    assert_int_equal(graceful.exit_code, 0);
    assert_string_equal(graceful.output.ptr, "ended\n");
}

static void test_lines(void **state)
{
    (void)state;
    CBK_ERROR(err);
    struct sim_child child;
    char *line = NULL;
    const char *argv[] = {"sh", "-c", "echo one; read word; echo \"two $word\"; exit 5", NULL};
    assert_int_equal(sim_child_start(argv, false, &child, &err), 0);
    assert_true(sim_child_line(&child, -1, &line));
    assert_string_equal(line, "one");
    free(line);
    assert_false(sim_child_line(&child, 50, &line)); /* it waits for a word */
    assert_int_equal(write(child.in, "x\n", 2), 2);
    assert_true(sim_child_line(&child, -1, &line));
    assert_string_equal(line, "two x");
    free(line);
    assert_false(sim_child_line(&child, -1, &line));
    assert_int_equal(sim_child_end(&child), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes_and_output),
        cmocka_unit_test(test_a_program_that_is_not_there),
        cmocka_unit_test(test_input_is_fed),
        cmocka_unit_test(test_output_is_cut),
        cmocka_unit_test(test_time_runs_out),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_lines),
    };
    (void)signal(SIGPIPE, SIG_IGN); /* as the simulator has it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
