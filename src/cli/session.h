/*
 * What plan, apply and destroy open: the stack, the cloud, the state, the work tree's commit.
 */
#ifndef CBK_CLI_SESSION_H
#define CBK_CLI_SESSION_H

#include "cli/cli.h"
#include "cloud/cloud.h"
#include "engine/plan.h"

struct cbk_session {
    struct cbk_stack *stack;
    struct cbk_cloud *cloud;
    struct cbk_store *store;
    json_t *commit; /* {commit, dirty}; NULL outside of a work tree */
};

/* Loads the stack alone. Errors may point into it: it must live until they are printed. */
CBK_MUST_CHECK int cbk_session_load(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors);
/* Loads the stack and opens the rest; nothing is called yet. */
CBK_MUST_CHECK int cbk_session_open(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors);
void cbk_session_release(struct cbk_session *session);

/* The store of a stack that is loaded. The caller frees it. */
struct cbk_store *cbk_session_store(const struct cbk_stack *stack);

#endif
