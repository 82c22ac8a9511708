/* Whole lists: three ways of paging, one row each. */
#include "cloud/cloud.h"

#include "base/parallel.h"
#include "cloud/reading.h"
#include "cloud/retry.h"
#include "cloud/session.h"

#include <string.h>

/* A list that changes while its pages are read may hide an item, and so may one with holes: how often it is read. */
#define READINGS 3

struct list {
    struct cbk_cloud *cloud;
    enum cbk_service service;
    const char *action;
    int page_size;
    const json_t *params;
    const char *trail;
};

/* Reads a page: the caller's parameters and up to two more. */
static int read_page(const struct list *list, const char *size_name, const char *position_name, json_t *position,
                     json_t **ret_answer, struct cbk_error *err)
{
    CBK_JSON *params = json_copy((json_t *)list->params); /* NULL stays NULL and is refused by the call */
    if (size_name && list->page_size)
        json_object_set_new(params, size_name, json_integer(list->page_size));
    if (position)
        json_object_set(params, position_name, position);
    return cbk_cloud_call(list->cloud, list->service, list->action, CBK_CALL_READ, params, ret_answer, err);
}

static int read_single(const struct list *list, struct cbk_reading *reading, bool *ret_steady, struct cbk_error *err)
{
    CBK_JSON *answer = NULL;
    *ret_steady = true;
    int r = read_page(list, NULL, NULL, NULL, &answer, err);
    return r < 0 ? r : cbk_reading_add(reading, answer, /* has_more= */ false, err);
}

/* Where the next page begins, or NULL after the last. DescribeInvocationResults has its token inside Invocation. */
static json_t *next_token(const struct list *list, const json_t *answer)
{
    json_t *token = json_object_get(answer, "NextToken");
    if (!token) {
        CBK_CLEANUP(cbk_string_freep) char *first = cbk_strndup(list->trail, strcspn(list->trail, "."));
        token = json_object_get(json_object_get(answer, first), "NextToken");
    }
    const char *text = json_string_value(token);
    return text && *text ? token : NULL;
}

static json_t *next_marker(const struct list *list, const json_t *answer)
{
    (void)list;
    return cbk_json_bool(answer, "IsTruncated", false) ? json_object_get(answer, "Marker") : NULL;
}

/* Pages that each name the next. A name that comes twice would lead in a circle. `promises`: where a page names a next
 * one, there is something on it; a token may lead to nothing. */
static int read_chain(const struct list *list, const char *size_name, const char *position_name,
                      json_t *(*next)(const struct list *, const json_t *), bool promises, struct cbk_reading *reading,
                      struct cbk_error *err)
{
    CBK_JSON *seen = json_object();
    CBK_JSON *position = NULL;
    do {
        CBK_JSON *answer = NULL;
        int r = read_page(list, size_name, position_name, position, &answer, err);
        if (r < 0)
            return r;
        bool is_promised = promises && position;
        cbk_json_decrefp(&position);
        position = json_incref(next(list, answer));
        r = cbk_reading_add(reading, answer, position || is_promised, err);
        if (r < 0)
            return r;
        const char *name = json_string_value(position);
        if (position && (!name || json_object_get(seen, name)))
            return cbk_fail(err, CBK_E_AMBIGUOUS, "the pages of %s lead in a circle", list->action);
        if (position)
            json_object_set_new(seen, name, json_true());
    } while (position);
    return 0;
}

static int read_tokens(const struct list *list, struct cbk_reading *reading, bool *ret_steady, struct cbk_error *err)
{
    *ret_steady = true;
    return read_chain(list, "MaxResults", "NextToken", next_token, /* promises= */ false, reading, err);
}

static int read_markers(const struct list *list, struct cbk_reading *reading, bool *ret_steady, struct cbk_error *err)
{
    *ret_steady = true;
    return read_chain(list, "MaxItems", "Marker", next_marker, /* promises= */ true, reading, err);
}

/* The pages after the first. */
struct later_pages {
    const struct list *list;
    size_t count;
    json_t **answers;
};

static void release_later_pages(struct later_pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        json_decref(pages->answers[i]);
    free(pages->answers);
}

