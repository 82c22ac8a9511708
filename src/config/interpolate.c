#include "config/interpolate.h"

#include <string.h>

struct walk {
    const struct cbk_place *place;
    const struct cbk_variables *variables;
    struct cbk_map *sensitive;
    struct cbk_errors *errors;
    struct cbk_str pointer;
    size_t added;
};

/* The text of one string while its references are put in. */
struct text {
    struct walk *walk;
    struct cbk_str out;
    json_t *whole; /* borrowed: the value of the reference that is the whole string */
    bool sensitive;
};

static const char name_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/* The place of `reference` inside the string at the walk's pointer, as near as the source shows it. */
static struct cbk_span reference_span(const struct walk *walk, const char *reference, size_t len, bool of_key)
{
    struct cbk_span span = cbk_place_span(walk->place, walk->pointer.ptr, of_key);
    if (!span.line)
        return span;
    size_t offset = cbk_span_offset(&span);
    const char *line = span.source->text + offset;
    const char *end = memchr(line, '\n', span.source->len - offset);
    size_t line_len = end ? (size_t)(end - line) : span.source->len - offset;
    const char *found = memmem(line, line_len, reference, len);
    if (!found)
        return span;
    return cbk_source_span(span.source, (size_t)(found - span.source->text), cbk_str_chars(reference, len));
}

static void unknown_reference(const struct walk *walk, const char *reference, size_t len)
{
    struct cbk_error *err = cbk_errors_add(walk->errors);
    cbk_fail_at(err, reference_span(walk, reference, len, false), CBK_E_REFERENCE, "unknown reference '%.*s'", (int)len,
                reference);
    cbk_error_hint(err, "variables are written ${var.NAME}; a literal '${' is written '$${'");
}

static void add_value(struct text *text, const json_t *value)
{
    if (json_is_string(value))
        cbk_str_add(&text->out, json_string_value(value));
    else
        cbk_json_add_canonical(&text->out, value);
}

static void put_variable(struct text *text, const char *reference, size_t len, bool whole)
{
    const size_t prefix = strlen("${var.");
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strndup(reference + prefix, len - prefix - 1);
    const struct cbk_variable *variable = cbk_variables_get(text->walk->variables, name);
    if (!variable) {
        struct cbk_error *err = cbk_errors_add(text->walk->errors);
        struct cbk_span span = reference_span(text->walk, reference, len, false);
        (void)cbk_variables_fail_unknown(text->walk->variables, name, span, err);
        return;
    }
    if (!variable->value) /* reported where it was declared */
        return;
    text->sensitive |= variable->sensitive;
    if (whole)
        text->whole = variable->value;
    else
        add_value(text, variable->value);
}

/* Is it "${NAME.NAME", so that someone meant a reference? */
static bool is_reference(const char *at)
{
    size_t len = strspn(at + 2, name_chars);
    return len && at[2 + len] == '.';
}

static void put_reference(struct text *text, const char **at, const char *start)
{
    const char *close = strchr(*at, '}');
    size_t len = close ? (size_t)(close - *at) + 1 : strlen(*at);
    if (!close) {
        struct cbk_error *err = cbk_errors_add(text->walk->errors);
        cbk_fail_at(err, reference_span(text->walk, *at, len, false), CBK_E_REFERENCE, "'${' is never closed");
        cbk_error_hint(err, "variables are written ${var.NAME}; a literal '${' is written '$${'");
    } else if (cbk_str_starts_with(*at, "${var.")) {
        put_variable(text, *at, len, *at == start && !close[1]);
    } else {
        unknown_reference(text->walk, *at, len);
    }
    *at += len;
}

static void put_in(struct text *text, const char *start)
{
    for (const char *at = start; *at;) {
        size_t plain = strcspn(at, "$");
        cbk_str_add_bytes(&text->out, at, plain);
        at += plain;
        if (cbk_str_starts_with(at, "$${")) {
            cbk_str_add(&text->out, "${");
            at += 3;
        } else if (cbk_str_starts_with(at, "${") && is_reference(at)) {
            put_reference(text, &at, start);
        } else if (*at) {
            cbk_str_add_char(&text->out, *at++);
        }
    }
}

static void text_release(struct text *text)
{
    cbk_str_release(&text->out);
}

/* The string with its references put in, as a new reference; NULL when it has none. */
static json_t *resolve(struct walk *walk, const char *string)
{
    if (!strstr(string, "${"))
        return NULL;
    CBK_CLEANUP(text_release) struct text text = {.walk = walk, .out = CBK_STR_INIT};
    text.out.ceiling = CBK_INTERPOLATE_MAX_BYTES - walk->added + 1;
    put_in(&text, string);
    if (text.sensitive)
        cbk_map_set(walk->sensitive, walk->pointer.ptr, walk->sensitive);
    if (text.whole)
        return json_incref(text.whole);
    if (text.out.len > CBK_INTERPOLATE_MAX_BYTES - walk->added) {
        cbk_fail_at(cbk_errors_add(walk->errors), cbk_place_span(walk->place, walk->pointer.ptr, false), CBK_E_LIMIT,
                    "variables make the stack larger than %zu bytes", CBK_INTERPOLATE_MAX_BYTES);
        return NULL;
    }
    walk->added += text.out.len;
    return json_string(text.out.ptr);
}

static json_t *walk_value(struct walk *walk, json_t *value);

static void walk_object(struct walk *walk, json_t *object, bool is_root)
{
    size_t len = walk->pointer.len;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        if (is_root && (strcmp(key, "include") == 0 || strcmp(key, "variables") == 0))
            continue;
        cbk_pointer_add_key(&walk->pointer, key);
        if (strstr(key, "${var.")) {
            struct cbk_error *err = cbk_errors_add(walk->errors);
            cbk_fail_at(err, reference_span(walk, "${var.", strlen("${var."), true), CBK_E_REFERENCE,
                        "a variable cannot stand in a key");
        }
        json_t *replacement = walk_value(walk, json_object_iter_value(at));
        if (replacement)
            json_object_iter_set_new(object, at, replacement);
        cbk_str_truncate(&walk->pointer, len);
    }
}

static void walk_array(struct walk *walk, json_t *array)
{
    size_t len = walk->pointer.len;
    for (size_t i = 0; i < json_array_size(array); i++) {
        cbk_pointer_add_index(&walk->pointer, i);
        json_t *replacement = walk_value(walk, json_array_get(array, i));
        if (replacement)
            json_array_set_new(array, i, replacement);
        cbk_str_truncate(&walk->pointer, len);
    }
}

/* What the value has to be replaced by, as a new reference, or NULL. */
static json_t *walk_value(struct walk *walk, json_t *value)
{
    if (json_is_string(value))
        return resolve(walk, json_string_value(value));
    if (json_is_object(value))
        walk_object(walk, value, false);
    else if (json_is_array(value))
        walk_array(walk, value);
    return NULL;
}

int cbk_interpolate(json_t *root, const struct cbk_place *place, const struct cbk_variables *variables,
                    struct cbk_map *sensitive, struct cbk_errors *errors)
{
    size_t first_error = errors->list.len;
    struct walk walk = {
        .place = place, .variables = variables, .sensitive = sensitive, .errors = errors, .pointer = CBK_STR_INIT};
    walk_object(&walk, root, true);
    cbk_str_release(&walk.pointer);
    return errors->list.len > first_error ? errors->list.items[first_error].code : 0;
}
