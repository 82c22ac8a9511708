#include "base/source.h"

#include "base/alloc.h"

#include <stdint.h>
#include <string.h>

/* A quoted line longer than this is cut around the span: a minified file must not flood a terminal. */
#define QUOTE_CHARS 160

struct cbk_source *cbk_source_new(const char *path, char *text, size_t len)
{
    struct cbk_source *source = CBK_NEW(struct cbk_source);
    source->path = cbk_strdup(path);
    source->text = text;
    source->len = len;
    size_t lines = 1;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    source->lines = cbk_alloc(lines, sizeof(*source->lines));
    source->line_count = lines;
    for (size_t i = 0, line = 1; i < len; i++)
        if (text[i] == '\n')
            source->lines[line++] = i + 1;
    return source;
}

void cbk_source_free(struct cbk_source *source)
{
    if (!source)
        return;
    free(source->path);
    free(source->text);
    free(source->lines);
    free(source);
}

static size_t char_bytes(const char *at, const char *end)
{
    size_t bytes = 1;
    while (at + bytes < end && ((unsigned char)at[bytes] & 0xc0) == 0x80)
        bytes++;
    return bytes;
}

static const char *skip_chars(const char *at, const char *end, size_t chars)
{
    while (chars-- && at < end)
        at += char_bytes(at, end);
    return at;
}

void cbk_span_quote(const struct cbk_span *span, struct cbk_str *out)
{
    const struct cbk_source *source = span->source;
    if (!source || !span->line || span->line > source->line_count)
        return;
    const char *start = source->text + source->lines[span->line - 1];
    const char *end = memchr(start, '\n', source->len - source->lines[span->line - 1]);
    if (!end)
        end = source->text + source->len;
    if (end > start && end[-1] == '\r')
        end--;

    size_t column = span->column ? span->column - 1 : 0;
    const char *dots = "";
    if (column > QUOTE_CHARS / 2) {
        size_t skipped = column - QUOTE_CHARS / 4;
        start = skip_chars(start, end, skipped);
        column -= skipped;
        dots = "...";
    }
    const char *stop = skip_chars(start, end, QUOTE_CHARS);

    char gutter[32];
    int width = snprintf(gutter, sizeof(gutter), "%zu", span->line);
    CBK_CLEANUP(cbk_string_freep) char *copy = cbk_strndup(start, (size_t)(stop - start));
    for (char *at = copy; *at; at++) /* controls would move the cursor and with it the carets */
        if ((unsigned char)*at < 0x20 && *at != '\t')
            *at = ' ';
    cbk_str_addf(out, "%s | %s%s%s\n", gutter, dots, copy, stop < end ? "..." : "");

    const char *under = skip_chars(start, stop, column);
    cbk_str_addf(out, "%*s | ", width, "");
    cbk_str_add_repeat(out, ' ', strlen(dots));
    for (const char *at = start; at < under;) {
        size_t bytes = char_bytes(at, stop);
        if (*at == '\t')
            cbk_str_add_char(out, '\t');
        else
            cbk_str_add_repeat(out, ' ', (unsigned char)*at < 0x20 ? 1 : cbk_str_cells(at, bytes));
        at += bytes;
    }
    const char *last = skip_chars(under, stop, span->width ? span->width : 1);
    size_t cells = cbk_str_cells(under, (size_t)(last - under));
    cbk_str_add_repeat(out, '^', cells ? cells : 1);
    cbk_str_add_char(out, '\n');
}
