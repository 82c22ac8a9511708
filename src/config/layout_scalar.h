/*
 * One scalar of a layout as text: plain, in double quotes, over several lines, or as the block that it was.
 */
#ifndef CBK_CONFIG_LAYOUT_SCALAR_H
#define CBK_CONFIG_LAYOUT_SCALAR_H

#include "config/layout.h"

#define CBK_LAYOUT_STEP ((size_t)2)
#define CBK_LAYOUT_CELLS ((size_t)120)

/* Where the last line of `out` begins. */
const char *cbk_layout_line(const struct cbk_str *out);
/* How many cells the last line of `out` takes so far. */
size_t cbk_layout_cells(const struct cbk_str *out);
/* Adds anchor and tag, with a blank before each. */
void cbk_layout_add_names(struct cbk_str *out, const struct cbk_layout_node *node);
/* Adds the scalar in one line. */
void cbk_layout_add_scalar(struct cbk_str *out, const struct cbk_layout_node *scalar, bool in_flow);
/* The same behind what stands on the line already; what was written over several lines and does not fit into this one
 * goes on in lines `indent` deep. */
void cbk_layout_add_filled(struct cbk_str *out, const struct cbk_layout_node *scalar, size_t indent);
/* Can it be written as a block? Text without a visible character cannot. */
bool cbk_layout_is_block(const struct cbk_layout_node *scalar);
/* Adds the header of a block, such as "|2-". */
void cbk_layout_add_header(struct cbk_str *out, const struct cbk_layout_node *block);
/* Adds the lines of a block. */
void cbk_layout_add_lines(struct cbk_str *out, const struct cbk_layout_node *block, size_t indent);

#endif
