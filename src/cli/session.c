#include "cli/session.h"

#include "base/time.h"
#include "cli/interrupt.h"
#include "config/include.h"
#include "engine/blame.h"
#include "engine/pins.h"
#include "engine/rehearse.h"
#include "git/files.h"
#include "git/provenance.h"
#include "state/open.h"

static const char *dir_of(const struct cbk_cli *cli)
{
    return cli->args->dir ? cli->args->dir : ".";
}

/* How a stack is read, and what the options point at. */
struct reading {
    struct cbk_config_options options;
    char *work_tree;
    struct cbk_inputs inputs;
    struct cbk_arena *arena;
};

static void reading_release(struct reading *reading)
{
    free(reading->work_tree);
    cbk_inputs_release(&reading->inputs);
    cbk_arena_free(reading->arena);
}

/* The stack of a commit takes that commit's files of values: else a branch would bring its own to what it is held
 * against. */
static int take_inputs(const struct cbk_cli *cli, const struct cbk_files *files, struct reading *reading,
                       struct cbk_error *err)
{
    reading->arena = cbk_arena_new();
    for (size_t i = 0; i < cli->args->inputs.len; i++) {
        struct cbk_config_input input = cli->args->inputs.items[i];
        int r = files && input.var_file
                    ? cbk_git_files_name(files, input.var_file, reading->arena, &input.in_files, err)
                    : 0;
        if (r < 0)
            return cbk_wrap(err, "--var-file");
        cbk_inputs_push(&reading->inputs, input);
    }
    reading->options.files = files;
    reading->options.inputs = reading->inputs.items;
    reading->options.input_count = reading->inputs.len;
    return 0;
}

/* How the stack is read: from the directory, or from the commit that --rev names. */
static int read_options(const struct cbk_cli *cli, struct cbk_session *session, struct reading *reading,
                        struct cbk_error *err)
{
    if (cli->args->rev && !session->files) {
        int r = cbk_git_files_open(dir_of(cli), cli->args->rev, &session->files, &session->commit, err);
        if (r < 0)
            return cbk_wrap(err, "--rev");
    }
    reading->work_tree = cbk_git_work_tree(dir_of(cli));
    reading->options =
        (struct cbk_config_options){.dir = cli->args->dir, .work_tree = reading->work_tree, .kept = session->kept};
    return take_inputs(cli, session->files, reading, err);
}

/* Loads the stack of a commit into a session of its own; its stack stays NULL when the commit has none there. */
static int load_commit(const struct cbk_cli *cli, const char *revision, const char *option, struct cbk_session *other,
                       struct cbk_errors *errors)
{
    enum cbk_files_kind kind = CBK_FILES_NOTHING;
    CBK_CLEANUP(reading_release) struct reading reading = {.options = {.dir = cli->args->dir, .is_lenient = true}};
    CBK_ERROR(err);
    int r = cbk_git_files_open(dir_of(cli), revision, &other->files, &other->commit, &err);
    if (r == 0)
        r = take_inputs(cli, other->files, &reading, &err);
    if (r == 0)
        r = cbk_files_look(other->files, CBK_STACK_FILE, CBK_FILES_WHOLE, &kind, &err);
    if (r < 0) {
        (void)cbk_wrap(&err, "%s", option);
        return cbk_error_move(cbk_errors_add(errors), &err);
    }
    if (kind == CBK_FILES_NOTHING)
        return 0;
    return cbk_stack_load(&reading.options, &other->stack, errors);
}

static int take_guards(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors)
{
    const char *revision = cli->args->guards_from;
    session->guards = CBK_NEW(struct cbk_session);
    int r = load_commit(cli, revision, "--guards-from", session->guards, errors);
    if (r == 0)
        cbk_stack_pin(session->stack, session->guards->stack, revision, session->guards->commit);
    return r;
}

