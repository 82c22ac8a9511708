#include "sim/action/shape_node.h"

#include "base/time.h"

#include <string.h>

void sim_text_add_json(struct cbk_str *out, const char *text)
{
    cbk_str_add_char(out, '"');
    while (*text) {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        cbk_str_add_bytes(out, text, plain);
        text += plain;
        if (!*text)
            break;
        if (*text == '"' || *text == '\\')
            cbk_str_addf(out, "\\%c", *text);
        else if (*text == '\n')
            cbk_str_add(out, "\\n");
        else
            cbk_str_addf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        text++;
    }
    cbk_str_add_char(out, '"');
}

void sim_text_add_xml(struct cbk_str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            cbk_str_add(out, "&lt;");
        else if (*text == '>')
            cbk_str_add(out, "&gt;");
        else if (*text == '&')
            cbk_str_add(out, "&amp;");
        else if ((unsigned char)*text < 0x20 && !strchr("\t\n\r", *text))
            cbk_str_add_char(out, '?'); /* XML 1.0 has no way to say a control character */
        else
            cbk_str_add_char(out, *text);
    }
}

/* One place in the walk: the view, and the pair that a list fed by an object stands at. */
struct view {
    const json_t *json;
    const char *key;
};

static const json_t *look_up(const struct sim_shape *field, const struct view *view)
{
    const char *source = field->source;
    if (!source)
        return NULL;
    if (source[0] == '.')
        return source[1] == 'k' ? NULL : view->json; /* ".key" is text outside of the tree; ".value" and "." */
    return json_object_get(view->json, source);
}

static void add_text(struct cbk_str *out, enum sim_format format, const char *text)
{
    (format == SIM_FORMAT_JSON ? sim_text_add_json : sim_text_add_xml)(out, text);
}

static void add_time(struct cbk_str *out, enum sim_format format, const json_t *value, bool minute)
{
    if (!json_is_integer(value)) {
        add_text(out, format, json_is_string(value) ? json_string_value(value) : "");
        return;
    }
    CBK_STR(text);
    cbk_time_add_utc(&text, json_integer_value(value));
    if (minute) { /* "2026-12-01T02:00:00Z" without its ":00" */
        text.ptr[text.len - 4] = 'Z';
        text.ptr[text.len - 3] = '\0';
    }
    add_text(out, format, text.ptr);
}

static void add_scalar_text(struct cbk_str *out, enum sim_format format, const json_t *value)
{
    if (json_is_string(value)) {
        add_text(out, format, json_string_value(value));
    } else if (value && !json_is_null(value)) { /* a number or document where the cloud has a text */
        CBK_STR(text);
        cbk_json_add_canonical(&text, value);
        add_text(out, format, text.ptr);
    } else {
        add_text(out, format, "");
    }
}

static void add_leaf(struct cbk_str *out, enum sim_format format, enum kind kind, const json_t *value)
{
    switch (kind) {
    case INTEGER:
        if (json_is_integer(value))
            cbk_str_addf(out, "%lld", (long long)json_integer_value(value));
        else
            cbk_str_add_char(out, '0');
        return;
    case NUMBER:
        if (json_is_number(value))
            cbk_str_addf(out, "%.15g", json_number_value(value));
        else
            cbk_str_add_char(out, '0');
        return;
    case BOOLEAN:
        cbk_str_add(out, json_is_true(value) ? "true" : "false");
        return;
    case TIME:
    case MINUTE:
        add_time(out, format, value, kind == MINUTE);
        return;
    case ANY:
        if (value && format == SIM_FORMAT_JSON)
            cbk_json_add_canonical(out, value);
        else if (format == SIM_FORMAT_JSON)
            cbk_str_add(out, "{}");
        else if (value)
            add_scalar_text(out, format, value);
        return;
    default:
        add_scalar_text(out, format, value);
    }
}

static void add_literal(struct cbk_str *out, enum sim_format format, const struct sim_shape *field)
{
    if (field->kind == TEXT)
        add_text(out, format, field->literal);
    else
        cbk_str_add(out, field->literal); /* numbers and booleans look alike in both */
}

static void render_fields(const struct sim_shape *first, const struct view *view, enum sim_format format,
                          struct cbk_str *out);

static void add_item(const struct sim_shape *field, const struct view *item, enum sim_format format,
                     struct cbk_str *out)
{
    if (field->kind == LIST)
        render_fields(field->first, item, format, out);
    else
        add_leaf(out, format, field->leaf, item->json);
}

