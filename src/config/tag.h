/*
 * YAML tags. A tag may say what a value is anyway; it converts nothing, but that `!!str 5` and `! 5` are text.
 */
#ifndef CBK_CONFIG_TAG_H
#define CBK_CONFIG_TAG_H

#include "base/error.h"

/* Does the tag (NULL: none) make a plain scalar text? */
bool cbk_tag_is_text(const char *tag);
/* Fails with CBK_E_SYNTAX, without a place, when the tag (NULL: none) is not a core one or the value not of its kind.
 */
CBK_MUST_CHECK int cbk_tag_check(const char *tag, const json_t *value, struct cbk_error *err);

#endif
