/* plan --all: the plans of all stacks below a directory, one summary, one exit code. */
#ifndef CBK_CLI_PLAN_ALL_H
#define CBK_CLI_PLAN_ALL_H

#include "cli/cli.h"

/* An exit code: 1 when a plan failed; else 2 with --detailed-exitcode when there are changes; else 0. */
int cbk_cli_plan_all(const struct cbk_cli *cli);

#endif
