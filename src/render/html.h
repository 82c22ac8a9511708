/*
 * Pages that need no network and run no script: one file, its style inside, with a policy that forbids the browser
 * everything else; light or dark as the reader has it, fit for paper. Text from anywhere becomes text.
 */
#ifndef CBK_RENDER_HTML_H
#define CBK_RENDER_HTML_H

#include "base/str.h"

/* Adds text, made visible, with what HTML would read as its own written as entities; fit for attributes, too. */
void cbk_html_add_text(struct cbk_str *out, const char *text);
/* <TAG class="CLASS">text</TAG>; `tag` and `class` are our own, class may be NULL. */
void cbk_html_add_element(struct cbk_str *out, const char *tag, const char *class, const char *text);
/* <tr><th>title</th>...</tr> in a <thead>. */
void cbk_html_add_head(struct cbk_str *out, const char *const *titles, size_t count);
/* From the doctype to <body>; `style` is CSS beyond what all pages have. */
void cbk_html_begin_page(struct cbk_str *out, const char *title, const char *style);
void cbk_html_end_page(struct cbk_str *out);

#endif
