#include "cli/session.h"
#include "engine/rehearse.h"

static const char *const formats[] = {"text", "json"};

/* The name as it stands there, also of a stack that is not valid; NULL where nothing could be read. Borrowed. */
static const char *name_of(const struct cbk_stack *stack)
{
    return stack && stack->config ? cbk_json_text(cbk_config_root(stack->config), "stack") : NULL;
}

static void add_json(const struct cbk_stack *stack, const struct cbk_errors *errors, struct cbk_str *out)
{
    bool is_valid = !errors->list.len;
    json_t *count = is_valid ? json_integer((json_int_t)stack->declarations.len) : json_null();
    CBK_JSON *json = json_pack("{s:s?, s:b, s:o, s:[]}", "stack", name_of(stack), "valid", (int)is_valid,
                               "declarations", count, "errors");
    for (size_t i = 0; i < errors->list.len; i++)
        json_array_append_new(json_object_get(json, "errors"), cbk_error_json(&errors->list.items[i]));
    cbk_json_add_pretty(out, json);
}

static int run_validate(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0)
        return cbk_cli_fail(&err);
    int r = cbk_session_load(cli, &session, &errors);
    r = r < 0 ? r : cbk_stack_rehearse(session.stack, &errors);
    if (format == 1)
        add_json(session.stack, &errors, &text);
    else if (r == 0)
        cbk_str_addf(&text, "The stack '%s' is valid: %zu declaration%s.\n", session.stack->name,
                     session.stack->declarations.len, session.stack->declarations.len == 1 ? "" : "s");
    int code = cbk_cli_print(&text);
    return r < 0 ? cbk_cli_fail_all(&errors) : code;
}

const struct cbk_command cbk_command_validate = {
    .name = "validate",
    .words = "",
    .summary = "check files, schema and references, without the network",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV | CBK_OPT_FORMAT,
    .formats = formats,
    .format_count = CBK_ARRAY_LEN(formats),
    .run = run_validate,
};
