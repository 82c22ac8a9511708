#include "engine/format.h"

#include "config/layout.h"
#include "schema/schema.h"

#include <string.h>

struct ordering {
    struct cbk_map *orders;  /* pointer -> the schema's properties */
    struct cbk_str unsorted; /* the pointer of a mapping whose order is the author's, and of all below it */
};

static void take_order(void *context, const char *pointer, const json_t *value, const json_t *schema)
{
    struct ordering *ordering = context;
    if (json_object_size(value) < 2 || (ordering->unsorted.len && cbk_str_starts_with(pointer, ordering->unsorted.ptr)))
        return;
    json_t *properties = json_object_get(schema, "properties");
    if (cbk_json_bool(schema, "x-as-written", false)) {
        cbk_str_clear(&ordering->unsorted);
        cbk_str_addf(&ordering->unsorted, "%s/", pointer);
    } else if (properties) {
        (void)cbk_map_set(ordering->orders, pointer, properties);
    }
}

static void sort(struct cbk_layout *layout, const struct cbk_doc *doc)
{
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *orders = cbk_map_new();
    struct ordering ordering = {.orders = orders, .unsorted = CBK_STR_INIT};
    cbk_schema_walk(cbk_schema_stack(), doc->root, take_order, &ordering);
    cbk_layout_sort(layout, orders);
    cbk_str_release(&ordering.unsorted);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void list_sorted(const struct cbk_comments *comments, struct cbk_strings *ret)
{
    for (const struct cbk_comment *comment = comments->first; comment; comment = comment->next)
        cbk_strings_push(ret, comment->text);
    if (ret->len)
        qsort(ret->items, ret->len, sizeof(ret->items[0]), compare_texts);
}

static bool same_comments(const struct cbk_comments *left, const struct cbk_comments *right)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings before = {0};
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings after = {0};
    list_sorted(left, &before);
    list_sorted(right, &after);
    bool same = before.len == after.len;
    for (size_t i = 0; same && i < before.len; i++)
        same = strcmp(before.items[i], after.items[i]) == 0;
    return same;
}

static int check(const struct cbk_doc *doc, const struct cbk_layout *layout, const struct cbk_str *text,
                 struct cbk_arena *arena, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *again = NULL;
    CBK_ERRORS(errors);
    CBK_ERROR(ignored);
    struct cbk_layout anew = {0};
    const char *path = doc->source->path;
    if (cbk_doc_parse(path, cbk_strndup(text->ptr, text->len), text->len, &again, &errors) < 0)
        return cbk_fail(err, CBK_E_INTERNAL, "'%s' is not formatted: it could not be read afterwards (%s)", path,
                        errors.list.items[0].message);
    if (!json_equal(again->root, doc->root))
        return cbk_fail(err, CBK_E_INTERNAL, "'%s' is not formatted: it would mean something else", path);
    if (cbk_layout_read(again, arena, &anew, &ignored) < 0 || !same_comments(&layout->all, &anew.all))
        return cbk_fail(err, CBK_E_INTERNAL, "'%s' is not formatted: it would lose a comment", path);
    return 0;
}

int cbk_format(const struct cbk_doc *doc, struct cbk_str *out, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *arena = cbk_arena_new();
    CBK_STR(text);
    struct cbk_layout layout = {0};
    int r = cbk_layout_read(doc, arena, &layout, err);
    if (r < 0)
        return r;
    sort(&layout, doc);
    cbk_layout_print(&layout, &text);
    r = check(doc, &layout, &text, arena, err);
    if (r < 0)
        return r;
    cbk_str_add_bytes(out, text.ptr, text.len);
    return 0;
}
