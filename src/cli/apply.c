/* apply and destroy: lock, plan, show, ask, do. */
#include "engine/apply.h"
#include "cli/apply.h"
#include "cli/interrupt.h"
#include "cli/session.h"
#include "engine/saved_plan.h"
#include "render/apply_text.h"
#include "render/ledger.h"
#include "render/plan_text.h"

#include <errno.h>
#include <string.h>

static const char *const formats[] = {"text", "json"};
enum { FORMAT_TEXT, FORMAT_JSON };
enum { MOST_PARALLELISM = 256 };

/* One apply on its way. */
struct run {
    const struct cbk_cli *cli;
    struct cbk_session session;
    struct cbk_plan *plan;
    json_t *saved; /* the plan file; NULL: none given */
    json_t *scope; /* asked for, or the plan file's; NULL: everything */
    size_t format, parallelism;
    bool destroy;
    bool runs_jobs; /* those of the scope, asked for by name */
};

static void release_run(struct run *run)
{
    cbk_plan_free(run->plan);
    json_decref(run->saved);
    json_decref(run->scope);
    cbk_session_release(&run->session);
}

static void listen_text(void *context, const struct cbk_apply_event *event)
{
    const struct run *run = context;
    CBK_STR(text);
    cbk_render_event_text(event, &run->cli->err_style, &text);
    cbk_cli_talk(&text);
}

static void listen_json(void *context, const struct cbk_apply_event *event)
{
    (void)context;
    CBK_STR(text);
    CBK_ERROR(ignored); /* nothing is broken off because nobody listens; the last line says so */
    cbk_render_event_json(event, &text);
    (void)!cbk_cli_write(&text, &ignored);
}

static int parse_parallelism(const char *text, size_t *ret, struct cbk_error *err)
{
    *ret = 0;
    if (!text)
        return 0;
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || value < 1 || value > MOST_PARALLELISM)
        return cbk_fail(err, CBK_E_USAGE, "parallelism is a number from 1 to 256, not '%s'", text);
    *ret = value;
    return 0;
}

/* A plan file says itself what it is about. */
static int read_saved(struct run *run, struct cbk_error *err)
{
    int r = cbk_session_scope(run->cli->args, &run->scope, err);
    if (r < 0)
        return r;
    if (!run->cli->args->words.len && run->cli->args->verify)
        return cbk_fail(err, CBK_E_USAGE, "--verify is about a saved plan, and none is given");
    if (!run->cli->args->words.len)
        return 0;
    if (run->scope)
        return cbk_fail(err, CBK_E_USAGE, "a saved plan is carried out as it is: leave out '--target' and its like");
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    r = cbk_session_peek_seal(run->cli, &run->session, &seal, err);
    if (r < 0)
        return r;
    const struct cbk_plan_trust trust = {.seal = seal, .verify_key = run->cli->args->verify};
    const char *path = run->cli->args->words.items[0];
    r = cbk_saved_plan_read(path, &trust, &run->saved, err);
    if (r == 0)
        r = cbk_saved_plan_check(run->saved, path, err);
    run->scope = json_incref(json_object_get(run->saved, "scope"));
    run->session.kept = json_object_get(run->saved, "variables");
    run->destroy = run->destroy || cbk_json_bool(run->saved, "destroy", false);
    return r;
}

/* Shows what will be done: a saved plan as it was saved, since what moved elsewhere meanwhile is not part of it. */
static int show_plan(const struct run *run, const json_t *plan, struct cbk_error *err)
{
    const struct cbk_style style = cbk_session_style(run->cli, &run->session);
    CBK_STR(text);
    if (run->format == FORMAT_JSON)
        cbk_render_plan_events(plan, &text);
    else
        cbk_render_plan_text(plan, &style, &text);
    return cbk_cli_write(&text, err);
}

static int check_plan(struct run *run, struct cbk_error *err)
{
    const char *checksum = run->cli->args->checksum;
    if (run->saved)
        return cbk_plan_restrict(run->plan, run->saved, err);
    if (checksum && strcmp(checksum, cbk_plan_digest(run->plan)) != 0)
        return cbk_fail(err, CBK_E_STALE_PLAN, "stale plan: its checksum is '%s' now", cbk_plan_digest(run->plan));
    return 0;
}

/* Errors of the run, in words for people, and as events where those are asked for. */
static void tell_failure(const struct run *run, const struct cbk_error *err)
{
    CBK_STR(text);
    CBK_ERROR(ignored); /* when stdout is what failed, the words say so */
    cbk_render_diagnostic(err, &text);
    if (run->format == FORMAT_JSON)
        (void)!cbk_cli_write(&text, &ignored);
}

