/* graph: which declarations need which, as a drawing's source. No network. */
#include "cli/session.h"

static const char *const formats[] = {"dot", "mermaid"};

/* The two languages say the same with other signs. Addresses hold nothing that would have to be escaped. */
static const struct dialect {
    const char *begin, *before_label, *after_label, *arrow, *after_edge, *end;
} dialects[] = {
    {"digraph cbk {\n  rankdir = LR;\n  node [shape = box];\n", " [label = \"", "\"];\n", " -> ", ";\n", "}\n"},
    {"graph LR\n", "[\"", "\"]\n", " --> ", "\n", ""},
};

static void add_graph(const struct cbk_stack *stack, const struct dialect *dialect, struct cbk_str *out)
{
    cbk_str_add(out, dialect->begin);
    for (size_t i = 0; i < stack->declarations.len; i++)
        cbk_str_addf(out, "  n%zu%s%s%s", i, dialect->before_label, stack->declarations.items[i]->address,
                     dialect->after_label);
    for (size_t i = 0; i < stack->declarations.len; i++) {
        const struct cbk_strings *needs = &stack->declarations.items[i]->needs;
        for (size_t j = 0; j < needs->len; j++) {
            const struct cbk_declaration *need = cbk_map_get(stack->by_address, needs->items[j]);
            cbk_str_addf(out, "  n%zu%sn%zu%s", i, dialect->arrow, need->index, dialect->after_edge);
        }
    }
    cbk_str_add(out, dialect->end);
}

static int run_graph(const struct cbk_cli *cli)
{
    CBK_CLEANUP(cbk_session_release) struct cbk_session session = {0};
    CBK_ERRORS(errors);
    CBK_ERROR(err);
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0)
        return cbk_cli_fail(&err);
    if (cbk_session_load(cli, &session, &errors) < 0)
        return cbk_cli_fail_all(&errors);
    add_graph(session.stack, &dialects[format], &text);
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_graph = {
    .name = "graph",
    .words = "",
    .summary = "draw which declarations need which; no network",
    .options = CBK_OPT_INPUTS | CBK_OPT_REV | CBK_OPT_FORMAT,
    .formats = formats,
    .format_count = CBK_ARRAY_LEN(formats),
    .run = run_graph,
};
