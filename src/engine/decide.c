#include "engine/decide.h"

#include "schema/schema.h"

#include <string.h>

bool cbk_change_replaces(const struct cbk_change *change)
{
    return (change->actions & CBK_ACTION_CREATE) && (change->actions & CBK_ACTION_DELETE);
}

bool cbk_change_replaces_at_once(const struct cbk_change *change)
{
    const struct cbk_kind *kind = change->object->kind;
    bool same_name = change->must_replace && !change->diff.needs_replace;
    return cbk_change_replaces(change) && (kind->replace || (same_name && !kind->numbered));
}

static const char by_request[] = "asked for by --replace";

static int forget(struct cbk_change *change, char *reason)
{
    change->actions = CBK_ACTION_FORGET;
    change->reason = reason;
    return 0;
}

/* The new address takes over in the same apply; where its object is skipped, the old one keeps what is remembered. */
static int hand_over(const struct cbk_env *env, struct cbk_change *change)
{
    const struct cbk_object *heir = cbk_env_object(env, change->object->heir);
    if (!heir || !heir->unreachable)
        return forget(change, cbk_strf("moved to %s", change->object->heir));
    change->reason = cbk_strf("skipped: %s is", heir->address);
    return 0;
}

/* Why it goes, where that is not `otherwise`: it may outlive its instance. */
static const char *why_going(const struct cbk_env *env, const struct cbk_object *object, const char *otherwise)
{
    bool is_orphan = object->instance && !cbk_env_instance(env, object->instance);
    return is_orphan ? "its instance is gone, or cannot be seen" : otherwise;
}

/* What should be known before it goes. The caller frees; NULL: nothing. */
static char *words_of_parting(const struct cbk_env *env, const struct cbk_object *object)
{
    static const char adopted[] = "existed before this stack";
    const char *why = why_going(env, object, object->parting);
    if (!object->is_adopted)
        return cbk_strdup(why);
    return why ? cbk_strf("%s; %s", why, adopted) : cbk_strdup(adopted);
}

static int decide_unwanted(const struct cbk_env *env, bool allow_downgrade, struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    if (object->heir)
        return hand_over(env, change);
    if (object->is_released)
        return forget(change, cbk_strdup("removed from the stack, and left as it is"));
    if (object->kind->forgets)
        return forget(change, cbk_strdup("recovery points stay until they expire"));
    if (object->needless)
        return forget(change, cbk_strdup(object->needless));
    if (object->unreachable && allow_downgrade)
        return forget(change, cbk_strf("left as it is: %s", object->unreachable));
    if (object->unreachable) { /* it stays in the state, and goes when it can be reached again */
        change->reason = cbk_strf("skipped: cannot be removed now: %s", object->unreachable);
        return 0;
    }
    if (!object->live)
        return forget(change, cbk_strdup(why_going(env, object, "gone already")));
    change->reason = words_of_parting(env, object);
    change->actions = CBK_ACTION_DELETE;
    change->cause = CBK_CAUSE_CONFIG;
    return 0;
}

/* What is not needed there is no error, and nothing is done about it. */
static int decide_needless(struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    char *reason = cbk_strf("passed over: %s", object->needless);
    if (object->is_ours)
        return forget(change, reason);
    change->reason = reason;
    return 0;
}

static int decide_unreachable(bool allow_downgrade, struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    change->reason = cbk_strf("skipped: %s", object->unreachable);
    if (allow_downgrade)
        return 0;
    (void)cbk_fail_at(err, object->span, CBK_E_CHECK, "%s cannot be read or delivered: %s", object->address,
                      object->unreachable);
    return cbk_error_hint(err, "mend that, take the instance out of the selector, or pass --allow-downgrade");
}

static int fail_import(const struct cbk_object *object, struct cbk_error *err)
{
    (void)cbk_fail_at(err, object->import_span, CBK_E_NOT_FOUND, "cannot import %s: there is no %s '%s'",
                      object->address, object->kind->name, object->imported);
    return cbk_error_hint(err, "check the id, the account and the region, and what these credentials may see");
}

