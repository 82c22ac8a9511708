/*
 * A YAML text as it was written, to be written again in another shape: the tree of its nodes with their comments,
 * anchors and kinds of brackets. A cbk_doc knows what a text means; a layout knows what it looks like.
 *
 * A comment belongs to the entry below it, to the entry at whose line's end it stands, or, behind the last entry and as
 * deep as that, to the foot of the collection. Everything lies in the caller's arena.
 */
#ifndef CBK_CONFIG_LAYOUT_H
#define CBK_CONFIG_LAYOUT_H

#include "base/json.h"
#include "base/map.h"
#include "config/comment.h"
#include "config/doc.h"

enum cbk_layout_kind { CBK_LAYOUT_SCALAR, CBK_LAYOUT_ALIAS, CBK_LAYOUT_LIST, CBK_LAYOUT_MAPPING };

struct cbk_layout_entry;

struct cbk_layout_node {
    enum cbk_layout_kind kind;
    const char *anchor, *tag; /* NULL: none */
    bool is_named;            /* it has an anchor or an alias, or something below it has */

    const char *text;              /* of a scalar its value, of an alias the name */
    bool is_plain;                 /* a scalar without quotes */
    bool is_broken;                /* a scalar over several lines, but no block */
    char block_style;              /* '|' or '>' of a block scalar, else 0 */
    const struct cbk_block *block; /* its lines */

    bool is_flow;  /* a collection in brackets, without comments in it */
    size_t column; /* of a block collection */
    struct cbk_layout_entry *first;
    size_t count;
    struct cbk_comments foot;
};

struct cbk_layout_entry {
    struct cbk_layout_node *key; /* NULL: an item of a list */
    struct cbk_layout_node *value;
    bool blank; /* an empty line stands above it, below its comments */
    struct cbk_comments above;
    const struct cbk_comment *tail; /* NULL: none */
    struct cbk_layout_entry *next;
};

struct cbk_layout {
    struct cbk_comments prologue; /* before '---' */
    bool is_marked;               /* begins with '---' */
    struct cbk_comments head;     /* of the file, whatever comes first in it */
    bool head_gap;                /* an empty line stands below the head */
    struct cbk_layout_node *root; /* a list or a mapping; NULL: nothing but comments */
    struct cbk_comments foot;     /* what follows */
    struct cbk_comments all;      /* copies of all of them, in order */
};

/* The layout of a document that was read without an error. Fails with CBK_E_SYNTAX at a directive, and with
 * CBK_E_SCHEMA when it is neither list nor mapping. */
CBK_MUST_CHECK int cbk_layout_read(const struct cbk_doc *doc, struct cbk_arena *arena, struct cbk_layout *ret,
                                   struct cbk_error *err);
/* An item begins on the line of its dash: what stands above the first entry of its value goes above the item. Does
 * nothing where `owner` is no item, or the value has no entries. */
void cbk_layout_hoist(struct cbk_layout_entry *owner, struct cbk_layout_node *value);
/*
 * Puts the members of mappings into the order of the keys of `orders`: JSON pointer -> json_t * object. What is not
 * named there comes behind, as it was; and so does everything where anchors and aliases of several members would change
 * places.
 */
void cbk_layout_sort(struct cbk_layout *layout, const struct cbk_map *orders);
/* Adds the text: two spaces a level, an empty line between sections, brackets where they fit into a line. */
void cbk_layout_print(const struct cbk_layout *layout, struct cbk_str *out);

#endif
