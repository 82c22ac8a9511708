/*
 * What every command has: the arguments, how to print, the exit codes. Only this room prints and exits.
 */
#ifndef CBK_CLI_CLI_H
#define CBK_CLI_CLI_H

#include "cli/args.h"
#include "render/style.h"

/* The contract. */
enum cbk_exit {
    CBK_EXIT_OK = 0,
    CBK_EXIT_ERROR = 1,
    CBK_EXIT_CHANGES = 2, /* plan --detailed-exitcode; drift: there is some */
    CBK_EXIT_DOWNGRADED = 3,
    CBK_EXIT_INTERRUPTED = 130,
};

struct cbk_cli {
    const struct cbk_args *args;
    struct cbk_style out_style; /* of stdout: the result */
    struct cbk_style err_style; /* of stderr: the talk */
};

/* One command: a row of the table in main.c, and a file of its own. */
struct cbk_command {
    const char *name;
    const char *words; /* what may follow, for the usage line */
    size_t max_words;
    const char *completes; /* words that may come first among them, for completion; NULL: any */
    const char *summary;
    unsigned options;           /* enum cbk_option_set */
    const char *const *formats; /* of --format, the default first; NULL: text and json */
    size_t format_count;
    int (*run)(const struct cbk_cli *cli); /* answers an exit code */
};

extern const struct cbk_command cbk_command_init;
extern const struct cbk_command cbk_command_validate;
extern const struct cbk_command cbk_command_fmt;
extern const struct cbk_command cbk_command_plan;
extern const struct cbk_command cbk_command_apply;
extern const struct cbk_command cbk_command_drift;
extern const struct cbk_command cbk_command_check;
extern const struct cbk_command cbk_command_destroy;
extern const struct cbk_command cbk_command_show;
extern const struct cbk_command cbk_command_import;
extern const struct cbk_command cbk_command_export;
extern const struct cbk_command cbk_command_snapshot;
extern const struct cbk_command cbk_command_evidence;
extern const struct cbk_command cbk_command_graph;
extern const struct cbk_command cbk_command_permissions;
extern const struct cbk_command cbk_command_explain;
extern const struct cbk_command cbk_command_state;
extern const struct cbk_command cbk_command_completion;
extern const struct cbk_command cbk_command_version;
extern const struct cbk_command cbk_command_help;

extern const struct cbk_command *const cbk_commands[];
extern const size_t cbk_command_count;
const struct cbk_command *cbk_command_find(const char *name);

/* Writes the text to stdout: a full disk or a closed pipe is CBK_E_IO. */
CBK_MUST_CHECK int cbk_cli_write(const struct cbk_str *text, struct cbk_error *err);
/* The same, telling what went wrong; an exit code. */
int cbk_cli_print(const struct cbk_str *text);
/* Writes the text to stderr. */
void cbk_cli_talk(const struct cbk_str *text);
/* Writes an error, or all of them, to stderr and answers its exit code. */
int cbk_cli_fail(const struct cbk_error *err);
int cbk_cli_fail_all(struct cbk_errors *errors);
/* Tells that there is no such command, and of one that has nearly its name; an exit code. */
int cbk_cli_fail_unknown_command(const char *name);
/* Is the format (NULL: the first) one of these? Fails with CBK_E_USAGE. *ret_index is its place. */
CBK_MUST_CHECK int cbk_cli_format(const struct cbk_cli *cli, const char *const *formats, size_t count,
                                  size_t *ret_index, struct cbk_error *err);

/* Has the user pressed Ctrl-C, or was the process asked to end? Safe from any thread. */
bool cbk_cli_interrupted(void);

#endif
