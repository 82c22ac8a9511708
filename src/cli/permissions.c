/* permissions: the least RAM policy for this stack's plans and applies. */
#include "engine/permissions.h"
#include "cli/session.h"

#include <string.h>

static int run_permissions(const struct cbk_cli *cli)
{
    const char *word = cli->args->words.len ? cli->args->words.items[0] : "apply";
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    bool applies = strcmp(word, "apply") == 0;
    if (!applies && strcmp(word, "plan") != 0) {
        (void)cbk_fail(&err, CBK_E_USAGE, "permissions are for 'plan' or for 'apply', not for '%s'", word);
        return cbk_cli_fail(&err);
    }
    if (cbk_session_load(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    CBK_JSON *document = cbk_permissions(session.stack, applies);
    CBK_STR(text);
    cbk_json_add_pretty(&text, document);
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_permissions = {
    .name = "permissions",
    .words = "[plan|apply]",
    .max_words = 1,
    .completes = "plan apply",
    .summary = "print the least RAM policy that this stack needs; no network",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV,
    .run = run_permissions,
};
