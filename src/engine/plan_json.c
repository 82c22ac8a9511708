#include "engine/plan_json.h"

#include "state/state.h"

#include <string.h>

/* The words of the actions, in the order in which a replacement happens. */
static const struct action_word {
    unsigned bit;
    const char *word;
} action_words[] = {
    {CBK_ACTION_CREATE, "create"},
    {CBK_ACTION_UPDATE, "update"},
    {CBK_ACTION_DELETE, "delete"},
    {CBK_ACTION_RUN, "run"},
};

static json_t *actions_json(unsigned actions)
{
    json_t *words = json_array();
    for (size_t i = 0; i < CBK_ARRAY_LEN(action_words); i++)
        if (actions & action_words[i].bit)
            json_array_append_new(words, json_string(action_words[i].word));
    if (!json_array_size(words))
        json_array_append_new(words, json_string("no-op"));
    return words;
}

static json_t *or_null(const json_t *value)
{
    return value ? json_incref((json_t *)value) : json_null();
}

static json_t *deps_json(const struct cbk_object *object)
{
    CBK_JSON *deps = json_array();
    for (size_t i = 0; i < object->deps.len; i++)
        json_array_append_new(deps, json_string(object->deps.items[i]));
    return cbk_json_sorted_texts(deps);
}

static void set_place(json_t *json, const struct cbk_span *span)
{
    if (!span->source)
        return;
    json_object_set_new(json, "file", json_string(span->source->path));
    json_object_set_new(json, "line", json_integer((json_int_t)span->line));
}

static json_t *change_json(const struct cbk_plan *plan, const struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    const char *cause = cbk_cause_name(change->cause);
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "address", object->address, "kind", object->kind->name,
        "title", cbk_object_title(object), "actions", actions_json(change->actions), "cause",
        cause ? json_string(cause) : json_null(), "before", or_null(object->live), "after", or_null(object->desired),
        "diff", change->diff.rows ? json_incref(change->diff.rows) : json_array(), "depends_on", deps_json(object));
    const struct cbk_instance *instance = object->instance ? cbk_env_instance(&plan->env, object->instance) : NULL;
    cbk_json_set_text(json, "instance_name", instance ? instance->name : NULL);
    cbk_json_set_text(json, "reason", change->reason);
    if (cbk_change_replaces_at_once(change))
        cbk_json_set_text(json, "gap",
                          object->kind->gap ? object->kind->gap : "it is missing until it has been made anew");
    cbk_json_set_text(json, "previous_address", object->was);
    if (object->imported)
        json_object_set_new(json, "importing", json_pack("{s:s}", "id", object->imported));
    if (change->refused)
        json_object_set_new(json, "refused", json_true());
    cbk_json_set_text(json, "refusal", change->refusal);
    if (change->actions & CBK_ACTION_ADOPT)
        json_object_set_new(json, "adopt", json_true());
    if (change->actions & CBK_ACTION_NOTE)
        json_object_set_new(json, "note", json_true());
    if (change->left_out)
        json_object_set_new(json, "left_out", json_true());
    if (change->actions & CBK_ACTION_FORGET)
        json_object_set_new(json, "forget", json_true());
    if (change->prediction.findings)
        json_object_set_new(json, "predicted",
                            json_pack("{s:s, s:O}", "level", cbk_level_name(change->prediction.level), "reasons",
                                      change->prediction.reasons));
    set_place(json, &object->span);
    return json;
}

static json_t *summary_json(const struct cbk_plan *plan)
{
    int import = 0, create = 0, update = 0, replace = 0, removed = 0, run = 0;
    for (size_t i = 0; i < plan->changes.len; i++) {
        unsigned actions = plan->changes.items[i].actions;
        bool replaced = cbk_change_replaces(&plan->changes.items[i]);
        import += plan->changes.items[i].object->imported != NULL;
        replace += replaced;
        create += !replaced && (actions & CBK_ACTION_CREATE);
        removed += !replaced && (actions & CBK_ACTION_DELETE);
        update += (actions & CBK_ACTION_UPDATE) != 0;
        run += (actions & CBK_ACTION_RUN) != 0;
    }
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i}", "import", import, "create", create, "update", update, "replace",
                     replace, "delete", removed, "run", run);
}

json_t *cbk_plan_material(const json_t *change)
{
    static const char *const keys[] = {"address", "actions", "before",    "after",           "adopt",
                                       "forget",  "note",    "importing", "previous_address"};
    json_t *material = json_object();
    for (size_t i = 0; i < CBK_ARRAY_LEN(keys); i++) {
        json_t *value = json_object_get(change, keys[i]);
        if (value)
            json_object_set(material, keys[i], value);
    }
    return material;
}

char *cbk_plan_digest_of(const json_t *json)
{
    CBK_JSON *changes = json_array();
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(json, "changes"), index, change)
        json_array_append_new(changes, cbk_plan_material(change));
    CBK_JSON *whole = json_pack("{s:O?, s:O?, s:O?, s:O}", "stack", json_object_get(json, "stack"), "state",
                                json_object_get(json, "state"), "config", cbk_json_at(json, "provenance.config_digest"),
                                "changes", changes);
    if (json_object_get(json, "scope"))
        json_object_set(whole, "scope", json_object_get(json, "scope"));
    return cbk_json_digest(whole);
}

json_t *cbk_plan_provenance(const struct cbk_plan_input *input)
{
    CBK_CLEANUP(cbk_string_freep) char *config_digest = cbk_config_digest(input->stack->config);
    json_t *provenance = input->commit ? json_deep_copy(input->commit) : json_pack("{s:n, s:n}", "commit", "dirty");
    json_object_set_new(provenance, "config_digest", json_string(config_digest));
    return provenance;
}

json_t *cbk_plan_to_json(const struct cbk_plan_input *input, const struct cbk_plan *plan)
{
    CBK_JSON *changes = json_array(), *checks = json_array();
    for (size_t i = 0; i < plan->changes.len; i++) {
        json_array_append_new(changes, change_json(plan, &plan->changes.items[i]));
        if (plan->changes.items[i].prediction.findings)
            json_array_extend(checks, plan->changes.items[i].prediction.findings);
    }
    const char *lineage = plan->state ? cbk_state_lineage(plan->state) : NULL;
    json_t *json =
        json_pack("{s:s, s:s, s:s?, s:s, s:b, s:o, s:O, s:O, s:o, s:{s:s?, s:I}}", "format_version", "1.0", "stack",
                  input->stack->name, "account", input->stack->account, "region", input->stack->region, "destroy",
                  (int)input->destroy, "summary", summary_json(plan), "changes", changes, "checks", checks,
                  "provenance", cbk_plan_provenance(input), "state", "lineage", lineage, "serial",
                  (json_int_t)(plan->state ? cbk_state_serial(plan->state) : 0));
    json_object_set(json, "guards", plan->guards);
    if (plan->settled)
        json_object_set(json, "settled", plan->settled);
    if (input->scope)
        json_object_set(json, "scope", (json_t *)input->scope);
    if (input->stack->pins)
        json_object_set(json, "pins", input->stack->pins);
    if (json_object_size(cbk_config_given(input->stack->config)))
        json_object_set(json, "variables", (json_t *)cbk_config_given(input->stack->config));
    CBK_CLEANUP(cbk_string_freep) char *digest = cbk_plan_digest_of(json);
    json_object_set_new(json, "digest", json_string(digest));
    return json;
}
