/* Command lines as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/args.h"
#include "cli/environ.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 10

static unsigned takes(const char *command)
{
    static const struct {
        const char *name;
        unsigned options;
    } commands[] = {
        {"plan", CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_OUT | CBK_OPT_DETAILED_EXITCODE | CBK_OPT_DESTROY},
        {"apply", CBK_OPT_ALL},
        {"version", 0},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, command) == 0)
            return commands[i].options;
    return CBK_OPT_ALL;
}

/* What was understood, in words; only what was said is told. */
static void describe(const struct cbk_args *args, struct cbk_str *out)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        {"dir", args->dir},         {"log", args->log_level},     {"format", args->format},
        {"out", args->out},         {"checksum", args->checksum}, {"parallelism", args->parallelism},
        {"command", args->command},
    };
    const struct {
        const char *name;
        bool is_set;
    } flags[] = {
        {"no-color", args->no_color},          {"help", args->help},         {"version", args->version},
        {"detailed", args->detailed_exitcode}, {"destroy", args->destroy},   {"downgrade", args->allow_downgrade},
        {"approve", args->auto_approve},       {"no-input", args->no_input},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(texts); i++)
        if (texts[i].value)
            cbk_str_addf(out, "%s=%s ", texts[i].name, texts[i].value);
    for (size_t i = 0; i < CBK_ARRAY_LEN(flags); i++)
        if (flags[i].is_set)
            cbk_str_addf(out, "%s ", flags[i].name);
    for (size_t i = 0; i < args->inputs.len; i++)
        cbk_str_addf(out, "%s:%s ", args->inputs.items[i].var ? "var" : "file",
                     args->inputs.items[i].var ? args->inputs.items[i].var : args->inputs.items[i].var_file);
    for (size_t i = 0; i < args->words.len; i++)
        cbk_str_addf(out, "<%s> ", args->words.items[i]);
}

static const struct row {
    const char *words[WORDS];
    const char *understood; /* NULL: refused */
    const char *says;
} rows[] = {
    {{NULL}, "", NULL},
    {{"plan"}, "command=plan ", NULL},
    {{"-C", "dir", "plan"}, "dir=dir command=plan ", NULL},
    {{"-Cdir", "plan"}, "dir=dir command=plan ", NULL},
    {{"--chdir=dir", "plan"}, "dir=dir command=plan ", NULL},
    {{"plan", "--chdir", "dir"}, "dir=dir command=plan ", NULL}, /* global ones may stand anywhere */
    {{"--no-color", "--log-level", "debug", "plan"}, "log=debug command=plan no-color ", NULL},
    {{"-h"}, "help ", NULL},
    {{"plan", "--help"}, "command=plan help ", NULL},
    {{"--version"}, "version ", NULL},
    {{"plan", "--out", "p.json", "--detailed-exitcode"}, "out=p.json command=plan detailed ", NULL},
    {{"plan", "--out=p.json"}, "out=p.json command=plan ", NULL},
    {{"plan", "--out="}, "out= command=plan ", NULL},
    {{"plan", "--out=a=b"}, "out=a=b command=plan ", NULL},
    {{"plan", "--out", "--destroy"}, "out=--destroy command=plan ", NULL}, /* the next word, whatever it is */
    {{"plan", "--out", "a", "--out", "b"}, "out=b command=plan ", NULL},
    {{"plan", "--var", "a=1", "--var-file", "f", "--var=b=2"}, "command=plan var:a=1 file:f var:b=2 ", NULL},
    {{"apply", "p.json", "--auto-approve", "--parallelism=3"}, "parallelism=3 command=apply approve <p.json> ", NULL},
    {{"apply", "--checksum", "sha256:x", "--allow-downgrade"}, "checksum=sha256:x command=apply downgrade ", NULL},
    {{"plan", "--json"}, "format=json command=plan ", NULL},
    {{"plan", "--json", "--format", "json"}, "format=json command=plan ", NULL},
    {{"apply", "--input=false", "--refresh=true"}, "command=apply no-input ", NULL},
    {{"apply", "--input=false", "--input", "true"}, "command=apply ", NULL},
    {{"apply", "--", "--odd-name"}, "command=apply <--odd-name> ", NULL},
    {{"apply", "-"}, "command=apply <-> ", NULL}, /* standard input is no option */
    {{"apply", "--", "--", "-"}, "command=apply <--> <-> ", NULL},
    {{"--", "plan", "--out"}, "command=plan <--out> ", NULL},
    {{""}, "command= ", NULL},
    {{"plan", "", "b"}, "command=plan <> <b> ", NULL},
    {{"plann", "--out", "p"}, "out=p command=plann ", NULL}, /* that there is no 'plann' is what will be said */
    /* refused */
    {{"plan", "--ouput", "p"}, NULL, "unknown option 'ouput' (did you mean 'out'?)"},
    {{"plan", "--detailed-exit-code"}, NULL, "unknown option 'detailed-exit-code' (did you mean 'detailed-exitcode'?)"},
    {{"plan", "--frobnicate"}, NULL, "unknown option 'frobnicate'"},
    {{"plan", "--auto-approve"}, NULL, "unknown option 'auto-approve'"}, /* another command's */
    {{"version", "--out", "p"}, NULL, "unknown option 'out'"},
    {{"--out", "p", "plan"}, NULL, "unknown option 'out'"}, /* a command's options follow it */
    {{"plan", "-x"}, NULL, "unknown option 'x'"},
    {{"plan", "--out"}, NULL, "the option '--out' needs a value: --out FILE"},
    {{"-C"}, NULL, "the option '--chdir' needs a value: --chdir DIR"},
    {{"plan", "--destroy=yes"}, NULL, "the option '--destroy' takes no value"},
    {{"plan", "--destroy="}, NULL, "the option '--destroy' takes no value"},
    {{"-hx"}, NULL, "the option '--help' takes no value"},
    {{"plan", "--o", "p"}, NULL, "unknown option 'o'"}, /* no guessing at what was begun */
    {{"plan", "--json", "--format=html"}, NULL, "'--json' and '--format html' cannot stand together"},
    {{"apply", "--input=no"}, NULL, "the option '--input' is true or false, not 'no'"},
    {{"apply", "--refresh=false"},
     NULL,
     "'--refresh=false' is refused: a plan that has not asked the cloud is a guess"},
    {{"plan", "--outer"}, NULL, "unknown option 'outer' (did you mean 'out'?)"},
};

