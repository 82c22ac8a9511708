#include "config/reader.h"

#include "base/map.h"
#include "config/complaint.h"
#include "config/doc.h"
#include "config/scalar.h"

#include <string.h>
#include <yaml.h>

/* A value that was read: `size` values in all, nested `height` deep. */
struct node {
    json_t *value; /* owned */
    struct cbk_place *place;
    size_t size, height;
};

/* What an anchor names. While its value is still being read, `value` is NULL: an alias to it would be endless. */
struct anchor {
    json_t *value; /* owned */
    const struct cbk_place *place;
    size_t size, height;
};

struct reader {
    yaml_parser_t yaml;
    const struct cbk_source *source;
    struct cbk_arena *arena;
    struct cbk_map *anchors; /* name -> struct anchor *, in the arena */
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
#define EVENT(name) CBK_CLEANUP(yaml_event_delete) yaml_event_t name = {0}

static struct cbk_span event_span(const struct reader *reader, const yaml_event_t *event)
{
    return cbk_mark_span(reader->source, &event->start_mark, &event->end_mark);
}

static int next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->yaml, event))
        return 0;
    return cbk_complain(reader->source, &reader->yaml, cbk_errors_add(reader->errors));
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

static const char *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

/* Anchors may be given again: what comes later counts. */
static struct anchor *open_anchor(struct reader *reader, const char *name)
{
    if (!name)
        return NULL;
    struct anchor *anchor = CBK_ARENA_NEW(reader->arena, struct anchor);
    struct anchor *before = cbk_map_set(reader->anchors, name, anchor);
    if (before)
        json_decref(before->value);
    return anchor;
}

static void close_anchor(struct reader *reader, const char *name, struct anchor *anchor, const struct node *node)
{
    if (!anchor || cbk_map_get(reader->anchors, name) != anchor) /* given again inside its own value */
        return;
    *anchor = (struct anchor){json_incref(node->value), node->place, node->size, node->height};
}

static int read_alias(struct reader *reader, const yaml_event_t *event, size_t depth, struct node *ret)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct cbk_span span = event_span(reader, event);
    const struct anchor *anchor = cbk_map_get(reader->anchors, name);
    ret->place->value = span;
    if (!anchor || !anchor->value) {
        ret->value = json_null();
        cbk_fail_at(cbk_errors_add(reader->errors), span, CBK_E_SYNTAX,
                    anchor ? "alias '*%s' stands inside its own anchor" : "unknown alias '*%s'", name);
        cbk_error_hint(&reader->errors->list.items[reader->errors->list.len - 1],
                       "'&%s' before a value names it; quote a value that begins with '*'", name);
        return go_on(reader, span);
    }
    reader->expanded += anchor->size;
    if (reader->expanded > CBK_DOC_MAX_EXPANDED)
        return cbk_fail_at(cbk_errors_add(reader->errors), span, CBK_E_LIMIT, "aliases expand to more than %d values",
                           CBK_DOC_MAX_EXPANDED);
    if (depth + anchor->height > CBK_DOC_MAX_DEPTH)
        return cbk_fail_at(cbk_errors_add(reader->errors), span, CBK_E_LIMIT,
                           "nested deeper than %d levels by alias '*%s'", CBK_DOC_MAX_DEPTH, name);
    ret->value = json_deep_copy(anchor->value);
    ret->size = anchor->size;
    ret->height = anchor->height;
    ret->place->children = anchor->place->children;
    ret->place->child_count = anchor->place->child_count;
    return 0;
}

static bool is_null(const json_t *value)
{
    return json_is_null(value);
}

