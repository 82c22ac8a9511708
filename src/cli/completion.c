/* completion: scripts for shells, made from the tables of commands and options. */
#include "cli/cli.h"

#include <string.h>

struct dialect {
    const char *name;
    void (*write)(struct cbk_str *out);
};

/* One listing on its way: where it goes, and for which command. */
struct listing {
    struct cbk_str *out;
    const struct cbk_command *command;
};

/* In single quotes, for all three shells; `special` gets a backslash, too. */
static void add_quoted(struct cbk_str *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            cbk_str_add(out, "'\\'");
        else if (strchr(special, *text))
            cbk_str_add_char(out, '\\');
        cbk_str_add_char(out, *text);
    }
}

static bool is_of(const struct cbk_option *option, const char *value)
{
    return option->value && strcmp(option->value, value) == 0;
}

static void add_formats(struct cbk_str *out, const struct cbk_command *command)
{
    if (!command->formats)
        cbk_str_add(out, "text json");
    for (size_t i = 0; command->formats && i < command->format_count; i++)
        cbk_str_addf(out, "%s%s", i ? " " : "", command->formats[i]);
}

/* --- bash ----------------------------------------------------------------------------------------------------------
 */

static void add_bash_option(void *context, const struct cbk_option *option)
{
    const struct listing *listing = context;
    cbk_str_addf(listing->out, " --%s", option->name);
}

static void add_bash_value(void *context, const struct cbk_option *option)
{
    const struct listing *listing = context;
    const char *way = is_of(option, "FILE") || is_of(option, "KEY") ? "-f" : is_of(option, "DIR") ? "-d" : "-W ''";
    if (!option->value || is_of(option, "FORMAT"))
        return;
    cbk_str_addf(listing->out, "    --%s", option->name);
    if (option->letter)
        cbk_str_addf(listing->out, " | -%c", option->letter);
    cbk_str_addf(listing->out, ") mapfile -t COMPREPLY < <(compgen %s -- \"$cur\"); return ;;\n", way);
}

static void add_bash_command(struct cbk_str *out, const struct cbk_command *command)
{
    struct listing listing = {out, command};
    cbk_str_addf(out, "    %s)\n        formats='", command->name);
    if (command->options & CBK_OPT_FORMAT)
        add_formats(out, command);
    cbk_str_add(out, "'\n        words='");
    cbk_str_add(out, command->completes ? command->completes : "");
    cbk_args_each(command->options, /* global= */ true, add_bash_option, &listing);
    cbk_str_add(out, "'\n        ;;\n");
}

