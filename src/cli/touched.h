/*
 * Which stacks differ from a base: by what they say and by what their scripts and documents hold, wherever in the work
 * tree those lie. Comments, and files that a stack does not read, are none of it. Both sides are read as files; nothing
 * is asked of the cloud.
 */
#ifndef CBK_CLI_TOUCHED_H
#define CBK_CLI_TOUCHED_H

#include "cli/cli.h"
#include "cli/stacks.h"

/*
 * Fills in `touched` of each place, as of where the revision that is planned left --base; without that option, its
 * parent. Where that is not there (no git, a first commit, a shallow clone) it stays unknown, and *ret_why is the
 * reason in words, owned by the caller; a base that was named must be there: CBK_E_NOT_FOUND. A stack that cannot be
 * loaded, now or then, stays unknown as well: its plan says why.
 */
CBK_MUST_CHECK int cbk_stacks_mark_touched(const struct cbk_cli *cli, struct cbk_stack_places *places, char **ret_why,
                                           struct cbk_error *err);

#endif
