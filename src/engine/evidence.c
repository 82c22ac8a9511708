#include "engine/evidence.h"

#include "base/time.h"
#include "engine/demand.h"
#include "engine/guards.h"
#include "engine/plan_json.h"
#include "kinds/point_search.h"
#include "state/state.h"

#include <string.h>

/* What stands in one report. */
struct report {
    const struct cbk_plan *plan;
    struct cbk_object_list objects;   /* that are declared for an instance, by instance, then in the stack's order */
    struct cbk_point_seekers seekers; /* one for each of them */
    json_t *proofs;                   /* snapshot id -> what the state remembers of a run; borrowed values */
};

static void release_report(struct report *report)
{
    cbk_object_list_release(&report->objects);
    cbk_point_seekers_clear(&report->seekers);
    json_decref(report->proofs);
}

static void gather_objects(struct report *report)
{
    const struct cbk_object_list *all = &report->plan->objects->list;
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *lists = cbk_map_new();
    for (size_t i = 0; i < all->len; i++) {
        const struct cbk_object *object = all->items[i];
        if (!object->instance || !object->declared || !cbk_env_instance(&report->plan->env, object->instance))
            continue;
        json_t *list = cbk_map_get(lists, object->instance);
        if (!list)
            cbk_map_set(lists, object->instance, list = json_array());
        json_array_append_new(list, json_integer((json_int_t)i));
    }
    CBK_MAP_FOREACH(entry, report->plan->inventory->instances) { /* sorted by id */
        CBK_JSON *list = cbk_map_get(lists, cbk_map_entry_key(entry));
        for (size_t i = 0; i < json_array_size(list); i++)
            cbk_object_list_push(&report->objects, all->items[json_integer_value(json_array_get(list, i))]);
    }
}

static int find_points(struct report *report, const struct cbk_plan_input *input, struct cbk_error *err)
{
    for (size_t i = 0; i < report->objects.len; i++) {
        const struct cbk_object *object = report->objects.items[i];
        enum cbk_level least = cbk_demand_is_made(object) ? cbk_demand_least(object) : CBK_LEVEL_UNPROVEN;
        cbk_point_seekers_push(&report->seekers,
                               (struct cbk_point_seeker){.instance = object->instance, .least = least});
    }
    return cbk_point_search(input->cloud, &report->seekers, report->plan->env.now, CBK_EVIDENCE_BACK_S, err);
}

/* What runs have proven, by point. */
static void gather_proofs(struct report *report)
{
    const char *address;
    json_t *resource;
    report->proofs = json_object();
    json_object_foreach(report->plan->state ? cbk_state_resources(report->plan->state) : NULL, address, resource) {
        const char *id = cbk_json_text(resource, "evidence.snapshot_id");
        if (id)
            json_object_set(report->proofs, id, json_object_get(resource, "evidence"));
    }
}

/* A point with its age, and what only its run could know: the scripts, and whether they had to be repaired. */
static json_t *point_json(const struct report *report, const json_t *point)
{
    static const char *const of_run[] = {"scripts", "repaired"};
    if (!point)
        return json_null();
    json_t *json = json_deep_copy(point);
    const json_t *proof = json_object_get(report->proofs, cbk_json_text_or(point, "snapshot_id", ""));
    json_object_set_new(json, "age",
                        json_integer((json_int_t)(report->plan->env.now - cbk_json_int(point, "time", 0))));
    for (size_t i = 0; i < CBK_ARRAY_LEN(of_run); i++)
        if (json_object_get(proof, of_run[i]))
            json_object_set(json, of_run[i], json_object_get(proof, of_run[i]));
    return json;
}

/* What is no gap and worth knowing all the same. */
static json_t *notes_of(const struct cbk_object *object, const struct cbk_point_seeker *seeker)
{
    json_t *notes = json_array();
    enum cbk_level required = cbk_check_requirement(object);
    const char *why = cbk_json_text(seeker->newest, "why");
    if (seeker->serving && cbk_level_parse(cbk_json_text(seeker->serving, "level")) < required)
        json_array_append_new(notes,
                              json_sprintf("less than %s was accepted (on_downgrade)", cbk_level_name(required)));
    if (seeker->serving && !json_equal(seeker->serving, seeker->newest))
        json_array_append_new(notes,
                              json_sprintf("a newer point is only %s%s%s", cbk_json_text(seeker->newest, "level"),
                                           why ? ": " : "", why ? why : ""));
    return notes;
}

static json_t *demand_json(const struct report *report, size_t index)
{
    const struct cbk_object *object = report->objects.items[index];
    const struct cbk_point_seeker *seeker = &report->seekers.items[index];
    const struct cbk_env *env = &report->plan->env;
    json_t *gaps = cbk_demand_gaps(env, object, seeker->newest, seeker->serving);
    int64_t max_age = cbk_demand_max_age(env, object);
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:o, s:o, s:o}", "address", object->address, "kind", object->kind->name,
                     "require", cbk_level_name(cbk_check_requirement(object)), "max_age",
                     max_age ? json_integer((json_int_t)max_age) : json_null(), "ok", json_array_size(gaps) == 0,
                     "point", point_json(report, seeker->serving), "gaps", gaps, "notes", notes_of(object, seeker));
}