static int decide_missing(struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    if (object->imported)
        return fail_import(object, err);
    change->actions = CBK_ACTION_CREATE;
    change->cause = CBK_CAUSE_CONFIG;
    if (object->heir)
        change->reason = cbk_strf("what it was is %s now", object->heir);
    if (object->last) {
        bool moved = !json_equal(object->desired, (json_t *)object->last);
        change->cause = moved ? CBK_CAUSE_BOTH : CBK_CAUSE_DRIFT;
        change->reason = cbk_strdup(moved ? "both: it is gone, and its declaration has changed" : "drift: it is gone");
    }
    return 0;
}

/* Does the language let the declaration say that it takes the place of what others made? */
static bool may_take_over(const struct cbk_object *object)
{
    CBK_CLEANUP(cbk_string_freep)
    char *pointer = cbk_strf("/%s/%s/replace_existing", object->kind->section, object->key);
    return cbk_schema_at(cbk_schema_stack(), NULL, pointer) != NULL;
}

static void add_differences(const struct cbk_change *change, struct cbk_str *out)
{
    size_t index;
    json_t *row;
    json_array_foreach(change->diff.rows, index, row) {
        CBK_STR(before);
        CBK_STR(after);
        cbk_json_add_canonical(&before, json_object_get(row, "before"));
        cbk_json_add_canonical(&after, json_object_get(row, "after"));
        cbk_str_addf(out, "%s%s is %s, not %s", index ? "; " : "", cbk_json_text_or(row, "path", ""), before.ptr,
                     after.ptr);
    }
}

/* Something lives under this name that nobody here made, and it means something else: not ours to overwrite. */
static int fail_taken(const struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    CBK_STR(differences);
    add_differences(change, &differences);
    (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT,
                      "%s '%s' exists already, was not made by this stack, and differs: %s", object->kind->name,
                      cbk_object_title(object), differences.ptr);
    return cbk_error_hint(err,
                          "make the declaration match it (then it is adopted), take it over as it is by a block under "
                          "'import', %s",
                          may_take_over(object) ? "take the instance out of the selector, or say replace_existing: true"
                                                : "rename yours, or remove the other one");
}

/* To import is to keep: what could only be made anew is no import, unless it is a place that holds one at a time. */
static int fail_import_replaces(const struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    CBK_STR(differences);
    add_differences(change, &differences);
    (void)cbk_fail_at(err, object->import_span, CBK_E_CONFLICT,
                      "cannot import '%s' as %s, since it would be replaced: %s", object->imported, object->address,
                      differences.ptr);
    return cbk_error_hint(err, "declare what cannot be changed in place as it lives");
}

static int fail_not_ours(const struct cbk_object *object, struct cbk_error *err)
{
    (void)cbk_fail_at(err, object->span, CBK_E_CONFLICT, "cannot replace %s: it was not made by this stack",
                      object->address);
    return cbk_error_hint(err, "apply the stack first, which adopts it");
}

static int decide_different(struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    change->cause = change->diff.cause;
    bool takes_over = object->kind->overwrites || cbk_json_bool(object->declared, "replace_existing", false);
    if (!object->is_ours && !json_array_size(change->diff.rows))
        return fail_not_ours(object, err);
    if (!object->is_ours && !takes_over)
        return fail_taken(change, err);
    if (object->imported && change->diff.needs_replace && !object->kind->replace)
        return fail_import_replaces(change, err);
    bool replaces = change->diff.needs_replace || change->must_replace;
    change->actions = replaces ? CBK_ACTION_CREATE | CBK_ACTION_DELETE : CBK_ACTION_UPDATE;
    change->reason = replaces && !change->diff.needs_replace ? cbk_strdup(by_request) : NULL;
    if (cbk_change_replaces(change) && !cbk_change_replaces_at_once(change)) {
        change->old = *object;
        change->old.desired = NULL;
        change->old.live = json_incref(object->live);
    }
    return 0;
}

