/* check: the prerequisites of application consistency, per instance. */
#include "cli/session.h"
#include "engine/fitness.h"
#include "render/check_text.h"

static const char *const formats[] = {"text", "json"};
enum { FORMAT_TEXT, FORMAT_JSON };

static int run_check(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_JSON *fitness = NULL;
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0)
        return cbk_cli_fail(&err);
    if (cbk_session_open(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    const struct cbk_plan_input input = {.stack = session.stack, .cloud = session.cloud, .store = session.store};
    if (cbk_fitness_make(&input, &fitness, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (format == FORMAT_JSON)
        cbk_json_add_pretty(&text, fitness);
    else
        cbk_render_check_text(fitness, &cli->out_style, &text);
    if (cbk_cli_print(&text) != CBK_EXIT_OK)
        return CBK_EXIT_ERROR;
    return cbk_json_bool(fitness, "fit", false) || cli->args->allow_downgrade ? CBK_EXIT_OK : CBK_EXIT_ERROR;
}

const struct cbk_command cbk_command_check = {
    .name = "check",
    .words = "",
    .summary = "tell which instances are fit for application consistency",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV | CBK_OPT_FORMAT | CBK_OPT_DOWNGRADE,
    .run = run_check,
};