/* The items of a list: of an array, or the pairs of an object. */
static void render_list(const struct sim_shape *field, const json_t *value, enum sim_format format, struct cbk_str *out)
{
    bool first = true;
    if (format == SIM_FORMAT_JSON) {
        cbk_str_add_bytes(out, field->key, field->key_len);
        cbk_str_add_char(out, '[');
    }
    void *pair = json_is_object(value) ? json_object_iter((json_t *)value) : NULL;
    for (size_t i = 0; pair || i < json_array_size(value); i++) {
        struct view item = {pair ? json_object_iter_value(pair) : json_array_get(value, i),
                            pair ? json_object_iter_key(pair) : NULL};
        if (format == SIM_FORMAT_XML)
            cbk_str_add_bytes(out, field->open, field->open_len);
        else if (!first)
            cbk_str_add_char(out, ',');
        first = false;
        add_item(field, &item, format, out);
        if (format == SIM_FORMAT_XML)
            cbk_str_add_bytes(out, field->close, field->close_len);
        if (pair)
            pair = json_object_iter_next((json_t *)value, pair);
        if (json_is_object(value) && !pair)
            break;
    }
    if (format == SIM_FORMAT_JSON)
        cbk_str_add_char(out, ']');
}

static void render_value(const struct sim_shape *field, const struct view *view, const json_t *value,
                         enum sim_format format, struct cbk_str *out)
{
    if (field->kind == OBJECT) {
        struct view inner = json_is_object(value) ? (struct view){value, NULL} : *view;
        render_fields(field->first, &inner, format, out);
    } else if (field->literal) {
        add_literal(out, format, field);
    } else if (cbk_str_equal(field->source, ".key")) {
        add_text(out, format, view->key ? view->key : "");
    } else {
        add_leaf(out, format, field->kind, value);
    }
}

static void render_field(const struct sim_shape *field, const struct view *view, const json_t *value,
                         enum sim_format format, struct cbk_str *out)
{
    if (field->kind == LIST || field->kind == LEAVES) {
        render_list(field, value, format, out);
        return;
    }
    if (format == SIM_FORMAT_JSON)
        cbk_str_add_bytes(out, field->key, field->key_len);
    else
        cbk_str_add_bytes(out, field->open, field->open_len);
    render_value(field, view, value, format, out);
    if (format == SIM_FORMAT_XML)
        cbk_str_add_bytes(out, field->close, field->close_len);
}

static void render_fields(const struct sim_shape *first, const struct view *view, enum sim_format format,
                          struct cbk_str *out)
{
    bool is_first = true;
    if (format == SIM_FORMAT_JSON)
        cbk_str_add_char(out, '{');
    for (const struct sim_shape *field = first; field;) {
        if (format == SIM_FORMAT_JSON && field->run) {
            cbk_str_add_bytes(out, ",", is_first ? 0 : 1);
            cbk_str_add_bytes(out, field->run, field->run_len);
            is_first = false;
            field = field->after_run;
            continue;
        }
        const json_t *value = look_up(field, view);
        bool is_left_out = field->optional && (!value || json_is_null(value));
        if (!is_left_out) {
            if (format == SIM_FORMAT_JSON && !is_first)
                cbk_str_add_char(out, ',');
            is_first = false;
            render_field(field, view, value, format, out);
        }
        field = field->sibling;
    }
    if (format == SIM_FORMAT_JSON)
        cbk_str_add_char(out, '}');
}

/* Does the field look the same whatever the view is? */
static bool is_constant(const struct sim_shape *field)
{
    if (field->optional || (field->kind != OBJECT && field->source))
        return false;
    if (field->kind != OBJECT)
        return true;
    for (const struct sim_shape *child = field->first; child; child = child->sibling)
        if (!is_constant(child))
            return false;
    return true;
}

void sim_shape_freeze(struct cbk_arena *arena, const struct sim_shape *first)
{
    const struct view nothing = {NULL, NULL};
    for (const struct sim_shape *field = first; field; field = field->sibling) {
        CBK_STR(run);
        const struct sim_shape *after = field;
        for (; after && is_constant(after); after = after->sibling) {
            if (run.len)
                cbk_str_add_char(&run, ',');
            render_field(after, &nothing, NULL, SIM_FORMAT_JSON, &run);
        }
        if (run.len) {
            struct sim_shape *frozen = (struct sim_shape *)field; /* it is still being made */
            frozen->run = cbk_arena_strndup(arena, run.ptr, run.len);
            frozen->run_len = run.len;
            frozen->after_run = after;
            while (field->sibling != after) /* nobody begins in the middle of a run */
                field = field->sibling;
        } else if (field->kind == OBJECT || field->kind == LIST) {
            sim_shape_freeze(arena, field->first);
        }
    }
}

void sim_shape_render(const struct sim_shape *shape, const json_t *view, enum sim_format format, const char *root,
                      struct cbk_str *out)
{
    struct view top = {view, NULL};
    if (format == SIM_FORMAT_XML)
        cbk_str_addf(out, "<?xml version='1.0' encoding='UTF-8'?><%s>", root);
    render_fields(shape->first, &top, format, out);
    if (format == SIM_FORMAT_XML)
        cbk_str_addf(out, "</%s>", root);
}
