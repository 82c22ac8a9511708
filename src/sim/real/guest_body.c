#include "sim/real/guest_body.h"

#include "base/log.h"
#include "base/time.h"
#include "sim/real/image.h"
#include "sim/real/mounts.h"
#include "sim/real/stopwatch.h"

#include <string.h>

/* What a script says is for the log. Cancelled, the second one still has a moment. */
enum { MOST_SAID = 4000, LAST_SCRIPT_MS = 10 * 1000, STAT_MS = 20 * 1000, LOOK_MS = 20, US_PER_MS = 1000 };

static struct sim_guest_body *of(struct sim_body *body)
{
    return (struct sim_guest_body *)body;
}

static void measure(struct sim_guest_body *body, const char *what, int64_t began_us)
{
    json_object_set_new(body->measured, what, json_integer(sim_stopwatch_us() - began_us));
}

static bool agent_runs(struct sim_body *base)
{
    return sim_guest_agent_runs(of(base)->guest);
}

/* ---- scripts ---- */

static bool script_is_fit(struct sim_body *base, const char *path)
{
    CBK_ERROR(err);
    const char *argv[] = {"stat", "-L", "-c", "%F %a %u", "--", path, NULL};
    struct sim_guest_order order = {.argv = argv, .most_output = MOST_SAID, .timeout_ms = STAT_MS};
    SIM_PROCESS_RESULT(result);
    return sim_guest_run(of(base)->guest, &order, &result, &err) == 0 &&
           strcmp(result.output.ptr, "regular file 700 0\n") == 0;
}

static bool run_script(struct sim_body *base, const char *path, bool before_the_freeze)
{
    CBK_ERROR(err);
    struct sim_guest_body *body = of(base);
    const char *argv[] = {path, NULL};
    struct sim_guest_order order = {.argv = argv,
                                    .most_output = MOST_SAID,
                                    .timeout_ms = body->script_timeout_ms,
                                    .cancel = body->cancel,
                                    .grace_ms = before_the_freeze ? 0 : LAST_SCRIPT_MS};
    SIM_PROCESS_RESULT(result);
    int64_t began = sim_stopwatch_us();
    int r = sim_guest_run(body->guest, &order, &result, &err);
    measure(body, before_the_freeze ? "pre_script_us" : "post_script_us", began);
    if (r == 0 && result.exit_code == 0 && !result.timed_out)
        return true;
    cbk_log(CBK_LOG_WARN, "guest %s: '%s' %s %d: %s", sim_guest_id(body->guest), path,
            result.timed_out ? "was killed when its time was over:" : "ended with", result.exit_code,
            r < 0 ? err.message : result.output.ptr);
    return false;
}

/* ---- freeze and thaw ---- */

static bool find_mounts(struct sim_body *base)
{
    CBK_ERROR(err);
    struct sim_guest_body *body = of(base);
    const json_t *disks = json_object_get(sim_guest_spec(body->guest), "disks");
    if (sim_mounts_find((int)sim_guest_pid(body->guest), disks, &body->mounts, &err) == 0)
        return true;
    cbk_log(CBK_LOG_WARN, "guest %s: %s", sim_guest_id(body->guest), err.message);
    return false;
}

static bool freeze(struct sim_body *base, int64_t timeout_s)
{
    CBK_ERROR(err);
    struct sim_guest_body *body = of(base);
    int r = sim_freeze_begin((int)sim_guest_pid(body->guest), body->mounts, timeout_s * 1000, &body->freeze, &err);
    if (r < 0)
        cbk_log(CBK_LOG_WARN, "guest %s: not frozen: %s", sim_guest_id(body->guest), err.message);
    else
        json_object_set(body->measured, "frozen", body->mounts);
    sim_guest_set_frozen(body->guest, r == 0);
    return r == 0;
}

/* Ends the freeze, by order or by its own time, and answers whether it had lasted until the order. */
static bool end_freeze(struct sim_guest_body *body, bool order)
{
    struct sim_thaw thaw = {0};
    sim_freeze_end(body->freeze, order, &thaw);
    body->freeze = NULL;
    sim_guest_set_frozen(body->guest, false);
    json_object_set_new(body->measured, "thawed_by", json_string(thaw.by));
    json_object_set_new(body->measured, "freeze_window_us", json_integer(thaw.window_us));
    return strcmp(thaw.by, "order") == 0;
}

static bool thaw(struct sim_body *base)
{
    return end_freeze(of(base), true);
}

/* ---- copies ---- */

/* For tests: a snapshot that takes its time. */
static void linger(const struct sim_guest_body *body, int64_t began_us)
{
    while (sim_stopwatch_us() - began_us < body->copy_ms * US_PER_MS && !atomic_load(body->cancel))
        cbk_sleep_ms(LOOK_MS);
}

static bool copy(struct sim_body *base)
{
    size_t index;
    json_t *pair;
    int r = 0;
    bool all_shared = true;
    struct sim_guest_body *body = of(base);
    int64_t began = sim_stopwatch_us();
    json_array_foreach(body->copies, index, pair) {
        bool shared = false;
        if (r == 0)
            r = sim_image_copy(cbk_json_text(pair, "from"), cbk_json_text(pair, "to"), body->cancel, &shared,
                               &body->err);
        if (r == 0)
            json_object_set_new(pair, "made", json_true());
        all_shared = all_shared && shared;
    }
    if (r < 0)
        return false;
    linger(body, began);
    measure(body, "copy_us", began);
    json_object_set_new(body->measured, "copy", json_string(all_shared ? "reflink" : "plain"));
    return true;
}

/* ---- the whole ---- */

void sim_guest_body_init(struct sim_guest_body *body)
{
    static const struct sim_body_ops ops = {
        .agent_runs = agent_runs,
        .find_mounts = find_mounts,
        .script_is_fit = script_is_fit,
        .run_script = run_script,
        .freeze = freeze,
        .copy = copy,
        .thaw = thaw,
    };
    body->base.ops = &ops;
    body->measured = json_object();
}

void sim_guest_body_end(struct sim_guest_body *body)
{
    if (body->freeze)
        (void)end_freeze(body, atomic_load(body->cancel));
}

void sim_guest_body_release(struct sim_guest_body *body)
{
    json_decref(body->copies);
    json_decref(body->mounts);
    json_decref(body->measured);
    cbk_error_release(&body->err);
}
