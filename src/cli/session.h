/*
 * What plan, apply and destroy open: the stack, the cloud, the state, the work tree's commit.
 */
#ifndef CBK_CLI_SESSION_H
#define CBK_CLI_SESSION_H

#include "cli/cli.h"
#include "cloud/cloud.h"
#include "engine/plan.h"

struct cbk_session {
    struct cbk_files *files;   /* of the commit that --rev names; NULL: the directory's */
    struct cbk_config *peeked; /* the stack's files as first read for a saved plan; NULL: there is none */
    const json_t *kept;        /* the variables of a saved plan, set before the stack is loaded; NULL: none; borrowed */
    struct cbk_session *guards; /* the stack whose guards count, for errors point into it; NULL: its own do */
    struct cbk_stack *stack;
    struct cbk_cloud *cloud;
    struct cbk_store *store;
    json_t *commit; /* where the stack comes from (git/provenance.h); NULL outside of a work tree */
};

/* Loads the stack alone. Errors may point into it: it must live until they are printed. */
CBK_MUST_CHECK int cbk_session_load(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors);
/* Loads the stack and opens the rest; nothing is called yet but for credentials. */
CBK_MUST_CHECK int cbk_session_open(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors);
/* The scope that the command line asks for (engine/scope.h), NULL: everything. New reference. CBK_E_USAGE. */
CBK_MUST_CHECK int cbk_session_scope(const struct cbk_args *args, json_t **ret_scope, struct cbk_error *err);
void cbk_session_release(struct cbk_session *session);

/* Makes the plan as cbk_plan_make does, and tells in it who moved git. */
CBK_MUST_CHECK int cbk_session_plan(const struct cbk_cli *cli, const struct cbk_plan_input *input,
                                    struct cbk_plan **ret, struct cbk_errors *errors);
/* How results of the session are written to stdout: ages by the cloud's clock. */
struct cbk_style cbk_session_style(const struct cbk_cli *cli, const struct cbk_session *session);

/* Loads the other side of a comparison: the stack of `session` as it was where it left the revision that --base names.
 * Its stack is NULL when there was none yet. Errors may point into it, as with cbk_session_load. */
CBK_MUST_CHECK int cbk_session_load_base(const struct cbk_cli *cli, struct cbk_session *base,
                                         struct cbk_errors *errors);
/* Finds where the stack comes from; refuses what is not committed where --require-clean says so. */
CBK_MUST_CHECK int cbk_session_provenance(const struct cbk_cli *cli, struct cbk_session *session,
                                          struct cbk_error *err);

/* Opens the store of the stack that is loaded, where that is all that is needed. */
CBK_MUST_CHECK int cbk_session_open_store(struct cbk_session *session, struct cbk_error *err);
/* What saved plans of the stack are sealed with; *ret is NULL where they are not. The caller frees. */
CBK_MUST_CHECK int cbk_session_seal(const struct cbk_session *session, struct cbk_seal **ret, struct cbk_error *err);
/* The same before the stack is loaded, which may take the variables that the plan keeps. */
CBK_MUST_CHECK int cbk_session_peek_seal(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_seal **ret,
                                         struct cbk_error *err);
/* Locks it for `operation`, for which it waits as long as --lock-timeout says. The lock goes with the store. */
CBK_MUST_CHECK int cbk_session_lock(const struct cbk_cli *cli, struct cbk_session *session, const char *operation,
                                    struct cbk_error *err);

#endif
