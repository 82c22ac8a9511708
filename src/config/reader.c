#include "config/reader.h"

#include "config/anchor.h"
#include "config/complaint.h"
#include "config/doc.h"
#include "config/parser.h"
#include "config/scalar.h"
#include "config/tag.h"

#include <string.h>

/* A value that was read: `size` values in all, nested `height` deep. */
struct node {
    json_t *value; /* owned */
    struct cbk_place *place;
    size_t size, height;
};

struct reader {
    yaml_parser_t yaml;
    const struct cbk_source *source;
    struct cbk_arena *arena;
    struct cbk_anchors anchors;
    struct cbk_errors *errors;
    size_t first_error; /* how many errors were there before ours */
    size_t nodes, expanded;
};

static int read_node(struct reader *reader, const yaml_event_t *event, size_t depth, struct node *ret);

static void node_release(struct node *node)
{
    json_decref(node->value);
}

#define NODE(name) CBK_CLEANUP(node_release) struct node name = {0}

static struct cbk_span event_span(const struct reader *reader, const yaml_event_t *event)
{
    return cbk_mark_span(reader->source, &event->start_mark, &event->end_mark);
}

static int next(struct reader *reader, yaml_event_t *event)
{
    CBK_ERROR(err);
    int r = cbk_parser_next(&reader->yaml, reader->source, event, &err);
    return r < 0 ? cbk_error_move(cbk_errors_add(reader->errors), &err) : 0;
}

/* After a mistake that leaves the rest readable: 0, or a failure when there have been too many. */
static int go_on(struct reader *reader, struct cbk_span span)
{
    if (reader->errors->list.len - reader->first_error < CBK_DOC_MAX_ERRORS)
        return 0;
    return cbk_fail_at(cbk_errors_add(reader->errors), span, CBK_E_LIMIT, "too many errors: the rest is not read");
}

static int take_node(struct reader *reader, const yaml_event_t *event, size_t depth)
{
    if (depth > CBK_DOC_MAX_DEPTH)
        return cbk_fail_at(cbk_errors_add(reader->errors), event_span(reader, event), CBK_E_LIMIT,
                           "nested deeper than %d levels", CBK_DOC_MAX_DEPTH);
    if (++reader->nodes > CBK_DOC_MAX_NODES)
        return cbk_fail_at(cbk_errors_add(reader->errors), event_span(reader, event), CBK_E_LIMIT,
                           "more than %d values in one file", CBK_DOC_MAX_NODES);
    return 0;
}

/* Adds err, at the event, and goes on if there have not been too many. */
static int keep_error(struct reader *reader, const yaml_event_t *event, struct cbk_error *err)
{
    struct cbk_span span = event_span(reader, event);
    cbk_error_locate(err, span);
    cbk_error_move(cbk_errors_add(reader->errors), err);
    return go_on(reader, span);
}

/* What the alias stands for, or NULL and an error: CBK_E_LIMIT where reading has to stop. */
static const struct cbk_anchor *find_anchor(struct reader *reader, const yaml_event_t *event, size_t depth,
                                            struct cbk_error *err)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct cbk_anchor *anchor = cbk_anchor_get(&reader->anchors, name);
    if (!anchor || !anchor->value) {
        if (anchor)
            cbk_fail(err, CBK_E_SYNTAX, "alias '*%s' stands inside its own anchor", name);
        else
            cbk_fail(err, CBK_E_SYNTAX, "unknown alias '*%s'", name);
        cbk_error_hint(err, "'&%s' before a value names it; quote a value that begins with '*'", name);
        return NULL;
    }
    reader->expanded += anchor->size;
    if (reader->expanded > CBK_DOC_MAX_EXPANDED)
        cbk_fail(err, CBK_E_LIMIT, "aliases expand to more than %d values", CBK_DOC_MAX_EXPANDED);
    else if (depth + anchor->height > CBK_DOC_MAX_DEPTH)
        cbk_fail(err, CBK_E_LIMIT, "nested deeper than %d levels by alias '*%s'", CBK_DOC_MAX_DEPTH, name);
    return err->code ? NULL : anchor;
}

/* The value of an alias is a copy; where there is none, because of a mistake, null stands in. */
static int read_alias(struct reader *reader, const yaml_event_t *event, size_t depth, struct node *ret)
{
    CBK_ERROR(err);
    const struct cbk_anchor *anchor = find_anchor(reader, event, depth, &err);
    if (!anchor) {
        int code = err.code, kept = keep_error(reader, event, &err);
        ret->value = json_null();
        return code == CBK_E_LIMIT ? code : kept;
    }
    ret->value = json_deep_copy(anchor->value);
    ret->size = anchor->size;
    ret->height = anchor->height;
    ret->place->children = anchor->place->children;
    ret->place->child_count = anchor->place->child_count;
    return 0;
}