static void command_lines_are_read_as_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        char *argv[WORDS + 2] = {(char *)"cbk"};
        int argc = 1;
        while (argc <= WORDS && rows[i].words[argc - 1]) {
            argv[argc] = (char *)rows[i].words[argc - 1];
            argc++;
        }
        CBK_CLEANUP(cbk_args_release) struct cbk_args args = {0};
        CBK_ERROR(err);
        CBK_STR(understood);
        int r = cbk_args_parse(argc, argv, takes, &args, &err);
        describe(&args, &understood);
        assert_int_equal(r, rows[i].says ? CBK_E_USAGE : 0);
        if (rows[i].says)
            assert_string_equal(err.message, rows[i].says);
        else
            assert_string_equal(understood.ptr, rows[i].understood);
    }
}

static void help_tells_of_what_a_command_takes(void **state)
{
    (void)state;
    CBK_STR(global);
    CBK_STR(plan);
    CBK_STR(none);
    cbk_args_add_help(&global, 0, true);
    assert_non_null(strstr(global.ptr, "  -C, --chdir DIR "));
    assert_null(strstr(global.ptr, "--out"));
    cbk_args_add_help(&plan, takes("plan"), false);
    assert_non_null(strstr(plan.ptr, "  --out FILE "));
    assert_null(strstr(plan.ptr, "--chdir"));
    assert_null(strstr(plan.ptr, "--auto-approve"));
    cbk_args_add_help(&none, 0, false);
    assert_int_equal(none.len, 0);
    CBK_STR(all);
    cbk_args_add_help(&all, CBK_OPT_ALL, true);
    for (const char *line = all.ptr; *line; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\n") <= 100 && line[28] == ' ' && line[29] != ' '); /* one column of words */
}

static const struct {
    const char *text, *split; /* NULL: it breaks off */
} splits[] = {
    {"", ""},
    {" \t\n", ""},
    {"--a  b\t-c\n", "<--a><b><-c>"},
    {"'a b' \"c d\" e\\ f", "<a b><c d><e f>"},
    {"--var='x=$HOME \"q\"'", "<--var=x=$HOME \"q\">"},
    {"\"a \\\" \\\\ \\n\"", "<a \" \\ \\n>"},
    {"a'b'\"c\"d ''", "<abcd><>"},
    {"'a", NULL},
    {"\"a\\\"", NULL},
    {"a\\", NULL},
};

static void variables_are_split_as_a_shell_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(splits); i++) {
        CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
        CBK_CLEANUP(cbk_strings_release) struct cbk_strings words = {0};
        CBK_ERROR(err);
        CBK_STR(split);
        int r = cbk_environ_split(splits[i].text, arena, &words, &err);
        assert_int_equal(r, splits[i].split ? 0 : CBK_E_USAGE);
        for (size_t k = 0; k < words.len; k++)
            cbk_str_addf(&split, "<%s>", words.items[k]);
        if (splits[i].split)
            assert_string_equal(split.ptr, splits[i].split);
    }
}

static void words_of_the_environment_stand_behind_the_command(void **state)
{
    (void)state;
    char *argv[] = {(char *)"cbk", (char *)"-C", (char *)"dir", (char *)"plan", (char *)"--out=typed", NULL};
    CBK_CLEANUP(cbk_args_release) struct cbk_args args = {0};
    CBK_ERROR(err);
    CBK_STR(understood);
    assert_int_equal(setenv("CBK_CLI_ARGS", "--no-color --out=every --format 'a b'", 1), 0);
    assert_int_equal(setenv("CBK_CLI_ARGS_plan", "--var a=1 -- --word", 1), 0);
    assert_int_equal(setenv("CBK_CLI_ARGS_apply", "--frobnicate", 1), 0);
    assert_int_equal(cbk_args_parse(5, argv, takes, &args, &err), 0);
    describe(&args, &understood);
    assert_string_equal(understood.ptr, "dir=dir format=a b out=typed command=plan no-color var:a=1 <--word> ");

    argv[3] = (char *)"apply";
    CBK_CLEANUP(cbk_args_release) struct cbk_args wrong = {0};
    assert_int_equal(cbk_args_parse(5, argv, takes, &wrong, &err), CBK_E_USAGE);
    assert_string_equal(err.message, "the environment's CBK_CLI_ARGS: unknown option 'frobnicate'");
    cbk_environ_forget("apply");
    assert_null(getenv("CBK_CLI_ARGS"));
    assert_null(getenv("CBK_CLI_ARGS_apply"));
    assert_non_null(getenv("CBK_CLI_ARGS_plan")); /* another command's */
    cbk_environ_forget("plan");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines_are_read_as_in_the_table),
        cmocka_unit_test(variables_are_split_as_a_shell_does),
        cmocka_unit_test(words_of_the_environment_stand_behind_the_command),
        cmocka_unit_test(help_tells_of_what_a_command_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
