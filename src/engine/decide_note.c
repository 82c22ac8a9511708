/* What the state takes over from the cloud when nothing else is asked for. */
#include "engine/decide.h"

static bool same(const json_t *a, const json_t *b)
{
    return (!a && !b) || (a && b && json_equal((json_t *)a, (json_t *)b));
}

/* Attributes that were never applied are not remembered: only those that were are compared. */
static json_t *differences(const struct cbk_object *object)
{
    json_t *rows = json_array();
    const char *key;
    json_t *last;
    json_object_foreach((json_t *)object->last, key, last) {
        json_t *live = json_object_get(object->live, key);
        if (!same(last, live))
            json_array_append_new(rows, json_pack("{s:s, s:O, s:o, s:s}", "path", key, "before", last, "after",
                                                  live ? json_incref(live) : json_null(), "cause", "drift"));
    }
    return rows;
}

void cbk_decide_note(struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    if (!object->last || object->kind->decide || object->heir || object->was)
        return;
    if (object->unreachable) {
        change->reason = cbk_strf("skipped: %s", object->unreachable);
        return;
    }
    change->cause = CBK_CAUSE_DRIFT;
    if (!object->live) {
        change->actions = CBK_ACTION_FORGET;
        change->reason = cbk_strdup("gone");
        return;
    }
    change->diff.rows = differences(object);
    change->diff.cause = CBK_CAUSE_DRIFT;
    if (json_array_size(change->diff.rows))
        change->actions = CBK_ACTION_NOTE;
    else
        change->cause = CBK_CAUSE_NONE;
}
