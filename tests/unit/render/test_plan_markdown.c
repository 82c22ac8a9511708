/*
 * Plans as comments (golden.h), the length that they keep, and the command at their end, which a shell must read as it
 * is meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "quick_json.h"
#include "render/markdown.h"
#include "render/plan_command.h"
#include "render/plan_dangers.h"
#include "render/plan_markdown.h"
#include "scratch.h"
#include "strict_schema.h"

#include <stdio.h>

#define GOLDEN CBK_SOURCE_DIR "/tests/golden/plan-"
#define NO_LIMIT (1 << 30)

static const char *const names[] = {"review",  "run-refused", "guards", "empty",
                                    "hostile", "limited",     "wide",   "move-and-import"};

static void plans_read_as_pinned(void **state)
{
    (void)state;
    size_t failed = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(names); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(GOLDEN "%s.json", names[i]);
        CBK_JSON *plan = golden_plan(path);
        CBK_STR(said);
        assert_strictly_valid("plan", plan);
        cbk_render_plan_markdown(plan, NO_LIMIT, &said);
        failed += !golden_is(path, "md", &said);
    }
    assert_int_equal(failed, 0);
}

/* ---- the length ---- */

/* A plan with `count` of everything. */
static json_t *large_plan(int count)
{
    json_t *plan = quick_json("{'stack': 's', 'region': 'r', 'digest': 'sha256:0', 'changes': [], 'checks': [],"
                              " 'summary': {'delete': 1, 'update': 1}}");
    json_t *changes = json_object_get(plan, "changes"), *checks = json_object_get(plan, "checks");
    for (int i = 0; i < count; i++) {
        CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("roles.r%d", i);
        json_array_append_new(changes, json_pack("{s:s, s:s, s:[s], s:s}", "address", address, "title", "\u6570```",
                                                 "actions", "delete", "reason", "not declared any more"));
        json_array_append_new(changes, json_pack("{s:s, s:s, s:[s], s:[{s:s, s:s, s:s, s:s}]}", "address", address,
                                                 "title", "\U0001f42c@a|b", "actions", "update", "diff", "path", "name",
                                                 "before", "a````", "after", "b", "cause", "drift"));
        json_array_append_new(checks,
                              json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "id", "CBK102", "instance", address,
                                        "instance_name", "<b>", "ok", 0, "message", "it is broken", "hint", "mend it"));
        json_array_append_new(checks, json_pack("{s:s, s:s, s:b, s:s, s:s}", "id", "CBK103", "instance", address, "ok",
                                                0, "message", "odd", "severity", "warning"));
    }
    return plan;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        count++;
    return count;
}

