#include "engine/guard_rows.h"

#include <string.h>

/* Fewer than ten are few enough to be read one by one; of more, three in ten may go unasked. */
#define MANY 10
#define FEW_OF_TEN 3

void cbk_guard_found(struct cbk_guard_findings *findings, const struct cbk_object *object, const char *words)
{
    for (size_t i = 0; i < findings->len; i++) {
        struct cbk_guard_finding *finding = &findings->items[i];
        if (!cbk_str_equal(finding->section, object->kind->section) || !cbk_str_equal(finding->key, object->key))
            continue;
        json_array_append_new(finding->addresses, json_string(object->address));
        return;
    }
    struct cbk_guard_finding *finding = cbk_guard_findings_add(findings);
    finding->message = cbk_strf("%s.%s %s", object->kind->section, object->key, words);
    finding->span = object->span;
    finding->section = object->kind->section;
    finding->key = object->key;
    finding->addresses = json_pack("[s]", object->address);
}

/* ---- shorter-retention ---- */

/* Adds ", retain_days 30 -> 7"; what is more than a number or a text by its name alone. */
static void add_shorter(struct cbk_str *out, const char *path, const json_t *before, const json_t *after)
{
    cbk_str_addf(out, "%s%s", out->len ? ", " : "", path);
    bool is_short =
        !json_is_object(before) && !json_is_array(before) && !json_is_object(after) && !json_is_array(after);
    if (!is_short)
        return;
    cbk_str_add_char(out, ' ');
    cbk_json_add_canonical(out, before);
    cbk_str_add(out, " -> ");
    cbk_json_add_canonical(out, after);
}

static void add_shorter_rows(struct cbk_str *out, const struct cbk_change *change)
{
    size_t index;
    json_t *row;
    json_array_foreach(change->diff.rows, index, row)
        if (cbk_json_bool(row, "shortens", false))
            add_shorter(out, cbk_json_text_or(row, "path", ""), json_object_get(row, "before"),
                        json_object_get(row, "after"));
}

/* What lives of a job is a point: what it asks for is held against what was asked for last. */
static void add_shorter_order(struct cbk_str *out, const struct cbk_object *object)
{
    const char *key;
    json_t *after;
    json_object_foreach(object->desired, key, after) {
        const json_t *before = object->last ? json_object_get(object->last, key) : NULL;
        if (before && object->kind->shortens && object->kind->shortens(key, before, after))
            add_shorter(out, key, before, after);
    }
}

/* Its own attributes may say nothing, and what it is about to use keeps less. */
static void add_shorter_use(struct cbk_str *out, const struct cbk_env *env, const struct cbk_object *object)
{
    CBK_CLEANUP(cbk_string_freep)
    char *words = object->live && object->kind->keeps_less ? object->kind->keeps_less(env, object) : NULL;
    if (words)
        cbk_str_addf(out, "%s%s", out->len ? ", " : "", words);
}

static void judge_retention(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                            struct cbk_guard_findings *findings)
{
    (void)input;
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        CBK_STR(shorter);
        if (change->actions & (CBK_ACTION_UPDATE | CBK_ACTION_CREATE)) {
            add_shorter_rows(&shorter, change);
            add_shorter_use(&shorter, &plan->env, change->object);
        }
        if (change->actions & CBK_ACTION_RUN)
            add_shorter_order(&shorter, change->object);
        if (!shorter.len)
            continue;
        CBK_CLEANUP(cbk_string_freep)
        char *words = cbk_strf("would keep recovery points for less time: %s", shorter.ptr);
        cbk_guard_found(findings, change->object, words);
    }
}

/* ---- point-deletion ---- */

static void judge_points(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                         struct cbk_guard_findings *findings)
{
    (void)input;
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        if (!(change->actions & CBK_ACTION_DELETE) || !change->object->kind->holds_points)
            continue;
        cbk_guard_found(findings, change->object,
                        cbk_change_replaces(change) ? "would be replaced, and the recovery points in it deleted"
                                                    : "would be destroyed, and the recovery points in it with it");
    }
}

