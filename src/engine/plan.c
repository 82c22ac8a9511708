#include "engine/plan.h"

#include "cloud/sts.h"
#include "engine/address.h"
#include "engine/decide.h"
#include "engine/plan_json.h"
#include "engine/scope.h"
#include "engine/selector.h"
#include "engine/settle.h"
#include "engine/vet.h"
#include "state/state.h"

#include <string.h>

static int check_account(const struct cbk_plan_input *input, struct cbk_error *err)
{
    CBK_JSON *identity = NULL;
    int r = cbk_sts_get_caller_identity(input->cloud, &identity, err);
    if (r < 0)
        return cbk_wrap(err, "cannot tell who is calling");
    const char *account = cbk_json_text_or(identity, "AccountId", "");
    if (!input->stack->account || strcmp(account, input->stack->account) == 0)
        return 0;
    struct cbk_span span = cbk_config_span(input->stack->config, "/provider/account", false);
    (void)cbk_fail_at(err, span, CBK_E_ACCOUNT, "these credentials are of the account %s, the stack belongs to %s",
                      account, input->stack->account);
    return cbk_error_hint(err, "use credentials of that account, or correct provider.account");
}

/* The instances that the state remembers objects of; they are read even when no selector matches them any more. */
static void add_remembered_ids(const json_t *state, json_t *ids)
{
    CBK_CLEANUP(cbk_arena_freep) struct cbk_arena *scratch = cbk_arena_new();
    const char *text;
    json_t *resource;
    json_object_foreach(cbk_state_resources(state), text, resource) {
        struct cbk_address address;
        if (cbk_address_parse(scratch, text, &address) && address.instance)
            json_array_append_new(ids, json_string(address.instance));
    }
}

/* When selectors name nothing but ids, only those are read; NULL: the whole region has to be. */
static json_t *ids_alone(const struct cbk_plan_input *input, const json_t *state)
{
    CBK_JSON *ids = json_array();
    if (input->whole_region)
        return NULL;
    if (state)
        add_remembered_ids(state, ids);
    for (size_t i = 0; !input->destroy && i < input->stack->declarations.len; i++) {
        const struct cbk_declaration *declaration = input->stack->declarations.items[i];
        const char *name = NULL;
        struct cbk_span span;
        if (!declaration->kind->per_instance)
            continue;
        const json_t *selected = json_object_get(cbk_stack_selector(input->stack, declaration, &name, &span), "ids");
        if (!selected)
            return NULL;
        json_array_extend(ids, (json_t *)selected);
    }
    const char *name;
    json_t *selector;
    json_object_foreach(json_object_get(input->stack->tree, "instances"), name, selector) {
        if (!input->all_selected)
            break;
        if (!json_object_get(selector, "ids"))
            return NULL;
        json_array_extend(ids, json_object_get(selector, "ids"));
    }
    return cbk_json_sorted_texts(ids);
}

/* The instances that a selector under `instances` matches, whatever is declared for them. */
static void add_selected_ids(const struct cbk_plan_input *input, const struct cbk_inventory *inventory, json_t *ids)
{
    const char *name;
    json_t *selector;
    json_object_foreach(json_object_get(input->stack->tree, "instances"), name, selector) {
        CBK_MAP_FOREACH(entry, inventory->instances) {
            const struct cbk_instance *instance = cbk_map_entry_value(entry);
            if (cbk_selector_matches(selector, instance))
                json_array_append_new(ids, json_string(instance->id));
        }
    }
}

static json_t *mentioned_ids(const struct cbk_plan_input *input, const struct cbk_plan *plan, bool *ret_with_disks)
{
    const struct cbk_objects *objects = plan->objects;
    CBK_JSON *ids = json_array();
    *ret_with_disks = input->all_selected;
    if (input->all_selected)
        add_selected_ids(input, plan->inventory, ids);
    for (size_t i = 0; i < objects->list.len; i++) {
        const struct cbk_object *object = objects->list.items[i];
        if (object->instance)
            json_array_append_new(ids, json_string(object->instance));
        *ret_with_disks = *ret_with_disks || cbk_check_concerns(object);
    }
    return cbk_json_sorted_texts(ids);
}

