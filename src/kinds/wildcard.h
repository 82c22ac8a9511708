/*
 * The patterns of RAM policies as sets of texts: '*' stands for any text, '?' for any one character. What is asked
 * about may be a pattern itself ("ecs:CreateSnapshot*"), and then stands for all texts that it matches.
 */
#ifndef CBK_KINDS_WILDCARD_H
#define CBK_KINDS_WILDCARD_H

#include <stdbool.h>

/* Does `pattern` match every text that `wanted` matches? Errs on the side of no ("?*" is not seen to cover "*?"). */
bool cbk_wildcard_covers(const char *pattern, const char *wanted);
/* Is there a text that both patterns match? Exact. */
bool cbk_wildcard_touches(const char *a, const char *b);

#endif