static int read_later_page(void *context, size_t index, struct cbk_error *err)
{
    const struct later_pages *pages = context;
    CBK_JSON *number = json_integer((json_int_t)index + 2);
    return read_page(pages->list, "PageSize", "PageNumber", number, &pages->answers[index], err);
}

/* *ret_steady: the list kept its length meanwhile. */
static int read_numbers(const struct list *list, struct cbk_reading *reading, bool *ret_steady, struct cbk_error *err)
{
    CBK_JSON *first = NULL;
    CBK_JSON *one = json_integer(1);
    int r = read_page(list, "PageSize", "PageNumber", one, &first, err);
    if (r < 0)
        return r;
    r = cbk_reading_add(reading, first, /* has_more= */ false, err);
    if (r < 0)
        return r;
    int64_t total = cbk_json_int(first, "TotalCount", -1);
    if (total < 0)
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s has no TotalCount", list->action);
    *ret_steady = true;
    if (total <= list->page_size)
        return 0;

    size_t later = (size_t)((total - 1) / list->page_size);
    CBK_CLEANUP(release_later_pages)
    struct later_pages pages = {list, later, cbk_alloc(later, sizeof(json_t *))};
    r = cbk_parallel(list->cloud->core->max_in_flight, later, read_later_page, &pages, err);
    for (size_t i = 0; i < later && r == 0; i++) {
        *ret_steady = *ret_steady && cbk_json_int(pages.answers[i], "TotalCount", -1) == total;
        r = cbk_reading_add(reading, pages.answers[i], /* has_more= */ false, err);
    }
    return r;
}

/* How each paging reads, and whether its TotalCount can be relied on (with the tokens of ECS it cannot). */
static const struct {
    int (*read)(const struct list *list, struct cbk_reading *reading, bool *ret_steady, struct cbk_error *err);
    bool is_counted;
} pagings[] = {
    [CBK_PAGE_NONE] = {read_single, false},   [CBK_PAGE_MARKER] = {read_markers, false},
    [CBK_PAGE_TOKEN] = {read_tokens, false},  [CBK_PAGE_COUNTED_TOKEN] = {read_tokens, true},
    [CBK_PAGE_NUMBER] = {read_numbers, true},
};

static int fail_torn(const struct list *list, bool is_steady, struct cbk_error *err)
{
    if (!is_steady)
        return cbk_fail(err, CBK_E_RETRYABLE, "the list of %s kept changing while it was read", list->action);
    (void)cbk_fail(err, CBK_E_RETRYABLE, "the list of %s has holes: a page came empty, or another one in its place",
                   list->action);
    return cbk_error_hint(err, "what is missing there is not gone, so nothing was concluded from it: try again later");
}

int cbk_cloud_list_keys(struct cbk_cloud *cloud, enum cbk_service service, const char *action, enum cbk_paging paging,
                        int page_size, const json_t *params, const char *trail, const char *const *keys,
                        json_t **ret_items, struct cbk_error *err)
{
    const struct list list = {cloud, service, action, page_size, params, trail};
    CBK_CLEANUP(cbk_reading_release)
    struct cbk_reading reading = {
        .action = action, .trail = trail, .keys = keys, .is_counted = pagings[paging].is_counted};
    bool is_steady = false;
    for (unsigned readings = 0; readings < READINGS; readings++) {
        int r = readings ? cbk_cloud_sleep(cloud, cbk_poll_delay(readings - 1, cbk_retry_random()), err) : 0;
        cbk_reading_clear(&reading);
        if (r == 0)
            r = pagings[paging].read(&list, &reading, &is_steady, err);
        if (r < 0)
            return r;
        if (is_steady && cbk_reading_is_whole(&reading)) {
            *ret_items = cbk_json_steal(&reading.items);
            return 0;
        }
    }
    return fail_torn(&list, is_steady, err);
}

int cbk_cloud_list(struct cbk_cloud *cloud, enum cbk_service service, const char *action, enum cbk_paging paging,
                   int page_size, const json_t *params, const char *trail, json_t **ret_items, struct cbk_error *err)
{
    return cbk_cloud_list_keys(cloud, service, action, paging, page_size, params, trail, /* keys= */ NULL, ret_items,
                               err);
}