/*
 * Without the right to see instances the cloud answers an empty list, and all that the state remembers of them would
 * pass for released, and be forgotten. One instance in the region that can be seen is enough to believe the list.
 */
static int check_sight(const struct cbk_plan_input *input, const struct cbk_plan *plan, struct cbk_error *err)
{
    CBK_JSON *remembered = json_array();
    CBK_CLEANUP(cbk_inventory_freep) struct cbk_inventory *region = NULL;
    if (plan->state)
        add_remembered_ids(plan->state, remembered);
    if (!json_array_size(remembered) || cbk_map_count(plan->inventory->instances) || input->allow_downgrade)
        return 0;
    int r = cbk_inventory_read(input->cloud, NULL, &region, err);
    if (r < 0 || cbk_map_count(region->instances))
        return r;
    (void)cbk_fail(err, CBK_E_CHECK, "these credentials see no instance in the region, and the state remembers some");
    return cbk_error_hint(err, "a caller without ecs:DescribeInstances sees none; if all have been released, pass "
                               "--allow-downgrade");
}

/* What lives in another region is not seen from here: all that the state knows would pass for gone, and be forgotten.
 */
static int check_region(const struct cbk_plan_input *input, const struct cbk_plan *plan, struct cbk_error *err)
{
    const char *known = cbk_json_text(plan->state, "region");
    if (!known || strcmp(known, input->stack->region) == 0 || !json_object_size(cbk_state_resources(plan->state)))
        return 0;
    struct cbk_span span = cbk_config_span(input->stack->config, "/provider/region", false);
    (void)cbk_fail_at(err, span, CBK_E_STATE, "the state is of the region %s, the stack is of %s now", known,
                      input->stack->region);
    return cbk_error_hint(err,
                          "a stack stays in its region: give the other one a stack of its own, or destroy this one "
                          "there first");
}

static int read_world(const struct cbk_plan_input *input, struct cbk_plan *plan, struct cbk_error *err)
{
    int r = check_account(input, err);
    if (r < 0)
        return r;
    r = cbk_store_read(input->store, &plan->state, err);
    if (r == 0 && plan->state)
        r = cbk_state_vet(plan->state, cbk_store_place(input->store), err);
    if (r == 0)
        r = check_region(input, plan, err);
    if (r < 0)
        return r;
    CBK_JSON *only_ids = ids_alone(input, plan->state);
    r = cbk_inventory_read(input->cloud, only_ids, &plan->inventory, err);
    return r < 0 ? r : check_sight(input, plan, err);
}

/* What is to be replaced on request will have another id: who refers to it has to know when it is read. */
static void mark_replaced(const struct cbk_plan_input *input, const struct cbk_objects *objects)
{
    for (size_t i = 0; i < objects->list.len; i++) {
        struct cbk_object *object = objects->list.items[i];
        object->is_replaced = object->kind->numbered && cbk_scope_names(input->scope, "replace", object);
    }
}

static int read_objects(const struct cbk_plan_input *input, struct cbk_plan *plan, struct cbk_error *err)
{
    bool with_disks = false;
    CBK_JSON *ids = mentioned_ids(input, plan, &with_disks);
    int r = cbk_inventory_read_details(plan->inventory, input->cloud, ids, with_disks, err);
    if (r < 0)
        return r;
    mark_replaced(input, plan->objects);
    return cbk_objects_refresh(plan->objects, &plan->env, err);
}

static struct cbk_env make_env(const struct cbk_plan_input *input, const struct cbk_plan *plan)
{
    return (struct cbk_env){
        .cloud = input->cloud,
        .config = input->stack->config,
        .stack = input->stack->tree,
        .stack_name = input->stack->name,
        .instances = plan->inventory->instances,
        .guests = plan->guests,
        .now = cbk_cloud_now(input->cloud),
    };
}

