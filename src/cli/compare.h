/* plan --base: what a branch changes, without the cloud. */
#ifndef CBK_CLI_COMPARE_H
#define CBK_CLI_COMPARE_H

#include "cli/cli.h"

/* An exit code, as plan's. */
int cbk_cli_compare(const struct cbk_cli *cli);

#endif
