#include "base/error.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct code_row {
    int code;
    const char *id;
    const char *hint;
};

static const struct code_row code_rows[] = {
#define X(name, value, id, hint) {value, id, hint},
    CBK_ERROR_CODES(X)
#undef X
};

static const struct code_row *find_code(int code)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(code_rows); i++)
        if (code_rows[i].code == code)
            return &code_rows[i];
    return &code_rows[0];
}

const char *cbk_error_id(int code)
{
    return find_code(code)->id;
}

void cbk_error_release(struct cbk_error *err)
{
    free(err->message);
    free(err->hint);
    free(err->cloud_code);
    free(err->request_id);
    for (size_t i = 0; i < err->notes.len; i++)
        free(err->notes.items[i].text);
    cbk_notes_release(&err->notes);
    *err = (struct cbk_error){0};
}

int cbk_error_move(struct cbk_error *to, struct cbk_error *from)
{
    cbk_error_release(to);
    *to = *from;
    *from = (struct cbk_error){0};
    return to->code;
}

int cbk_error_copy(struct cbk_error *to, const struct cbk_error *from)
{
    struct cbk_error copy = {
        .code = from->code,
        .span = from->span,
        .message = cbk_strdup(from->message),
        .hint = cbk_strdup(from->hint),
        .cloud_code = cbk_strdup(from->cloud_code),
        .request_id = cbk_strdup(from->request_id),
    };
    for (size_t i = 0; i < from->notes.len; i++)
        cbk_notes_push(&copy.notes,
                       (struct cbk_note){from->notes.items[i].span, cbk_strdup(from->notes.items[i].text)});
    return cbk_error_move(to, &copy);
}

/* Ends a text that is too long behind its last whole character. */
static void cut(char *message)
{
    static const char dots[] = "...";
    if (strlen(message) <= CBK_ERROR_MAX_MESSAGE)
        return;
    size_t len = CBK_ERROR_MAX_MESSAGE - strlen(dots);
    while (len && ((unsigned char)message[len] & 0xc0U) == 0x80)
        len--;
    memcpy(message + len, dots, sizeof(dots));
}

static int fill(struct cbk_error *err, struct cbk_span span, int code, char *message)
{
    cbk_error_release(err);
    err->code = code;
    err->span = span;
    err->message = message;
    cut(message);
    err->hint = cbk_strdup(find_code(code)->hint);
    return code;
}

int cbk_fail(struct cbk_error *err, enum cbk_error_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *message = cbk_vstrf(fmt, args);
    va_end(args);
    return fill(err, (struct cbk_span){0}, code, message);
}

int cbk_fail_at(struct cbk_error *err, struct cbk_span span, enum cbk_error_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *message = cbk_vstrf(fmt, args);
    va_end(args);
    return fill(err, span, code, message);
}

int cbk_fail_errno(struct cbk_error *err, int errno_value, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    CBK_CLEANUP(cbk_string_freep) char *context = cbk_vstrf(fmt, args);
    va_end(args);
    char buffer[128];
    const char *reason = strerror_r(errno_value, buffer, sizeof(buffer));
    return fill(err, (struct cbk_span){0}, CBK_E_IO, cbk_strf("%s: %s", context, reason));
}

int cbk_fail_unknown(struct cbk_error *err, struct cbk_span span, enum cbk_error_code code, const char *what,
                     const char *word, const char *const *names, size_t count)
{
    const char *near = cbk_str_nearest(word, names, count);
    if (near)
        return cbk_fail_at(err, span, code, "unknown %s '%s' (did you mean '%s'?)", what, word, near);
    return cbk_fail_at(err, span, code, "unknown %s '%s'", what, word);
}

int cbk_wrap(struct cbk_error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    CBK_CLEANUP(cbk_string_freep) char *context = cbk_vstrf(fmt, args);
    va_end(args);
    char *message = cbk_strf("%s: %s", context, err->message ? err->message : "failed");
    free(err->message);
    err->message = message;
    return err->code;
}

int cbk_error_locate(struct cbk_error *err, struct cbk_span span)
{
    if (!err->span.line)
        err->span = span;
    return err->code;
}

int cbk_error_hint(struct cbk_error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    free(err->hint);
    err->hint = cbk_vstrf(fmt, args);
    va_end(args);
    return err->code;
}

int cbk_error_note(struct cbk_error *err, struct cbk_span span, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct cbk_note *note = cbk_notes_add(&err->notes);
    note->span = span;
    note->text = cbk_vstrf(fmt, args);
    va_end(args);
    return err->code;
}

