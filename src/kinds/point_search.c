#include "kinds/point_search.h"

#define FIRST_WINDOW_S ((int64_t)86400)
#define AHEAD_S ((int64_t)60) /* the service's clock may be a little before the one that we reckon by */

struct search {
    struct cbk_cloud *cloud;
    struct cbk_point_seekers *seekers;
    json_t *lists; /* of the window: instance -> rows, newest first; owned */
    size_t *next;  /* per seeker: the first row of its list that it has not seen; owned */
};

static void release_search(struct search *search)
{
    json_decref(search->lists);
    free(search->next);
}

void cbk_point_seekers_clear(struct cbk_point_seekers *seekers)
{
    for (size_t i = 0; i < seekers->len; i++) {
        json_decref(seekers->items[i].newest);
        json_decref(seekers->items[i].serving);
    }
    cbk_point_seekers_release(seekers);
}

/* The instances of those that still seek, each once. */
static json_t *seeking_ids(const struct cbk_point_seekers *seekers)
{
    CBK_JSON *ids = json_array();
    for (size_t i = 0; i < seekers->len; i++)
        if (!seekers->items[i].serving)
            json_array_append_new(ids, json_string(seekers->items[i].instance));
    return cbk_json_sorted_texts(ids);
}

static json_t *group_by_instance(const json_t *rows)
{
    json_t *lists = json_object();
    size_t index;
    json_t *row;
    json_array_foreach((json_t *)rows, index, row) {
        const char *instance = cbk_json_text_or(row, "InstanceId", "");
        if (!json_object_get(lists, instance))
            json_object_set_new(lists, instance, json_array());
        json_array_append(json_object_get(lists, instance), row);
    }
    return lists;
}

/* The next rows of everyone who still seeks, `most` each. */
static json_t *next_rows(const struct search *search, size_t most)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < search->seekers->len; i++) {
        const struct cbk_point_seeker *seeker = &search->seekers->items[i];
        const json_t *list = json_object_get(search->lists, seeker->instance);
        for (size_t j = 0; j < most && !seeker->serving; j++)
            json_array_append(rows, json_array_get(list, search->next[i] + j));
    }
    return rows;
}

static void look_at(struct cbk_point_seeker *seeker, json_t *point)
{
    if (!seeker->newest)
        seeker->newest = json_incref(point);
    if (!seeker->serving && cbk_level_parse(cbk_json_text(point, "level")) >= seeker->least)
        seeker->serving = json_incref(point);
}

/* Hands the points out to those who asked for them: in the order of next_rows. */
static void hand_out(struct search *search, const json_t *points, size_t most)
{
    size_t at = 0;
    for (size_t i = 0; i < search->seekers->len; i++) {
        struct cbk_point_seeker *seeker = &search->seekers->items[i];
        size_t total = json_array_size(json_object_get(search->lists, seeker->instance));
        bool seeks = !seeker->serving;
        for (size_t j = 0; seeks && j < most && search->next[i] < total; j++, search->next[i]++)
            look_at(seeker, json_array_get(points, at++));
    }
}

/* Looks through one window: the newest point of each, then two more, then four more. */
static int search_window(struct search *search, const json_t *rows, struct cbk_error *err)
{
    json_decref(search->lists);
    search->lists = group_by_instance(rows);
    for (size_t i = 0; i < search->seekers->len; i++)
        search->next[i] = 0;
    for (size_t most = 1;; most *= 2) {
        CBK_JSON *looked_at = next_rows(search, most);
        CBK_JSON *points = NULL;
        if (!json_array_size(looked_at))
            return 0;
        int r = cbk_recovery_points_judge(search->cloud, looked_at, &points, err);
        if (r < 0)
            return r;
        hand_out(search, points, most);
    }
}

/* The windows, from now back to the horizon: each twice as long as the one before it. */
struct windows {
    int64_t horizon, until, length;
};

static struct windows begin_windows(int64_t now, int64_t back)
{
    return (struct windows){.horizon = now - back, .until = now + AHEAD_S, .length = FIRST_WINDOW_S};
}

/* The next one; false when all have been looked through. A few instances are asked for the whole rest at once. */
static bool next_window(struct windows *windows, const json_t *ids, struct cbk_point_query *ret)
{
    if (windows->until < windows->horizon || !json_array_size(ids))
        return false;
    bool whole =
        cbk_recovery_points_are_few(json_array_size(ids)) || windows->until - windows->horizon <= windows->length;
    *ret = (struct cbk_point_query){
        .ids = ids, .since = whole ? windows->horizon : windows->until - windows->length, .until = windows->until};
    windows->until = ret->since - 1;
    windows->length *= 2;
    return true;
}

int cbk_point_search(struct cbk_cloud *cloud, struct cbk_point_seekers *seekers, int64_t now, int64_t back,
                     struct cbk_error *err)
{
    CBK_CLEANUP(release_search)
    struct search search = {.cloud = cloud, .seekers = seekers, .next = cbk_alloc(seekers->len, sizeof(size_t))};
    struct windows windows = begin_windows(now, back);
    for (;;) {
        CBK_JSON *ids = seeking_ids(seekers);
        CBK_JSON *rows = NULL;
        struct cbk_point_query query;
        if (!next_window(&windows, ids, &query))
            return 0;
        int r = cbk_recovery_rows(cloud, &query, &rows, err);
        if (r == 0)
            r = search_window(&search, rows, err);
        if (r < 0)
            return r;
    }
}

int cbk_point_list(struct cbk_cloud *cloud, const json_t *ids, int64_t now, int64_t back, json_t **ret_points,
                   struct cbk_error *err)
{
    CBK_JSON *all = json_array();
    struct windows windows = begin_windows(now, back);
    struct cbk_point_query query;
    while (next_window(&windows, ids, &query)) {
        CBK_JSON *points = NULL;
        int r = cbk_recovery_points(cloud, &query, &points, err);
        if (r < 0)
            return r;
        json_array_extend(all, points);
    }
    *ret_points = cbk_json_steal(&all);
    return 0;
}
