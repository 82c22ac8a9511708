/*
 * The guards as rows of a table: a new one is a function and a row, a section of docs/guards.md and an option of the
 * command line.
 */
#ifndef CBK_ENGINE_GUARD_ROWS_H
#define CBK_ENGINE_GUARD_ROWS_H

#include "engine/guards.h"
#include "engine/plan.h"

/* What a guard has found: one for each declaration, or one for the whole plan. */
struct cbk_guard_finding {
    char *message;
    const char *advice;   /* what to look at before the flag is passed; NULL: nothing */
    struct cbk_span span; /* line 0: no place */
    const char *section;  /* of the declaration; NULL: it is about the plan */
    const char *key;      /* likewise */
    json_t *addresses;    /* whom it is about */
};
CBK_VEC(cbk_guard_findings, struct cbk_guard_finding)

struct cbk_guard_row {
    const char *id;
    enum cbk_guard_phase phase;
    void (*judge)(const struct cbk_plan_input *input, const struct cbk_plan *plan, struct cbk_guard_findings *findings);
};

/* By enum cbk_guard. */
extern const struct cbk_guard_row cbk_guard_rows[CBK_GUARD_COUNT];

/* A selector that matches more than it should. */
void cbk_guard_growth(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                      struct cbk_guard_findings *findings);
/* A role or a policy that would allow more. */
void cbk_guard_permissions(const struct cbk_plan_input *input, const struct cbk_plan *plan,
                           struct cbk_guard_findings *findings);

/*
 * A finding about the object's declaration: `words` go behind its address. Said once for all instances, each of which
 * is added to the addresses.
 */
void cbk_guard_found(struct cbk_guard_findings *findings, const struct cbk_object *object, const char *words);

#endif
