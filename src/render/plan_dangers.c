#include "render/plan_dangers.h"

#include "kinds/level.h"
#include "render/plan_words.h"
#include "render/value.h"

#include <string.h>

bool cbk_change_is_below(const json_t *change)
{
    const char *level = cbk_json_text(change, "predicted.level");
    const char *required = cbk_json_text_or(change, "after.require", cbk_json_text_or(change, "after.level", NULL));
    const json_t *actions = json_object_get(change, "actions");
    return level && required && !cbk_json_array_has(actions, "no-op") &&
           cbk_level_parse(level) < cbk_level_parse(required);
}

static bool is_marked(const json_t *change, const char *name)
{
    const struct cbk_mark *mark = cbk_plan_mark(change);
    return mark && strcmp(mark->name, name) == 0;
}

static bool has_row(const json_t *change, const char *flag)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row)
        if (cbk_json_bool(row, flag, false))
            return true;
    return false;
}

/* ---- each danger: is it one, and why ---- */

static bool is_refused(const json_t *change)
{
    return cbk_json_bool(change, "refused", false);
}

static bool is_destroyed(const json_t *change)
{
    return is_marked(change, "destroy");
}

static bool is_replaced(const json_t *change)
{
    return is_marked(change, "replace");
}

static bool is_wider(const json_t *change)
{
    return has_row(change, "widens");
}

static bool is_shorter(const json_t *change)
{
    return has_row(change, "shortens");
}

static bool is_below(const json_t *change)
{
    return !is_refused(change) && cbk_change_is_below(change);
}

static bool is_skipped(const json_t *change)
{
    return is_marked(change, "skipped");
}

static void add_foreseen(const json_t *change, struct cbk_str *out)
{
    size_t index;
    json_t *reason;
    cbk_str_addf(out, "requires %s, %s is foreseen",
                 cbk_json_text_or(change, "after.require", cbk_json_text_or(change, "after.level", "?")),
                 cbk_json_text_or(change, "predicted.level", "?"));
    json_array_foreach(cbk_json_at(change, "predicted.reasons"), index, reason)
        cbk_str_addf(out, "%s%s", index ? "; " : ": ", json_is_string(reason) ? json_string_value(reason) : "?");
}

static void add_refusal(const json_t *change, struct cbk_str *out)
{
    const char *refusal = cbk_json_text(change, "refusal");
    if (refusal)
        cbk_str_add(out, refusal);
    else if (cbk_change_is_below(change))
        add_foreseen(change, out);
    else
        cbk_str_add(out, cbk_json_text_or(change, "reason", "it cannot be done"));
}

static void add_reason(const json_t *change, struct cbk_str *out)
{
    cbk_str_add(out, cbk_json_text_or(change, "reason", "it goes"));
}

static void add_gap(const json_t *change, struct cbk_str *out)
{
    const char *gap = cbk_json_text(change, "gap"), *reason = cbk_json_text(change, "reason");
    cbk_str_add(out, gap ? gap : "the new one is made before the old one goes");
    if (reason)
        cbk_str_addf(out, "; %s", reason);
}

static void add_paths(const json_t *change, const char *flag, bool with_values, struct cbk_str *out)
{
    size_t index, told = 0;
    json_t *row;
    json_array_foreach(json_object_get(change, "diff"), index, row) {
        if (!cbk_json_bool(row, flag, false))
            continue;
        cbk_str_addf(out, "%s%s", told++ ? ", " : "", cbk_json_text_or(row, "path", "?"));
        if (!with_values)
            continue;
        cbk_str_add(out, ": ");
        cbk_value_add_change(out, json_object_get(row, "before"), json_object_get(row, "after"));
    }
}

static void add_wider(const json_t *change, struct cbk_str *out)
{
    cbk_str_add(out, "allows more than before: ");
    add_paths(change, "widens", /* with_values= */ false, out);
}

static void add_shorter(const json_t *change, struct cbk_str *out)
{
    cbk_str_add(out, "keeps less than before: ");
    add_paths(change, "shortens", /* with_values= */ true, out);
}

/* The worst first. */
static const struct danger {
    const char *label;
    bool (*is)(const json_t *change);
    void (*add_why)(const json_t *change, struct cbk_str *out);
} dangers[] = {
    {"refused", is_refused, add_refusal}, {"destroys", is_destroyed, add_reason}, {"replaces", is_replaced, add_gap},
    {"widens", is_wider, add_wider},      {"shortens", is_shorter, add_shorter},  {"weaker", is_below, add_foreseen},
    {"skipped", is_skipped, add_reason},
};

static void add_danger(json_t *all, const json_t *change, const struct danger *danger)
{
    CBK_STR(why);
    if (!danger->is(change))
        return;
    danger->add_why(change, &why);
    json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s}", "label", danger->label, "subject",
                                         cbk_json_text_or(change, "address", "?"), "title", cbk_plan_title(change),
                                         "why", why.ptr));
}

static void add_guards(json_t *all, const json_t *plan, bool allowed)
{
    size_t index;
    json_t *guard;
    json_array_foreach(json_object_get(plan, "guards"), index, guard) {
        const char *id = cbk_json_text_or(guard, "id", "?");
        CBK_STR(why);
        if (cbk_json_bool(guard, "allowed", false) != allowed)
            continue;
        cbk_str_addf(&why, "%s (%s --allow-%s)", cbk_json_text_or(guard, "message", "?"),
                     allowed ? "allowed by" : "refused without", id);
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s}", "label", allowed ? "allowed" : "refused",
                                             "subject", id, "title", "guard", "why", why.ptr));
    }
}

json_t *cbk_plan_dangers(const json_t *plan)
{
    json_t *all = json_array();
    const json_t *changes = json_object_get(plan, "changes");
    add_guards(all, plan, /* allowed= */ false);
    for (size_t i = 0; i < CBK_ARRAY_LEN(dangers); i++) {
        size_t index;
        json_t *change;
        json_array_foreach((json_t *)changes, index, change)
            add_danger(all, change, &dangers[i]);
    }
    add_guards(all, plan, /* allowed= */ true);
    return all;
}

void cbk_plan_add_verdict(const json_t *plan, struct cbk_str *out)
{
    bool removes_all = cbk_json_bool(plan, "destroy", false) && cbk_plan_changed(plan);
    const char *refused = cbk_plan_is_refused(plan) ? "It cannot be applied as it stands." : "";
    cbk_str_addf(out, "%s%s%s", removes_all ? "It removes all that the stack owns." : "",
                 removes_all && *refused ? " " : "", refused);
}

bool cbk_plan_is_refused(const json_t *plan)
{
    size_t index;
    json_t *guard;
    json_array_foreach(json_object_get(plan, "guards"), index, guard)
        if (!cbk_json_bool(guard, "allowed", false))
            return true;
    return cbk_plan_refused(plan, NULL) > 0;
}