static void add_refusal(const struct cbk_plan *plan, const struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    const json_t *declared = json_object_get(object->declared, "require");
    struct cbk_span span = cbk_env_span(&plan->env, object, declared ? "require" : "consistency");
    CBK_STR(reasons);
    for (size_t i = 0; i < json_array_size(change->prediction.reasons); i++)
        cbk_str_addf(&reasons, "%s%s", i ? "; " : "", json_string_value(json_array_get(change->prediction.reasons, i)));
    (void)cbk_fail_at(err, span, CBK_E_CHECK, "%s requires %s consistency, %s is foreseen: %s", object->address,
                      cbk_level_name(cbk_check_requirement(object)), cbk_level_name(change->prediction.level),
                      reasons.len ? reasons.ptr : "no more is asked for");
    (void)cbk_error_hint(err, "mend what is wrong, take the instance out of the selector, or pass --allow-downgrade");
}

/* Has git said that less than required is no failure? */
static bool may_be_less(const struct cbk_object *object)
{
    const char *on_downgrade = cbk_object_text(object->desired, "on_downgrade");
    return on_downgrade && !cbk_str_equal(on_downgrade, "fail");
}

/* A job is not begun, nor a binding made or changed, whose backups are foreseen to be below what it requires. */
static void foresee(const struct cbk_plan_input *input, const struct cbk_plan *plan, const struct cbk_checker *checker,
                    struct cbk_change *change, struct cbk_errors *errors)
{
    const unsigned works = CBK_ACTION_RUN | CBK_ACTION_CREATE | CBK_ACTION_UPDATE;
    cbk_check_object(checker, change->object, &change->prediction);
    if (input->allow_downgrade || may_be_less(change->object) || !(change->actions & works) ||
        change->prediction.level >= cbk_check_requirement(change->object))
        return;
    change->refused = true;
    add_refusal(plan, change, cbk_errors_add(errors));
}

/* What is used cannot go away and come back under one name: the users would hold on to it. */
static int check_unused(const struct cbk_plan *plan, const struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    if (object->kind->replace || object->kind->per_instance || !cbk_change_replaces_at_once(change))
        return 0;
    for (size_t i = 0; i < plan->objects->list.len; i++) {
        const struct cbk_object *user = plan->objects->list.items[i];
        if (!user->live || user->kind->decide || !cbk_object_needs(user, object->address))
            continue;
        (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "cannot replace %s: %s uses it", object->address,
                          user->address);
        return cbk_error_hint(err, "give it another name: then the new one is made first, and its users move over");
    }
    return 0;
}

/* A job that is asked for is run, whatever points there are already. */
static void run_if_asked(const struct cbk_plan_input *input, struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    if (!object->kind->run || !object->desired || (change->actions & CBK_ACTION_RUN) ||
        !cbk_scope_names(input->scope, "run", object))
        return;
    free(change->reason);
    change->reason = cbk_strdup("asked for");
    change->actions = CBK_ACTION_RUN;
    change->cause = CBK_CAUSE_CONFIG;
}

static void judge_change(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                         const struct cbk_checker *checker, struct cbk_change *change, struct cbk_errors *errors)
{
    CBK_ERROR(err);
    change->must_replace = cbk_scope_names(input->scope, "replace", change->object);
    if (cbk_decide(&plan->env, input->allow_downgrade, change, &err) < 0 || check_unused(plan, change, &err) < 0) {
        change->refused = true;
        change->refusal = cbk_strdup(err.message);
        cbk_error_move(cbk_errors_add(errors), &err);
    }
    run_if_asked(input, change);
    if (cbk_check_concerns(change->object))
        foresee(input, plan, checker, change, errors);
}

/* What is out of the scope does nothing, and nothing that is wrong with it matters now. */
static void leave_out(struct cbk_change *change, bool was_fine)
{
    change->left_out = change->actions || !was_fine;
    change->actions = 0;
    change->cause = CBK_CAUSE_NONE;
    change->is_news = false;
    change->refused = false;
    free(change->refusal);
    change->refusal = NULL;
    cbk_diff_release(&change->diff);
    cbk_prediction_release(&change->prediction);
    free(change->reason);
    change->reason = NULL;
}

static void settle_verdict(struct cbk_change *change, struct cbk_errors *verdict, struct cbk_errors *errors)
{
    if (change->left_out)
        leave_out(change, !verdict->list.len);
    else
        for (size_t i = 0; i < verdict->list.len; i++)
            cbk_error_move(cbk_errors_add(errors), &verdict->list.items[i]);
    cbk_errors_release(verdict);
}

