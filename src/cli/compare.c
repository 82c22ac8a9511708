#include "cli/compare.h"

#include "cli/session.h"
#include "engine/compare.h"
#include "engine/rehearse.h"
#include "render/comparison.h"

static void add_text(const struct cbk_cli *cli, const json_t *comparison, struct cbk_str *out)
{
    cbk_render_comparison_text(comparison, &cli->out_style, out);
}

static void add_json(const struct cbk_cli *cli, const json_t *comparison, struct cbk_str *out)
{
    (void)cli;
    cbk_json_add_pretty(out, comparison);
}

static void add_markdown(const struct cbk_cli *cli, const json_t *comparison, struct cbk_str *out)
{
    (void)cli;
    cbk_render_comparison_markdown(comparison, out);
}

static const char *const formats[] = {"text", "json", "markdown"};
static void (*const writers[])(const struct cbk_cli *cli, const json_t *comparison,
                               struct cbk_str *out) = {add_text, add_json, add_markdown};

/* What is about the cloud has no place here. */
static int check_usage(const struct cbk_args *args, struct cbk_error *err)
{
    const struct {
        bool given;
        const char *name;
    } others[] = {
        {args->out != NULL, "out"},
        {args->destroy, "destroy"},
        {args->targets.len > 0, "target"},
        {args->excludes.len > 0, "exclude"},
        {args->replaces.len > 0, "replace"},
        {args->refresh_only, "refresh-only"},
        {args->max_chars != NULL, "max-chars"},
        {args->guards_from != NULL, "guards-from"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(others); i++)
        if (others[i].given)
            return cbk_fail(err, CBK_E_USAGE, "'--base' compares files, and not with the cloud: leave out '--%s'",
                            others[i].name);
    return 0;
}

static int load_both(const struct cbk_cli *cli, struct cbk_session *base, struct cbk_session *head,
                     struct cbk_errors *errors)
{
    CBK_ERROR(err);
    int r = cbk_session_load(cli, head, errors);
    if (r == 0)
        r = cbk_stack_rehearse(head->stack, errors); /* which reads the scripts that may not be committed */
    if (r == 0 && cbk_session_provenance(cli, head, &err) < 0)
        r = cbk_error_move(cbk_errors_add(errors), &err);
    return r < 0 ? r : cbk_session_load_base(cli, base, errors);
}

int cbk_cli_compare(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session base = {0}, head = {0};
    CBK_JSON *comparison = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0 || check_usage(cli->args, &err) < 0)
        return cbk_cli_fail(&err);
    if (load_both(cli, &base, &head, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    const struct cbk_compared was = {.stack = base.stack, .commit = base.commit, .revision = cli->args->base};
    const struct cbk_compared is = {.stack = head.stack, .commit = head.commit, .revision = cli->args->rev};
    if (cbk_stack_compare(&was, &is, &comparison, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    writers[format](cli, comparison, &text);
    if (cbk_cli_print(&text) != CBK_EXIT_OK)
        return CBK_EXIT_ERROR;
    return cli->args->detailed_exitcode && !cbk_comparison_is_empty(comparison) ? CBK_EXIT_CHANGES : CBK_EXIT_OK;
}