static bool is_boolean(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_integer(const json_t *value)
{
    return json_is_integer(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_array(const json_t *value)
{
    return json_is_array(value);
}

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

/* The core tags, and what stands under them. */
static const struct tag_row {
    const char *tag;
    bool (*fits)(const json_t *value);
} tags[] = {
    {YAML_STR_TAG, is_string},   {YAML_NULL_TAG, is_null}, {YAML_BOOL_TAG, is_boolean}, {YAML_INT_TAG, is_integer},
    {YAML_FLOAT_TAG, is_number}, {YAML_SEQ_TAG, is_array}, {YAML_MAP_TAG, is_object},   {"!", is_string},
};

static const struct tag_row *find_tag(const char *tag)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(tags); i++)
        if (strcmp(tags[i].tag, tag) == 0)
            return &tags[i];
    return NULL;
}

/* A tag may say what the value is anyway; it converts nothing, but that `!!str 5` is text. */
static int check_tag(struct reader *reader, const yaml_event_t *event, const char *tag, const json_t *value)
{
    if (!tag)
        return 0;
    const struct tag_row *row = find_tag(tag);
    if (row && (row->fits(value) || (strcmp(tag, "!") == 0 && !json_is_string(value) && !is_null(value))))
        return 0;
    struct cbk_span span = event_span(reader, event);
    struct cbk_error *err = cbk_errors_add(reader->errors);
    if (row) {
        cbk_fail_at(err, span, CBK_E_SYNTAX, "the value is not of its tag '%s'", tag);
    } else {
        cbk_fail_at(err, span, CBK_E_SYNTAX, "unknown tag '%s'", tag);
        cbk_error_hint(err, "quote a value that begins with '!'");
    }
    return go_on(reader, span);
}

static bool is_text(const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return true;
    return tag && (strcmp(tag, YAML_STR_TAG) == 0 || strcmp(tag, "!") == 0);
}

/* The value of a scalar; on a mistake an empty string stands in. */
static int read_scalar(struct reader *reader, const yaml_event_t *event, json_t **ret)
{
    const char *text = (const char *)event->data.scalar.value;
    struct cbk_span span = event_span(reader, event);
    CBK_ERROR(err);
    int r = 0;
    if (strlen(text) != event->data.scalar.length)
        r = cbk_fail(&err, CBK_E_SYNTAX, "a NUL character in a value");
    else if (is_text(event))
        *ret = json_string(text);
    else
        r = cbk_scalar_parse(text, ret, &err);
    if (r == 0)
        return check_tag(reader, event, (const char *)event->data.scalar.tag, *ret);
    *ret = json_string("");
    cbk_error_locate(&err, span);
    cbk_error_move(cbk_errors_add(reader->errors), &err);
    return go_on(reader, span);
}

static int read_list(struct reader *reader, size_t depth, struct node *ret)
{
    CBK_CLEANUP(cbk_place_vec_release) struct cbk_place_vec children = {0};
    ret->value = json_array();
    for (;;) {
        EVENT(event);
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

/* Reads the event as a key. *ret_name is in the arena, NULL where there was a mistake, which is reported. */
static int read_key(struct reader *reader, const yaml_event_t *event, size_t depth, const char **ret_name)
{
    struct cbk_span span = event_span(reader, event);
    NODE(key);
    size_t errors = reader->errors->list.len;
    int r = read_node(reader, event, depth + 1, &key);
    if (r < 0 || reader->errors->list.len > errors)
        return r;
    bool scalar = event->type == YAML_SCALAR_EVENT;
    const char *text = scalar ? (const char *)event->data.scalar.value : NULL;
    if (scalar && !is_text(event) && strcmp(text, "<<") == 0) {
        struct cbk_error *err = cbk_errors_add(reader->errors);
        cbk_fail_at(err, span, CBK_E_SYNTAX, "merge keys ('<<') are not supported");
        cbk_error_hint(err, "write the keys out, or use an alias for a whole value");
    } else if (!json_is_string(key.value)) {
        struct cbk_error *err = cbk_errors_add(reader->errors);
        cbk_fail_at(err, span, CBK_E_SYNTAX, "a key has to be a string");
        if (scalar)
            cbk_error_hint(err, "write \"%s\"", text);
        else
            cbk_error_hint(err, "quote a value that begins with '{' or '['");
    } else {
        *ret_name = cbk_arena_strdup(reader->arena, json_string_value(key.value));
        return 0;
    }
    return go_on(reader, span);
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
    EVENT(event);
    r = next(reader, &event);
    if (r < 0)
        return r;
    NODE(member);
    r = read_node(reader, &event, depth + 1, &member);
    if (r < 0 || !name)
        return r;
    member.place->name = name;
    member.place->key = event_span(reader, key);
    bool empty = event.type == YAML_SCALAR_EVENT && !event.data.scalar.length && is_null(member.value);
    if (is_indented(&event) || empty)
        member.place->value = member.place->key;
    return add_member(reader, object, &member, children);
}

static int read_object(struct reader *reader, size_t depth, struct node *ret)
{
    CBK_CLEANUP(cbk_place_vec_release) struct cbk_place_vec children = {0};
    ret->value = json_object();
    for (;;) {
        EVENT(event);
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
    return check_tag(reader, event, (const char *)tag, ret->value);
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
    const char *name = anchor_of(event);
    struct anchor *anchor = open_anchor(reader, name);
    r = read_content(reader, event, depth, ret);
    if (r == 0)
        close_anchor(reader, name, anchor, ret);
    return r;
}

static int expect_end(struct reader *reader)
{
    EVENT(event);
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
    EVENT(event);
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
    EVENT(document_end);
    r = next(reader, &document_end);
    return r < 0 ? r : expect_end(reader);
}

static void release(struct reader *reader)
{
    yaml_parser_delete(&reader->yaml);
    CBK_MAP_FOREACH(entry, reader->anchors) {
        struct anchor *anchor = cbk_map_entry_value(entry);
        json_decref(anchor->value);
    }
    cbk_map_free(reader->anchors);
}

int cbk_reader_read(const struct cbk_source *source, struct cbk_arena *arena, json_t **ret_root,
                    const struct cbk_place **ret_place, struct cbk_errors *errors)
{
    CBK_CLEANUP(release)
    struct reader reader = {.source = source, .arena = arena, .errors = errors, .first_error = errors->list.len};
    reader.anchors = cbk_map_new();
    if (!yaml_parser_initialize(&reader.yaml))
        cbk_out_of_memory();
    yaml_parser_set_encoding(&reader.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.yaml, (const unsigned char *)source->text, source->len);
    NODE(root);
    if (read_document(&reader, &root) == 0) {
        *ret_root = cbk_json_steal(&root.value);
        *ret_place = root.place;
    }
    return errors->list.len > reader.first_error ? errors->list.items[reader.first_error].code : 0;
}
