#include "config/layout_scalar.h"

#include <string.h>

/* libyaml takes no longer key without a '?' before it; shorter by what quotes may add. */
#define SIMPLE_KEY_BYTES ((size_t)1000)

struct printer {
    struct cbk_str *out;
    bool at_dash; /* the next entry begins on the line that there is */
    size_t head;  /* where the line begins that comments of the entry at hand stand above */
};

static void print_entries(struct printer *printer, const struct cbk_layout_node *node, size_t indent, bool of_item);

static void add_indent(struct printer *printer, size_t indent)
{
    if (!printer->at_dash)
        cbk_str_add_repeat(printer->out, ' ', indent);
    printer->at_dash = false;
}

/* An empty line, unless there is one: a block may end in some that are its own. */
static void add_blank(struct cbk_str *out)
{
    bool is_there = out->len > 1 && out->ptr[out->len - 1] == '\n' && out->ptr[out->len - 2] == '\n';
    if (out->len && !is_there)
        cbk_str_add_char(out, '\n');
}

static void print_comments(struct printer *printer, const struct cbk_comments *comments, size_t indent, bool is_first)
{
    for (const struct cbk_comment *comment = comments->first; comment; comment = comment->next) {
        if (comment->blank && !(is_first && comment == comments->first))
            add_blank(printer->out);
        add_indent(printer, indent);
        cbk_str_addf(printer->out, "%s\n", comment->text);
    }
}

/* Behind one blank, or in the column that the author gave it. */
static void print_tail(struct printer *printer, const struct cbk_comment *tail)
{
    struct cbk_str *out = printer->out;
    if (tail) {
        const char *line = cbk_layout_line(out);
        size_t column = cbk_str_chars(line, strlen(line));
        bool is_aligned = tail->gap > 1 && tail->column > column;
        cbk_str_add_repeat(out, ' ', is_aligned ? tail->column - column : 1);
        cbk_str_add(out, tail->text);
    }
    cbk_str_add_char(out, '\n');
}

/*
 * The tail of an item whose brackets open into lines: behind the dash it would be read as the first entry's. It goes
 * above the item, or above the outermost one that begins with it.
 */
static void raise_tail(const struct printer *printer, const struct cbk_comment *tail)
{
    if (!tail)
        return;
    struct cbk_str *out = printer->out;
    CBK_CLEANUP(cbk_string_freep) char *lines = cbk_strdup(out->ptr + printer->head);
    cbk_str_truncate(out, printer->head);
    cbk_str_add_repeat(out, ' ', strspn(lines, " "));
    cbk_str_addf(out, "%s\n%s", tail->text, lines);
}

static void add_names_first(struct cbk_str *out, const struct cbk_layout_node *node)
{
    CBK_STR(names);
    cbk_layout_add_names(&names, node);
    if (names.len)
        cbk_str_addf(out, "%s ", names.ptr + 1);
}

static void add_key(struct cbk_str *out, const struct cbk_layout_node *key, bool in_flow)
{
    add_names_first(out, key);
    if (key->kind == CBK_LAYOUT_ALIAS)
        cbk_str_addf(out, "*%s ", key->text); /* a colon might belong to the name */
    else
        cbk_layout_add_scalar(out, key, in_flow);
}

static void add_flow(struct cbk_str *out, const struct cbk_layout_node *node)
{
    add_names_first(out, node);
    if (node->kind == CBK_LAYOUT_ALIAS) {
        cbk_str_addf(out, "*%s", node->text);
        return;
    }
    if (node->kind == CBK_LAYOUT_SCALAR) {
        cbk_layout_add_scalar(out, node, /* in_flow= */ true);
        return;
    }
    bool is_list = node->kind == CBK_LAYOUT_LIST;
    cbk_str_add_char(out, is_list ? '[' : '{');
    for (const struct cbk_layout_entry *entry = node->first; entry; entry = entry->next) {
        if (entry->key) {
            add_key(out, entry->key, /* in_flow= */ true);
            cbk_str_add(out, ": ");
        }
        add_flow(out, entry->value);
        cbk_str_add(out, entry->next ? ", " : "");
    }
    cbk_str_add_char(out, is_list ? ']' : '}');
}

/* In brackets behind what stands on the line, when that fits; what is empty has no other shape. */
static bool print_flow(struct printer *printer, const struct cbk_layout_node *node)
{
    if (!node->is_flow)
        return false;
    CBK_STR(flow);
    cbk_str_add_char(&flow, ' ');
    add_flow(&flow, node);
    if (node->first && cbk_layout_cells(printer->out) + cbk_str_cells(flow.ptr, flow.len) > CBK_LAYOUT_CELLS)
        return false;
    cbk_str_add(printer->out, flow.ptr);
    return true;
}

