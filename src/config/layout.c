#include "config/layout.h"

#include "config/complaint.h"
#include "config/parser.h"

#include <string.h>

#define NO_LINE SIZE_MAX

struct builder {
    yaml_parser_t yaml;
    const struct cbk_source *source;
    struct cbk_arena *arena;
    struct cbk_comments pending; /* not yet passed */
    const struct cbk_block *blocks;
    size_t flow_depth;
    struct cbk_error *err;
};

static int read_value(struct builder *builder, const yaml_event_t *event, struct cbk_layout_entry *owner,
                      struct cbk_layout_node **ret, size_t *ret_line);

static int next(struct builder *builder, yaml_event_t *event)
{
    return cbk_parser_next(&builder->yaml, builder->source, event, builder->err);
}

/* Passes the comments above `line`. */
static void take_above(struct builder *builder, size_t line, struct cbk_comments *to)
{
    while (builder->pending.first && builder->pending.first->line < line)
        cbk_comments_add(to, cbk_comments_take(&builder->pending));
}

/* Passes the comment at the end of `line`, if there is one; an entry that has one already gets it above. */
static void take_tail(struct builder *builder, size_t line, struct cbk_layout_entry *entry)
{
    const struct cbk_comment *comment = builder->pending.first;
    if (!comment || comment->alone || comment->line != line)
        return;
    if (entry->tail)
        cbk_comments_add(&entry->above, cbk_comments_take(&builder->pending));
    else
        entry->tail = cbk_comments_take(&builder->pending);
}

static const char *keep(struct builder *builder, const yaml_char_t *text)
{
    return text ? cbk_arena_strdup(builder->arena, (const char *)text) : NULL;
}

static struct cbk_layout_node *new_node(struct builder *builder, enum cbk_layout_kind kind, const yaml_event_t *event,
                                        const yaml_char_t *tag)
{
    const char *anchor = cbk_event_anchor(event);
    struct cbk_layout_node *node = CBK_ARENA_NEW(builder->arena, struct cbk_layout_node);
    node->kind = kind;
    node->is_named = anchor != NULL;
    node->anchor = kind == CBK_LAYOUT_ALIAS ? NULL : keep(builder, (const yaml_char_t *)anchor);
    node->tag = keep(builder, tag);
    return node;
}

static struct cbk_layout_node *read_alias(struct builder *builder, const yaml_event_t *event)
{
    struct cbk_layout_node *node = new_node(builder, CBK_LAYOUT_ALIAS, event, NULL);
    node->text = keep(builder, event->data.alias.anchor);
    return node;
}

/* *ret_line is where it ends, of a block where it begins. */
static struct cbk_layout_node *read_scalar(struct builder *builder, const yaml_event_t *event, size_t *ret_line)
{
    struct cbk_layout_node *node = new_node(builder, CBK_LAYOUT_SCALAR, event, event->data.scalar.tag);
    yaml_scalar_style_t style = event->data.scalar.style;
    node->text = keep(builder, event->data.scalar.value);
    node->is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    *ret_line = event->end_mark.line;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
        node->block_style = style == YAML_FOLDED_SCALAR_STYLE ? '>' : '|';
        node->block = builder->blocks;
        *ret_line = builder->blocks->line;
        builder->blocks = builder->blocks->next;
    } else {
        node->is_broken = event->end_mark.line > event->start_mark.line;
    }
    if (node->is_plain && !*node->text && !node->tag && builder->flow_depth)
        node->text = "null"; /* brackets read better with it */
    return node;
}

/* Does nothing but indentation, and dashes of lists, stand before the mark on its line? */
static bool begins_line(const struct builder *builder, const yaml_mark_t *mark)
{
    if (mark->line >= builder->source->line_count)
        return false;
    return strspn(builder->source->text + builder->source->lines[mark->line], " -?") >= mark->column;
}

struct collection {
    struct cbk_layout_node *node;
    struct cbk_layout_entry *owner, *last; /* NULL: none */
    size_t last_line;                      /* where the last one ended */
};

/* Passes the comments between the last entry and a mark: the rest of a line with brackets, then what stands above. */
static void pass_between(struct builder *builder, struct collection *at, size_t line, struct cbk_comments *above)
{
    if (at->last && builder->flow_depth && line > at->last_line)
        take_tail(builder, at->last_line, at->last);
    while (!at->last && at->owner && at->owner->key && builder->pending.first && !builder->pending.first->alone &&
           builder->pending.first->line < line)
        take_tail(builder, builder->pending.first->line, at->owner);
    take_above(builder, line, above);
}

