#include "kinds/ambiguity.h"

#include "base/log.h"

#define TRIES 4
#define PAUSE_MS 300 /* what was made a moment ago may not be seen yet */

static bool is_as_sent(const struct cbk_certainty *certainty, const json_t *desired, const json_t *live)
{
    for (const char *const *key = certainty->sent; *key; key++) {
        json_t *wanted = json_object_get(desired, *key), *present = json_object_get(live, *key);
        if (wanted && !(present && json_equal(wanted, present)))
            return false;
    }
    return true;
}

/* Looks what stands under the object's name, without touching the object. */
static int look(const struct cbk_env *env, const struct cbk_certainty *certainty, const struct cbk_object *object,
                bool *ret_made, struct cbk_error *err)
{
    struct cbk_object probe = *object;
    probe.live = NULL;
    int r = certainty->read(env, &probe, err);
    CBK_JSON *live = probe.live;
    *ret_made = r == 0 && live && is_as_sent(certainty, object->desired, live);
    return r;
}

int cbk_until_certain(const struct cbk_env *env, const struct cbk_certainty *certainty, struct cbk_object *object,
                      struct cbk_error *err)
{
    bool doubted = false;
    for (int tries = 1;; tries++) {
        CBK_ERROR(failure);
        int r = certainty->call(env, object, &failure);
        doubted = doubted || r == CBK_E_AMBIGUOUS;
        bool may_be_ours = r == CBK_E_AMBIGUOUS || (r == CBK_E_CONFLICT && doubted);
        if (r == 0 || !may_be_ours)
            return r < 0 ? cbk_error_move(err, &failure) : 0;
        cbk_log(CBK_LOG_DEBUG, "%s: looking what became of it: %s", object->address, failure.message);
        bool made = false;
        CBK_ERROR(blind);
        if (look(env, certainty, object, &made, &blind) < 0 || tries == TRIES || cbk_env_interrupted(env))
            return made ? 0 : cbk_error_move(err, &failure);
        if (made)
            return 0;
        cbk_env_sleep(env, PAUSE_MS);
    }
}
