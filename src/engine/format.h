/*
 * The canonical layout of a file of a stack: the schema's order of keys, one way to quote, two spaces a level. Comments
 * stay, and what the file means does.
 */
#ifndef CBK_ENGINE_FORMAT_H
#define CBK_ENGINE_FORMAT_H

#include "config/doc.h"

/*
 * Adds the text that the document, which was read without an error, should have. What is added has been read again: it
 * means the same and has the same comments, or else CBK_E_INTERNAL.
 */
CBK_MUST_CHECK int cbk_format(const struct cbk_doc *doc, struct cbk_str *out, struct cbk_error *err);

#endif
