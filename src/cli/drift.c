/* drift: has the cloud moved away from what was applied? */
#include "engine/drift.h"
#include "cli/session.h"
#include "git/provenance.h"
#include "render/drift.h"

static void add_json(const json_t *drift, struct cbk_str *out)
{
    cbk_json_add_pretty(out, drift);
}

static const char *const formats[] = {"text", "json", "markdown", "sarif", "junit", "github"};
/* Text takes a style besides. */
static void (*const writers[])(const json_t *drift, struct cbk_str *out) = {
    NULL, add_json, cbk_render_drift_markdown, cbk_render_drift_sarif, cbk_render_drift_junit, cbk_render_drift_github};

/* Without a state the exit code is that of a quiet night, and so is what the result counts. */
static void warn(const struct cbk_cli *cli, const json_t *drift)
{
    CBK_STR(warning);
    CBK_STR(talk);
    cbk_drift_add_warning(drift, &warning);
    if (!warning.len)
        return;
    cbk_style_add(&cli->err_style, &talk, CBK_YELLOW, "warning: ");
    cbk_style_add(&cli->err_style, &talk, CBK_PLAIN, warning.ptr);
    cbk_str_add_char(&talk, '\n');
    if (!cli->err_style.automated)
        cbk_str_addf(&talk, "hint: %s\n", cbk_drift_unapplied_hint);
    cbk_cli_talk(&talk);
}

static int run_drift(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_JSON *drift = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0)
        return cbk_cli_fail(&err);
    if (cbk_session_open(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    CBK_CLEANUP(cbk_string_freep) char *work_tree = cbk_git_work_tree(cli->args->dir ? cli->args->dir : ".");
    const struct cbk_drift_input input = {
        .plan = {.stack = session.stack, .cloud = session.cloud, .store = session.store, .commit = session.commit},
        .unmanaged = cli->args->unmanaged,
        .work_tree = work_tree,
    };
    if (cbk_drift_make(&input, &drift, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (writers[format])
        writers[format](drift, &text);
    else
        cbk_render_drift_text(drift, &cli->out_style, &text);
    int code = cbk_cli_print(&text);
    warn(cli, drift);
    return code == CBK_EXIT_OK && cbk_drift_is_there(drift) ? CBK_EXIT_CHANGES : code;
}

const struct cbk_command cbk_command_drift = {
    .name = "drift",
    .words = "",
    .summary = "tell how the cloud has moved away from what was applied",
    .options = CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_UNMANAGED,
    .formats = formats,
    .format_count = CBK_ARRAY_LEN(formats),
    .run = run_drift,
};
