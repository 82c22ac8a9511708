#include "config/text.h"

#include "base/str.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

void cbk_text_strip_bom(char *text, size_t *len)
{
    if (!cbk_str_starts_with(text, bom))
        return;
    *len -= strlen(bom);
    memmove(text, text + strlen(bom), *len + 1);
}

static int check_encoding(const struct cbk_source *source, struct cbk_error *err)
{
    size_t valid = cbk_str_utf8_span(source->text, source->len);
    if (valid == source->len)
        return 0;
    struct cbk_span span = cbk_source_span(source, valid, 1);
    unsigned first = (unsigned char)source->text[0], second = source->len > 1 ? (unsigned char)source->text[1] : 0;
    if ((first == 0xff && second == 0xfe) || (first == 0xfe && second == 0xff)) {
        cbk_fail_at(err, span, CBK_E_SYNTAX, "'%s' is UTF-16", source->path);
        return cbk_error_hint(err, "save the file as UTF-8");
    }
    cbk_fail_at(err, span, CBK_E_SYNTAX, "not valid UTF-8: byte 0x%02x", (unsigned)(unsigned char)source->text[valid]);
    return cbk_error_hint(err, "save the file as UTF-8");
}

/* Sequences that are refused: control characters, and what only YAML 1.1 takes for the end of a line. */
static const struct refused {
    const char *bytes;
    const char *name;
} line_ends[] = {
    {"\xc2\x85", "next line (U+0085)"},
    {"\xe2\x80\xa8", "line separator (U+2028)"},
    {"\xe2\x80\xa9", "paragraph separator (U+2029)"},
    {"\r", "carriage return without a line feed"},
};

static bool is_refused_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static const char *refused_line_end(const char *at)
{
    if (at[0] == '\r' && at[1] == '\n')
        return NULL;
    for (size_t i = 0; i < CBK_ARRAY_LEN(line_ends); i++)
        if (cbk_str_starts_with(at, line_ends[i].bytes))
            return line_ends[i].name;
    return NULL;
}

static int refuse(const struct cbk_source *source, size_t offset, struct cbk_error *err, const char *name)
{
    cbk_fail_at(err, cbk_source_span(source, offset, 1), CBK_E_SYNTAX, "%s in the text", name);
    return cbk_error_hint(err, "inside double quotes it can be written as an escape such as \\x1b or \\u2028");
}

int cbk_text_check(const struct cbk_source *source, struct cbk_error *err)
{
    int r = check_encoding(source, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < source->len; i++) {
        unsigned char c = (unsigned char)source->text[i];
        if (c >= 0x20 && c < 0x7f)
            continue;
        if (is_refused_control(c)) {
            CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("control character 0x%02x", c);
            return refuse(source, i, err, name);
        }
        const char *line_end = refused_line_end(source->text + i);
        if (line_end)
            return refuse(source, i, err, line_end);
    }
    return 0;
}
