/*
 * Pages, in the cloud's three dialects: Marker and MaxItems (RAM), NextToken and MaxResults, PageNumber and PageSize.
 * Which one a call speaks is told by the parameters of its row and those that it was given.
 */
#ifndef CBK_SIM_PAGE_H
#define CBK_SIM_PAGE_H

#include "sim/action/call.h"

/* Does the record belong into the list? */
typedef bool (*sim_keep)(const struct sim_call *call, const json_t *record, const void *context);

struct sim_page_rule {
    const char *into;     /* name in the view that gets the page's records */
    size_t fallback;      /* page size when none is asked for */
    size_t least, most;   /* sizes beyond are taken for these; 0: 1 */
    const char *bad_page; /* error code for a PageNumber or PageSize out of range; NULL: they are clamped */
    size_t cap;           /* no more than this many records altogether; 0: no cap */
};

/* Gives a page of `list` to the answer: the records, TotalCount, and what leads to the next page. `keep` may be NULL.
 */
CBK_MUST_CHECK int sim_page(struct sim_call *call, const struct sim_page_rule *rule, const json_t *list, sim_keep keep,
                            const void *context);

#endif