/* All is as it should be in the cloud; the state may have to learn of it. */
static int decide_equal(struct cbk_change *change)
{
    const struct cbk_object *object = change->object;
    bool shifts = object->last && object->is_protected != object->was_protected;
    change->is_news = object->last && change->diff.moved_alike;
    if (shifts)
        change->reason = cbk_strdup(object->is_protected ? "protected from now on" : "not protected any more");
    if (object->was || shifts || !object->last)
        change->actions = CBK_ACTION_ADOPT;
    return 0;
}

/* A job that is asked for runs, though its point is there. */
static void ask_for_run(const struct cbk_change *change, struct cbk_decision *decision)
{
    if (!change->must_replace || decision->run)
        return;
    decision->run = true;
    free(decision->reason);
    decision->reason = cbk_strdup(by_request);
}

static int decide_by_kind(const struct cbk_env *env, struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    struct cbk_decision decision = {0};
    int r = object->kind->decide(env, object, &decision, err);
    if (r == 0)
        ask_for_run(change, &decision);
    change->reason = decision.reason;
    if (r < 0)
        return r;
    bool moved = !object->last || !json_equal(object->desired, (json_t *)object->last);
    if (decision.run) {
        change->actions = CBK_ACTION_RUN;
        change->cause = moved ? CBK_CAUSE_CONFIG : CBK_CAUSE_DRIFT;
    } else if (!object->last || object->was) {
        change->actions = CBK_ACTION_ADOPT;
    } else {
        change->is_news = moved; /* what is there meets the new demand: no later run is due to it */
    }
    return 0;
}

static int decide_wanted(const struct cbk_env *env, bool allow_downgrade, struct cbk_change *change,
                         struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    if (object->kind->decide)
        return decide_by_kind(env, change, err);
    if (object->needless)
        return decide_needless(change);
    if (object->unreachable)
        return decide_unreachable(allow_downgrade, change, err);
    if (!object->live)
        return decide_missing(change, err);
    cbk_diff_make(object, &change->diff);
    cbk_diff_own_up(env, object, &change->diff);
    if (json_array_size(change->diff.rows) || change->must_replace)
        return decide_different(change, err);
    return decide_equal(change);
}

/* What the state remembers as protected is, until an apply has taken that back: an edit that drops the protection and
 * would destroy at once may not have meant both. */
static int check_protected(const struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    if (!(change->actions & CBK_ACTION_DELETE) || !(object->is_protected || object->was_protected))
        return 0;
    (void)cbk_fail_at(err, object->span, CBK_E_CHECK, "%s would be %s, and lifecycle.prevent_destroy forbids it",
                      object->address, cbk_change_replaces(change) ? "replaced" : "destroyed");
    return cbk_error_hint(err, "apply the stack once with prevent_destroy: false if that is what you want");
}

/* The kind's own word on what would be done. */
static int hear_judge(const struct cbk_env *env, struct cbk_change *change, struct cbk_error *err)
{
    const struct cbk_object *object = change->object;
    CBK_CLEANUP(cbk_string_freep) char *remark = NULL;
    if (!object->kind->judge || !change->actions || change->actions == CBK_ACTION_FORGET)
        return 0;
    int r = object->kind->judge(env, object, (change->actions & CBK_ACTION_DELETE) != 0, &remark, err);
    if (r < 0)
        return cbk_error_locate(err, object->span);
    if (!remark)
        return 0;
    char *reason = change->reason ? cbk_strf("%s; %s", change->reason, remark) : cbk_strdup(remark);
    free(change->reason);
    change->reason = reason;
    return 0;
}

int cbk_decide(const struct cbk_env *env, bool allow_downgrade, struct cbk_change *change, struct cbk_error *err)
{
    int r = change->object->desired ? decide_wanted(env, allow_downgrade, change, err)
                                    : decide_unwanted(env, allow_downgrade, change);
    if (r == 0)
        r = check_protected(change, err);
    return r < 0 ? r : hear_judge(env, change, err);
}
