/*
 * References to numbered things that are about to be replaced, or that a replacement has left behind. The cloud tells
 * them by id, and an id that is no declaration's any more differs from the name that was applied. Nobody but cbk has
 * moved it.
 */
#include "engine/diff.h"

#include <string.h>

/* The value with a name in place of each text that is `id`. New reference. */
static json_t *renamed(const json_t *value, const char *id, const char *name)
{
    const char *key;
    size_t index;
    json_t *part;
    if (json_is_string(value))
        return cbk_str_equal(json_string_value(value), id) ? json_string(name) : json_incref((json_t *)value);
    if (json_is_object(value)) {
        json_t *made = json_object();
        json_object_foreach((json_t *)value, key, part)
            json_object_set_new(made, key, renamed(part, id, name));
        return made;
    }
    if (!json_is_array(value))
        return json_incref((json_t *)value);
    json_t *made = json_array();
    json_array_foreach((json_t *)value, index, part)
        json_array_append_new(made, renamed(part, id, name));
    return made;
}

/* Is it, or was it, replaced by us? Then what it was called when it was applied, else NULL. */
static const char *name_of_replaced(const struct cbk_object *object)
{
    bool is_former = strchr(object->address, '~') != NULL;
    if (!object->kind->numbered || !object->id || (!object->is_replaced && !is_former))
        return NULL;
    return cbk_object_text(object->last, object->kind->title);
}

/* What lives, as it was called when it was applied. New reference. */
static json_t *as_applied(const struct cbk_env *env, const struct cbk_object *object, const json_t *live)
{
    json_t *value = json_incref((json_t *)live);
    for (size_t i = 0; i < object->deps.len; i++) {
        const struct cbk_object *dep = cbk_env_object(env, object->deps.items[i]);
        const char *name = dep ? name_of_replaced(dep) : NULL;
        if (!name)
            continue;
        json_t *made = renamed(value, dep->id, name);
        json_decref(value);
        value = made;
    }
    return value;
}

void cbk_diff_own_up(const struct cbk_env *env, const struct cbk_object *object, struct cbk_diff *diff)
{
    const char *drift = cbk_cause_name(CBK_CAUSE_DRIFT);
    diff->cause = CBK_CAUSE_NONE;
    size_t index;
    json_t *row;
    json_array_foreach(diff->rows, index, row) {
        json_t *before = json_object_get(row, "before");
        CBK_JSON *applied = as_applied(env, object, before);
        bool is_ours = cbk_str_equal(cbk_json_text(row, "cause"), drift) && !json_equal(applied, before);
        if (is_ours) {
            bool is_all = json_equal(applied, json_object_get(row, "after"));
            cbk_json_set_text(row, "cause", cbk_cause_name(is_all ? CBK_CAUSE_CONFIG : CBK_CAUSE_BOTH));
        }
        diff->cause = cbk_cause_join(diff->cause, cbk_cause_parse(cbk_json_text(row, "cause")));
    }
}
