/*
 * The parts of one look for drift. What was applied stands for what is wanted in it: its objects desire what the state
 * remembers, and the stack that the kinds see says what was applied, under the names that things had then.
 */
#ifndef CBK_ENGINE_DRIFT_LOOK_H
#define CBK_ENGINE_DRIFT_LOOK_H

#include "engine/drift.h"
#include "engine/drift_ignore.h"

struct cbk_drift_look {
    const struct cbk_drift_input *input;
    const struct cbk_plan *plan; /* a sketch: what git wants */
    struct cbk_objects *applied; /* what was applied and what lives of it; at the addresses that git has for it now */
    json_t *stack;               /* the stack as it was applied, as far as names go; owned */
    struct cbk_env env;          /* with these two in place of the plan's */
    struct cbk_drift_ignores ignores;
};

/* Makes the objects that were applied, and reads what lives of them. Recovery points are left out. */
CBK_MUST_CHECK int cbk_drift_applied_read(struct cbk_drift_look *look, struct cbk_error *err);
void cbk_drift_look_release(struct cbk_drift_look *look);

/* The object that was applied here, as git wants it now. Borrowed. */
const struct cbk_object *cbk_drift_wish(const struct cbk_drift_look *look, const struct cbk_object *applied);
/* Adds {file, line} of a place, if it is one. */
void cbk_drift_add_place(const struct cbk_drift_look *look, const struct cbk_span *span, json_t *json);

/* An entry for each object that was applied, in the stack's order. New reference. */
json_t *cbk_drift_objects(struct cbk_drift_look *look);
/* {instances, protected, unprotected: [...]}: whether something backs up the instances that the stack selects, or all
 * of the region with input->unmanaged. Null where bindings must not be read, which a stack without any has no need
 * of. */
CBK_MUST_CHECK int cbk_drift_coverage(struct cbk_drift_look *look, json_t **ret_coverage, struct cbk_error *err);
/* What lives in the account and is nobody's here, by address: [{address, kind, id, ...}]. */
CBK_MUST_CHECK int cbk_drift_unmanaged(struct cbk_drift_look *look, json_t **ret_list, struct cbk_error *err);

#endif