static int make_changes(const struct cbk_plan_input *input, struct cbk_plan *plan, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_checker_release) struct cbk_checker checker = {0};
    CBK_ERROR(err);
    if (cbk_checker_init(&checker, &plan->env, plan->objects, /* others= */ NULL, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    size_t count = plan->objects->list.len;
    struct cbk_errors *verdicts = cbk_alloc(count, sizeof(*verdicts));
    for (size_t i = 0; i < count; i++) {
        struct cbk_change *change = cbk_changes_add(&plan->changes);
        change->object = plan->objects->list.items[i];
        if (cbk_scope_is_refresh_only(input->scope))
            cbk_decide_note(change);
        else
            judge_change(input, plan, &checker, change, &verdicts[i]);
    }
    cbk_scope_limit(input->scope, plan);
    for (size_t i = 0; i < count; i++)
        settle_verdict(&plan->changes.items[i], &verdicts[i], errors);
    free(verdicts);
    cbk_guards_judge(input, plan, CBK_GUARD_OF_CHANGES, errors);
    return 0;
}

/* What each object is and should be; nothing of it is read from the cloud yet. */
static int make_objects(const struct cbk_plan_input *input, struct cbk_plan *plan, struct cbk_errors *errors)
{
    int r = cbk_objects_make(input->stack, input->destroy, plan->state, plan->inventory, &plan->objects, errors);
    cbk_guards_judge(input, plan, CBK_GUARD_OF_OBJECTS, errors);
    if (r == 0)
        r = cbk_scope_check(input->scope, input->stack, plan->objects, errors);
    if (r < 0 || cbk_errors_code(errors) < 0)
        return cbk_errors_code(errors);
    plan->env.objects = plan->objects->by_address;
    return cbk_objects_desire(plan->objects, &plan->env, errors);
}

int cbk_plan_sketch(const struct cbk_plan_input *input, struct cbk_plan **ret, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = CBK_NEW(struct cbk_plan);
    CBK_ERROR(err);
    plan->guests = json_object();
    if (read_world(input, plan, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    plan->env = make_env(input, plan);
    int r = make_objects(input, plan, errors);
    cbk_errors_sort(errors);
    if (r < 0)
        return cbk_errors_code(errors);
    *ret = cbk_plan_steal(&plan);
    return 0;
}

int cbk_plan_survey(const struct cbk_plan_input *input, struct cbk_plan **ret, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    CBK_ERROR(err);
    int r = cbk_plan_sketch(input, &plan, errors);
    if (r < 0 || !plan)
        return r;
    if (read_objects(input, plan, &err) < 0 || cbk_settle(plan, &plan->settled, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    *ret = cbk_plan_steal(&plan);
    return 0;
}

int cbk_plan_make(const struct cbk_plan_input *input, struct cbk_plan **ret, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_plan_freep) struct cbk_plan *plan = NULL;
    int r = cbk_plan_survey(input, &plan, errors);
    if (r < 0 || !plan)
        return r;
    r = make_changes(input, plan, errors);
    if (r < 0)
        return r;
    plan->json = cbk_plan_to_json(input, plan);
    *ret = cbk_plan_steal(&plan);
    cbk_errors_sort(errors);
    return cbk_errors_code(errors);
}

void cbk_plan_free(struct cbk_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->changes.len; i++) {
        struct cbk_change *change = &plan->changes.items[i];
        cbk_diff_release(&change->diff);
        cbk_prediction_release(&change->prediction);
        free(change->refusal);
        free(change->reason);
        json_decref(change->old.live); /* the rest of it is borrowed from the object */
    }
    cbk_changes_release(&plan->changes);
    cbk_objects_free(plan->objects);
    cbk_inventory_free(plan->inventory);
    json_decref(plan->state);
    json_decref(plan->settled);
    json_decref(plan->guests);
    json_decref(plan->guards);
    json_decref(plan->json);
    free(plan);
}

bool cbk_plan_is_empty(const struct cbk_plan *plan)
{
    for (size_t i = 0; i < plan->changes.len; i++)
        if (plan->changes.items[i].actions)
            return false;
    return true;
}

const char *cbk_plan_digest(const struct cbk_plan *plan)
{
    return cbk_json_text(plan->json, "digest");
}
