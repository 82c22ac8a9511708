/*
 * Apply: makes a plan true. Steps run on a pool of workers as soon as what they need is done; a step that fails takes
 * down those that need it and nothing else. Each step's outcome is in the store before the next one that needs it
 * begins.
 */
#ifndef CBK_ENGINE_APPLY_H
#define CBK_ENGINE_APPLY_H

#include "engine/plan.h"

enum cbk_apply_event_type {
    CBK_APPLY_START,
    CBK_APPLY_PROGRESS,
    CBK_APPLY_DONE,
    CBK_APPLY_FAILED,
    CBK_APPLY_SKIPPED, /* not tried: something that it needs failed, or work was interrupted */
    CBK_APPLY_EVENT_TYPE_COUNT,
};

struct cbk_apply_event {
    enum cbk_apply_event_type type;
    const struct cbk_object *object;
    const char *action;            /* "create", "update", "delete", "replace", "run", "adopt", "note", "forget" */
    const char *text;              /* progress and skipped: in words; else NULL */
    const struct cbk_error *error; /* failed only */
    int64_t elapsed_ms;            /* done and failed */
};

struct cbk_apply_input {
    struct cbk_plan *plan;
    struct cbk_store *store; /* locked by the caller */
    const char *stack_name;
    const char *operation; /* "apply", "destroy", "snapshot": what the ledger calls it */
    size_t parallelism;    /* steps at once, and as many jobs beside them, 99 at most; 0: 10 */
    /* Called from the workers, one at a time. */
    void (*listen)(void *context, const struct cbk_apply_event *event);
    void *context;
    /* Asked before a step is given out: true ends the giving out. */
    bool (*is_interrupted)(void);
};

struct cbk_apply_result {
    size_t created, updated, deleted, ran, adopted, noted, forgotten; /* what was replaced is created and deleted */
    size_t failed;                                                    /* without the downgraded ones */
    size_t downgraded;                                                /* jobs that ended below what they require */
    size_t lowered; /* jobs that did so, and on_downgrade lets it pass */
    size_t skipped;
    bool interrupted;
    json_t *ledger; /* engine/ledger.h; NULL: there were no steps */
};
void cbk_apply_result_release(struct cbk_apply_result *result);

/*
 * Fails only when the state could not be kept; failures of steps are counted, told to the listener, and are no error of
 * the call. The state is written at the end in every case, and the result is there,
 * for the caller to release.
 */
CBK_MUST_CHECK int cbk_apply(const struct cbk_apply_input *input, struct cbk_apply_result *ret, struct cbk_error *err);

#endif
