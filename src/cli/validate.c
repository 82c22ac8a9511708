#include "cli/session.h"
#include "engine/rehearse.h"

static int run_validate(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    if (cbk_session_load(cli, &session, &errors) < 0 || cbk_stack_rehearse(session.stack, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    CBK_STR(text);
    cbk_str_addf(&text, "The stack '%s' is valid: %zu declarations.\n", session.stack->name,
                 session.stack->declarations.len);
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_validate = {
    .name = "validate",
    .words = "",
    .summary = "check files, schema and references, without the network",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV,
    .run = run_validate,
};
