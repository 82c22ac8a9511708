#include "cli/cli.h"

static int run_version(const struct cbk_cli *cli)
{
    (void)cli;
    CBK_STR(text);
    cbk_str_add(&text, "cbk " CBK_VERSION "\n");
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_version = {
    .name = "version",
    .words = "",
    .summary = "print the version",
    .run = run_version,
};