static void print_scalar(struct printer *printer, const struct cbk_layout_entry *entry, size_t indent)
{
    struct cbk_str *out = printer->out;
    const struct cbk_layout_node *value = entry->value;
    cbk_layout_add_names(out, value);
    if (cbk_layout_is_block(value)) {
        cbk_layout_add_header(out, value);
        print_tail(printer, entry->tail);
        cbk_layout_add_lines(out, value, indent + CBK_LAYOUT_STEP);
        return;
    }
    if (*value->text || !value->is_plain) {
        cbk_str_add_char(out, ' ');
        cbk_layout_add_filled(out, value, indent + CBK_LAYOUT_STEP);
    }
    print_tail(printer, entry->tail);
}

/* The value behind "key:" or "-", which stands `indent` deep, up to the end of its last line. */
static void print_value(struct printer *printer, const struct cbk_layout_entry *entry, size_t indent)
{
    const struct cbk_layout_node *value = entry->value;
    if (value->kind == CBK_LAYOUT_SCALAR) {
        print_scalar(printer, entry, indent);
    } else if (value->kind == CBK_LAYOUT_ALIAS) {
        cbk_str_addf(printer->out, " *%s", value->text);
        print_tail(printer, entry->tail);
    } else if (print_flow(printer, value)) {
        print_tail(printer, entry->tail);
    } else if (entry->key) {
        cbk_layout_add_names(printer->out, value);
        print_tail(printer, entry->tail);
        print_entries(printer, value, indent + CBK_LAYOUT_STEP, /* of_item= */ false);
    } else {
        bool is_named = value->anchor || value->tag;
        raise_tail(printer, entry->tail);
        cbk_layout_add_names(printer->out, value);
        cbk_str_add_char(printer->out, is_named ? '\n' : ' ');
        printer->at_dash = !is_named;
        print_entries(printer, value, indent + CBK_LAYOUT_STEP, /* of_item= */ true);
    }
}

static void print_entry(struct printer *printer, const struct cbk_layout_entry *entry, size_t indent)
{
    add_indent(printer, indent);
    if (!entry->key) {
        cbk_str_add_char(printer->out, '-');
    } else {
        CBK_STR(key);
        add_key(&key, entry->key, /* in_flow= */ false);
        bool is_simple = key.len <= SIMPLE_KEY_BYTES;
        cbk_str_addf(printer->out, "%s%s", is_simple ? "" : "? ", key.ptr);
        if (!is_simple)
            cbk_str_add_char(printer->out, '\n');
        cbk_str_add_repeat(printer->out, ' ', is_simple ? 0 : indent);
        cbk_str_add_char(printer->out, ':');
    }
    print_value(printer, entry, indent);
}

static void print_entries(struct printer *printer, const struct cbk_layout_node *node, size_t indent, bool of_item)
{
    for (const struct cbk_layout_entry *entry = node->first; entry; entry = entry->next) {
        bool is_first = entry == node->first;
        print_comments(printer, &entry->above, indent, is_first);
        if (entry->blank && (!is_first || entry->above.first))
            add_blank(printer->out);
        if (!is_first || !of_item)
            printer->head = printer->out->len;
        print_entry(printer, entry, indent);
    }
    print_comments(printer, &node->foot, indent, !node->first);
}

static bool has_lines(const struct cbk_str *text)
{
    const char *end = strchr(text->ptr, '\n');
    return end && end[1];
}

/* An empty line around every section of several lines; between others as the author has it. */
static void print_sections(const struct cbk_layout_node *root, struct cbk_str *out)
{
    bool was_long = false;
    for (const struct cbk_layout_entry *entry = root->first; entry; entry = entry->next) {
        CBK_STR(section);
        struct printer at_section = {.out = &section}, at_end = {.out = out};
        print_entry(&at_section, entry, 0);
        bool is_long = has_lines(&section), is_first = entry == root->first;
        if ((is_long || was_long) && !is_first)
            add_blank(out);
        print_comments(&at_end, &entry->above, 0, is_first);
        if (entry->blank && (!is_first || entry->above.first))
            add_blank(out);
        cbk_str_add(out, section.ptr);
        was_long = is_long;
    }
}

void cbk_layout_print(const struct cbk_layout *layout, struct cbk_str *out)
{
    struct printer printer = {.out = out};
    print_comments(&printer, &layout->prologue, 0, true);
    if (layout->is_marked)
        cbk_str_add(out, "---\n");
    print_comments(&printer, &layout->head, 0, true);
    if (layout->head_gap)
        add_blank(out);
    if (layout->root && !layout->root->first)
        cbk_str_add(out, layout->root->kind == CBK_LAYOUT_LIST ? "[]\n" : "{}\n");
    else if (layout->root)
        print_sections(layout->root, out);
    if (layout->root)
        print_comments(&printer, &layout->root->foot, 0, false);
    print_comments(&printer, &layout->foot, 0, !layout->root);
}
