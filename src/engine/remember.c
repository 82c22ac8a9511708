#include "engine/remember.h"

#include "engine/address.h"

/* A failure after which nothing is known to have happened; anything else may have had its effect all the same. */
static bool did_nothing(int outcome)
{
    return outcome < 0 && outcome != CBK_E_AMBIGUOUS && outcome != CBK_E_INTERRUPTED && outcome != CBK_E_TIMEOUT;
}

/* Of a replacement in two steps: both belong to one address. */
static bool is_half(const struct cbk_step *step)
{
    return cbk_change_replaces(step->change) && step->action != CBK_ACTION_REPLACE;
}

/* Does the step make something that the state does not know yet? What replaces a thing that is gone has another id. */
static bool begins(const struct cbk_step *step)
{
    unsigned makes = CBK_ACTION_CREATE | CBK_ACTION_UPDATE | CBK_ACTION_REPLACE;
    const struct cbk_object *object = step->change->object;
    bool is_new = !object->is_ours || (object->kind->numbered && step->action == CBK_ACTION_CREATE);
    return (step->action & makes) && is_new && !is_half(step);
}

/*
 * Is there something new to remember after this outcome? A role that was made and got no policies is ours all the same,
 * and so is a recovery point that is less than what was asked for. A failed update leaves the memory as it is: what was
 * not applied must not look as if it had been.
 */
static bool has_news(const struct cbk_step *step, int outcome)
{
    const struct cbk_object *object = step->change->object;
    if (outcome == 0)
        return true;
    if (step->action == CBK_ACTION_RUN)
        return outcome == CBK_E_DOWNGRADED && object->evidence;
    return (step->action == CBK_ACTION_CREATE || begins(step)) && object->id && object->live;
}

static bool takes_old_away(const struct cbk_step *step)
{
    return is_half(step) && step->action == CBK_ACTION_DELETE;
}

struct cbk_object *cbk_step_object(const struct cbk_step *step)
{
    return takes_old_away(step) ? &step->change->old : step->change->object;
}

char *cbk_step_address(const struct cbk_step *step)
{
    const struct cbk_object *object = cbk_step_object(step);
    return takes_old_away(step) ? cbk_address_former(object->address, object->id) : cbk_strdup(object->address);
}

int cbk_remember_begin(struct cbk_keeper *keeper, const struct cbk_step *step, struct cbk_error *err)
{
    struct cbk_object *object = step->change->object;
    if (step->action == CBK_ACTION_ADOPT && !object->is_ours)
        object->is_adopted = true;
    if (step->action == CBK_ACTION_CREATE)
        object->is_adopted = false;
    if (object->displaced) {
        int r = cbk_keeper_set_aside(keeper, object->address, object->displaced, err);
        if (r < 0)
            return r;
    }
    if (is_half(step) && step->action == CBK_ACTION_CREATE) {
        object->id = NULL; /* from here on it is the new one, which does not exist yet */
        json_decref(object->live);
        object->live = NULL;
        return cbk_keeper_replace(keeper, &step->change->old, object, err);
    }
    if (!begins(step))
        return 0;
    if (object->kind->numbered && step->action == CBK_ACTION_CREATE)
        object->id = NULL;
    cbk_keeper_begin(keeper, object);
    return 0;
}

int cbk_remember_end(struct cbk_keeper *keeper, const struct cbk_step *step, int outcome, struct cbk_error *err)
{
    struct cbk_change *change = step->change;
    bool removes = step->action & (CBK_ACTION_DELETE | CBK_ACTION_FORGET);
    if (removes && outcome < 0)
        return 0;
    if (removes)
        return is_half(step) ? cbk_keeper_drop_former(keeper, &change->old, err)
                             : cbk_keeper_drop(keeper, change->object->address, err);
    if (step->action == CBK_ACTION_NOTE)
        return cbk_keeper_note(keeper, change->object, err);
    if (has_news(step, outcome))
        return cbk_keeper_put(keeper, change->object, err);
    if (!did_nothing(outcome))
        return 0;
    if (is_half(step))
        return cbk_keeper_take_back(keeper, &change->old, err);
    return begins(step) ? cbk_keeper_drop(keeper, change->object->address, err) : 0;
}