static int read_entry(struct builder *builder, struct collection *at, const yaml_event_t *event)
{
    struct cbk_layout_entry *entry = CBK_ARENA_NEW(builder->arena, struct cbk_layout_entry);
    size_t line = event->start_mark.line;
    pass_between(builder, at, line, &entry->above);
    entry->blank = line && begins_line(builder, &event->start_mark) && cbk_line_is_blank(builder->source, line - 1);
    CBK_EVENT(value);
    const yaml_event_t *begin = event;
    int r = 0;
    if (at->node->kind == CBK_LAYOUT_MAPPING) {
        r = read_value(builder, event, NULL, &entry->key, &at->last_line);
        r = r < 0 ? r : next(builder, &value);
        begin = &value;
    }
    r = r < 0 ? r : read_value(builder, begin, entry, &entry->value, &at->last_line);
    if (r < 0)
        return r;
    if (!builder->flow_depth)
        take_tail(builder, at->last_line, entry);
    at->node->is_named |= entry->value->is_named || (entry->key && entry->key->is_named);
    *(at->last ? &at->last->next : &at->node->first) = entry;
    at->last = entry;
    at->node->count++;
    return 0;
}

static bool has_comments(const struct cbk_layout_node *node)
{
    bool found = node->foot.first != NULL;
    for (const struct cbk_layout_entry *entry = node->first; entry && !found; entry = entry->next)
        found = entry->above.first || entry->tail || (entry->value->kind >= CBK_LAYOUT_LIST && !entry->value->is_flow);
    return found;
}

/* What stands behind the last entry, as deep as the entries or deeper. In brackets it is all up to the closing one. */
static void read_foot(struct builder *builder, struct collection *at, const yaml_event_t *end)
{
    size_t line = end->start_mark.line;
    if (builder->flow_depth) {
        pass_between(builder, at, line, &at->node->foot);
        return;
    }
    for (const struct cbk_comment *comment; (comment = builder->pending.first);) {
        bool is_before = comment->line < line || (comment->line == line && comment->alone);
        if (!is_before || comment->column < at->node->column)
            return;
        cbk_comments_add(&at->node->foot, cbk_comments_take(&builder->pending));
    }
}

void cbk_layout_hoist(struct cbk_layout_entry *owner, struct cbk_layout_node *value)
{
    if (!owner->key && value->first)
        cbk_comments_move(&owner->above, &value->first->above);
}

/* Comments that a collection has no place for go above what owns it. */
static void hoist(struct collection *at)
{
    if (!at->owner)
        return;
    if (!at->node->first)
        cbk_comments_move(&at->owner->above, &at->node->foot);
    else
        cbk_layout_hoist(at->owner, at->node);
}

static int read_collection(struct builder *builder, struct collection *at, bool is_flow, size_t *ret_line)
{
    builder->flow_depth += is_flow;
    for (;;) {
        CBK_EVENT(event);
        int r = next(builder, &event);
        if (r < 0)
            return r;
        if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT) {
            read_foot(builder, at, &event);
            *ret_line = is_flow ? event.end_mark.line : NO_LINE; /* a block ends where the next thing begins */
            break;
        }
        r = read_entry(builder, at, &event);
        if (r < 0)
            return r;
    }
    builder->flow_depth -= is_flow;
    at->node->is_flow = is_flow && !has_comments(at->node);
    hoist(at);
    at->node->is_flow |= !at->node->first;
    return 0;
}

/* Reads what begins with the event. `owner` is the entry whose value it is; NULL: it is a key or the root. */
static int read_value(struct builder *builder, const yaml_event_t *event, struct cbk_layout_entry *owner,
                      struct cbk_layout_node **ret, size_t *ret_line)
{
    if (event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT) {
        size_t line = event->end_mark.line;
        *ret = event->type == YAML_ALIAS_EVENT ? read_alias(builder, event) : read_scalar(builder, event, &line);
        if (owner)
            take_above(builder, (*ret)->block_style ? line : event->start_mark.line, &owner->above);
        *ret_line = line;
        return 0;
    }
    bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
    bool is_flow = is_mapping ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                              : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    const yaml_char_t *tag = is_mapping ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    *ret = new_node(builder, is_mapping ? CBK_LAYOUT_MAPPING : CBK_LAYOUT_LIST, event, tag);
    (*ret)->column = event->end_mark.column; /* behind its anchor */
    struct collection at = {.node = *ret, .owner = owner};
    return read_collection(builder, &at, is_flow, ret_line);
}

