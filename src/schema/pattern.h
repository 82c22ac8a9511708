/*
 * Regular expressions of schemas, as ECMA-262 means them, without anchors of their own. PCRE2 stays inside pattern.c.
 */
#ifndef CBK_SCHEMA_PATTERN_H
#define CBK_SCHEMA_PATTERN_H

#include "base/error.h"

#include <stdbool.h>

struct cbk_pattern;

CBK_MUST_CHECK int cbk_pattern_compile(const char *text, struct cbk_pattern **ret, struct cbk_error *err);
/* NULL is fine. */
void cbk_pattern_free(struct cbk_pattern *pattern);
/* Does it match anywhere in the text? A match that would cost too much is none. Thread-safe. */
bool cbk_pattern_matches(const struct cbk_pattern *pattern, const char *text);

#endif
