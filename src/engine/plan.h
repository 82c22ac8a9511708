/*
 * The plan: what would change and why. Made from the stack, the state and the live cloud; the same inputs give the same
 * bytes. It is plain data (its JSON, schemas/plan.schema.json, is all that renderers see) beside the objects that an
 * apply works on.
 */
#ifndef CBK_ENGINE_PLAN_H
#define CBK_ENGINE_PLAN_H

#include "engine/checks.h"
#include "engine/diff.h"
#include "engine/guards.h"
#include "state/store.h"

struct cbk_plan_input {
    struct cbk_stack *stack;
    struct cbk_cloud *cloud;
    struct cbk_store *store;
    const json_t *commit; /* where the stack comes from (git/provenance.h), NULL outside of git; borrowed */
    bool destroy;         /* all that the state knows should go */
    const json_t *scope;  /* engine/scope.h; NULL: everything; borrowed */
    bool all_selected;    /* read of every instance that a selector matches, also where nothing is declared for it */
    bool whole_region;    /* read of every instance that there is */
    bool allow_downgrade; /* go on where a job would end below what it requires, or a script cannot be reached */
    const bool *allowed;  /* by enum cbk_guard: what may be done all the same; NULL: nothing */
};

/* What a change does, as bits; none: nothing. */
enum cbk_action {
    CBK_ACTION_CREATE = 1 << 0,
    CBK_ACTION_UPDATE = 1 << 1,
    CBK_ACTION_DELETE = 1 << 2, /* with CREATE: replace, the new one first */
    CBK_ACTION_RUN = 1 << 3,
    CBK_ACTION_ADOPT = 1 << 4,   /* it lives as it should and becomes the stack's: only the state changes */
    CBK_ACTION_FORGET = 1 << 5,  /* it is gone or left alone, and leaves the state */
    CBK_ACTION_NOTE = 1 << 7,    /* the state takes over what lives */
    CBK_ACTION_REPLACE = 1 << 6, /* of steps alone: CREATE and DELETE at once, of kinds that have `replace` */
};

struct cbk_change {
    struct cbk_object *object;
    struct cbk_object old; /* of a replacement: the one that goes, as it was before the new one is made */
    unsigned actions;
    enum cbk_cause cause;
    struct cbk_diff diff;
    bool must_replace; /* asked for, though nothing demands it */
    bool left_out;     /* there is something to do, and it is out of the plan's scope */
    bool is_news;      /* nothing to do, and the state remembers it otherwise: the next apply notes it */
    bool refused;      /* such as backups foreseen to be below what it requires: the plan cannot be applied */
    char *refusal;     /* why it is refused, where the prediction does not say it; NULL: it does, or it is not */
    char *reason;      /* why, in words, where the diff does not say it; NULL: none */
    struct cbk_prediction prediction; /* of jobs and bindings; findings NULL: none */
};
CBK_VEC(cbk_changes, struct cbk_change)

/* Does the change replace its object? At once, in one step: as its kind knows to do, or since both have one name? */
bool cbk_change_replaces(const struct cbk_change *change);
bool cbk_change_replaces_at_once(const struct cbk_change *change);

struct cbk_plan {
    struct cbk_env env;
    struct cbk_inventory *inventory;
    struct cbk_objects *objects;
    json_t *state;              /* as read; NULL: none yet */
    json_t *settled;            /* what became of calls that an apply left open (settle.h); NULL: it left none */
    json_t *guests;             /* what was seen inside instances, by id */
    struct cbk_changes changes; /* one an object, in the objects' order */
    json_t *guards;             /* what guards have found; NULL: none has judged yet */
    json_t *json;               /* the contract */
};

/*
 * Reads all that a plan rests on and decides nothing: changes and json stay empty. What forbids that is in `errors`,
 * and the code of the first is returned. The caller frees *ret.
 */
CBK_MUST_CHECK int cbk_plan_survey(const struct cbk_plan_input *input, struct cbk_plan **ret,
                                   struct cbk_errors *errors);
/*
 * Makes the plan. Returns 0 when it can be applied as it stands. Otherwise everything that forbids it is in `errors`,
 * and the code of the first is returned; *ret is set all the same when the plan could be made, so that it can be shown
 * with what is wrong. The caller frees it.
 */
CBK_MUST_CHECK int cbk_plan_make(const struct cbk_plan_input *input, struct cbk_plan **ret, struct cbk_errors *errors);
/*
 * The beginning of a plan: the account is checked, the state and the inventory are read, and the objects are there with
 * what git wants of them. Nothing else is asked of the cloud: sides are not read, and there are no changes. Returns and
 * frees like cbk_plan_make, but *ret is set on success alone.
 */
CBK_MUST_CHECK int cbk_plan_sketch(const struct cbk_plan_input *input, struct cbk_plan **ret,
                                   struct cbk_errors *errors);
/* NULL is fine. */
void cbk_plan_free(struct cbk_plan *plan);
CBK_DEFINE_OWNED(struct cbk_plan, cbk_plan)

/* Is there nothing to do, not even to the state? */
bool cbk_plan_is_empty(const struct cbk_plan *plan);
/* The hash of what the plan would do, on what: printed by plan, demanded by apply --checksum. Borrowed. */
const char *cbk_plan_digest(const struct cbk_plan *plan);

#endif
