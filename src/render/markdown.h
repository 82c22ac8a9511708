/*
 * Markdown for comments on GitHub and GitLab, out of text from anywhere. What a name holds is shown and never obeyed:
 * it becomes no markup, no HTML, no link, no mention (@name), no reference (#1, !1, %1, ~label, :emoji:), no formula,
 * and breaks out of no cell, code or fence. Controls, line breaks and bidirectional controls are shown as escapes.
 * Mentions and references are found by these hosts in what has been rendered already, where no backslash helps: an
 * invisible space (U+200B) stands in them. In code they are not looked for, so there the text stays as it is: names go
 * into code.
 *
 * Bots read commands at the beginning of a line ("/merge", "bot apply"): begin lines with words of your own.
 */
#ifndef CBK_RENDER_MARKDOWN_H
#define CBK_RENDER_MARKDOWN_H

#include "base/str.h"

/* Adds text in a line of its own or among other markdown; fit for a cell of a table. */
void cbk_markdown_add_text(struct cbk_str *out, const char *text);
/* The same where HTML stands in markdown, such as a <summary>, and markdown is not read. */
void cbk_markdown_add_html(struct cbk_str *out, const char *text);
/* Adds a code span, fit for a cell; nothing for "". */
void cbk_markdown_add_code(struct cbk_str *out, const char *text);
/* Adds <!-- NAME:SUBJECT --> and a newline: what a program looks for in a comment, and nobody sees. Of `subject`,
 * characters other than letters, digits, '.', '_' and single '-' are percent-encoded. */
void cbk_markdown_add_marker(struct cbk_str *out, const char *name, const char *subject);
/* Adds a row of a table: cells of markdown made by the functions above. */
void cbk_markdown_add_row(struct cbk_str *out, const char *const *cells, size_t count);
/* Adds the head of a table, with the line that makes it one; needs an empty line before it. */
void cbk_markdown_add_head(struct cbk_str *out, const char *const *titles, size_t count);
/* Adds a fenced block of `text`, in which newlines are lines and all else is made visible. `language` colours it. The
 * fence is longer than any that the text holds. */
void cbk_markdown_add_fence(struct cbk_str *out, const char *language, const char *text);
/* How many backticks such a fence has. */
size_t cbk_markdown_fence_ticks(const char *text);
/* What is folded away, between them: markdown with an empty line before and after it. `summary` is HTML made by
 * cbk_markdown_add_html. */
void cbk_markdown_begin_details(struct cbk_str *out, const char *summary);
void cbk_markdown_end_details(struct cbk_str *out);

/*
 * How long valid UTF-8 is for the hosts' limits, counted as UTF-16 does (and JavaScript's `length`). GitHub speaks of
 * 65,536 characters; people have measured code points for pull requests and 262,144 bytes of UTF-8 for comments. As
 * many UTF-16 units are at least as many code points, and never more than 196,608 bytes: they fit by either.
 */
size_t cbk_markdown_length(const char *text, size_t len);

#endif
