/* snapshot: recovery points, listed as they really are, or made now. */
#include "cli/apply.h"
#include "cli/session.h"
#include "engine/evidence.h"
#include "render/evidence.h"

#include <string.h>

static const char *const formats[] = {"text", "json"};
enum { FORMAT_TEXT, FORMAT_JSON };

static int run_list(const struct cbk_cli *cli, const char *address)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_JSON *list = NULL;
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
    if (cbk_evidence_points(&input, address, &list, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (format == FORMAT_JSON)
        cbk_json_add_pretty(&text, list);
    else
        cbk_render_points_text(list, &cli->out_style, &text);
    return cbk_cli_print(&text);
}

/* The verbs, and what each does with the address that may follow it. */
static const struct verb {
    const char *name;
    int (*run)(const struct cbk_cli *cli, const char *address);
} verbs[] = {
    {"list", run_list},
    {"run", cbk_cli_run_jobs},
};

static int run_snapshot(const struct cbk_cli *cli)
{
    const struct cbk_strings *words = &cli->args->words;
    const char *verb = words->len ? words->items[0] : "", *address = words->len > 1 ? words->items[1] : NULL;
    const char *names[CBK_ARRAY_LEN(verbs)];
    for (size_t i = 0; i < CBK_ARRAY_LEN(verbs); i++) {
        names[i] = verbs[i].name;
        if (strcmp(verbs[i].name, verb) == 0)
            return verbs[i].run(cli, address);
    }
    CBK_ERROR(err);
    if (!*verb)
        (void)cbk_fail(&err, CBK_E_USAGE, "'cbk snapshot' needs a word more: list, or run");
    else
        (void)cbk_fail_unknown(&err, (struct cbk_span){0}, CBK_E_USAGE, "word", verb, names, CBK_ARRAY_LEN(names));
    (void)cbk_error_hint(&err, "cbk snapshot list [ADDRESS], cbk snapshot run [ADDRESS]");
    return cbk_cli_fail(&err);
}

const struct cbk_command cbk_command_snapshot = {
    .name = "snapshot",
    .words = "list|run [ADDRESS]",
    .max_words = 2,
    .completes = "list run",
    .summary = "list recovery points with their real level, or run jobs now",
    .options = CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_ALLOW | CBK_OPT_AUTO_APPROVE | CBK_OPT_INPUT |
               CBK_OPT_CHECKSUM | CBK_OPT_PARALLELISM | CBK_OPT_LOCK_TIMEOUT,
    .run = run_snapshot,
};
