/* The trace: one line a message, levels, nothing that moves a cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"

#include <string.h>

static void levels_are_read_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum cbk_log_level level;
    } rows[] = {{"error", CBK_LOG_ERROR}, {"warn", CBK_LOG_WARN}, {"info", CBK_LOG_INFO}, {"trace", CBK_LOG_TRACE}};
    enum cbk_log_level level = CBK_LOG_DEBUG;
    assert_false(cbk_log_parse_level("loud", &level));
    assert_int_equal(level, CBK_LOG_DEBUG);
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        assert_true(cbk_log_parse_level(rows[i].name, &level));
        assert_int_equal(level, rows[i].level);
    }
}

static void only_what_was_asked_for_is_written(void **state)
{
    (void)state;
    CBK_CLEANUP(cbk_file_closep) FILE *capture = tmpfile();
    assert_non_null(capture);
    CBK_CLEANUP(cbk_fd_closep) int kept = dup(STDERR_FILENO);
    assert_true(dup2(fileno(capture), STDERR_FILENO) >= 0);
    cbk_log_set_level(CBK_LOG_INFO);
    cbk_log(CBK_LOG_DEBUG, "unseen");
    cbk_log(CBK_LOG_INFO, "seen %d\x1b[2J\nnot a line", 1);
    cbk_log_set_level(CBK_LOG_WARN);
    (void)fflush(stderr);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);

    char text[256] = "";
    rewind(capture);
    assert_true(fread(text, 1, sizeof(text) - 1, capture) > 0);
    assert_string_equal(strchr(text, ' '), " info  seen 1\\x1b[2J\\nnot a line\n");
    assert_true(cbk_log_enabled(CBK_LOG_WARN));
    assert_false(cbk_log_enabled(CBK_LOG_INFO));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_read_by_name),
        cmocka_unit_test(only_what_was_asked_for_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
