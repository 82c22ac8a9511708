/* import: what lives already becomes the stack's, now and without a block in the stack. */
#include "cli/session.h"
#include "engine/keeper.h"
#include "render/value.h"

#include <string.h>

/* What differs is told, and left to the next apply. */
static void add_report(const struct cbk_cli *cli, const struct cbk_change *change, struct cbk_str *out)
{
    const struct cbk_object *object = change->object;
    cbk_style_add(&cli->out_style, out, CBK_BOLD, object->address);
    cbk_str_addf(out, ": the stack owns '%s' now.\n", object->imported);
    size_t index;
    json_t *row;
    json_array_foreach(change->diff.rows, index, row) {
        CBK_STR(text);
        cbk_value_add_change(&text, json_object_get(row, "before"), json_object_get(row, "after"));
        cbk_str_addf(out, "  %-24s", cbk_json_text_or(row, "path", ""));
        cbk_str_add_visible(out, text.ptr);
        cbk_str_add_char(out, '\n');
    }
    cbk_str_add(out, json_array_size(change->diff.rows) ? "The next apply makes it as it is declared.\n"
                                                        : "It lives as it is declared.\n");
}

static int keep(const struct cbk_session *session, const struct cbk_plan *plan, const struct cbk_object *object,
                struct cbk_error *err)
{
    CBK_CLEANUP(cbk_keeper_freep) struct cbk_keeper *keeper = NULL;
    int r = cbk_keeper_new(session->store, plan->state, &plan->env, &keeper, err);
    if (r == 0)
        r = cbk_keeper_put(keeper, object, err);
    return r < 0 ? r : cbk_keeper_finish(keeper, /* ledger= */ NULL, "import", err);
}

static const struct cbk_change *find_change(const struct cbk_plan *plan, const char *address)
{
    for (size_t i = 0; i < plan->changes.len; i++)
        if (strcmp(plan->changes.items[i].object->address, address) == 0)
            return &plan->changes.items[i];
    return NULL;
}

static int take_over(const struct cbk_cli *cli, const struct cbk_session *session, const struct cbk_plan *plan)
{
    const struct cbk_change *change = find_change(plan, cli->args->words.items[0]);
    CBK_ERROR(err);
    CBK_STR(text);
    if (!change || !change->object->imported) /* a plan without complaint: the state knows it by this id */
        cbk_str_addf(&text, "%s: the stack owns '%s' already.\n", cli->args->words.items[0], cli->args->words.items[1]);
    else if (keep(session, plan, change->object, &err) < 0)
        return cbk_cli_fail(&err);
    else
        add_report(cli, change, &text);
    return cbk_cli_print(&text);
}

static int run_import(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    if (cli->args->words.len != 2) {
        (void)cbk_fail(&err, CBK_E_USAGE, "usage: cbk import ADDRESS ID");
        return cbk_cli_fail(&err);
    }
    const char *address = cli->args->words.items[0];
    if (cbk_session_open(cli, &session, &errors) < 0 ||
        cbk_blocks_add_import(session.stack, address, cli->args->words.items[1], &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (cbk_session_lock(cli, &session, "import", &err) < 0)
        return cbk_cli_fail(&err);
    CBK_JSON *scope = json_pack("{s:[s]}", "only", address);
    bool all[CBK_GUARD_COUNT]; /* nothing is changed in the cloud: the guards' turn comes with the plan that does */
    for (size_t i = 0; i < CBK_ARRAY_LEN(all); i++)
        all[i] = true;
    const struct cbk_plan_input input = {.stack = session.stack,
                                         .cloud = session.cloud,
                                         .store = session.store,
                                         .commit = session.commit,
                                         .scope = scope,
                                         .allowed = all};
    if (cbk_plan_make(&input, &plan, &errors) < 0 || !plan)
        return cbk_cli_fail_all(&errors);
    return take_over(cli, &session, plan);
}

const struct cbk_command cbk_command_import = {
    .name = "import",
    .words = "ADDRESS ID",
    .max_words = 2,
    .summary = "take over what lives already, now",
    .options = CBK_OPT_INPUTS | CBK_OPT_LOCK_TIMEOUT,
    .run = run_import,
};
