#include "sim/front/faults.h"

#include <pthread.h>

static const struct {
    const char *name;
    bool effect;
} kinds[SIM_FAULT_COUNT] = {{"", true},
#define X(name, text, effect) {text, effect},
                            SIM_FAULTS(X)
#undef X
};

struct rule {
    char *service, *action; /* NULL: any */
    int mutating;           /* -1: either */
    int64_t nth, times;     /* times 0: for ever */
    int64_t ms;
    enum sim_fault fault;
    int64_t seen;
};
CBK_VEC(rules, struct rule)

struct sim_faults {
    pthread_mutex_t lock;
    struct rules rules;
};

struct sim_faults *sim_faults_new(void)
{
    struct sim_faults *faults = CBK_NEW(struct sim_faults);
    pthread_mutex_init(&faults->lock, NULL);
    return faults;
}

void sim_faults_clear(struct sim_faults *faults)
{
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->rules.len; i++) {
        free(faults->rules.items[i].service);
        free(faults->rules.items[i].action);
    }
    rules_release(&faults->rules);
    pthread_mutex_unlock(&faults->lock);
}

void sim_faults_free(struct sim_faults *faults)
{
    if (!faults)
        return;
    sim_faults_clear(faults);
    pthread_mutex_destroy(&faults->lock);
    free(faults);
}

static enum sim_fault find_kind(const char *name)
{
    for (size_t i = 1; i < SIM_FAULT_COUNT; i++)
        if (cbk_str_equal(kinds[i].name, name))
            return (enum sim_fault)i;
    return SIM_FAULT_NONE;
}

int sim_faults_add(struct sim_faults *faults, const json_t *fault, struct cbk_error *err)
{
    const char *name = cbk_json_text(fault, "fault");
    const json_t *mutating = cbk_json_at(fault, "match.mutating");
    struct rule rule = {.fault = find_kind(name),
                        .mutating = json_is_boolean(mutating) ? json_is_true(mutating) : -1,
                        .nth = cbk_json_int(fault, "match.nth", 1),
                        .times = cbk_json_int(fault, "times", 1),
                        .ms = cbk_json_int(fault, "ms", 0)};
    if (rule.fault == SIM_FAULT_NONE)
        return cbk_fail(err, CBK_E_VALIDATION, "unknown fault '%s'", name ? name : "");
    if (rule.nth < 1 || rule.times < 0 || rule.ms < 0)
        return cbk_fail(err, CBK_E_VALIDATION, "nth counts from 1, times and ms from 0");
    rule.service = cbk_strdup(cbk_json_text(fault, "match.service"));
    rule.action = cbk_strdup(cbk_json_text(fault, "match.action"));
    pthread_mutex_lock(&faults->lock);
    rules_push(&faults->rules, rule);
    pthread_mutex_unlock(&faults->lock);
    return 0;
}

static bool rule_matches(const struct rule *rule, const char *service, const char *action, bool mutating)
{
    return (!rule->service || cbk_str_equal(rule->service, service)) &&
           (!rule->action || cbk_str_glob(rule->action, action)) &&
           (rule->mutating < 0 || rule->mutating == (int)mutating);
}

enum sim_fault sim_faults_strike(struct sim_faults *faults, const char *service, const char *action, bool mutating,
                                 int64_t *ret_ms)
{
    enum sim_fault struck = SIM_FAULT_NONE;
    pthread_mutex_lock(&faults->lock);
    for (size_t i = 0; i < faults->rules.len; i++) { /* every rule counts, the first that is due strikes */
        struct rule *rule = &faults->rules.items[i];
        if (!rule_matches(rule, service, action, mutating))
            continue;
        rule->seen++;
        bool is_due = rule->seen >= rule->nth && (!rule->times || rule->seen < rule->nth + rule->times);
        if (is_due && struck == SIM_FAULT_NONE) {
            struck = rule->fault;
            *ret_ms = rule->ms;
        }
    }
    pthread_mutex_unlock(&faults->lock);
    return struck;
}

bool sim_fault_has_effect(enum sim_fault fault)
{
    return kinds[fault].effect;
}
