/*
 * What is to happen later on the simulated clock: an invocation ends, a job moves on, a schedule is due. Timers are
 * part of the world: they are saved with it.
 */
#ifndef CBK_SIM_TIMER_H
#define CBK_SIM_TIMER_H

#include "base/json.h"
#include "base/vec.h"

struct sim_world;

/* name in a saved world, what it calls */
#define SIM_TIMERS(X)                                                                                                  \
    X(INVOCATION, "invocation", sim_invocation_step)                                                                   \
    X(SENT_FILE, "sent_file", sim_sent_file_step)                                                                      \
    X(SNAPSHOT, "snapshot", sim_snapshot_step)                                                                         \
    X(SNAPSHOT_EXPIRY, "snapshot_expiry", sim_snapshot_expire)                                                         \
    X(BACKUP_JOB, "backup_job", sim_backup_job_step)                                                                   \
    X(RECOVERY_POINT, "recovery_point", sim_recovery_point_step)                                                       \
    X(POLICY_RULE, "policy_rule", sim_policy_rule_step)                                                                \
    X(POLICY_END, "policy_end", sim_policy_end_step)                                                                   \
    X(VAULT, "vault", sim_vault_step)                                                                                  \
    X(RESTORE_JOB, "restore_job", sim_restore_job_step)

enum sim_timer_kind {
#define X(name, ...) SIM_TIMER_##name,
    SIM_TIMERS(X)
#undef X
        SIM_TIMER_KIND_COUNT
};

struct sim_timer {
    int64_t at_ms;
    uint64_t order; /* first set, first run, where the times are equal */
    enum sim_timer_kind kind;
    char *id;
};
CBK_VEC(sim_timer_heap, struct sim_timer)
struct sim_timers {
    struct sim_timer_heap heap;
    uint64_t given;
};

void sim_timers_release(struct sim_timers *timers);
/* Something happens to the record `id`, `delay_ms` after the world's present. */
void sim_timer_set(struct sim_world *world, enum sim_timer_kind kind, const char *id, int64_t delay_ms);
/* Runs one timer that is due at `now_ms`, with the world's clock at its time. False when none is. */
bool sim_timer_run_due(struct sim_world *world, int64_t now_ms);

/* For saving: an array of {at_ms, do, id} in the order in which they run; new reference. */
json_t *sim_timers_dump(const struct sim_timers *timers);
CBK_MUST_CHECK int sim_timers_load(struct sim_world *world, const json_t *list, struct cbk_error *err);

/* What the timers call: each takes the world and the record's id, which may be gone by then. */
#define X(name, text, function) void function(struct sim_world *world, const char *id);
SIM_TIMERS(X)
#undef X

#endif
