#include "cli/session.h"

#include "base/file.h"
#include "cli/interrupt.h"
#include "engine/rehearse.h"
#include "git/provenance.h"

int cbk_session_load(const struct cbk_cli *cli, struct cbk_session *session, struct cbk_errors *errors)
{
    const char *dir = cli->args->dir;
    CBK_CLEANUP(cbk_string_freep) char *work_tree = cbk_git_work_tree(dir ? dir : ".");
    const struct cbk_config_options options = {
        .dir = dir, .work_tree = work_tree, .inputs = cli->args->inputs.items, .input_count = cli->args->inputs.len};
    return cbk_stack_load(&options, &session->stack, errors);
}

struct cbk_store *cbk_session_store(const struct cbk_stack *stack)
{
    const char *dir = cbk_json_text_or(stack->tree, "state.path", "state");
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(cbk_config_dir(stack->config), dir);
    return cbk_store_local_new(path, stack->name);
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
    session->store = cbk_session_store(session->stack);
    return 0;
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
