#include "config/layout_scalar.h"

#include "config/quote.h"
#include "config/scalar.h"

#include <string.h>

const char *cbk_layout_line(const struct cbk_str *out)
{
    const char *at = out->ptr + out->len;
    while (at > out->ptr && at[-1] != '\n')
        at--;
    return at;
}

size_t cbk_layout_cells(const struct cbk_str *out)
{
    const char *line = cbk_layout_line(out);
    return cbk_str_cells(line, strlen(line));
}

void cbk_layout_add_names(struct cbk_str *out, const struct cbk_layout_node *node)
{
    static const char core[] = "tag:yaml.org,2002:";
    if (node->anchor)
        cbk_str_addf(out, " &%s", node->anchor);
    if (node->tag && cbk_str_starts_with(node->tag, core))
        cbk_str_addf(out, " !!%s", node->tag + strlen(core));
    else if (node->tag)
        cbk_str_addf(out, " %s", node->tag);
}

/* Numbers, truth values and null stay as they are written; so does what a tag speaks of, if it fits into a line. */
static bool is_verbatim(const struct cbk_layout_node *scalar)
{
    CBK_JSON *value = NULL;
    CBK_ERROR(ignored);
    if (!scalar->is_plain)
        return false;
    return cbk_scalar_parse(scalar->text, &value, &ignored) < 0 || !json_is_string(value) ||
           (scalar->tag && !strchr(scalar->text, '\n'));
}

void cbk_layout_add_scalar(struct cbk_str *out, const struct cbk_layout_node *scalar, bool in_flow)
{
    if (is_verbatim(scalar) || (!scalar->tag && cbk_yaml_is_plain(scalar->text, in_flow)))
        cbk_str_add(out, scalar->text);
    else
        cbk_yaml_add_quoted(out, scalar->text, /* keeps_references= */ false);
}

/* The next blank of a line at which it may be broken: one alone, between words. */
static const char *next_break(const char *at)
{
    for (at = strchr(at, ' '); at; at = strchr(at, ' ')) {
        size_t blanks = strspn(at, " ");
        if (blanks == 1 && at[1] && at[-1] != '"' && at[1] != '"')
            return at;
        at += blanks;
    }
    return NULL;
}

void cbk_layout_add_filled(struct cbk_str *out, const struct cbk_layout_node *scalar, size_t indent)
{
    CBK_STR(line);
    cbk_layout_add_scalar(&line, scalar, /* in_flow= */ false);
    size_t cells = cbk_layout_cells(out);
    if (!scalar->is_broken || cells + cbk_str_cells(line.ptr, line.len) <= CBK_LAYOUT_CELLS) {
        cbk_str_add(out, line.ptr);
        return;
    }
    for (const char *at = line.ptr, *end; at; at = end) {
        end = next_break(at + (at != line.ptr));
        size_t len = end ? (size_t)(end - at) : strlen(at), width = cbk_str_cells(at, len);
        if (at != line.ptr && cells + width > CBK_LAYOUT_CELLS) {
            cbk_str_add_char(out, '\n');
            cbk_str_add_repeat(out, ' ', indent);
            cells = indent - 1; /* the blank is not written */
            cbk_str_add_bytes(out, at + 1, len - 1);
        } else {
            cbk_str_add_bytes(out, at, len);
        }
        cells += width;
    }
}

/* The blanks before the first visible character of a text, on its line; false where there is none. */
static bool first_indent(const char *text, size_t len, size_t *ret_indent)
{
    size_t blanks = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            blanks = 0;
        else if (text[i] == ' ')
            blanks++;
        else {
            *ret_indent = blanks;
            return true;
        }
    }
    return false;
}

bool cbk_layout_is_block(const struct cbk_layout_node *scalar)
{
    size_t indent = 0;
    return scalar->block_style && first_indent(scalar->text, strlen(scalar->text), &indent);
}

/* The first character on any line of a text that is not an end of line is a blank: its depth has to be told. */
static bool needs_depth(const char *text)
{
    char first = text[strspn(text, "\n")];
    return first == ' ' || first == '\t';
}

void cbk_layout_add_header(struct cbk_str *out, const struct cbk_layout_node *block)
{
    cbk_str_addf(out, " %c", block->block_style);
    if (needs_depth(block->text))
        cbk_str_addf(out, "%zu", CBK_LAYOUT_STEP);
    size_t len = strlen(block->text);
    if (block->text[len - 1] != '\n')
        cbk_str_add_char(out, '-');
    else if (len > 1 && block->text[len - 2] == '\n')
        cbk_str_add_char(out, '+');
}

/* How many ends of lines a text ends in. */
static size_t ends_of(const char *text)
{
    size_t len = strlen(text), ends = 0;
    while (ends < len && text[len - 1 - ends] == '\n')
        ends++;
    return ends;
}

static void add_line(struct cbk_str *out, const char *line, size_t len, size_t was, size_t indent)
{
    if (len && line[len - 1] == '\r')
        len--;
    size_t blanks = 0;
    while (blanks < len && blanks < was && line[blanks] == ' ')
        blanks++;
    if (len > blanks) {
        cbk_str_add_repeat(out, ' ', indent);
        cbk_str_add_bytes(out, line + blanks, len - blanks);
    }
    cbk_str_add_char(out, '\n');
}

void cbk_layout_add_lines(struct cbk_str *out, const struct cbk_layout_node *block, size_t indent)
{
    size_t in_source = 0, in_text = 0;
    (void)first_indent(block->block->lines, block->block->len, &in_source);
    (void)first_indent(block->text, strlen(block->text), &in_text);
    const char *at = block->block->lines, *end = at + block->block->len;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((line_end ? line_end : end) - at);
        add_line(out, at, len, in_source - in_text, indent);
        at += len + 1;
    }
    while (out->len > 1 && out->ptr[out->len - 1] == '\n' && out->ptr[out->len - 2] == '\n')
        cbk_str_truncate(out, out->len - 1);
    for (size_t ends = ends_of(block->text); ends > 1; ends--)
        cbk_str_add_char(out, '\n');
}