static bool is_text(const yaml_event_t *event)
{
    return event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || cbk_tag_is_text((const char *)event->data.scalar.tag);
}

static int parse_scalar(const yaml_event_t *event, json_t **ret, struct cbk_error *err)
{
    const char *text = (const char *)event->data.scalar.value;
    if (strlen(text) != event->data.scalar.length)
        return cbk_fail(err, CBK_E_SYNTAX, "a NUL character in a value");
    if (!is_text(event))
        return cbk_scalar_parse(text, ret, err);
    *ret = json_string(text);
    return 0;
}

/* The value of a scalar; where there is none, because of a mistake, an empty string stands in. */
static int read_scalar(struct reader *reader, const yaml_event_t *event, json_t **ret)
{
    CBK_ERROR(err);
    int r = parse_scalar(event, ret, &err);
    if (r < 0)
        *ret = json_string("");
    else
        r = cbk_tag_check((const char *)event->data.scalar.tag, *ret, &err);
    return r < 0 ? keep_error(reader, event, &err) : 0;
}

static int read_list(struct reader *reader, size_t depth, struct node *ret)
{
    CBK_CLEANUP(cbk_place_vec_release) struct cbk_place_vec children = {0};
    ret->value = json_array();
    for (;;) {
        CBK_EVENT(event);
        int r = next(reader, &event);
        if (r < 0)
            return r;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            break;
        NODE(item);
        r = read_node(reader, &event, depth + 1, &item);
        if (r < 0)
            return r;
        ret->size += item.size;
        ret->height = item.height >= ret->height ? item.height + 1 : ret->height;
        json_array_append_new(ret->value, cbk_json_steal(&item.value));
        cbk_place_vec_push(&children, item.place);
    }
    cbk_place_adopt(reader->arena, ret->place, &children);
    return 0;
}

static int check_key(const yaml_event_t *event, const json_t *key, struct cbk_error *err)
{
    const char *text = event->type == YAML_SCALAR_EVENT ? (const char *)event->data.scalar.value : NULL;
    if (text && !is_text(event) && strcmp(text, "<<") == 0) {
        cbk_fail(err, CBK_E_SYNTAX, "merge keys ('<<') are not supported");
        return cbk_error_hint(err, "write the keys out, or use an alias for a whole value");
    }
    if (json_is_string(key))
        return 0;
    cbk_fail(err, CBK_E_SYNTAX, "a key has to be a string");
    return text ? cbk_error_hint(err, "write \"%s\"", text)
                : cbk_error_hint(err, "quote a value that begins with '{' or '['");
}

/* Reads the event as a key. *ret_name is in the arena, NULL where there was a mistake, which is reported. */
static int read_key(struct reader *reader, const yaml_event_t *event, size_t depth, const char **ret_name)
{
    NODE(key);
    size_t errors = reader->errors->list.len;
    int r = read_node(reader, event, depth + 1, &key);
    if (r < 0 || reader->errors->list.len > errors)
        return r;
    CBK_ERROR(err);
    if (check_key(event, key.value, &err) < 0)
        return keep_error(reader, event, &err);
    *ret_name = cbk_arena_strdup(reader->arena, json_string_value(key.value));
    return 0;
}

static const struct cbk_place *find_child(const struct cbk_place_vec *children, const char *name)
{
    for (size_t i = 0; i < children->len; i++)
        if (strcmp(children->items[i]->name, name) == 0)
            return children->items[i];
    return NULL;
}

static int add_member(struct reader *reader, struct node *object, struct node *member, struct cbk_place_vec *children)
{
    const char *name = member->place->name;
    if (json_object_get(object->value, name)) {
        struct cbk_error *err = cbk_errors_add(reader->errors);
        cbk_fail_at(err, member->place->key, CBK_E_SYNTAX, "duplicate key '%s'", name);
        cbk_error_note(err, find_child(children, name)->key, "first given here");
        return go_on(reader, member->place->key);
    }
    object->size += member->size;
    object->height = member->height >= object->height ? member->height + 1 : object->height;
    json_object_set_new(object->value, name, cbk_json_steal(&member->value));
    cbk_place_vec_push(children, member->place);
    return 0;
}

static bool is_indented(const yaml_event_t *event)
{
    return (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.style == YAML_BLOCK_MAPPING_STYLE) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE);
}

