#include "cloud/reading.h"

void cbk_reading_clear(struct cbk_reading *reading)
{
    cbk_reading_release(reading);
    reading->items = json_array();
    reading->begins = json_object();
    reading->total = -1;
    reading->has_gap = false;
}

void cbk_reading_release(struct cbk_reading *reading)
{
    json_decref(reading->items);
    json_decref(reading->begins);
    reading->items = reading->begins = NULL;
}

/* What is kept of an item, which dies with its page. */
static json_t *trim(json_t *item, const char *const *keys)
{
    if (!keys || !json_is_object(item))
        return json_incref(item);
    json_t *kept = json_object();
    for (; *keys; keys++)
        if (json_object_get(item, *keys))
            json_object_set(kept, *keys, json_object_get(item, *keys));
    return kept;
}

/* Has a page begun like this one already? Things do not come twice: it is the same page again. */
static bool is_repeated(struct cbk_reading *reading, const json_t *page)
{
    if (!json_array_size(page))
        return false;
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_json_digest(json_array_get(page, 0));
    if (json_object_get(reading->begins, digest))
        return true;
    json_object_set_new(reading->begins, digest, json_true());
    return false;
}

int cbk_reading_add(struct cbk_reading *reading, const json_t *answer, bool has_more, struct cbk_error *err)
{
    const json_t *page = cbk_json_at(answer, reading->trail);
    size_t index;
    json_t *item;
    if (!json_is_array(page))
        return cbk_fail(err, CBK_E_AMBIGUOUS, "the answer to %s has no list '%s'", reading->action, reading->trail);
    json_array_foreach((json_t *)page, index, item)
        json_array_append_new(reading->items, trim(item, reading->keys));
    int64_t total = cbk_json_int(answer, "TotalCount", -1);
    reading->total = total > reading->total ? total : reading->total;
    bool is_empty = !json_array_size(page);
    bool hides = is_empty && (has_more || total > (int64_t)json_array_size(reading->items));
    reading->has_gap = reading->has_gap || hides || is_repeated(reading, page);
    return 0;
}

bool cbk_reading_is_whole(const struct cbk_reading *reading)
{
    bool is_short = reading->is_counted && reading->total > (int64_t)json_array_size(reading->items);
    return !reading->has_gap && !is_short;
}
