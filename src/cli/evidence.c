/* evidence: what is proven of the stack's recovery points, and where the gaps are. */
#include "engine/evidence.h"
#include "cli/session.h"
#include "render/evidence.h"

static void add_text(const struct cbk_cli *cli, const json_t *evidence, struct cbk_str *out)
{
    cbk_render_evidence_text(evidence, &cli->out_style, out);
}

static void add_json(const struct cbk_cli *cli, const json_t *evidence, struct cbk_str *out)
{
    (void)cli;
    cbk_json_add_pretty(out, evidence);
}

static void add_csv(const struct cbk_cli *cli, const json_t *evidence, struct cbk_str *out)
{
    (void)cli;
    cbk_render_evidence_csv(evidence, out);
}

static void add_html(const struct cbk_cli *cli, const json_t *evidence, struct cbk_str *out)
{
    (void)cli;
    cbk_render_evidence_html(evidence, out);
}

static const char *const formats[] = {"text", "json", "csv", "html"};
static void (*const writers[])(const struct cbk_cli *cli, const json_t *evidence,
                               struct cbk_str *out) = {add_text, add_json, add_csv, add_html};

static int run_evidence(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_JSON *evidence = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0)
        return cbk_cli_fail(&err);
    if (cbk_session_open(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    const struct cbk_plan_input input = {
        .stack = session.stack, .cloud = session.cloud, .store = session.store, .commit = session.commit};
    if (cbk_evidence_make(&input, &evidence, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    writers[format](cli, evidence, &text);
    int code = cbk_cli_print(&text);
    return code == CBK_EXIT_OK && cli->args->strict && cbk_evidence_has_gaps(evidence) ? CBK_EXIT_DOWNGRADED : code;
}

const struct cbk_command cbk_command_evidence = {
    .name = "evidence",
    .words = "",
    .summary = "tell what is proven of every instance's recovery points, and every gap",
    .options = CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_STRICT,
    .formats = formats,
    .format_count = CBK_ARRAY_LEN(formats),
    .run = run_evidence,
};
