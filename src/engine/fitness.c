#include "engine/fitness.h"

#include "engine/selector.h"

/* One instance's entry under way. */
struct entry {
    json_t *json;
    enum cbk_level level;
    enum cbk_level required;
    bool fit;
};

static bool has_finding(const json_t *findings, const json_t *finding)
{
    size_t index;
    json_t *other;
    json_array_foreach((json_t *)findings, index, other)
        if (json_equal(other, (json_t *)finding))
            return true;
    return false;
}

/* What is so of the instance is said once, however many order backups of it. */
static void add_findings(json_t *findings, const json_t *more)
{
    static const char *const keys[] = {"id", "ok", "message", "severity", "hint"};
    size_t index;
    json_t *finding;
    json_array_foreach((json_t *)more, index, finding) {
        CBK_JSON *kept = json_object();
        for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++)
            if (json_object_get(finding, keys[i]))
                json_object_set(kept, keys[i], json_object_get(finding, keys[i]));
        if (!has_finding(findings, kept))
            json_array_append(findings, kept);
    }
}

static void take_order(const struct cbk_object *object, const struct cbk_prediction *prediction, struct entry *entry)
{
    enum cbk_level required = cbk_check_requirement(object);
    entry->level = prediction->level < entry->level ? prediction->level : entry->level;
    entry->required = required > entry->required ? required : entry->required;
    entry->fit = entry->fit && prediction->level >= required;
    json_array_append_new(json_object_get(entry->json, "orders"),
                          json_pack("{s:s, s:s, s:s}", "address", object->address, "level",
                                    cbk_level_name(prediction->level), "required", cbk_level_name(required)));
}

/* The orders for each instance: id -> array of places in the plan's objects. */
static json_t *orders_by_instance(const struct cbk_plan *plan)
{
    json_t *orders = json_object();
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *object = plan->objects->list.items[i];
        if (!cbk_check_concerns(object))
            continue;
        if (!json_object_get(orders, object->instance))
            json_object_set_new(orders, object->instance, json_array());
        json_array_append_new(json_object_get(orders, object->instance), json_integer((json_int_t)i));
    }
    return orders;
}

static json_t *judge_instance(const struct cbk_plan *plan, const struct cbk_checker *checker,
                              const struct cbk_instance *instance, const json_t *orders, bool *ret_fit)
{
    json_t *findings = json_array();
    struct entry entry = {.level = CBK_LEVEL_APPLICATION, .fit = true};
    entry.json =
        json_pack("{s:s, s:s, s:[], s:o}", "id", instance->id, "name", instance->name, "orders", "findings", findings);
    size_t index;
    json_t *place;
    json_array_foreach((json_t *)orders, index, place) {
        CBK_CLEANUP(cbk_prediction_release) struct cbk_prediction prediction = {0};
        const struct cbk_object *object = plan->objects->list.items[json_integer_value(place)];
        cbk_check_object(checker, object, &prediction);
        take_order(object, &prediction, &entry);
        add_findings(findings, prediction.findings);
    }
    if (!orders) {
        CBK_CLEANUP(cbk_prediction_release) struct cbk_prediction prediction = {0};
        cbk_check_instance(checker, instance, &prediction);
        entry.level = prediction.level;
        add_findings(findings, prediction.findings);
    }
    json_object_set_new(entry.json, "level", json_string(cbk_level_name(entry.level)));
    json_object_set_new(entry.json, "required", orders ? json_string(cbk_level_name(entry.required)) : json_null());
    json_object_set_new(entry.json, "fit", json_boolean(entry.fit));
    *ret_fit = *ret_fit && entry.fit;
    return entry.json;
}

/* Of what the state alone remembers nobody asks any more. */
static bool is_of_the_stack(const struct cbk_plan_input *input, const struct cbk_instance *instance,
                            const json_t *declared)
{
    const char *name;
    json_t *selector;
    json_object_foreach(json_object_get(input->stack->tree, "instances"), name, selector)
        if (cbk_selector_matches(selector, instance))
            return true;
    return json_object_get(declared, instance->id) != NULL;
}

static json_t *declared_instances(const struct cbk_plan *plan)
{
    json_t *declared = json_object();
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *object = plan->objects->list.items[i];
        if (object->instance && object->declared)
            json_object_set_new(declared, object->instance, json_true());
    }
    return declared;
}

/* Sorted as the inventory is. */
json_t *cbk_fitness_instances(const struct cbk_plan_input *input, const struct cbk_plan *plan)
{
    CBK_JSON *declared = declared_instances(plan);
    json_t *ids = json_array();
    CBK_MAP_FOREACH(entry, plan->inventory->instances) {
        const struct cbk_instance *instance = cbk_map_entry_value(entry);
        if (is_of_the_stack(input, instance, declared))
            json_array_append_new(ids, json_string(instance->id));
    }
    return ids;
}

static json_t *without(const json_t *ids, const json_t *orders)
{
    json_t *others = json_array();
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)ids, index, id)
        if (!json_object_get(orders, json_string_value(id)))
            json_array_append(others, id);
    return others;
}

int cbk_fitness_make(const struct cbk_plan_input *input, json_t **ret, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_CLEANUP(cbk_checker_release) struct cbk_checker checker = {0};
    CBK_ERROR(err);
    struct cbk_plan_input all = *input;
    all.all_selected = true;
    int r = cbk_plan_survey(&all, &plan, errors);
    if (r < 0)
        return r;
    CBK_JSON *orders = orders_by_instance(plan), *ids = cbk_fitness_instances(input, plan),
             *others = without(ids, orders);
    if (cbk_checker_init(&checker, &plan->env, plan->objects, others, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    CBK_JSON *instances = json_array();
    bool fit = true;
    size_t index;
    json_t *id;
    json_array_foreach(ids, index, id) {
        const struct cbk_instance *instance = cbk_env_instance(&plan->env, json_string_value(id));
        json_array_append_new(instances,
                              judge_instance(plan, &checker, instance, json_object_get(orders, instance->id), &fit));
    }
    *ret = json_pack("{s:s, s:s, s:s?, s:s, s:b, s:O}", "format_version", "1.0", "stack", input->stack->name, "account",
                     input->stack->account, "region", input->stack->region, "fit", (int)fit, "instances", instances);
    return 0;
}