/* ---- mass-destroy ---- */

static bool is_many(size_t part, size_t whole)
{
    return whole >= MANY && part * 10 > whole * FEW_OF_TEN;
}

/* One that the state remembers as standing, and that could be destroyed: not what has changed hands. */
static bool stands(const struct cbk_object *object)
{
    return object->is_ours && !object->heir && !object->kind->forgets && !strchr(object->address, '~');
}

static void judge_destruction(const struct cbk_plan *plan, struct cbk_guard_findings *findings)
{
    CBK_JSON *gone = json_array();
    struct cbk_span span = {0};
    size_t all = 0;
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        if (!stands(change->object))
            continue;
        all++;
        if (!(change->actions & CBK_ACTION_DELETE) || cbk_change_replaces(change))
            continue;
        json_array_append_new(gone, json_string(change->object->address));
        if (!span.source)
            span = change->object->span;
    }
    size_t count = json_array_size(gone);
    if (!is_many(count, all))
        return;
    struct cbk_guard_finding *finding = cbk_guard_findings_add(findings);
    const char *first = json_string_value(json_array_get(gone, 0));
    finding->message = cbk_strf("%zu of %zu objects would be destroyed, %s among them", count, all, first);
    finding->span = span;
    finding->addresses = json_incref(gone);
}

/*
 * Instances that the state remembers and the inventory has not: released, or hidden from a caller whose rights end at
 * some resource group. What is forgotten of hidden ones stays behind with nobody to look after it, and what can be
 * taken from them all the same, such as a binding, would leave them unprotected.
 */
static void judge_vanished(const struct cbk_plan *plan, struct cbk_guard_findings *findings)
{
    CBK_JSON *forgotten = json_array(), *all = json_object(), *vanished = json_object();
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        const struct cbk_object *object = change->object;
        if (!object->is_ours || !object->instance)
            continue;
        json_object_set_new(all, object->instance, json_true());
        if (!(change->actions & (CBK_ACTION_FORGET | CBK_ACTION_DELETE)) ||
            cbk_inventory_get(plan->inventory, object->instance))
            continue;
        json_object_set_new(vanished, object->instance, json_true());
        json_array_append_new(forgotten, json_string(object->address));
    }
    if (!is_many(json_object_size(vanished), json_object_size(all)))
        return;
    struct cbk_guard_finding *finding = cbk_guard_findings_add(findings);
    finding->message = cbk_strf("%zu of %zu instances that the state remembers cannot be seen any more, and what is "
                                "theirs would go",
                                json_object_size(vanished), json_object_size(all));
    finding->advice = "check what these credentials may see, and the region";
    finding->addresses = json_incref(forgotten);
}

/* Whoever says destroy means all of it; that what cannot be seen is forgotten instead is not meant by it. */
static void judge_mass(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                       struct cbk_guard_findings *findings)
{
    if (!input->destroy)
        judge_destruction(plan, findings);
    judge_vanished(plan, findings);
}

const struct cbk_guard_row cbk_guard_rows[CBK_GUARD_COUNT] = {
    [CBK_GUARD_SELECTOR_GROWTH] = {"selector-growth", CBK_GUARD_OF_OBJECTS, cbk_guard_growth},
    [CBK_GUARD_SHORTER_RETENTION] = {"shorter-retention", CBK_GUARD_OF_CHANGES, judge_retention},
    [CBK_GUARD_POINT_DELETION] = {"point-deletion", CBK_GUARD_OF_CHANGES, judge_points},
    [CBK_GUARD_MASS_DESTROY] = {"mass-destroy", CBK_GUARD_OF_CHANGES, judge_mass},
    [CBK_GUARD_WIDER_PERMISSIONS] = {"wider-permissions", CBK_GUARD_OF_CHANGES, cbk_guard_permissions},
};