static void write_bash(struct cbk_str *out)
{
    struct listing listing = {out, NULL};
    cbk_str_add(out, "# bash completion for cbk: source <(cbk completion bash)\n_cbk()\n{\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                     "    local command='' formats='' words='' word\n"
                     "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n        case $word in\n        ");
    for (size_t i = 0; i < cbk_command_count; i++)
        cbk_str_addf(out, "%s%s", i ? " | " : "", cbk_commands[i]->name);
    cbk_str_add(out, ") command=$word; break ;;\n        esac\n    done\n    case $prev in\n");
    cbk_args_each(CBK_OPT_ALL, /* global= */ true, add_bash_value, &listing);
    cbk_str_add(out, "    esac\n    case $command in\n    '') words='");
    for (size_t i = 0; i < cbk_command_count; i++)
        cbk_str_addf(out, "%s%s", i ? " " : "", cbk_commands[i]->name);
    cbk_args_each(0, /* global= */ true, add_bash_option, &listing);
    cbk_str_add(out, "' ;;\n");
    for (size_t i = 0; i < cbk_command_count; i++)
        add_bash_command(out, cbk_commands[i]);
    cbk_str_add(out, "    esac\n    [ \"$prev\" != --format ] || words=$formats\n"
                     "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                     "    [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                     "}\ncomplete -o filenames -F _cbk cbk\n");
}

/* --- zsh -----------------------------------------------------------------------------------------------------------
 */

static void add_zsh_option(void *context, const struct cbk_option *option)
{
    const struct listing *listing = context;
    cbk_str_addf(listing->out, " \\\n            '%s--%s[", option->value ? "*" : "", option->name);
    add_quoted(listing->out, option->help, "[]:");
    cbk_str_add_char(listing->out, ']');
    if (option->value)
        cbk_str_addf(listing->out, ":%s:", option->value);
    if (is_of(option, "FILE") || is_of(option, "KEY"))
        cbk_str_add(listing->out, "_files");
    else if (is_of(option, "DIR"))
        cbk_str_add(listing->out, "_files -/");
    else if (is_of(option, "FORMAT") && listing->command) {
        cbk_str_add_char(listing->out, '(');
        add_formats(listing->out, listing->command);
        cbk_str_add_char(listing->out, ')');
    }
    cbk_str_add_char(listing->out, '\'');
}

static void write_zsh(struct cbk_str *out)
{
    cbk_str_add(out, "#compdef cbk\n# zsh completion for cbk: a file '_cbk' in a folder of fpath\n_cbk()\n{\n"
                     "    local -a commands\n    local command word\n    commands=(\n");
    for (size_t i = 0; i < cbk_command_count; i++) {
        cbk_str_addf(out, "        '%s:", cbk_commands[i]->name);
        add_quoted(out, cbk_commands[i]->summary, ":");
        cbk_str_add(out, "'\n");
    }
    cbk_str_add(out, "    )\n    for word in ${words[2,CURRENT-1]}; do\n"
                     "        if (( ${commands[(I)$word:*]} )); then command=$word; break; fi\n    done\n"
                     "    case $command in\n    '')\n        _describe command commands\n        ;;\n");
    for (size_t i = 0; i < cbk_command_count; i++) {
        struct listing listing = {out, cbk_commands[i]};
        cbk_str_addf(out, "    %s)\n        _arguments", cbk_commands[i]->name);
        cbk_args_each(cbk_commands[i]->options, /* global= */ true, add_zsh_option, &listing);
        if (cbk_commands[i]->completes)
            cbk_str_addf(out, " \\\n            '1:command:' '2:word:(%s)'", cbk_commands[i]->completes);
        cbk_str_add(out, " \\\n            '*:file:_files'\n        ;;\n");
    }
    cbk_str_add(out, "    esac\n}\n[ \"$funcstack[1]\" = _cbk ] && _cbk \"$@\"\n");
}

/* --- fish ----------------------------------------------------------------------------------------------------------
 */

static void add_fish_option(void *context, const struct cbk_option *option)
{
    const struct listing *listing = context;
    cbk_str_add(listing->out, "complete -c cbk");
    if (listing->command)
        cbk_str_addf(listing->out, " -n '__fish_seen_subcommand_from %s'", listing->command->name);
    if (option->letter)
        cbk_str_addf(listing->out, " -s %c", option->letter);
    cbk_str_addf(listing->out, " -l %s", option->name);
    if (is_of(option, "FILE") || is_of(option, "KEY") || is_of(option, "DIR"))
        cbk_str_add(listing->out, " -r -F");
    else if (is_of(option, "FORMAT") && listing->command) {
        cbk_str_add(listing->out, " -x -a '");
        add_formats(listing->out, listing->command);
        cbk_str_add_char(listing->out, '\'');
    } else if (option->value)
        cbk_str_add(listing->out, " -x");
    cbk_str_add(listing->out, " -d '");
    add_quoted(listing->out, option->help, "");
    cbk_str_add(listing->out, "'\n");
}

static void write_fish(struct cbk_str *out)
{
    struct listing everywhere = {out, NULL};
    cbk_str_add(out, "# fish completion for cbk: cbk completion fish | source\n");
    cbk_args_each(0, /* global= */ true, add_fish_option, &everywhere);
    for (size_t i = 0; i < cbk_command_count; i++) {
        const struct cbk_command *command = cbk_commands[i];
        struct listing listing = {out, command};
        cbk_str_addf(out, "complete -c cbk -n __fish_use_subcommand -a %s -d '", command->name);
        add_quoted(out, command->summary, "");
        cbk_str_add(out, "'\n");
        if (command->completes)
            cbk_str_addf(out, "complete -c cbk -n '__fish_seen_subcommand_from %s' -a '%s'\n", command->name,
                         command->completes);
        cbk_args_each(command->options, /* global= */ false, add_fish_option, &listing);
    }
}

static const struct dialect dialects[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

static int run_completion(const struct cbk_cli *cli)
{
    const char *wanted = cli->args->words.len ? cli->args->words.items[0] : "";
    CBK_ERROR(err);
    for (size_t i = 0; i < CBK_ARRAY_LEN(dialects); i++) {
        CBK_STR(text);
        if (strcmp(dialects[i].name, wanted) != 0)
            continue;
        dialects[i].write(&text);
        return cbk_cli_print(&text);
    }
    (void)cbk_fail(&err, CBK_E_USAGE, "usage: cbk completion bash|zsh|fish");
    return cbk_cli_fail(&err);
}

const struct cbk_command cbk_command_completion = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .max_words = 1,
    .completes = "bash zsh fish",
    .summary = "print a shell's completions",
    .run = run_completion,
};