static int fail(const struct run *run, const struct cbk_error *err)
{
    tell_failure(run, err);
    return cbk_cli_fail(err);
}

static int fail_all(const struct run *run, struct cbk_errors *errors)
{
    for (size_t i = 0; i < errors->list.len; i++)
        tell_failure(run, &errors->list.items[i]);
    return cbk_cli_fail_all(errors);
}

/* What was approved already needs no question: a plan file, a checksum, --auto-approve; nor does an empty plan, nor
 * jobs that were asked for by name when nothing else is done. */
static bool is_run_only(const struct run *run)
{
    const unsigned others = CBK_ACTION_CREATE | CBK_ACTION_UPDATE | CBK_ACTION_DELETE;
    for (size_t i = 0; i < run->plan->changes.len; i++)
        if (!run->plan->changes.items[i].left_out && (run->plan->changes.items[i].actions & others))
            return false;
    return run->runs_jobs;
}

static bool needs_answer(const struct run *run)
{
    const struct cbk_args *args = run->cli->args;
    return !run->saved && !args->checksum && !args->auto_approve && !is_run_only(run) && !cbk_plan_is_empty(run->plan);
}

static int fail_declined(struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_DECLINED, "not approved, nothing was changed");
    return cbk_error_hint(err, "answer 'yes', apply a saved plan, or pass --auto-approve");
}

static int ask(const struct run *run, struct cbk_error *err)
{
    if (run->cli->args->no_input)
        return fail_declined(err);
    CBK_STR(question);
    cbk_str_addf(&question, "\nDo you want to %s? Only 'yes' is taken for it: ",
                 run->destroy && !run->scope ? "destroy all that this stack owns" : "apply this plan");
    cbk_cli_talk(&question);
    char answer[8] = "";
    if (fgets(answer, sizeof(answer), stdin) && (strcmp(answer, "yes\n") == 0 || strcmp(answer, "yes") == 0))
        return 0;
    if (cbk_cli_interrupted())
        return cbk_fail(err, CBK_E_INTERRUPTED, "interrupted, nothing was changed");
    return fail_declined(err);
}

static int exit_code_of(const struct cbk_apply_result *result)
{
    if (result->interrupted)
        return CBK_EXIT_INTERRUPTED;
    if (result->failed)
        return CBK_EXIT_ERROR;
    if (result->downgraded)
        return CBK_EXIT_DOWNGRADED;
    return result->skipped ? CBK_EXIT_ERROR : CBK_EXIT_OK;
}

static const char *operation_of(const struct run *run)
{
    return run->destroy ? "destroy" : run->runs_jobs ? "snapshot" : "apply";
}

/* What was not done, which every line of a long apply has said before; and how it ended, where that could be kept. */
static void add_result(const struct run *run, const struct cbk_apply_result *result, bool is_kept, struct cbk_str *out)
{
    bool is_json = run->format == FORMAT_JSON;
    if (is_json)
        cbk_render_ledger_json(result->ledger, out);
    else
        cbk_render_ledger_failures(result->ledger, &run->cli->out_style, out);
    if (is_kept && is_json)
        cbk_render_result_json(result, out);
    else if (is_kept)
        cbk_render_result_text(result, &run->cli->out_style, out);
}

static int carry_out(struct run *run)
{
    CBK_ERROR(err);
    const struct cbk_apply_input input = {.plan = run->plan,
                                          .store = run->session.store,
                                          .stack_name = run->session.stack->name,
                                          .operation = operation_of(run),
                                          .parallelism = run->parallelism,
                                          .listen = run->format == FORMAT_JSON ? listen_json : listen_text,
                                          .context = run,
                                          .is_interrupted = cbk_cli_interrupted};
    CBK_CLEANUP(cbk_apply_result_release) struct cbk_apply_result result = {0};
    cbk_interrupt_changes();
    int r = cbk_apply(&input, &result, &err);
    CBK_STR(text);
    add_result(run, &result, /* is_kept= */ r == 0, &text);
    int printed = cbk_cli_print(&text);
    if (r < 0)
        return fail(run, &err);
    int code = exit_code_of(&result);
    return code == CBK_EXIT_OK ? printed : code;
}

