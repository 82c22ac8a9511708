#include "cli/cli.h"

static void add_formats(const struct cbk_command *command, struct cbk_str *out)
{
    if (!command->formats)
        cbk_str_add(out, "\nformats: text, json\n");
    for (size_t i = 0; i < command->format_count; i++)
        cbk_str_addf(out, "%s%s%s", i ? ", " : "\nformats: ", command->formats[i],
                     i + 1 == command->format_count ? "\n" : "");
}

static void add_command_help(const struct cbk_command *command, struct cbk_str *out)
{
    cbk_str_addf(out, "usage: cbk %s%s%s [options]\n\n%s\n\noptions:\n", command->name, *command->words ? " " : "",
                 command->words, command->summary);
    cbk_args_add_help(out, command->options, /* global= */ true);
    if (command->options & CBK_OPT_FORMAT)
        add_formats(command, out);
}

static void add_overview(struct cbk_str *out)
{
    cbk_str_add(out, "cbk keeps the backups of a fleet of ECS instances application-consistent, declaratively.\n\n"
                     "usage: cbk [-C DIR] [--no-color] [--log-level L] COMMAND\n\ncommands:\n");
    for (size_t i = 0; i < cbk_command_count; i++)
        cbk_str_addf(out, "  %-12s %s\n", cbk_commands[i]->name, cbk_commands[i]->summary);
    cbk_str_add(out, "\nglobal options:\n");
    cbk_args_add_help(out, 0, /* global= */ true);
    cbk_str_add(out, "\nexit codes: 0 done or nothing to do; 1 error; 2 changes (plan with\n"
                     "--detailed-exitcode) or drift; 3 a job ended below what it requires, or gaps\n"
                     "(evidence --strict); 130 interrupted\n");
}

static int run_help(const struct cbk_cli *cli)
{
    const struct cbk_args *args = cli->args;
    const char *topic = args->words.len && cbk_str_equal(args->command, "help") ? args->words.items[0] : args->command;
    const struct cbk_command *command = topic ? cbk_command_find(topic) : NULL;
    if (topic && !command)
        return cbk_cli_fail_unknown_command(topic);
    CBK_STR(text);
    if (command && command != &cbk_command_help)
        add_command_help(command, &text);
    else
        add_overview(&text);
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_help = {
    .name = "help",
    .words = "[COMMAND]",
    .max_words = 1,
    .summary = "tell about cbk, or about one command",
    .run = run_help,
};
