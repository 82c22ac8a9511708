/*
 * Whether bytes can be a YAML text of ours at all. What passes has lines that libyaml and our sources count alike.
 */
#ifndef CBK_CONFIG_TEXT_H
#define CBK_CONFIG_TEXT_H

#include "base/error.h"

/* Takes a UTF-8 byte order mark off the front, so that columns count what one sees. `text` has a NUL behind *len. */
void cbk_text_strip_bom(char *text, size_t *len);
/* Fails with CBK_E_SYNTAX at the first byte that cannot stand in a YAML file: broken UTF-8, UTF-16, control characters,
 * and line ends other than LF and CRLF. */
CBK_MUST_CHECK int cbk_text_check(const struct cbk_source *source, struct cbk_error *err);

#endif
