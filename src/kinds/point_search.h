/*
 * The search for the newest recovery points of many instances. Reading and judging every point of a region would take
 * as many calls as there are disks times days: so the newest are looked at first, window by window, each twice as long
 * as the one before it, and the search ends where nobody seeks any more.
 */
#ifndef CBK_KINDS_POINT_SEARCH_H
#define CBK_KINDS_POINT_SEARCH_H

#include "kinds/recovery_point.h"

struct cbk_point_seeker {
    const char *instance;
    enum cbk_level least; /* what a point must reach to serve */
    json_t *newest;       /* the newest point, whatever it is; owned; NULL: there is none */
    json_t *serving;      /* the newest that reaches `least`; owned; NULL: there is none */
};
CBK_VEC(cbk_point_seekers, struct cbk_point_seeker)

/* Releases what the seekers own. */
void cbk_point_seekers_clear(struct cbk_point_seekers *seekers);
/* Fills in what each finds among the points of the last `back` seconds before `now` (unix seconds, the cloud's). */
CBK_MUST_CHECK int cbk_point_search(struct cbk_cloud *cloud, struct cbk_point_seekers *seekers, int64_t now,
                                    int64_t back, struct cbk_error *err);

/* All points of the instances `ids` in that time, newest first, judged. New array. */
CBK_MUST_CHECK int cbk_point_list(struct cbk_cloud *cloud, const json_t *ids, int64_t now, int64_t back,
                                  json_t **ret_points, struct cbk_error *err);

#endif
