#include "kinds/propagation.h"

#include "base/log.h"
#include "base/time.h"

#define WAIT_MS ((int64_t)60 * 1000)

/* Which call answers which code while something has not spread yet: the provider of other tools waits on the same. */
static const char *const passing_codes[] = {
    "InvalidRamRole.NotFound",     /* ECS AttachInstanceRamRole: a role just made (U) */
    "InvalidRamRole.NotEcsRole",   /* the same: its trust policy has not arrived (U) */
    "DeleteConflict.Role.Policy",  /* RAM DeleteRole, DeletePolicy: a policy just detached */
    "DeleteConflict.Policy.Role",  /* RAM DeletePolicy, in other words (U) */
    "DeleteConflict.Policy.Group", /* likewise */
    "DeleteConflict.Policy.User",
};

static bool passes(const struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(passing_codes); i++)
        if (cbk_str_equal(err->cloud_code, passing_codes[i]))
            return true;
    return false;
}

int cbk_until_propagated(const struct cbk_env *env, cbk_propagation_call call, void *context, struct cbk_error *err)
{
    int64_t deadline = cbk_time_monotonic_ms() + WAIT_MS;
    for (int64_t pause = 250;; pause = pause < 4000 ? pause * 2 : pause) {
        int r = call(env, context, err);
        if (r == 0 || !passes(err) || cbk_env_interrupted(env))
            return r;
        if (cbk_time_monotonic_ms() + pause > deadline)
            return cbk_error_hint(err, "RAM had a minute to catch up and did not: if this is not about what was just "
                                       "changed, something else holds it");
        cbk_log(CBK_LOG_DEBUG, "waiting %lld ms for RAM to catch up: %s", (long long)pause, err->message);
        cbk_env_sleep(env, pause);
    }
}
