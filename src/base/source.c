#include "base/source.h"

#include "base/alloc.h"

#include <stdint.h>
#include <string.h>

/* A quoted line longer than this is cut around the span: a minified file must not flood a terminal. */
#define QUOTE_CHARS 160
/* U+FFFD, in place of what must not reach a terminal */
#define HIDDEN "\xef\xbf\xbd"

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
    if ((unsigned char)*at < 0xc0) /* ASCII, or a byte that broken UTF-8 left alone */
        return bytes;
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

struct cbk_span cbk_source_span(const struct cbk_source *source, size_t offset, size_t width)
{
    size_t low = 0, high = source->line_count; /* the line lies in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    const char *start = source->text + source->lines[low];
    size_t column = cbk_str_chars(start, offset - source->lines[low]) + 1;
    return (struct cbk_span){.source = source, .line = low + 1, .column = column, .width = width};
}

size_t cbk_span_offset(const struct cbk_span *span)
{
    const struct cbk_source *source = span->source;
    if (span->line > source->line_count)
        return source->len;
    const char *start = source->text + source->lines[span->line - 1];
    const char *at = skip_chars(start, source->text + source->len, span->column ? span->column - 1 : 0);
    return (size_t)(at - source->text);
}

size_t cbk_span_block_end(const struct cbk_span *span)
{
    const struct cbk_source *source = span->source;
    size_t last = span->line;
    for (size_t line = span->line + 1; line <= source->line_count; line++) {
        const char *start = source->text + source->lines[line - 1];
        const char *text = start + strspn(start, " "); /* a NUL stands behind the text */
        if (strchr("\r\n#", *text))
            continue;
        if ((size_t)(text - start) < span->column)
            break;
        last = line;
    }
    return last;
}

/* Adds the characters of one line, those that would move the cursor or reorder the line replaced, one cell each. */
static void add_line(struct cbk_str *out, const char *at, const char *end)
{
    while (at < end) {
        size_t bytes = char_bytes(at, end);
        if (*at == '\t' || cbk_str_is_visible(at, bytes))
            cbk_str_add_bytes(out, at, bytes);
        else
            cbk_str_add(out, HIDDEN);
        at += bytes;
    }
}

static size_t line_cells(const char *at, const char *end)
{
    size_t cells = 0;
    while (at < end) {
        size_t bytes = char_bytes(at, end);
        cells += cbk_str_is_visible(at, bytes) ? cbk_str_cells(at, bytes) : 1;
        at += bytes;
    }
    return cells;
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
    cbk_str_addf(out, "%s | %s", gutter, dots);
    add_line(out, start, stop);
    cbk_str_add(out, stop < end ? "...\n" : "\n");

    const char *under = skip_chars(start, stop, column);
    cbk_str_addf(out, "%*s | ", width, "");
    cbk_str_add_repeat(out, ' ', strlen(dots));
    for (const char *at = start; at < under;) {
        size_t bytes = char_bytes(at, stop);
        if (*at == '\t')
            cbk_str_add_char(out, '\t');
        else
            cbk_str_add_repeat(out, ' ', line_cells(at, at + bytes));
        at += bytes;
    }
    const char *last = skip_chars(under, stop, span->width ? span->width : 1);
    size_t cells = line_cells(under, last);
    cbk_str_add_repeat(out, '^', cells ? cells : 1);
    cbk_str_add_char(out, '\n');
}
