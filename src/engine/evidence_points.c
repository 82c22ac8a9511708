/* The list of all recovery points: what `snapshot list` shows. */
#include "base/time.h"
#include "engine/evidence.h"
#include "engine/scope.h"
#include "kinds/point_search.h"

static int find_instances(const struct cbk_plan *plan, const char *address, json_t **ret_ids, struct cbk_error *err)
{
    CBK_JSON *ids = json_array();
    CBK_JSON *scope = address ? json_pack("{s:[s]}", "list", address) : NULL;
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *object = plan->objects->list.items[i];
        if (object->declared && object->instance && (!address || cbk_scope_names(scope, "list", object)))
            json_array_append_new(ids, json_string(object->instance));
    }
    if (address && !json_array_size(ids)) {
        (void)cbk_fail(err, CBK_E_NOT_FOUND, "the stack declares nothing for instances at '%s'", address);
        return cbk_error_hint(err, "an address is snapshot_jobs.KEY, or snapshot_jobs.KEY[\"i-...\"] for one instance");
    }
    *ret_ids = cbk_json_sorted_texts(ids);
    return 0;
}

static void add_names(const struct cbk_plan *plan, json_t *points)
{
    size_t index;
    json_t *point;
    json_array_foreach(points, index, point) {
        const struct cbk_instance *instance = cbk_env_instance(&plan->env, cbk_json_text_or(point, "instance", ""));
        json_object_set_new(point, "name", json_string(instance ? instance->name : ""));
        json_object_set_new(point, "age", json_integer((json_int_t)(plan->env.now - cbk_json_int(point, "time", 0))));
    }
}

int cbk_evidence_points(const struct cbk_plan_input *input, const char *address, json_t **ret_list,
                        struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_JSON *ids = NULL;
    CBK_JSON *points = NULL;
    CBK_STR(now);
    CBK_ERROR(err);
    int r = cbk_evidence_sketch(input, &plan, errors);
    if (r < 0)
        return r;
    if (find_instances(plan, address, &ids, &err) < 0 ||
        cbk_point_list(input->cloud, ids, plan->env.now, CBK_EVIDENCE_BACK_S, &points, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    add_names(plan, points);
    cbk_time_add_utc(&now, plan->env.now);
    *ret_list = json_pack("{s:s, s:s, s:s, s:s, s:O}", "format_version", "1.0", "stack", input->stack->name, "region",
                          input->stack->region, "time", now.ptr, "points", points);
    return 0;
}
