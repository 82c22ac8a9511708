#include "kinds/wildcard.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* A match of `wanted` as if it were a text, but for its stars: many characters stand there, which only a star takes. */
bool cbk_wildcard_covers(const char *pattern, const char *wanted)
{
    const char *star = NULL, *resume = NULL;
    while (*wanted) {
        if (*pattern == '*') {
            star = pattern++;
            resume = wanted;
        } else if (*wanted != '*' && (*pattern == '?' || *pattern == *wanted)) {
            pattern++;
            wanted++;
        } else if (star) {
            pattern = star + 1;
            wanted = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/*
 * Do the rests a and b share a text? `below[j]` tells it of a + 1 and b + j, `next` of a and b + 1: the whole is a
 * table that is filled in from the ends of both patterns.
 */
static bool rests_touch(const char *a, const char *b, const bool *below, bool next)
{
    if (*a == '*')
        return below[0] || (*b && next);
    if (*b == '*')
        return next || (*a && below[0]);
    if (!*a || !*b)
        return !*a && !*b;
    return (*a == *b || *a == '?' || *b == '?') && below[1];
}

bool cbk_wildcard_touches(const char *a, const char *b)
{
    size_t rows = strlen(a), columns = strlen(b);
    bool *below = cbk_alloc(columns + 2, sizeof(bool)), *row = cbk_alloc(columns + 2, sizeof(bool));
    for (size_t i = rows + 1; i-- > 0;) {
        for (size_t j = columns + 1; j-- > 0;)
            row[j] = rests_touch(a + i, b + j, below + j, row[j + 1]);
        bool *filled = row;
        row = below;
        below = filled;
        row[columns + 1] = false;
    }
    bool touches = below[0];
    free(below);
    free(row);
    return touches;
}
