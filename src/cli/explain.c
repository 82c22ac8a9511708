/* explain: what the schema says about a key. */
#include "schema/explain.h"
#include "cli/cli.h"

static const char *const formats[] = {"text", "json"};
enum { FORMAT_TEXT, FORMAT_JSON };

#define KEY_CELLS 24

/* What is said by a word of its own where the explanation has it. */
static const struct fact {
    const char *key;
    const char *words;
} facts[] = {
    {"immutable", "a change replaces the object"},
    {"unordered", "the order means nothing"},
    {"sensitive", "kept secret"},
    {"computed", "known only from the cloud"},
};

static void add_values(struct cbk_str *out, const json_t *values)
{
    size_t index;
    json_t *value;
    json_array_foreach(values, index, value) {
        cbk_str_add(out, index ? ", " : "");
        if (json_is_string(value))
            cbk_str_add(out, json_string_value(value));
        else
            cbk_json_add_canonical(out, value);
    }
}

static void add_default(struct cbk_str *out, const json_t *explanation)
{
    json_t *otherwise = json_object_get(explanation, "default");
    CBK_JSON *values = otherwise ? json_pack("[O]", otherwise) : NULL;
    cbk_str_add(out, otherwise ? ", default " : "");
    add_values(out, values);
}

static void add_heading(const struct cbk_cli *cli, const json_t *explanation, struct cbk_str *out)
{
    const char *path = cbk_json_text_or(explanation, "path", "");
    cbk_style_add(&cli->out_style, out, CBK_BOLD, *path ? path : "a stack");
    cbk_str_addf(out, ": %s%s", cbk_json_text_or(explanation, "type", ""),
                 cbk_json_bool(explanation, "required", false) ? ", required" : "");
    add_default(out, explanation);
    cbk_str_add_char(out, '\n');
}

static void add_text(struct cbk_str *out, const char *before, const char *text)
{
    if (text)
        cbk_str_addf(out, "  %s%s\n", before, text);
}

static void add_facts(const json_t *explanation, struct cbk_str *out)
{
    const json_t *allowed = json_object_get(explanation, "allowed");
    const char *reference = cbk_json_text(explanation, "reference");
    if (allowed) {
        cbk_str_add(out, "  one of: ");
        add_values(out, allowed);
        cbk_str_add_char(out, '\n');
    }
    if (cbk_str_equal(reference, "*"))
        cbk_str_add(out, "  the address of any declaration\n");
    else if (cbk_str_equal(reference, "instances"))
        cbk_str_add(out, "  the name of a selector under 'instances'\n");
    else if (reference)
        cbk_str_addf(out, "  an address under '%s', such as %s.NAME\n", reference, reference);
    for (size_t i = 0; i < CBK_ARRAY_LEN(facts); i++)
        if (cbk_json_bool(explanation, facts[i].key, false))
            cbk_str_addf(out, "  %s\n", facts[i].words);
    add_text(out, "", cbk_json_text(explanation, "hint"));
}

static void add_key(const struct cbk_cli *cli, const json_t *row, struct cbk_str *out)
{
    const char *need = cbk_json_bool(row, "required", false) ? " (required)"
                       : cbk_json_bool(row, "one_of", false) ? " (one of these)"
                                                             : "";
    cbk_str_add(out, "  ");
    cbk_style_add_padded(&cli->out_style, out, CBK_BOLD, cbk_json_text_or(row, "key", ""), KEY_CELLS);
    cbk_str_addf(out, "%s%s", cbk_json_text_or(row, "type", ""), need);
    add_default(out, row);
    cbk_str_add_char(out, '\n');
    const char *description = cbk_json_text(row, "description");
    if (description)
        cbk_str_addf(out, "  %*s%s\n", KEY_CELLS, "", description);
}

static void add_explanation(const struct cbk_cli *cli, const json_t *explanation, struct cbk_str *out)
{
    const json_t *keys = json_object_get(explanation, "keys");
    add_heading(cli, explanation, out);
    add_text(out, "", cbk_json_text(explanation, "description"));
    add_facts(explanation, out);
    if (!keys)
        return;
    cbk_str_add(out, cbk_json_bool(explanation, "names", false) ? "\nunder each name:\n" : "\nkeys:\n");
    size_t index;
    json_t *row;
    json_array_foreach(keys, index, row)
        add_key(cli, row, out);
}

static int run_explain(const struct cbk_cli *cli)
{
    const char *path = cli->args->words.len ? cli->args->words.items[0] : "";
    CBK_ERROR(err);
    CBK_JSON *explanation = NULL;
    CBK_STR(text);
    size_t format = 0;
    if (cbk_cli_format(cli, formats, CBK_ARRAY_LEN(formats), &format, &err) < 0 ||
        cbk_schema_explain(cbk_schema_stack(), path, &explanation, &err) < 0)
        return cbk_cli_fail(&err);
    if (format == FORMAT_JSON)
        cbk_json_add_pretty(&text, explanation);
    else
        add_explanation(cli, explanation, &text);
    return cbk_cli_print(&text);
}

const struct cbk_command cbk_command_explain = {
    .name = "explain",
    .words = "[KEY.PATH]",
    .max_words = 1,
    .summary = "tell what a key of the stack means, in the schema's words",
    .options = CBK_OPT_FORMAT,
    .formats = formats,
    .format_count = CBK_ARRAY_LEN(formats),
    .run = run_explain,
};