int cbk_session_load(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors)
{
    CBK_CLEANUP(reading_release) struct reading reading = {0};
    CBK_ERROR(err);
    if (read_options(cli, session, &reading, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    int r = cbk_stack_load(&reading.options, &session->stack, errors);
    return r == 0 && cli->args->guards_from ? take_guards(cli, session, errors) : r;
}

int cbk_session_load_base(const struct cbk_cli *cli, struct cbk_session *base, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_string_freep) char *commit = NULL;
    CBK_ERROR(err);
    if (cbk_git_merge_base(dir_of(cli), cli->args->base, cli->args->rev, &commit, &err) < 0) {
        (void)cbk_wrap(&err, "--base");
        return cbk_error_move(cbk_errors_add(errors), &err);
    }
    return load_commit(cli, commit, "--base", base, errors);
}

int cbk_session_plan(const struct cbk_cli *cli, const struct cbk_plan_input *input, struct cbk_plan **ret,
                     struct cbk_errors *errors)
{
    int r = cbk_plan_make(input, ret, errors);
    if (*ret)
        cbk_plan_blame(*ret, dir_of(cli), cli->args->rev);
    return r;
}

struct cbk_style cbk_session_style(const struct cbk_cli *cli, const struct cbk_session *session)
{
    struct cbk_style style = cli->out_style;
    style.now = cbk_cloud_now(session->cloud);
    return style;
}

int cbk_session_open_store(struct cbk_session *session, struct cbk_error *err)
{
    const struct cbk_stack *stack = session->stack;
    int r = cbk_store_open(json_object_get(stack->tree, "state"), cbk_config_dir(stack->config), stack->name,
                           &session->store, err);
    return r < 0 ? cbk_error_locate(err, cbk_config_span(stack->config, "/state", /* of_key= */ true)) : 0;
}

static int seal_of(const struct cbk_config *config, const json_t *tree, struct cbk_seal **ret, struct cbk_error *err)
{
    int r = cbk_seal_of_settings(json_object_get(tree, "state"), cbk_config_dir(config), ret, err);
    return r < 0 ? cbk_error_locate(err, cbk_config_span(config, "/state/encryption", /* of_key= */ true)) : 0;
}

int cbk_session_seal(const struct cbk_session *session, struct cbk_seal **ret, struct cbk_error *err)
{
    return seal_of(session->stack->config, session->stack->tree, ret, err);
}

int cbk_session_peek_seal(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_seal **ret,
                          struct cbk_error *err)
{
    CBK_CLEANUP(reading_release) struct reading reading = {0};
    CBK_ERRORS(ignored); /* loading it in earnest says them */
    int r = read_options(cli, session, &reading, err);
    if (r < 0)
        return r;
    (void)!cbk_config_load(&reading.options, &session->peeked, &ignored);
    *ret = NULL;
    return cbk_config_root(session->peeked) ? seal_of(session->peeked, cbk_config_root(session->peeked), ret, err) : 0;
}

int cbk_session_lock(const struct cbk_cli *cli, struct cbk_session *session, const char *operation,
                     struct cbk_error *err)
{
    int64_t seconds = 0;
    int r = cli->args->lock_timeout ? cbk_duration_parse(cli->args->lock_timeout, &seconds, err) : 0;
    if (r < 0)
        return cbk_wrap(err, "--lock-timeout");
    const struct cbk_lock_info info = {.operation = operation,
                                       .stack = session->stack->name,
                                       .timeout_ms = seconds * 1000,
                                       .is_interrupted = cbk_cli_interrupted};
    return cbk_store_lock(session->store, &info, err);
}

static int find_provenance(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings files = {0};
    if (session->commit) /* that of --rev */
        return 0;
    cbk_config_files_read(session->stack->config, &files);
    return cbk_git_provenance(dir_of(cli), &files, &session->commit, err);
}

int cbk_session_provenance(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_error *err)
{
    int r = find_provenance(cli, session, err);
    if (r < 0 || !cli->args->require_clean)
        return r;
    if (!session->commit)
        return cbk_fail(err, CBK_E_CHECK, "the stack '%s' comes from no commit, and --require-clean demands one",
                        session->stack->name);
    if (!cbk_json_bool(session->commit, "dirty", true))
        return 0;
    (void)cbk_fail(err, CBK_E_CHECK, "the stack '%s' has changes that are not committed", session->stack->name);
    return cbk_error_hint(err, "'git status' tells them; commit them, or leave out --require-clean");
}

static int open_rest(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_error *err)
{
    int r = cbk_session_provenance(cli, session, err);
    if (r < 0)
        return r;
    const char *endpoint = getenv("CBK_ENDPOINT");
    const struct cbk_cloud_options options = {.region = session->stack->region,
                                              .endpoint = endpoint && *endpoint ? endpoint : NULL};
    r = cbk_cloud_new(&options, &session->cloud, err);
    if (r < 0)
        return r;
    cbk_interrupt_stops(session->cloud);
    r = cbk_cloud_sign_in(session->cloud, err);
    if (r < 0)
        return r;
    return cbk_session_open_store(session, err);
}

int cbk_session_open(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors)
{
    int r = cbk_session_load(cli, session, errors);
    if (r == 0)
        r = cbk_stack_rehearse(session->stack, errors);
    if (r < 0)
        return r;
    CBK_ERROR(err);
    if (open_rest(cli, session, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    return 0;
}

static void add_addresses(json_t *scope, const char *key, const struct cbk_strings *addresses)
{
    CBK_JSON *list = json_array();
    for (size_t i = 0; i < addresses->len; i++)
        json_array_append_new(list, json_string(addresses->items[i]));
    if (addresses->len)
        json_object_set(scope, key, list);
}

int cbk_session_scope(const struct cbk_args *args, json_t **ret_scope, struct cbk_error *err)
{
    if (args->refresh_only && (args->destroy || args->replaces.len))
        return cbk_fail(err, CBK_E_USAGE, "'--refresh-only' changes nothing: it cannot stand with '--%s'",
                        args->destroy ? "destroy" : "replace");
    CBK_JSON *scope = json_object();
    add_addresses(scope, "target", &args->targets);
    add_addresses(scope, "exclude", &args->excludes);
    add_addresses(scope, "replace", &args->replaces);
    if (args->refresh_only)
        json_object_set_new(scope, "refresh_only", json_true());
    *ret_scope = json_object_size(scope) ? cbk_json_steal(&scope) : NULL;
    return 0;
}

void cbk_session_release(struct cbk_session *session)
{
    cbk_interrupt_stops(NULL);
    cbk_store_free(session->store);
    cbk_cloud_free(session->cloud);
    json_decref(session->commit);
    cbk_stack_free(session->stack);
    cbk_config_free(session->peeked);
    cbk_files_free(session->files);
    if (session->guards)
        cbk_session_release(session->guards);
    free(session->guards);
    *session = (struct cbk_session){0};
}
