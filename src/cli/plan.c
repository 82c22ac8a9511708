#include "cli/compare.h"
#include "cli/plan_all.h"
#include "cli/plan_format.h"
#include "cli/session.h"
#include "engine/saved_plan.h"

static int save(const struct cbk_args *args, const struct cbk_session *session, const struct cbk_plan *plan,
                struct cbk_error *err)
{
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    int r = cbk_session_seal(session, &seal, err);
    const struct cbk_plan_trust trust = {.seal = seal, .sign_key = args->sign};
    return r < 0 ? r : cbk_saved_plan_write(args->out, plan->json, &trust, err);
}

static int run_plan(const struct cbk_cli *cli)
{
    const struct cbk_args *args = cli->args;
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_JSON *scope = NULL;
    struct cbk_plan_format format = {0};
    if (args->all)
        return cbk_cli_plan_all(cli);
    if (args->base)
        return cbk_cli_compare(cli);
    if (cbk_plan_format_parse(cli, &format, &err) < 0 || cbk_session_scope(args, &scope, &err) < 0)
        return cbk_cli_fail(&err);
    if (args->sign && !args->out) {
        (void)cbk_fail(&err, CBK_E_USAGE, "--sign is about a saved plan: give --out, too");
        return cbk_cli_fail(&err);
    }
    if (cbk_session_open(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    const struct cbk_plan_input input = {.stack = session.stack,
                                         .cloud = session.cloud,
                                         .store = session.store,
                                         .commit = session.commit,
                                         .destroy = args->destroy,
                                         .scope = scope,
                                         .allow_downgrade = args->allow_downgrade,

                                         .allowed = args->allowed};
    int r = cbk_session_plan(cli, &input, &plan, &errors);
    format.now = cbk_cloud_now(session.cloud);
    if (plan && cbk_plan_format_print(cli, &format, plan->json) != CBK_EXIT_OK)
        return CBK_EXIT_ERROR;
    if (r < 0 || !plan) /* a plan that cannot be applied is shown, and not saved */
        return cbk_cli_fail_all(&errors);
    if (args->out && save(args, &session, plan, &err) < 0)
        return cbk_cli_fail(&err);
    return args->detailed_exitcode && !cbk_plan_is_empty(plan) ? CBK_EXIT_CHANGES : CBK_EXIT_OK;
}

const struct cbk_command cbk_command_plan = {
    .name = "plan",
    .words = "",
    .summary = "show what would change and why",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV | CBK_OPT_FORMAT | CBK_OPT_MAX_CHARS | CBK_OPT_OUT | CBK_OPT_SIGN |
               CBK_OPT_DETAILED_EXITCODE | CBK_OPT_CLEAN | CBK_OPT_STACKS | CBK_OPT_GUARDS_FROM | CBK_OPT_BASE |
               CBK_OPT_DESTROY | CBK_OPT_ALLOW | CBK_OPT_INPUT | CBK_OPT_LOCK_TIMEOUT | CBK_OPT_SCOPE | CBK_OPT_REPLACE,
    .formats = cbk_plan_formats,
    .format_count = CBK_PLAN_FORMAT_COUNT,
    .run = run_plan,
};
