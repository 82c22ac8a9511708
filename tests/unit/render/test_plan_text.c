/* Plans as text: golden.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "quick_json.h"
#include "render/plan_text.h"
#include "strict_schema.h"

#include <glob.h>
#include <string.h>

/* Without our own colours, coloured text is plain text. */
static void assert_same_but_for_colour(const json_t *plan, const struct cbk_str *plain)
{
    const struct cbk_style colourful = {.colour = true};
    CBK_STR(coloured);
    CBK_STR(stripped);
    cbk_render_plan_text(plan, &colourful, &coloured);
    for (const char *at = coloured.ptr; *at;) {
        size_t code = cbk_str_starts_with(at, "\033[") ? 2 + strspn(at + 2, "0123456789") : 0;
        if (code && at[code] == 'm')
            at += code + 1;
        else
            cbk_str_add_char(&stripped, *at++);
    }
    assert_string_equal(stripped.ptr, plain->ptr);
}

/* Whatever the cloud sent, a terminal sees lines of visible characters. */
static void assert_visible(const struct cbk_str *text)
{
    for (const char *line = text->ptr; *line;) {
        size_t len = strcspn(line, "\n");
        for (size_t i = 0; i < len;) {
            size_t step = 1;
            while (i + step < len && ((unsigned char)line[i + step] & 0xc0) == 0x80)
                step++;
            if (!cbk_str_is_visible(line + i, step))
                fail_msg("not for a terminal: %.*s", (int)len, line);
            i += step;
        }
        assert_true(!len || line[len - 1] != ' ');
        line += len + (line[len] != '\0');
    }
}

static void plans_read_as_pinned(void **state)
{
    (void)state;
    const struct cbk_style plain = {.colour = false};
    size_t failed = 0;
    glob_t found;
    assert_int_equal(glob(CBK_SOURCE_DIR "/tests/golden/plan-*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        CBK_JSON *plan = golden_plan(found.gl_pathv[i]);
        CBK_STR(said);
        assert_strictly_valid("plan", plan);
        cbk_render_plan_text(plan, &plain, &said);
        failed += !golden_is(found.gl_pathv[i], "txt", &said);
        assert_visible(&said);
        assert_same_but_for_colour(plan, &said);
    }
    assert_true(found.gl_pathc >= 10);
    globfree(&found);
    assert_int_equal(failed, 0);
}

/* A file that calls itself a plan may hold anything. */
static const struct odd_row {
    const char *plan, *said;
} odds[] = {
    {"{}", "cbk plan \u00b7 stack ? \u00b7 ?\n\nNo changes. Your infrastructure matches the configuration.\n"},
    {"[1]", "cbk plan \u00b7 stack ? \u00b7 ?\n\nNo changes. Your infrastructure matches the configuration.\n"},
    {"{'stack': 5, 'changes': [1, 'x', null, {}, {'actions': 'create'}], 'checks': {}}",
     "cbk plan \u00b7 stack ? \u00b7 ?\n\nNo changes. Your infrastructure matches the configuration.\n"},
    {"{'stack': 's', 'region': 'r', 'changes': [{'actions': ['update'], 'diff': [1, {'before': 1}]}],"
     " 'summary': {'create': 9223372036854775807, 'replace': 9223372036854775807, 'run': -1}, 'digest': '\\u001b[2J'}",
     "cbk plan \u00b7 stack s \u00b7 r\n\n  ~\n"
     "                                (none) -> (none)   \n"
     "                                1 -> (none)   \n\n"
     "Plan: 0 to add, 0 to change, 0 to destroy, 0 jobs to run.\nChecksum: \\x1b[2J\n"},
};

static void what_is_no_plan_reads_as_something(void **state)
{
    (void)state;
    const struct cbk_style plain = {.colour = false};
    for (size_t i = 0; i < CBK_ARRAY_LEN(odds); i++) {
        CBK_JSON *plan = quick_json(odds[i].plan);
        CBK_STR(said);
        cbk_render_plan_text(plan, &plain, &said);
        assert_string_equal(said.ptr, odds[i].said);
    }
}

static void what_two_ask_for_is_found_once(void **state)
{
    (void)state;
    static const char finding[] =
        "{'id': 'CBK105', 'address': '%s', 'instance': '%s', 'ok': false, 'message': 'silent'}";
    const struct cbk_style plain = {.colour = false};
    CBK_STR(checks);
    CBK_STR(said);
    cbk_str_addf(&checks, finding, "bindings.a", "i-1");
    cbk_str_add(&checks, ", ");
    cbk_str_addf(&checks, finding, "snapshot_jobs.a", "i-1");
    cbk_str_add(&checks, ", ");
    cbk_str_addf(&checks, finding, "snapshot_jobs.b", "i-2");
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("{'stack': 's', 'region': 'r', 'checks': [%s]}", checks.ptr);
    CBK_JSON *plan = quick_json(text);
    cbk_render_plan_text(plan, &plain, &said);
    assert_non_null(strstr(said.ptr, "consistency:\n"
                                     "  i-1                                     CBK105  silent\n"
                                     "  i-2                                     CBK105  silent\n\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_read_as_pinned),
        cmocka_unit_test(what_is_no_plan_reads_as_something),
        cmocka_unit_test(what_two_ask_for_is_found_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