static int read_member(struct reader *reader, const yaml_event_t *key, size_t depth, struct node *object,
                       struct cbk_place_vec *children)
{
    const char *name = NULL;
    int r = read_key(reader, key, depth, &name);
    if (r < 0)
        return r;
    CBK_EVENT(event);
    r = next(reader, &event);
    if (r < 0)
        return r;
    NODE(member);
    r = read_node(reader, &event, depth + 1, &member);
    if (r < 0 || !name)
        return r;
    member.place->name = name;
    member.place->key = event_span(reader, key);
    bool empty = event.type == YAML_SCALAR_EVENT && !event.data.scalar.length && json_is_null(member.value);
    if (is_indented(&event) || empty)
        member.place->value = member.place->key;
    return add_member(reader, object, &member, children);
}

static int read_object(struct reader *reader, size_t depth, struct node *ret)
{
    CBK_CLEANUP(cbk_place_vec_release) struct cbk_place_vec children = {0};
    ret->value = json_object();
    for (;;) {
        CBK_EVENT(event);
        int r = next(reader, &event);
        if (r < 0)
            return r;
        if (event.type == YAML_MAPPING_END_EVENT)
            break;
        r = read_member(reader, &event, depth, ret, &children);
        if (r < 0)
            return r;
    }
    cbk_place_adopt(reader->arena, ret->place, &children);
    return 0;
}

static int read_content(struct reader *reader, const yaml_event_t *event, size_t depth, struct node *ret)
{
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(reader, event, &ret->value);
    bool object = event->type == YAML_MAPPING_START_EVENT;
    int r = object ? read_object(reader, depth, ret) : read_list(reader, depth, ret);
    if (r < 0)
        return r;
    const yaml_char_t *tag = object ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    CBK_ERROR(err);
    r = cbk_tag_check((const char *)tag, ret->value, &err);
    return r < 0 ? keep_error(reader, event, &err) : 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event, size_t depth, struct node *ret)
{
    int r = take_node(reader, event, depth);
    if (r < 0)
        return r;
    ret->place = CBK_ARENA_NEW(reader->arena, struct cbk_place);
    ret->place->value = event_span(reader, event);
    ret->size = 1;
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, event, depth, ret);
    const char *name = cbk_event_anchor(event);
    struct cbk_anchor *anchor = cbk_anchor_open(&reader->anchors, name);
    r = read_content(reader, event, depth, ret);
    if (r == 0)
        cbk_anchor_close(&reader->anchors, name, anchor, ret->value, ret->place, ret->size, ret->height);
    return r;
}

static int expect_end(struct reader *reader)
{
    CBK_EVENT(event);
    int r = next(reader, &event);
    if (r < 0 || event.type == YAML_STREAM_END_EVENT)
        return r;
    struct cbk_error *err = cbk_errors_add(reader->errors);
    cbk_fail_at(err, event_span(reader, &event), CBK_E_SYNTAX, "a second document begins here");
    return cbk_error_hint(err, "a file holds one document: put the other into a file of its own");
}

/* Steps over events that carry nothing; answers the first that does, or the end of the stream. */
static int first_event(struct reader *reader, yaml_event_t *event)
{
    for (;;) {
        int r = next(reader, event);
        if (r < 0 || (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT))
            return r;
        yaml_event_delete(event);
    }
}

static int read_document(struct reader *reader, struct node *ret)
{
    CBK_EVENT(event);
    int r = first_event(reader, &event);
    if (r < 0)
        return r;
    if (event.type == YAML_STREAM_END_EVENT) {
        ret->value = json_null();
        ret->place = CBK_ARENA_NEW(reader->arena, struct cbk_place);
        ret->place->value = (struct cbk_span){.source = reader->source};
        return 0;
    }
    r = read_node(reader, &event, 1, ret);
    if (r < 0)
        return r;
    CBK_EVENT(document_end);
    r = next(reader, &document_end);
    return r < 0 ? r : expect_end(reader);
}

static void release(struct reader *reader)
{
    yaml_parser_delete(&reader->yaml);
    cbk_anchors_release(&reader->anchors);
}

int cbk_reader_read(const struct cbk_source *source, struct cbk_arena *arena, json_t **ret_root,
                    const struct cbk_place **ret_place, struct cbk_errors *errors)
{
    CBK_CLEANUP(release)
    struct reader reader = {.source = source, .arena = arena, .errors = errors, .first_error = errors->list.len};
    cbk_anchors_init(&reader.anchors, arena);
    cbk_parser_begin(&reader.yaml, source);
    NODE(root);
    if (read_document(&reader, &root) == 0) {
        *ret_root = cbk_json_steal(&root.value);
        *ret_place = root.place;
    }
    return errors->list.len > reader.first_error ? errors->list.items[reader.first_error].code : 0;
}
