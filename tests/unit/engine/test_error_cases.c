/*
 * Every folder in tests/errors is a stack with something wrong; expect.txt pins what cbk says about it: message, place,
 * caret, hint. `CBK_SHOW=1 bin/test_engine_error_cases` prints what is said now, to be read and copied by hand.
 * A file `args` gives --var and --var-file arguments, one a line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "engine/rehearse.h"

#include <glob.h>
#include <string.h>
#include <unistd.h>

CBK_VEC(inputs, struct cbk_config_input)

/* Cuts `text` into lines in place and reads each as an argument. */
static void read_inputs(char *text, struct inputs *inputs)
{
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        if (cbk_str_starts_with(line, "--var "))
            inputs_push(inputs, (struct cbk_config_input){.var = line + strlen("--var ")});
        else if (cbk_str_starts_with(line, "--var-file "))
            inputs_push(inputs, (struct cbk_config_input){.var_file = line + strlen("--var-file ")});
    }
}

/* What is wrong with the stack in the current directory, as people read it. */
static void judge_stack(struct cbk_str *out)
{
    CBK_CLEANUP(cbk_string_freep) char *args = NULL;
    CBK_CLEANUP(inputs_release) struct inputs inputs = {0};
    size_t len = 0;
    CBK_ERROR(err);
    if (access("args", F_OK) == 0) {
        assert_int_equal(cbk_file_read("args", 65536, &args, &len, &err), 0);
        read_inputs(args, &inputs);
    }
    const struct cbk_config_options options = {.inputs = inputs.items, .input_count = inputs.len};
    CBK_CLEANUP(cbk_stack_freep) struct cbk_stack *stack = NULL;
    CBK_ERRORS(errors);
    if (cbk_stack_load(&options, &stack, &errors) == 0)
        (void)!cbk_stack_rehearse(stack, &errors);
    cbk_errors_sort(&errors);
    for (size_t i = 0; i < errors.list.len; i++)
        cbk_error_format(&errors.list.items[i], out);
}

static bool check_case(const char *dir)
{
    CBK_STR(said);
    CBK_CLEANUP(cbk_string_freep) char *expected = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    assert_int_equal(chdir(dir), 0);
    judge_stack(&said);
    if (getenv("CBK_SHOW"))
        printf("=== %s\n%s", dir, said.ptr);
    if (cbk_file_read("expect.txt", 1 << 20, &expected, &len, &err) < 0) {
        print_error("%s: %s\n", dir, err.message);
        return false;
    }
    if (said.len == len && memcmp(said.ptr, expected, len) == 0)
        return true;
    print_error("%s\n--- expected\n%s--- said\n%s", dir, expected, said.ptr);
    return false;
}

static void every_case_says_what_is_pinned(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob(CBK_SOURCE_DIR "/tests/errors/*/", 0, NULL, &found), 0);
    size_t failed = 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        failed += !check_case(found.gl_pathv[i]);
    assert_true(found.gl_pathc >= 60);
    globfree(&found);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_says_what_is_pinned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
