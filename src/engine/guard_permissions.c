/*
 * wider-permissions: roles and policies are held against what was applied last. What the cloud has lost meanwhile is
 * given back without ado; what git has never been granted is not.
 */
#include "engine/guard_rows.h"

#include "state/state.h"

#include <string.h>

/*
 * A policy that is replaced by one of another name stays what it was to the roles that carry it: `before` with the new
 * names in place of the old ones. Whether the policy itself allows more is said where it is declared. New reference.
 */
static json_t *with_new_names(const struct cbk_plan *plan, const json_t *before)
{
    json_t *after = json_deep_copy(before);
    for (size_t i = 0; json_is_array(after) && i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        if (change->object->kind != &cbk_kind_policy || !cbk_change_replaces(change) || !change->old.id)
            continue;
        CBK_CLEANUP(cbk_string_freep) char *old = cbk_strf("Custom/%s", change->old.id);
        CBK_CLEANUP(cbk_string_freep) char *now = cbk_strf("Custom/%s", cbk_object_title(change->object));
        if (cbk_json_array_has(after, old))
            json_array_append_new(after, json_string(now));
    }
    return after;
}

/*
 * Is it still being made, as git has wanted it all the while? A creation that was cut short, or that the cloud refused
 * half way, leaves a role without the policies that it was to have.
 */
static bool is_unfinished(const struct cbk_plan *plan, const struct cbk_object *object)
{
    const json_t *resource = cbk_state_resource(plan->state, object->was ? object->was : object->address);
    CBK_CLEANUP(cbk_string_freep) char *wanted = cbk_json_digest(object->desired);
    return cbk_str_equal(cbk_json_text(resource, "applied_digest"), wanted);
}

/* Would the attribute at the row allow more than was granted last, or, of what others have made, than lives? */
static bool grants(const struct cbk_plan *plan, const struct cbk_object *object, const char *attribute)
{
    const json_t *granted = object->last ? object->last : object->live;
    CBK_JSON *before = with_new_names(plan, json_object_get(granted, attribute));
    return object->kind->widens(attribute, before, json_object_get(object->desired, attribute));
}

static void add_wider(const struct cbk_plan *plan, const struct cbk_change *change, struct cbk_str *wider)
{
    size_t index;
    json_t *row;
    json_array_foreach(change->diff.rows, index, row) {
        const char *path = cbk_json_text_or(row, "path", "");
        CBK_CLEANUP(cbk_string_freep) char *attribute = cbk_strndup(path, strcspn(path, ".["));
        if (cbk_json_bool(row, "widens", false) && grants(plan, change->object, attribute))
            cbk_str_addf(wider, "%s%s", wider->len ? ", " : "", path);
    }
}

void cbk_guard_permissions(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                           struct cbk_guard_findings *findings)
{
    (void)input;
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        CBK_STR(wider);
        if (change->actions & (CBK_ACTION_UPDATE | CBK_ACTION_CREATE))
            add_wider(plan, change, &wider);
        if (!wider.len || is_unfinished(plan, change->object))
            continue;
        CBK_CLEANUP(cbk_string_freep) char *words = cbk_strf("would allow more than was applied last: %s", wider.ptr);
        cbk_guard_found(findings, change->object, words);
    }
}
