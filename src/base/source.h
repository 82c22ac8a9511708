/*
 * A text that errors can point into: its name, its bytes held in memory, an index of its lines. A span is a small
 * value that says where something stands; it borrows its source, so sources outlive every span and every error.
 */
#ifndef CBK_BASE_SOURCE_H
#define CBK_BASE_SOURCE_H

#include "base/owned.h"
#include "base/str.h"

#include <stddef.h>

struct cbk_source {
    char *path; /* as the user knows it: relative to where cbk was started */
    char *text;
    size_t len;
    size_t *lines; /* byte offset of each line's start */
    size_t line_count;
};

/* Lines and columns count from 1, columns and width in characters (code points). line 0: no place known. */
struct cbk_span {
    const struct cbk_source *source;
    size_t line, column, width;
};

/* Takes `text` (`len` bytes and a NUL) over and indexes its lines. */
struct cbk_source *cbk_source_new(const char *path, char *text, size_t len);
/* NULL is fine. */
void cbk_source_free(struct cbk_source *source);
CBK_DEFINE_OWNED(struct cbk_source, cbk_source)

/* The span of `width` characters from byte `offset` on. */
struct cbk_span cbk_source_span(const struct cbk_source *source, size_t offset, size_t width);
/* The byte offset at which a span with a line begins; the text's end for a line behind the last. */
size_t cbk_span_offset(const struct cbk_span *span);

/* The last line of the block that the span's line is the head of: the last one that stands deeper than it. Empty lines
 * and comments (#) may lie in between. */
size_t cbk_span_block_end(const struct cbk_span *span);

/* Adds the span's line and a second line with carets under it, padded by terminal cells, tabs kept. */
void cbk_span_quote(const struct cbk_span *span, struct cbk_str *out);

#endif
