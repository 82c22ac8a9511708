/*
 * What libyaml steps over: the comments of a text, and its block scalars as they are written. Both are lists in the
 * order of the text, in an arena.
 */
#ifndef CBK_CONFIG_COMMENT_H
#define CBK_CONFIG_COMMENT_H

#include "base/arena.h"
#include "base/error.h"

struct cbk_comment {
    const char *text; /* from '#' to the last character that is not blank */
    size_t line;      /* from 0, as libyaml counts */
    size_t column;    /* characters before it */
    size_t gap;       /* blanks before it */
    bool alone;       /* nothing else stands on its line */
    bool blank;       /* an empty line stands above it */
    struct cbk_comment *next;
};

struct cbk_comments {
    struct cbk_comment *first, *last;
};

/* A literal or folded scalar: its header's line, and the bytes of its lines, borrowed from the source. */
struct cbk_block {
    const char *lines;
    size_t len;
    size_t line;
    struct cbk_block *next;
};

struct cbk_gathered {
    struct cbk_comments comments;
    struct cbk_block *first_block, *last_block;
};

/* Gathers what stands in `source`, a text that can be read. CBK_E_SYNTAX at a directive ('%YAML'): nothing of it would
 * be kept. */
CBK_MUST_CHECK int cbk_comments_gather(const struct cbk_source *source, struct cbk_arena *arena,
                                       struct cbk_gathered *ret, struct cbk_error *err);
void cbk_comments_add(struct cbk_comments *list, struct cbk_comment *comment);
/* Takes the first one out, which there must be. */
struct cbk_comment *cbk_comments_take(struct cbk_comments *list);
/* Moves all of `from` behind those of `to`. */
void cbk_comments_move(struct cbk_comments *to, struct cbk_comments *from);
/* Is the line (from 0) there and empty, but for blanks? */
bool cbk_line_is_blank(const struct cbk_source *source, size_t line);

#endif