static int run_locked(struct run *run, struct cbk_errors *errors)
{
    bool all[CBK_GUARD_COUNT];
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++)
        all[i] = run->saved != NULL; /* the guards have judged what a saved plan does: no other one is saved */
    const struct cbk_plan_input input = {.stack = run->session.stack,
                                         .cloud = run->session.cloud,
                                         .store = run->session.store,
                                         .commit = run->session.commit,
                                         .destroy = run->destroy,
                                         .scope = run->scope,
                                         .allow_downgrade = run->cli->args->allow_downgrade,

                                         .allowed = run->saved ? all : run->cli->args->allowed};
    CBK_ERROR(err);
    int r = cbk_session_plan(run->cli, &input, &run->plan, errors);
    if (r < 0 && run->plan)
        (void)!show_plan(run, run->plan->json, &err);
    if (r < 0)
        return fail_all(run, errors);
    if (check_plan(run, &err) < 0)
        return fail(run, &err);
    bool is_seen = show_plan(run, run->saved ? run->saved : run->plan->json, &err) == 0;
    if (needs_answer(run) && (!is_seen || ask(run, &err) < 0)) /* what nobody has seen, nobody can approve */
        return fail(run, &err);
    return carry_out(run);
}

/* The jobs that are asked for as a scope: they, and what they need. */
static int scope_of_jobs(struct run *run, const char *address, struct cbk_error *err)
{
    const struct cbk_declarations *declarations = &run->session.stack->declarations;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    CBK_JSON *addresses = json_array();
    size_t len = address ? strcspn(address, "[") : 0;
    for (size_t i = 0; i < declarations->len; i++) {
        const char *name = declarations->items[i]->address;
        if (!declarations->items[i]->kind->run)
            continue;
        cbk_strings_push(&names, name);
        if (!address || (strncmp(name, address, len) == 0 && !name[len]))
            json_array_append_new(addresses, json_string(address ? address : name));
    }
    if (address && !json_array_size(addresses))
        return cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_USAGE, "snapshot job", address, names.items,
                                names.len);
    if (!names.len)
        return cbk_fail(err, CBK_E_USAGE, "the stack '%s' declares no snapshot jobs", run->session.stack->name);
    run->scope = json_pack("{s:O, s:O}", "target", addresses, "run", addresses);
    return 0;
}

static int run_open(struct run *run, const char *address)
{
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    const char *operation = operation_of(run);
    if (cbk_cli_format(run->cli, formats, CBK_ARRAY_LEN(formats), &run->format, &err) < 0 ||
        parse_parallelism(run->cli->args->parallelism, &run->parallelism, &err) < 0)
        return cbk_cli_fail(&err);
    if (!run->runs_jobs && read_saved(run, &err) < 0)
        return fail(run, &err);
    if (cbk_session_open(run->cli, &run->session, &errors) < 0)
        return fail_all(run, &errors);
    if ((run->runs_jobs && scope_of_jobs(run, address, &err) < 0) ||
        cbk_session_lock(run->cli, &run->session, operation, &err) < 0)
        return fail(run, &err);
    return run_locked(run, &errors); /* the lock goes with the store */
}

static int run_apply(const struct cbk_cli *cli)
{
    CBK_CLEANUP(release_run) struct run run = {.cli = cli};
    return run_open(&run, NULL);
}

static int run_destroy(const struct cbk_cli *cli)
{
    CBK_CLEANUP(release_run) struct run run = {.cli = cli, .destroy = true};
    return run_open(&run, NULL);
}

int cbk_cli_run_jobs(const struct cbk_cli *cli, const char *address)
{
    CBK_CLEANUP(release_run) struct run run = {.cli = cli, .runs_jobs = true};
    return run_open(&run, address);
}

const struct cbk_command cbk_command_apply = {
    .name = "apply",
    .words = "[PLANFILE]",
    .max_words = 1,
    .summary = "make it so, and run the snapshot jobs that the plan says",
    .options = CBK_OPT_INPUTS | CBK_OPT_CLEAN | CBK_OPT_GUARDS_FROM | CBK_OPT_FORMAT | CBK_OPT_ALLOW |
               CBK_OPT_AUTO_APPROVE | CBK_OPT_INPUT | CBK_OPT_CHECKSUM | CBK_OPT_VERIFY | CBK_OPT_PARALLELISM |
               CBK_OPT_LOCK_TIMEOUT | CBK_OPT_SCOPE | CBK_OPT_REPLACE,
    .run = run_apply,
};

const struct cbk_command cbk_command_destroy = {
    .name = "destroy",
    .words = "",
    .summary = "remove all that the stack owns; recovery points stay until they expire",
    .options = CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_ALLOW | CBK_OPT_AUTO_APPROVE | CBK_OPT_INPUT |
               CBK_OPT_CHECKSUM | CBK_OPT_PARALLELISM | CBK_OPT_LOCK_TIMEOUT | CBK_OPT_SCOPE,
    .run = run_destroy,
};
