#include "cli/session.h"

#include "base/time.h"
#include "cli/interrupt.h"
#include "engine/rehearse.h"
#include "git/provenance.h"
#include "state/open.h"

int cbk_session_load(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors)
{
    const char *dir = cli->args->dir;
    CBK_CLEANUP(cbk_string_freep) char *work_tree = cbk_git_work_tree(dir ? dir : ".");
    const struct cbk_config_options options = {
        .dir = dir, .work_tree = work_tree, .inputs = cli->args->inputs.items, .input_count = cli->args->inputs.len};
    return cbk_stack_load(&options, &session->stack, errors);
}

int cbk_session_open_store(struct cbk_session *session, struct cbk_error *err)
{
    const struct cbk_stack *stack = session->stack;
    int r = cbk_store_open(json_object_get(stack->tree, "state"), cbk_config_dir(stack->config), stack->name,
                           &session->store, err);
    return r < 0 ? cbk_error_locate(err, cbk_config_span(stack->config, "/state", /* of_key= */ true)) : 0;
}

int cbk_session_seal(const struct cbk_session *session, struct cbk_seal **ret, struct cbk_error *err)
{
    const struct cbk_config *config = session->stack->config;
    int r = cbk_seal_of_settings(json_object_get(session->stack->tree, "state"), cbk_config_dir(config), ret, err);
    return r < 0 ? cbk_error_locate(err, cbk_config_span(config, "/state/encryption", /* of_key= */ true)) : 0;
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

static int open_rest(struct cbk_session *session, struct cbk_error *err)
{
    const struct cbk_config *config = session->stack->config;
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings files = {0};
    cbk_config_files_read(config, &files);
    int r = cbk_git_provenance(cbk_config_dir(config), &files, &session->commit, err);
    if (r < 0)
        return r;
    const char *endpoint = getenv("CBK_ENDPOINT");
    const struct cbk_cloud_options options = {.region = session->stack->region,
                                              .endpoint = endpoint && *endpoint ? endpoint : NULL};
    r = cbk_cloud_new(&options, &session->cloud, err);
    if (r < 0)
        return r;
    cbk_interrupt_stops(session->cloud);
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
    if (open_rest(session, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    return 0;
}

void cbk_session_release(struct cbk_session *session)
{
    cbk_interrupt_stops(NULL);
    cbk_store_free(session->store);
    cbk_cloud_free(session->cloud);
    json_decref(session->commit);
    cbk_stack_free(session->stack);
    *session = (struct cbk_session){0};
}