static void add_place(const struct cbk_span *span, struct cbk_str *out)
{
    if (!span->source)
        return;
    cbk_str_add_visible(out, span->source->path);
    if (span->line)
        cbk_str_addf(out, ":%zu:%zu", span->line, span->column);
    cbk_str_add(out, ": ");
}

void cbk_error_format(const struct cbk_error *err, struct cbk_str *out)
{
    add_place(&err->span, out);
    cbk_str_add(out, "error: ");
    cbk_str_add_visible(out, err->message ? err->message : "unknown error");
    cbk_str_add_char(out, '\n');
    cbk_span_quote(&err->span, out);
    for (size_t i = 0; i < err->notes.len; i++) {
        const struct cbk_note *note = &err->notes.items[i];
        add_place(&note->span, out);
        cbk_str_add(out, "note: ");
        cbk_str_add_visible(out, note->text);
        cbk_str_add_char(out, '\n');
        cbk_span_quote(&note->span, out);
    }
    if (err->hint) {
        cbk_str_add(out, "hint: ");
        cbk_str_add_visible(out, err->hint);
        cbk_str_add_char(out, '\n');
    }
    if (err->request_id) {
        cbk_str_add(out, "request id: ");
        cbk_str_add_visible(out, err->request_id);
        cbk_str_add_char(out, '\n');
    }
}

/* Text from outside may be no UTF-8, which JSON cannot hold: then its visible form stands for it. */
static void set_text(json_t *object, const char *key, const char *text)
{
    if (!text)
        return;
    json_t *value = json_string(text);
    CBK_STR(visible);
    if (!value)
        cbk_str_add_visible(&visible, text);
    json_object_set_new(object, key, value ? value : json_string(visible.ptr));
}

static void set_place(json_t *object, const struct cbk_span *span)
{
    if (!span->source)
        return;
    set_text(object, "file", span->source->path);
    if (!span->line)
        return;
    json_object_set_new(object, "line", json_integer((json_int_t)span->line));
    json_object_set_new(object, "column", json_integer((json_int_t)span->column));
}

json_t *cbk_error_json(const struct cbk_error *err)
{
    json_t *object = json_pack("{s:s}", "id", cbk_error_id(err->code));
    set_text(object, "message", err->message);
    set_place(object, &err->span);
    set_text(object, "hint", err->hint);
    set_text(object, "cloud_code", err->cloud_code);
    set_text(object, "request_id", err->request_id);
    if (!err->notes.len)
        return object;
    json_t *notes = json_array();
    for (size_t i = 0; i < err->notes.len; i++) {
        json_t *note = json_object();
        set_text(note, "message", err->notes.items[i].text);
        set_place(note, &err->notes.items[i].span);
        json_array_append_new(notes, note);
    }
    json_object_set_new(object, "notes", notes);
    return object;
}

void cbk_errors_release(struct cbk_errors *errors)
{
    for (size_t i = 0; i < errors->list.len; i++)
        cbk_error_release(&errors->list.items[i]);
    cbk_error_list_release(&errors->list);
}

struct cbk_error *cbk_errors_add(struct cbk_errors *errors)
{
    return cbk_error_list_add(&errors->list);
}

static int compare_size(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_errors(const void *left, const void *right)
{
    const struct cbk_error *a = left, *b = right;
    if (!a->span.source || !b->span.source) {
        int placed = compare_size(!a->span.source, !b->span.source);
        return placed ? placed : strcmp(a->message ? a->message : "", b->message ? b->message : "");
    }
    int order = strcmp(a->span.source->path, b->span.source->path);
    if (!order)
        order = compare_size(a->span.line, b->span.line);
    if (!order)
        order = compare_size(a->span.column, b->span.column);
    return order ? order : strcmp(a->message ? a->message : "", b->message ? b->message : "");
}

void cbk_errors_sort(struct cbk_errors *errors)
{
    struct cbk_error_list *list = &errors->list;
    if (list->len < 2)
        return;
    qsort(list->items, list->len, sizeof(list->items[0]), compare_errors);
    size_t kept = 1;
    for (size_t i = 1; i < list->len; i++) {
        if (compare_errors(&list->items[kept - 1], &list->items[i]) == 0)
            cbk_error_release(&list->items[i]);
        else
            list->items[kept++] = list->items[i];
    }
    list->len = kept;
}

int cbk_errors_code(const struct cbk_errors *errors)
{
    return errors->list.len ? errors->list.items[0].code : 0;
}
