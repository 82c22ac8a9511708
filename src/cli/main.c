/* cbk: the command table, and what all commands share. */
#include "base/log.h"
#include "cli/cli.h"
#include "cli/environ.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

const struct cbk_command *const cbk_commands[] = {
    &cbk_command_init,    &cbk_command_validate, &cbk_command_fmt,        &cbk_command_plan,        &cbk_command_apply,
    &cbk_command_drift,   &cbk_command_check,    &cbk_command_destroy,    &cbk_command_import,      &cbk_command_export,
    &cbk_command_show,    &cbk_command_snapshot, &cbk_command_evidence,   &cbk_command_permissions, &cbk_command_graph,
    &cbk_command_explain, &cbk_command_state,    &cbk_command_completion, &cbk_command_version,     &cbk_command_help,
};
const size_t cbk_command_count = CBK_ARRAY_LEN(cbk_commands);

const struct cbk_command *cbk_command_find(const char *name)
{
    for (size_t i = 0; i < cbk_command_count; i++)
        if (cbk_str_equal(cbk_commands[i]->name, name))
            return cbk_commands[i];
    return NULL;
}

int cbk_cli_write(const struct cbk_str *text, struct cbk_error *err)
{
    if (fwrite(text->ptr, 1, text->len, stdout) == text->len && fflush(stdout) == 0)
        return 0;
    return cbk_fail_errno(err, errno, "cannot write the result to standard output");
}

int cbk_cli_print(const struct cbk_str *text)
{
    CBK_ERROR(err);
    return cbk_cli_write(text, &err) < 0 ? cbk_cli_fail(&err) : CBK_EXIT_OK;
}

void cbk_cli_talk(const struct cbk_str *text)
{
    (void)fwrite(text->ptr, 1, text->len, stderr);
}

int cbk_cli_fail(const struct cbk_error *err)
{
    CBK_STR(text);
    cbk_error_format(err, &text);
    cbk_cli_talk(&text);
    if (err->code == CBK_E_INTERRUPTED)
        return CBK_EXIT_INTERRUPTED;
    return err->code == CBK_E_DOWNGRADED ? CBK_EXIT_DOWNGRADED : CBK_EXIT_ERROR;
}

/* Nobody reads more, and a file may hold any number of mistakes. */
#define MOST_ERRORS ((size_t)100)

int cbk_cli_fail_all(struct cbk_errors *errors)
{
    int code = CBK_EXIT_ERROR;
    cbk_errors_sort(errors);
    for (size_t i = 0; i < errors->list.len && i < MOST_ERRORS; i++)
        code = cbk_cli_fail(&errors->list.items[i]);
    CBK_STR(rest);
    if (errors->list.len > MOST_ERRORS)
        cbk_str_addf(&rest, "and %zu more errors\n", errors->list.len - MOST_ERRORS);
    cbk_cli_talk(&rest);
    return errors->list.len == 1 ? code : CBK_EXIT_ERROR;
}

int cbk_cli_format(const struct cbk_cli *cli, const char *const *formats, size_t count, size_t *ret_index,
                   struct cbk_error *err)
{
    const char *wanted = cli->args->format ? cli->args->format : formats[0];
    CBK_STR(choices);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(formats[i], wanted) == 0) {
            *ret_index = i;
            return 0;
        }
        cbk_str_addf(&choices, "%s%s", i ? ", " : "", formats[i]);
    }
    return cbk_fail(err, CBK_E_USAGE, "unknown format '%s': it is one of %s", wanted, choices.ptr);
}

static unsigned options_of(const char *name)
{
    const struct cbk_command *command = cbk_command_find(name);
    return command ? command->options : CBK_OPT_ALL;
}

int cbk_cli_fail_unknown_command(const char *name)
{
    const char *names[CBK_ARRAY_LEN(cbk_commands)] = {NULL};
    for (size_t i = 0; i < CBK_ARRAY_LEN(cbk_commands); i++)
        names[i] = cbk_commands[i]->name; /* NOLINT(clang-analyzer-core.NullDereference): no row is NULL */
    CBK_ERROR(err);
    (void)cbk_fail_unknown(&err, (struct cbk_span){0}, CBK_E_USAGE, "command", name, names, cbk_command_count);
    (void)cbk_error_hint(&err, "'cbk help' lists the commands");
    return cbk_cli_fail(&err);
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool wants_colour(const struct cbk_args *args, int fd)
{
    return !args->no_color && !is_set("NO_COLOR") && !is_set("CI") && isatty(fd) &&
           !cbk_str_equal(getenv("TERM"), "dumb");
}

static int start_log(const struct cbk_args *args, struct cbk_error *err)
{
    const char *wanted = args->log_level ? args->log_level : getenv("CBK_LOG");
    enum cbk_log_level level;
    if (!wanted || !*wanted)
        return 0;
    if (!cbk_log_parse_level(wanted, &level))
        return cbk_fail(err, CBK_E_USAGE, "unknown log level '%s': it is one of error, warn, info, debug, trace",
                        wanted);
    cbk_log_set_level(level);
    const char *path = getenv("CBK_LOG_PATH");
    return path && *path ? cbk_log_open(path, err) : 0;
}

static int run_command(const struct cbk_args *args)
{
    CBK_ERROR(err);
    if (start_log(args, &err) < 0)
        return cbk_cli_fail(&err);
    bool automated = is_set("CBK_IN_AUTOMATION") || is_set("CI");
    const struct cbk_cli cli = {
        .args = args,
        .out_style = {.colour = wants_colour(args, STDOUT_FILENO), .automated = automated},
        .err_style = {.colour = wants_colour(args, STDERR_FILENO), .automated = automated},
    };
    if (args->version)
        return cbk_command_version.run(&cli);
    if (!args->command || args->help)
        return cbk_command_help.run(&cli);
    const struct cbk_command *command = cbk_command_find(args->command);
    if (!command)
        return cbk_cli_fail_unknown_command(args->command);
    if (args->words.len > command->max_words) {
        (void)cbk_fail(&err, CBK_E_USAGE, "'cbk %s' does not take '%s'", command->name,
                       args->words.items[command->max_words]);
        return cbk_cli_fail(&err);
    }
    return command->run(&cli);
}

/*
 * Whoever closes our standard streams must not have the state's file opened in their place, and the plan printed into
 * it. What stands in for them fails at use, as a closed one would.
 */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* the lowest number is the free one */
}

int main(int argc, char **argv)
{
    hold_standard_streams();
    cbk_json_start();
    cbk_interrupt_install();
    CBK_ERROR(err);
    CBK_CLEANUP(cbk_args_release) struct cbk_args args = {0};
    if (cbk_args_parse(argc, argv, options_of, &args, &err) < 0)
        return cbk_cli_fail(&err);
    if (args.command)
        cbk_environ_forget(args.command);
    return run_command(&args);
}
