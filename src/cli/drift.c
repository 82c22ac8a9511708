/* drift: has the cloud moved away from what was applied? */
#include "engine/drift.h"
#include "cli/session.h"
#include "git/provenance.h"
#include "render/drift.h"

static void add_text(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    cbk_render_drift_text(drift, &cli->out_style, out);
}

static void add_json(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    (void)cli;
    cbk_json_add_pretty(out, drift);
}

static void add_markdown(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    (void)cli;
    cbk_render_drift_markdown(drift, out);
}

static void add_sarif(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    (void)cli;
    cbk_render_drift_sarif(drift, out);
}

static void add_junit(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    (void)cli;
    cbk_render_drift_junit(drift, out);
}

static void add_github(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out)
{
    (void)cli;
    cbk_render_drift_github(drift, out);
}

static const char *const formats[] = {"text", "json", "markdown", "sarif", "junit", "github"};
static void (*const writers[])(const struct cbk_cli *cli, const json_t *drift, struct cbk_str *out) = {
    add_text, add_json, add_markdown, add_sarif, add_junit, add_github};

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
    writers[format](cli, drift, &text);
    int code = cbk_cli_print(&text);
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