static bool is_modeline(const struct cbk_comment *comment)
{
    return cbk_str_starts_with(comment->text, "# yaml-language-server:");
}

static void part_modelines(struct cbk_comments *comments, struct cbk_comments *ret_modelines)
{
    struct cbk_comments others = {0};
    while (comments->first) {
        struct cbk_comment *comment = cbk_comments_take(comments);
        cbk_comments_add(is_modeline(comment) ? ret_modelines : &others, comment);
    }
    *comments = others;
}

/* What editors look for comes first. */
static void lead_with_modeline(struct cbk_comments *head)
{
    struct cbk_comments modelines = {0};
    part_modelines(head, &modelines);
    cbk_comments_move(&modelines, head);
    *head = modelines;
}

/*
 * The comments before the first entry are the file's as far as an empty line stands below them, and with them what
 * stands below a line for editors; the rest is the entry's.
 */
static void split_head(struct cbk_layout *layout)
{
    struct cbk_layout_entry *first = layout->root->first;
    const struct cbk_comment *last = NULL;
    bool below_modeline = false;
    for (const struct cbk_comment *comment = first->above.first; comment; comment = comment->next) {
        below_modeline = is_modeline(comment) || (below_modeline && !comment->blank);
        if (below_modeline || (comment->next ? comment->next->blank : first->blank))
            last = comment;
    }
    while (last && layout->head.last != last)
        cbk_comments_add(&layout->head, cbk_comments_take(&first->above));
    layout->head_gap = last && (first->above.first ? first->above.first->blank : first->blank);
    if (first->above.first)
        first->above.first->blank = false;
    else
        first->blank = false;
    for (struct cbk_layout_entry *entry = first; entry; entry = entry->next) /* wherever its key may go */
        part_modelines(&entry->above, &layout->head);
    lead_with_modeline(&layout->head);
}

static int read_root(struct builder *builder, const yaml_event_t *event, struct cbk_layout *layout)
{
    size_t line = 0;
    int r = read_value(builder, event, NULL, &layout->root, &line);
    if (r < 0)
        return r;
    if (layout->root->kind < CBK_LAYOUT_LIST)
        return cbk_fail_at(builder->err, cbk_mark_span(builder->source, &event->start_mark, &event->end_mark),
                           CBK_E_SCHEMA, "expected a mapping of sections here");
    layout->root->anchor = layout->root->tag = NULL; /* nobody can refer to it */
    if (layout->root->first)
        split_head(layout);
    return 0;
}

static int read_document(struct builder *builder, struct cbk_layout *layout)
{
    for (bool ended = false; !ended;) {
        CBK_EVENT(event);
        int r = next(builder, &event);
        if (r < 0)
            return r;
        bool is_content = event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
                          event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && !event.data.document_start.implicit) {
            layout->is_marked = true;
            take_above(builder, event.start_mark.line, &layout->prologue);
            lead_with_modeline(&layout->prologue);
        }
        r = is_content ? read_root(builder, &event, layout) : 0;
        if (r < 0)
            return r;
        ended = event.type == YAML_STREAM_END_EVENT;
    }
    return 0;
}

static void copy_all(struct builder *builder, struct cbk_comments *all)
{
    for (const struct cbk_comment *comment = builder->pending.first; comment; comment = comment->next) {
        struct cbk_comment *copy = CBK_ARENA_NEW(builder->arena, struct cbk_comment);
        *copy = *comment;
        cbk_comments_add(all, copy);
    }
}

static void release(struct builder *builder)
{
    yaml_parser_delete(&builder->yaml);
}

int cbk_layout_read(const struct cbk_doc *doc, struct cbk_arena *arena, struct cbk_layout *ret, struct cbk_error *err)
{
    struct cbk_gathered gathered = {0};
    int r = cbk_comments_gather(doc->source, arena, &gathered, err);
    if (r < 0)
        return r;
    CBK_CLEANUP(release)
    struct builder builder = {.source = doc->source,
                              .arena = arena,
                              .pending = gathered.comments,
                              .blocks = gathered.first_block,
                              .err = err};
    struct cbk_layout layout = {0};
    copy_all(&builder, &layout.all);
    cbk_parser_begin(&builder.yaml, doc->source);
    r = read_document(&builder, &layout);
    if (r < 0)
        return r;
    cbk_comments_move(&layout.foot, &builder.pending);
    *ret = layout;
    return 0;
}