static bool all_met(const json_t *demands)
{
    size_t index;
    json_t *demand;
    json_array_foreach((json_t *)demands, index, demand)
        if (!cbk_json_bool(demand, "ok", false))
            return false;
    return json_array_size(demands) > 0;
}

/* The instance of the objects from *at on; *at becomes the first of the next one. */
static json_t *instance_json(const struct report *report, size_t *at)
{
    const char *id = report->objects.items[*at]->instance;
    const json_t *newest = report->seekers.items[*at].newest; /* the same for all who seek on one instance */
    json_t *demands = json_array();
    for (; *at < report->objects.len && strcmp(report->objects.items[*at]->instance, id) == 0; ++*at)
        if (cbk_demand_is_made(report->objects.items[*at]))
            json_array_append_new(demands, demand_json(report, *at));
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "instance", id, "name",
                     cbk_env_instance(&report->plan->env, id)->name, "ok", (int)all_met(demands), "newest",
                     point_json(report, newest), "demands", demands);
}

/* ---- the summary ---- */

/*
 * Is one of its demands met by a point that is application-consistent, and each that requires such a one? That a point
 * is young enough for a demand of less makes it no younger for those.
 */
static bool is_application(const json_t *instance)
{
    bool is_met = false;
    size_t index;
    json_t *demand;
    json_array_foreach(json_object_get(instance, "demands"), index, demand) {
        bool ok = cbk_json_bool(demand, "ok", false);
        if (!ok && cbk_str_equal(cbk_json_text(demand, "require"), "application"))
            return false;
        is_met = is_met || (ok && cbk_str_equal(cbk_json_text(demand, "point.level"), "application"));
    }
    return is_met;
}

/* The oldest point that a demand rests on, or `so_far`. */
static const json_t *older(const json_t *instance, const json_t *so_far)
{
    size_t index;
    json_t *demand;
    json_array_foreach(json_object_get(instance, "demands"), index, demand) {
        const json_t *point = json_object_get(demand, "point");
        bool counts = cbk_json_bool(demand, "ok", false) && json_is_object(point);
        if (counts && cbk_json_int(point, "age", 0) > cbk_json_int(so_far, "age", -1))
            so_far = point;
    }
    return so_far;
}

static json_t *summary_json(const json_t *instances)
{
    json_int_t ok = 0, application = 0, uncovered = 0;
    const json_t *oldest = NULL;
    size_t index;
    json_t *instance;
    json_array_foreach((json_t *)instances, index, instance) {
        ok += cbk_json_bool(instance, "ok", false);
        application += is_application(instance);
        uncovered += json_array_size(json_object_get(instance, "demands")) == 0;
        oldest = older(instance, oldest);
    }
    json_int_t count = (json_int_t)json_array_size(instances);
    json_t *summary = json_pack("{s:I, s:I, s:I, s:I, s:I}", "instances", count, "application", application, "ok", ok,
                                "gaps", count - ok, "uncovered", uncovered);
    if (oldest)
        json_object_set_new(summary, "oldest",
                            json_pack("{s:O, s:O, s:O}", "instance", json_object_get(oldest, "instance"), "time",
                                      json_object_get(oldest, "time"), "age", json_object_get(oldest, "age")));
    return summary;
}

static json_t *heading(const struct cbk_plan_input *input, const struct cbk_plan *plan)
{
    CBK_STR(now);
    cbk_time_add_utc(&now, plan->env.now);
    return json_pack("{s:s, s:s, s:s?, s:s, s:s}", "format_version", "1.0", "stack", input->stack->name, "account",
                     input->stack->account, "region", input->stack->region, "time", now.ptr);
}

int cbk_evidence_sketch(const struct cbk_plan_input *input, struct cbk_plan **ret, struct cbk_errors *errors)
{
    bool allowed[CBK_GUARD_COUNT];
    for (size_t i = 0; i < CBK_GUARD_COUNT; i++)
        allowed[i] = true;
    struct cbk_plan_input look = *input;
    look.allowed = allowed;
    return cbk_plan_sketch(&look, ret, errors);
}

int cbk_evidence_make(const struct cbk_plan_input *input, json_t **ret_evidence, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_CLEANUP(release_report) struct report report = {0};
    CBK_ERROR(err);
    int r = cbk_evidence_sketch(input, &plan, errors);
    if (r < 0)
        return r;
    report.plan = plan;
    gather_objects(&report);
    gather_proofs(&report);
    if (find_points(&report, input, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    json_t *instances = json_array(), *evidence = heading(input, plan);
    for (size_t at = 0; at < report.objects.len;)
        json_array_append_new(instances, instance_json(&report, &at));
    json_object_set_new(evidence, "provenance", cbk_plan_provenance(input));
    json_object_set_new(evidence, "summary", summary_json(instances));
    json_object_set_new(evidence, "instances", instances);
    *ret_evidence = evidence;
    return 0;
}

bool cbk_evidence_has_gaps(const json_t *evidence)
{
    return cbk_json_int(evidence, "summary.gaps", 0) > 0;
}
