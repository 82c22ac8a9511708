/*
 * One reading of a list, page by page: the items, and whether they can be all there are. A page that is lost on the way
 * must not look like things that have been deleted.
 */
#ifndef CBK_CLOUD_READING_H
#define CBK_CLOUD_READING_H

#include "base/json.h"

struct cbk_reading {
    const char *action;      /* for messages */
    const char *trail;       /* where a page's items stand in its answer */
    const char *const *keys; /* what is kept of each item; NULL: all */
    bool is_counted;         /* TotalCount is to be had and can be relied on */
    json_t *items;
    json_t *begins; /* object: the first item of each page, as a digest */
    int64_t total;  /* the largest TotalCount that a page told; -1: none did */
    bool has_gap;
};

/* Forgets what was read; also for the beginning. */
void cbk_reading_clear(struct cbk_reading *reading);
void cbk_reading_release(struct cbk_reading *reading);
/*
 * Adds a page's items. `has_more`: there is said to be something, on this page or behind it. CBK_E_AMBIGUOUS when the
 * answer has no list.
 */
CBK_MUST_CHECK int cbk_reading_add(struct cbk_reading *reading, const json_t *answer, bool has_more,
                                   struct cbk_error *err);
/*
 * Is nothing missing, as far as one can tell? No page was empty while there was said to be more, none began as one
 * before it, and where the count can be relied on, there are as many items as it says.
 */
bool cbk_reading_is_whole(const struct cbk_reading *reading);

#endif
