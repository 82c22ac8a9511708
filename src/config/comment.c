#include "config/comment.h"

#include "config/complaint.h"
#include "config/parser.h"

#include <string.h>

/* libyaml counts characters, we look at bytes: a cursor goes forward over both. */
struct gatherer {
    yaml_parser_t yaml;
    const struct cbk_source *source;
    struct cbk_arena *arena;
    size_t index, offset;
    struct cbk_gathered found;
};

void cbk_comments_add(struct cbk_comments *list, struct cbk_comment *comment)
{
    comment->next = NULL;
    if (list->last)
        list->last->next = comment;
    else
        list->first = comment;
    list->last = comment;
}

struct cbk_comment *cbk_comments_take(struct cbk_comments *list)
{
    struct cbk_comment *taken = list->first;
    list->first = taken->next;
    if (!list->first)
        list->last = NULL;
    taken->next = NULL;
    return taken;
}

void cbk_comments_move(struct cbk_comments *to, struct cbk_comments *from)
{
    while (from->first)
        cbk_comments_add(to, cbk_comments_take(from));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool cbk_line_is_blank(const struct cbk_source *source, size_t line)
{
    if (line >= source->line_count)
        return false;
    const char *at = source->text + source->lines[line];
    while (is_blank(*at))
        at++;
    return *at == '\n';
}

static size_t advance(struct gatherer *gatherer, size_t index)
{
    const char *text = gatherer->source->text;
    while (gatherer->index < index && gatherer->offset < gatherer->source->len) {
        gatherer->offset++;
        while (((unsigned char)text[gatherer->offset] & 0xc0U) == 0x80)
            gatherer->offset++;
        gatherer->index++;
    }
    return gatherer->offset;
}

/* The comment that begins at this byte; answers where it ends. */
static size_t take_comment(struct gatherer *gatherer, size_t offset)
{
    const struct cbk_source *source = gatherer->source;
    size_t len = strcspn(source->text + offset, "\n"), kept = len;
    while (kept && is_blank(source->text[offset + kept - 1]))
        kept--;
    struct cbk_span span = cbk_source_span(source, offset, 1);
    size_t begin = source->lines[span.line - 1], before = offset;
    while (before > begin && is_blank(source->text[before - 1]))
        before--;
    struct cbk_comment *comment = CBK_ARENA_NEW(gatherer->arena, struct cbk_comment);
    comment->text = cbk_arena_strndup(gatherer->arena, source->text + offset, kept);
    comment->line = span.line - 1;
    comment->column = span.column - 1;
    comment->gap = offset - before;
    comment->alone = before == begin;
    comment->blank = comment->alone && comment->line && cbk_line_is_blank(source, comment->line - 1);
    cbk_comments_add(&gatherer->found.comments, comment);
    return offset + len;
}

/* Between two tokens stand blanks, ends of lines and comments, nothing else. */
static void take_gap(struct gatherer *gatherer, size_t from, size_t to)
{
    while (from < to) {
        if (gatherer->source->text[from] == '#')
            from = take_comment(gatherer, from);
        else
            from++;
    }
}

static void take_block(struct gatherer *gatherer, size_t from, size_t to)
{
    const struct cbk_source *source = gatherer->source;
    size_t header = from + strcspn(source->text + from, "\n");
    take_gap(gatherer, from, header);
    struct cbk_block *block = CBK_ARENA_NEW(gatherer->arena, struct cbk_block);
    size_t begin = header + (header < source->len);
    block->line = cbk_source_span(source, from, 1).line - 1;
    block->lines = source->text + begin;
    block->len = to > begin ? to - begin : 0;
    struct cbk_gathered *found = &gatherer->found;
    *(found->last_block ? &found->last_block->next : &found->first_block) = block;
    found->last_block = block;
}

static bool is_block(const yaml_token_t *token)
{
    return token->type == YAML_SCALAR_TOKEN && (token->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                                                token->data.scalar.style == YAML_FOLDED_SCALAR_STYLE);
}

static int take_token(struct gatherer *gatherer, const yaml_token_t *token, struct cbk_error *err)
{
    if (token->type == YAML_VERSION_DIRECTIVE_TOKEN || token->type == YAML_TAG_DIRECTIVE_TOKEN) {
        cbk_fail_at(err, cbk_mark_span(gatherer->source, &token->start_mark, &token->end_mark), CBK_E_SYNTAX,
                    "a file with a directive is not formatted");
        return cbk_error_hint(err, "leave the line out: it means nothing in a stack");
    }
    size_t from = gatherer->offset, begin = advance(gatherer, token->start_mark.index);
    take_gap(gatherer, from, begin);
    size_t end = advance(gatherer, token->end_mark.index);
    if (is_block(token))
        take_block(gatherer, begin, end);
    return 0;
}

static void release(struct gatherer *gatherer)
{
    yaml_parser_delete(&gatherer->yaml);
}

int cbk_comments_gather(const struct cbk_source *source, struct cbk_arena *arena, struct cbk_gathered *ret,
                        struct cbk_error *err)
{
    CBK_CLEANUP(release) struct gatherer gatherer = {.source = source, .arena = arena};
    cbk_parser_begin(&gatherer.yaml, source);
    for (bool ended = false; !ended;) {
        CBK_CLEANUP(yaml_token_delete) yaml_token_t token = {0};
        if (!yaml_parser_scan(&gatherer.yaml, &token))
            return cbk_complain(source, &gatherer.yaml, err);
        int r = take_token(&gatherer, &token, err);
        if (r < 0)
            return r;
        ended = token.type == YAML_STREAM_END_TOKEN;
    }
    take_gap(&gatherer, gatherer.offset, source->len);
    *ret = gatherer.found;
    return 0;
}
