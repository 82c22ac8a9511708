#include "config/complaint.h"

#include <string.h>

/* Wider than any line: the quote cuts a span at the end of its line. */
#define TO_END_OF_LINE 10000

/* Behind the last character: where a file that ends too early is shown. */
static struct cbk_span end_of_text(const struct cbk_source *source)
{
    size_t offset = source->len;
    while (offset && (source->text[offset - 1] == '\n' || source->text[offset - 1] == '\r'))
        offset--;
    return cbk_source_span(source, offset, 1);
}

struct cbk_span cbk_mark_span(const struct cbk_source *source, const yaml_mark_t *start, const yaml_mark_t *end)
{
    if (start->line >= source->line_count) /* libyaml ends every line, also one that has no end */
        return end_of_text(source);
    size_t width = end->line > start->line ? TO_END_OF_LINE : end->column - start->column;
    return (struct cbk_span){
        .source = source, .line = start->line + 1, .column = start->column + 1, .width = width ? width : 1};
}

/* What libyaml says, what it means, what to do. A hint of NULL: nothing better is known. */
static const struct words {
    const char *theirs, *ours, *hint;
} problems[] = {
    {"mapping values are not allowed in this context", "unexpected ':'",
     "quote a value that holds ': ', and look at the indentation"},
    {"did not find expected key", "expected a key here", "keys of one mapping begin in the same column"},
    {"did not find expected '-' indicator", "expected '-' here", "items of one list begin in the same column"},
    {"could not find expected ':'", "expected ':' after the key", "a key is followed by ': ' and its value"},
    {"did not find expected ',' or ']'", "expected ',' or ']'",
     "close the bracket, and quote a value that holds one: \"${var.NAME}\""},
    {"did not find expected ',' or '}'", "expected ',' or '}'",
     "close the bracket, and quote a value that holds one: \"${var.NAME}\""},
    {"did not find expected node content", "expected a value here", NULL},
    {"block sequence entries are not allowed in this context", "a list cannot begin here",
     "put '-' on a line of its own, below its key"},
    {"block mapping entries are not allowed in this context", "a mapping cannot begin here", NULL},
    {"mapping keys are not allowed in this context", "a key cannot stand here", NULL},
    {"found unexpected end of stream", "the file ends inside a quoted string", "close the quotes"},
    {"found unexpected document indicator", "'---' or '...' inside a quoted string", "close the quotes"},
    {"found unknown escape character", "unknown escape after '\\'",
     "inside double quotes a backslash is written '\\\\'; single quotes take it as it is"},
    {"found invalid Unicode character escape code", "the escape names no Unicode character", NULL},
    {"did not find expected hexdecimal number", "expected hexadecimal digits after the escape", NULL},
    {"found a tab character where an indentation space is expected", "a tab cannot indent",
     "YAML is indented with spaces"},
    {"found a tab character that violates indentation", "a tab cannot indent", "YAML is indented with spaces"},
    {"found undefined tag handle", "unknown tag handle", "quote a value that begins with '!'"},
    {"did not find expected alphabetic or numeric character", "expected a name after '&' or '*'",
     "quote a value that begins with '&' or '*'"},
    {"did not find expected <document start>", "expected the end of the file here",
     "a file holds one document; what follows '...' or stands beside it has no place"},
    {"found incompatible YAML document", "this version of YAML is not supported", NULL},
};

/* Characters that begin no token, and why someone wrote them. */
static const struct starter {
    char c;
    const char *message, *hint;
} starters[] = {
    {'\t', "a tab cannot indent", "YAML is indented with spaces"},
    {'@', "a value cannot begin with '@'", "quote it"},
    {'`', "a value cannot begin with '`'", "quote it"},
    {'%', "a value cannot begin with '%'", "quote it"},
};

static struct words translate(const struct cbk_source *source, const yaml_parser_t *parser, struct cbk_span span)
{
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    struct words said = {.theirs = problem, .ours = problem};
    if (strcmp(problem, "found character that cannot start any token") == 0) {
        char c = source->text[cbk_span_offset(&span)];
        said.ours = "no value can begin with this character";
        for (size_t i = 0; i < CBK_ARRAY_LEN(starters); i++)
            if (starters[i].c == c)
                said = (struct words){problem, starters[i].message, starters[i].hint};
        return said;
    }
    for (size_t i = 0; i < CBK_ARRAY_LEN(problems); i++)
        if (strcmp(problem, problems[i].theirs) == 0)
            return problems[i];
    return said;
}

static struct cbk_span mark_place(const struct cbk_source *source, const yaml_mark_t *mark)
{
    struct cbk_span span = cbk_mark_span(source, mark, mark);
    return cbk_span_offset(&span) < source->len ? span : end_of_text(source);
}

int cbk_complain(const struct cbk_source *source, const yaml_parser_t *parser, struct cbk_error *err)
{
    if (parser->error == YAML_MEMORY_ERROR)
        cbk_out_of_memory();
    struct cbk_span span = mark_place(source, &parser->problem_mark);
    if (parser->error == YAML_READER_ERROR) /* it knows bytes, not marks; the text was checked, so this is rare */
        span = cbk_source_span(source, parser->problem_offset < source->len ? parser->problem_offset : 0, 1);
    struct words said = translate(source, parser, span);
    cbk_fail_at(err, span, CBK_E_SYNTAX, "%s", said.ours);
    if (said.hint)
        cbk_error_hint(err, "%s", said.hint);
    if (parser->context && parser->context_mark.line != parser->problem_mark.line)
        cbk_error_note(err, mark_place(source, &parser->context_mark), "%s", parser->context);
    return err->code;
}