/* "**3 of 10 WHAT left out": 3; 0 where nothing is said of it. */
static size_t told_left_out(const char *text, const char *what, size_t of)
{
    CBK_CLEANUP(cbk_string_freep) char *words = cbk_strf(" of %zu %s left out", of, what);
    const char *at = strstr(text, words);
    if (!at)
        return 0;
    while (at > text && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return strtoul(at, NULL, 10);
}

/* Whatever is left out is counted, and what opens is closed. */
static void assert_whole(const char *text, size_t count)
{
    size_t destroyed = count_of(text, "| **destroys** |"),
           left_out = told_left_out(text, "lines to look at first", count);
    assert_int_equal(destroyed + left_out, count);
    size_t changes = count_of(text, "\n- destroy") + count_of(text, "\n! update");
    assert_int_equal(changes + told_left_out(text, "changes", 2 * count), 2 * count);
    size_t findings = count_of(text, "| it is broken |") + count_of(text, "| odd |");
    assert_true(findings == 2 * count || told_left_out(text, "findings", count) > 0);
    assert_int_equal(count_of(text, "<details"), count_of(text, "</details>"));
    assert_int_equal(count_of(text, "\n`````diff\n"), count_of(text, "\n`````\n"));
    assert_int_equal(count_of(text, "\n```sh\n"), count_of(text, "\n```\n"));
    assert_non_null(strstr(text, "<!-- cbk:plan:s -->\n"));
    assert_non_null(strstr(text, "**Plan: 0 to add, 1 to change, 1 to destroy, 0 jobs to run.**"));
}

static void it_keeps_any_length_in_whole_rows(void **state)
{
    (void)state;
    static const int counts[] = {1, 7, 60, 1500};
    static const size_t limits[] = {1000, 1001, 1500, 2345, 4000, 10000, 65535, 65536, 1000000};
    for (size_t i = 0; i < CBK_ARRAY_LEN(counts); i++) {
        CBK_JSON *plan = large_plan(counts[i]);
        size_t last = 0;
        for (size_t j = 0; j < CBK_ARRAY_LEN(limits); j++) {
            CBK_STR(said);
            CBK_STR(again);
            cbk_render_plan_markdown(plan, limits[j], &said);
            cbk_render_plan_markdown(plan, limits[j], &again);
            assert_string_equal(said.ptr, again.ptr);
            size_t length = cbk_markdown_length(said.ptr, said.len);
            assert_true(length <= limits[j]);
            assert_whole(said.ptr, (size_t)counts[i]);
            size_t dangers = count_of(said.ptr, "| **destroys** |");
            assert_true(dangers >= last); /* more room, more of them */
            last = dangers;
        }
        assert_int_equal(last, counts[i]);
    }
}

static void all_that_is_dangerous_comes_before_the_rest(void **state)
{
    (void)state;
    CBK_JSON *plan = large_plan(400);
    CBK_STR(said);
    cbk_render_plan_markdown(plan, 65536, &said);
    assert_int_equal(count_of(said.ptr, "| **destroys** |"), 400);
    assert_true(told_left_out(said.ptr, "changes", 800) > 0);
}

static void what_is_too_long_for_its_place_is_not_there(void **state)
{
    (void)state;
    CBK_STR(name);
    cbk_str_add_repeat(&name, '-', 5000);
    CBK_JSON *plan =
        json_pack("{s:s, s:s, s:s, s:[{s:s, s:[s]}], s:{s:[s]}}", "stack", name.ptr, "account", name.ptr, "digest",
                  name.ptr, "changes", "address", name.ptr, "actions", "delete", "scope", "target", name.ptr);
    CBK_STR(said);
    cbk_render_plan_markdown(plan, 1000, &said);
    assert_true(cbk_markdown_length(said.ptr, said.len) <= 1000);
    assert_non_null(strstr(said.ptr, "**Plan: 0 to add"));
    assert_non_null(strstr(said.ptr, "**1 of 1 lines to look at first left out"));
    assert_non_null(strstr(said.ptr, "**1 of 1 changes left out"));
}

/* ---- the command ---- */

static const struct command_row {
    const char *plan, *command;
} commands[] = {
    {"{'changes': []}", ""},
    {"{'digest': 'd', 'changes': [{'address': 'a', 'actions': ['update'], 'refused': true}]}", ""},
    {"{'digest': 'd', 'changes': [{'actions': ['update']}], 'guards': [{'id': 'mass-destroy', 'allowed': false}]}", ""},
    {"{'digest': 'sha256:1', 'changes': [{'actions': ['update']}]}", "cbk apply --checksum sha256:1"},
    {"{'digest': 'sha256:1', 'destroy': true, 'changes': [{'actions': ['delete']}]}",
     "cbk destroy --checksum sha256:1"},
    {"{'digest': 'd', 'changes': [{'actions': ['update']}], 'guards': [{'id': 'mass-destroy', 'allowed': true}]}",
     "cbk apply --checksum d --allow-mass-destroy"},
    {"{'digest': 'd', 'changes': [{'actions': ['update']}],"
     " 'scope': {'target': ['a.b[i-1]', 'c'], 'exclude': ['x'], 'refresh_only': true}}",
     "cbk apply --checksum d --target 'a.b[i-1]' --target c --exclude x --refresh-only"},
    {"{'digest': 'd', 'changes': [{'actions': ['update']}], 'variables': {'n': 5, 'b': true, 'a': 'two words'}}",
     "cbk apply --checksum d --var 'a=two words' --var b=true --var n=5"},
    {"{'digest': 'd', 'changes': [{'actions': ['run'], 'predicted': {'level': 'crash'}, 'after': {'require':"
     " 'application'}}]}",
     "cbk apply --checksum d --allow-downgrade"},
    {"{'digest': 'd', 'changes': [{'actions': ['run'], 'predicted': {'level': 'crash'}, 'after': {'require':"
     " 'application', 'on_downgrade': 'accept'}}]}",
     "cbk apply --checksum d"},
    {"{'digest': 'd', 'changes': [{'actions': ['update']}, {'actions': ['no-op'], 'reason': 'skipped: it is off'}]}",
     "cbk apply --checksum d --allow-downgrade"},
};

static void the_command_says_what_the_plan_was_made_with(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(commands); i++) {
        CBK_JSON *plan = quick_json(commands[i].plan);
        CBK_STR(command);
        cbk_plan_add_command(plan, &command);
        assert_string_equal(command.ptr, commands[i].command);
    }
}

