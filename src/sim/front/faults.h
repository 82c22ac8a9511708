/*
 * Faults on demand: which requests go wrong, and how. Set by POST /_sim/faults. Locks for itself.
 */
#ifndef CBK_SIM_FAULTS_H
#define CBK_SIM_FAULTS_H

#include "base/json.h"

/* name on the admin page; does the call still have its effect? */
#define SIM_FAULTS(X)                                                                                                  \
    X(HANG_BEFORE, "hang_before", false)                                                                               \
    X(HANG_AFTER, "hang_after", true)                                                                                  \
    X(DROP_BEFORE, "drop_before", false)                                                                               \
    X(DROP_AFTER, "drop_after", true)                                                                                  \
    X(HTTP_500, "http_500", false)                                                                                     \
    X(HTTP_500_AFTER, "http_500_after", true)                                                                          \
    X(HTTP_503, "http_503", false)                                                                                     \
    X(THROTTLE, "throttle", false)                                                                                     \
    X(MALFORMED, "malformed", true)                                                                                    \
    X(TRUNCATED, "truncated", true)                                                                                    \
    X(SLOW, "slow", true)                                                                                              \
    X(PAGE_EMPTY, "page_empty", true)                                                                                  \
    X(PAGE_AGAIN, "page_again", true)

enum sim_fault {
    SIM_FAULT_NONE,
#define X(name, text, effect) SIM_FAULT_##name,
    SIM_FAULTS(X)
#undef X
        SIM_FAULT_COUNT
};

struct sim_faults;
struct sim_faults *sim_faults_new(void);
/* NULL is fine. */
void sim_faults_free(struct sim_faults *faults);

/*
 * Adds {"match": {"service", "action", "nth", "mutating"}, "fault", "ms", "times"}. `action` may be a glob; `nth`
 * counts the matching requests from 1 since now; the fault strikes that one and the times-1 after it (default: one; 0:
 * all).
 */
CBK_MUST_CHECK int sim_faults_add(struct sim_faults *faults, const json_t *fault, struct cbk_error *err);
void sim_faults_clear(struct sim_faults *faults);
/* Counts a request and says what strikes it; `ret_ms` is what the fault's "ms" said, 0 when it did not. */
enum sim_fault sim_faults_strike(struct sim_faults *faults, const char *service, const char *action, bool mutating,
                                 int64_t *ret_ms);
bool sim_fault_has_effect(enum sim_fault fault);

#endif
