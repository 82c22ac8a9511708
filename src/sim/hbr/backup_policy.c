#include "sim/hbr/backup_policy.h"

#include "sim/action/call.h"
#include "sim/hbr/binding.h"
#include "sim/hbr/hbr.h"
#include "sim/hbr/retention.h"
#include "sim/hbr/schedule.h"

#include <string.h>

/* How long a deleted policy for instances is still seen (U). */
enum { DELETING_MS = 5000 };

static json_t *find_rule(const json_t *policy, const char *key, const char *value)
{
    size_t index;
    json_t *rule;
    json_array_foreach(json_object_get(policy, "rules"), index, rule)
        if (cbk_str_equal(cbk_json_text(rule, key), value))
            return rule;
    return NULL;
}

json_t *sim_backup_policy_rule(const json_t *policy, const char *rule_id)
{
    return rule_id ? find_rule(policy, "RuleId", rule_id) : NULL;
}

/* When the rule runs next stands in it ("due", unix seconds), which is how a timer knows that it is out of date. */
static void arm(struct sim_world *world, const json_t *policy, json_t *rule)
{
    struct sim_schedule schedule;
    int64_t due = 0;
    if (!sim_schedule_parse(cbk_json_text_or(rule, "Schedule", ""), &schedule) ||
        !sim_schedule_next(&schedule, sim_world_now(world), &due))
        return;
    CBK_CLEANUP(cbk_string_freep)
    char *id = cbk_strf("%s/%s", cbk_json_text_or(policy, "id", ""), cbk_json_text_or(rule, "RuleId", ""));
    sim_set_int(rule, "due", due);
    sim_timer_set(world, SIM_TIMER_POLICY_RULE, id, due * 1000 - world->now_ms);
}

static void set_new_id(struct sim_world *world, json_t *record, const char *key, const char *prefix)
{
    if (*cbk_json_text_or(record, key, ""))
        return;
    CBK_CLEANUP(cbk_string_freep) char *id = sim_world_new_id(world, prefix);
    sim_set_text(record, key, id);
}

void sim_backup_policy_fill(struct sim_world *world, json_t *policy)
{
    size_t index;
    json_t *rule;
    set_new_id(world, policy, "id", "po-000");
    if (!json_object_get(policy, "type"))
        sim_set_text(policy, "type", "UDM_ECS_ONLY");
    if (!json_object_get(policy, "status"))
        sim_set_text(policy, "status", "ACTIVE");
    if (!json_object_get(policy, "created"))
        sim_set_int(policy, "created", sim_world_now(world));
    if (!json_object_get(policy, "updated"))
        sim_set_int(policy, "updated", sim_world_now(world));
    json_array_foreach(json_object_get(policy, "rules"), index, rule) {
        set_new_id(world, rule, "RuleId", "rule-000");
        if (cbk_str_equal(cbk_json_text(rule, "RuleType"), "BACKUP") && !json_object_get(rule, "due"))
            arm(world, policy, rule);
    }
}

json_t *sim_backup_policy_run(struct sim_world *world, const json_t *policy, const json_t *rule, const json_t *binding)
{
    const char *instance_id = cbk_json_text_or(binding, "data_source_id", "");
    if (!cbk_str_equal(cbk_json_text(binding, "source_type"), "UDM_ECS"))
        return NULL;
    struct sim_retention retention =
        sim_retention_of(world, rule, find_rule(policy, "RuleType", "TRANSITION"), instance_id);
    CBK_JSON *order = sim_binding_order(binding);
    json_t *job =
        sim_backup_job_start(world, instance_id, "", order, retention.days, cbk_json_text_or(policy, "id", ""));
    sim_set_text(job, "rule_id", cbk_json_text(rule, "RuleId"));
    sim_set_text(job, "retention_type", retention.type);
    sim_set_bool(job, "immutable", cbk_json_bool(rule, "Immutable", false));
    sim_set_bool(job, "keep_latest", cbk_json_int(rule, "KeepLatestSnapshots", 0) == 1);
    return job;
}

/* A rule is due: backs up what is bound, then waits for its next time. */
void sim_policy_rule_step(struct sim_world *world, const char *id)
{
    size_t index;
    json_t *binding;
    const char *slash = strchr(id, '/');
    CBK_CLEANUP(cbk_string_freep) char *policy_id = cbk_strndup(id, strcspn(id, "/"));
    const json_t *policy = sim_world_find(world, SIM_BACKUP_POLICIES, policy_id);
    json_t *rule = sim_backup_policy_rule(policy, slash ? slash + 1 : NULL);
    if (!rule || !cbk_str_equal(cbk_json_text(policy, "status"), "ACTIVE") ||
        cbk_json_int(rule, "due", INT64_MAX) > sim_world_now(world))
        return; /* deleted, or given another schedule since */
    sim_bindings_follow_tags(world);
    CBK_JSON *bindings = sim_bindings_of(world, policy_id);
    json_array_foreach(bindings, index, binding)
        if (!cbk_json_bool(binding, "disabled", false))
            (void)sim_backup_policy_run(world, policy, rule, binding);
    arm(world, policy, rule);
}

void sim_backup_policy_delete(struct sim_world *world, json_t *policy)
{
    sim_bindings_drop(world, cbk_json_text_or(policy, "id", ""));
    if (!cbk_str_equal(cbk_json_text(policy, "type"), "UDM_ECS_ONLY")) {
        sim_world_remove(world, SIM_BACKUP_POLICIES, policy);
        return;
    }
    sim_set_text(policy, "status", "DELETING"); /* (U) */
    sim_timer_set(world, SIM_TIMER_POLICY_END, cbk_json_text_or(policy, "id", ""), DELETING_MS);
}

void sim_policy_end_step(struct sim_world *world, const char *id)
{
    json_t *policy = sim_world_find(world, SIM_BACKUP_POLICIES, id);
    if (policy)
        sim_world_remove(world, SIM_BACKUP_POLICIES, policy);
}
