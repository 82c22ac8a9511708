/* Command lines as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/args.h"

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
        {"no-color", args->no_color},          {"help", args->help},       {"version", args->version},
        {"detailed", args->detailed_exitcode}, {"destroy", args->destroy}, {"downgrade", args->allow_downgrade},
        {"approve", args->auto_approve},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines_are_read_as_in_the_table),
        cmocka_unit_test(help_tells_of_what_a_command_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
