/* show: the state, one object of it, or a saved plan. */
#include "cli/plan_format.h"
#include "cli/session.h"
#include "engine/saved_plan.h"
#include "state/state.h"

#include <sys/stat.h>

/* Of the formats of a plan, those that the state is shown in, too. */
enum { FORMAT_TEXT, FORMAT_JSON, STATE_FORMAT_COUNT };

static int print_json(const json_t *json)
{
    CBK_STR(text);
    cbk_json_add_pretty(&text, json);
    return cbk_cli_print(&text);
}

/* A plan is shown anywhere; only what opens its seal stands in the stack. */
static int show_plan(const struct cbk_cli *cli, const char *path, const struct cbk_plan_format *format,
                     struct cbk_error *err)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_CLEANUP(cbk_seal_freep) struct cbk_seal *seal = NULL;
    CBK_ERRORS(errors);
    CBK_JSON *plan = NULL;
    bool is_sealed = cbk_saved_plan_is_sealed(path);
    if (is_sealed && cbk_session_load(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (is_sealed && cbk_session_seal(&session, &seal, err) < 0)
        return cbk_cli_fail(err);
    if (cbk_saved_plan_read(path, &(struct cbk_plan_trust){.seal = seal}, &plan, err) < 0)
        return cbk_cli_fail(err);
    return cbk_plan_format_print(cli, format, plan);
}

static int show_object(const json_t *state, const char *address, struct cbk_error *err)
{
    const json_t *resource = state ? cbk_state_resource(state, address) : NULL;
    if (resource)
        return print_json(resource);
    (void)cbk_fail(err, CBK_E_NOT_FOUND, "the state knows nothing at '%s'", address);
    (void)cbk_error_hint(err, "'cbk show' lists what it knows");
    return cbk_cli_fail(err);
}

static int show_state(const struct cbk_cli *cli, const json_t *state, size_t format)
{
    CBK_JSON *nothing = json_object();
    if (format == FORMAT_JSON)
        return print_json(state ? state : nothing);
    CBK_STR(text);
    const char *address;
    json_t *resource;
    json_object_foreach(state ? cbk_state_resources(state) : nothing, address, resource) {
        cbk_style_add_padded(&cli->out_style, &text, CBK_BOLD, address, 48);
        cbk_style_add_padded(&cli->out_style, &text, CBK_PLAIN, cbk_json_text_or(resource, "id", ""), 32);
        const char *level = cbk_json_text(resource, "evidence.level");
        if (level)
            cbk_style_add(&cli->out_style, &text, CBK_PLAIN, level);
        cbk_str_add_char(&text, '\n');
    }
    if (!text.len)
        cbk_str_add(&text, "The state is empty: nothing has been applied.\n");
    return cbk_cli_print(&text);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int run_show(const struct cbk_cli *cli)
{
    const char *word = cli->args->words.len ? cli->args->words.items[0] : NULL;
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_JSON *state = NULL;
    struct cbk_plan_format format = {0};
    if (cbk_plan_format_parse(cli, &format, &err) < 0)
        return cbk_cli_fail(&err);
    if (word && is_file(word))
        return show_plan(cli, word, &format, &err);
    if (format.index >= STATE_FORMAT_COUNT) {
        (void)cbk_fail(&err, CBK_E_USAGE, "--format %s is for a saved plan: name its file", cli->args->format);
        return cbk_cli_fail(&err);
    }
    if (cbk_session_load(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    if (cbk_session_open_store(&session, &err) < 0 || cbk_store_read(session.store, &state, &err) < 0)
        return cbk_cli_fail(&err);
    return word ? show_object(state, word, &err) : show_state(cli, state, format.index);
}

const struct cbk_command cbk_command_show = {
    .name = "show",
    .words = "[PLANFILE|ADDRESS]",
    .max_words = 1,
    .summary = "show the state, one object of it, or a saved plan",
    .options = CBK_OPT_INPUTS | CBK_OPT_FORMAT | CBK_OPT_MAX_CHARS,
    .formats = cbk_plan_formats,
    .format_count = CBK_PLAN_FORMAT_COUNT,
    .run = run_show,
};