/* A shell must give back each word, letter by letter. */
static void a_shell_reads_it_as_it_is_meant(void **state)
{
    static const char *const values[] = {"plain",      "two words",   "it's",        "$(touch x) `id` $HOME",
                                         "a\nb\tc\\n", "\x1b[2J'\\'", "\u202ex",     "\"",
                                         "",           "~",           "*",           "!x",
                                         "-v",         "\\",          "\xe6\x95\xb0"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(values); i++) {
        CBK_JSON *plan = json_pack("{s:s, s:[{s:[s]}], s:{s:s}}", "digest", "d", "changes", "actions", "update",
                                   "variables", "v", values[i]);
        CBK_STR(script);
        CBK_STR(read);
        CBK_ERROR(err);
        cbk_str_add(&script, "cbk() { printf '%s' \"$5\"; }\n");
        cbk_plan_add_command(plan, &script);
        assert_int_equal(cbk_str_utf8_span(script.ptr, script.len), script.len);
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(*state, "script");
        CBK_CLEANUP(cbk_string_freep) char *shell = cbk_strf("LC_ALL=C.UTF-8 bash %s", path);
        CBK_CLEANUP(cbk_string_freep) char *expected = cbk_strf("v=%s", values[i]);
        assert_int_equal(cbk_file_replace(path, script.ptr, script.len, 0644, &err), 0);
        FILE *pipe = popen(shell, "r"); /* NOLINT(cert-env33-c): the test's own file */
        assert_non_null(pipe);
        for (int c; (c = fgetc(pipe)) != EOF;)
            cbk_str_add_char(&read, (char)c);
        assert_int_equal(pclose(pipe), 0);
        assert_string_equal(read.ptr, expected);
    }
}

/* ---- what is dangerous ---- */

static void the_worst_comes_first(void **state)
{
    (void)state;
    static const char *const labels[] = {"destroys", "replaces", "widens", "shortens", "weaker", "allowed", "allowed"};
    CBK_JSON *plan = golden_plan(GOLDEN "review.json"), *dangers = cbk_plan_dangers(plan);
    assert_int_equal(json_array_size(dangers), CBK_ARRAY_LEN(labels));
    for (size_t i = 0; i < CBK_ARRAY_LEN(labels); i++)
        assert_string_equal(cbk_json_text(json_array_get(dangers, i), "label"), labels[i]);
    assert_false(cbk_plan_is_refused(plan));
}

static void what_is_no_plan_reads_as_something(void **state)
{
    (void)state;
    static const char *const odds[] = {
        "{}", "[1]", "{'stack': 5, 'changes': [1, 'x', null, {}, {'actions': 'create'}]}",
        ("{'changes': [{'actions': ['update'], 'diff': [1, {'before': 1}], 'predicted': 5}],"
         " 'checks': [1, {'ok': false}], 'guards': [7, {}], 'scope': [], 'variables': 'x'}")};
    for (size_t i = 0; i < CBK_ARRAY_LEN(odds); i++) {
        CBK_JSON *plan = quick_json(odds[i]);
        CBK_STR(said);
        cbk_render_plan_markdown(plan, NO_LIMIT, &said);
        assert_true(cbk_str_starts_with(said.ptr, "<!-- cbk:plan:%3F -->\n"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_read_as_pinned),
        cmocka_unit_test(it_keeps_any_length_in_whole_rows),
        cmocka_unit_test(all_that_is_dangerous_comes_before_the_rest),
        cmocka_unit_test(what_is_too_long_for_its_place_is_not_there),
        cmocka_unit_test(the_command_says_what_the_plan_was_made_with),
        cmocka_unit_test_setup_teardown(a_shell_reads_it_as_it_is_meant, scratch_setup, scratch_teardown),
        cmocka_unit_test(the_worst_comes_first),
        cmocka_unit_test(what_is_no_plan_reads_as_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
