/*
 * An apply of a part of the stack that another command asks for.
 */
#ifndef CBK_CLI_APPLY_H
#define CBK_CLI_APPLY_H

#include "cli/cli.h"

/*
 * Runs the snapshot jobs at `address` (of a declaration, or of one instance's share; NULL: all of the stack) now, as an
 * apply would: what they need is seen to first, the checks come before and the verdict after. Asks only where something
 * else than a job is to be done. Answers an exit code.
 */
int cbk_cli_run_jobs(const struct cbk_cli *cli, const char *address);

#endif
