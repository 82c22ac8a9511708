#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/hbr/plugin.h"
#include "sim/real/mounts.h"

#include <string.h>

/* A body that fails where it is told to, and writes down what was asked of it. */
struct told {
    struct sim_body base;
    const char *fails; /* steps, separated by blanks */
    struct cbk_str asked;
};

static bool go(struct sim_body *body, const char *step)
{
    struct told *told = (struct told *)body;
    CBK_CLEANUP(cbk_string_freep) char *list = cbk_strf(" %s ", told->fails);
    CBK_CLEANUP(cbk_string_freep) char *item = cbk_strf(" %s ", step);
    cbk_str_addf(&told->asked, "%s%s", told->asked.len ? " " : "", step);
    return !strstr(list, item);
}

static bool agent_runs(struct sim_body *body)
{
    struct told *told = (struct told *)body;
    return !strstr(told->fails, "agent");
}

static bool find_mounts(struct sim_body *body)
{
    return go(body, "mounts");
}

static bool script_is_fit(struct sim_body *body, const char *path)
{
    return go(body, path);
}

static bool run_script(struct sim_body *body, const char *path, bool before_the_freeze)
{
    (void)path;
    return go(body, before_the_freeze ? "before" : "after");
}

static bool freeze(struct sim_body *body, int64_t timeout_s)
{
    assert_int_equal(timeout_s, 7);
    return go(body, "freeze");
}

static bool copy(struct sim_body *body)
{
    return go(body, "copy");
}

static bool thaw(struct sim_body *body)
{
    return go(body, "thaw");
}

static void test_steps(void **state)
{
    (void)state;
    static const struct sim_body_ops ops = {agent_runs, find_mounts, script_is_fit, run_script, freeze, copy, thaw};
    static const struct {
        const char *from; /* the level foreseen */
        bool freezes;
        const char *fails, *asked, *level, *reason;
        bool copied;
    } cases[] = {
        {"APPLICATION", true, "", "mounts pre post before freeze copy thaw after", "APPLICATION", "", true},
        {"APPLICATION", false, "", "mounts pre post before copy after", "APPLICATION", "", true},
        {"FILE_SYSTEM", true, "", "mounts freeze copy thaw", "FILE_SYSTEM", "", true},
        {"CRASH", true, "", "copy", "CRASH", "", true},
        {"APPLICATION", true, "mounts", "mounts copy", "CRASH", "HBR.DeviceMountedTwice", true},
        {"FILE_SYSTEM", true, "mounts", "mounts copy", "CRASH", "HBR.DeviceMountedTwice", true},
        {"APPLICATION", true, "pre", "mounts pre freeze copy thaw", "FILE_SYSTEM", "HBR.PreScriptNotReady", true},
        {"APPLICATION", true, "post", "mounts pre post freeze copy thaw", "FILE_SYSTEM", "HBR.PostScriptNotReady",
         true},
        {"APPLICATION", false, "pre", "mounts pre copy", "CRASH", "HBR.PreScriptNotReady", true},
        {"APPLICATION", true, "before", "mounts pre post before freeze copy thaw after", "FILE_SYSTEM",
         "HBR.PreScriptFailed", true},
        {"APPLICATION", true, "before after", "mounts pre post before freeze copy thaw after", "FILE_SYSTEM",
         "HBR.PreScriptFailed", true},
        {"APPLICATION", true, "after", "mounts pre post before freeze copy thaw after", "FILE_SYSTEM",
         "HBR.PostScriptFailed", true},
        {"APPLICATION", true, "freeze", "mounts pre post before freeze copy after", "CRASH", "HBR.FreezeFailed", true},
        {"APPLICATION", true, "thaw", "mounts pre post before freeze copy thaw after", "CRASH", "HBR.FreezeTimedOut",
         true},
        {"FILE_SYSTEM", true, "thaw", "mounts freeze copy thaw", "CRASH", "HBR.FreezeTimedOut", true},
        {"APPLICATION", true, "copy", "mounts pre post before freeze copy thaw after", "APPLICATION", "", false},
        {"APPLICATION", true, "agent", "mounts pre post before copy", "CRASH", "HBR.CloudAssistantNotRunning", true},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        struct told told = {{&ops}, cases[i].fails, CBK_STR_INIT};
        struct sim_backup_order order = {
            .freeze = cases[i].freezes, .pre_script = "pre", .post_script = "post", .timeout_s = 7};
        struct sim_reached reached = {cases[i].from, "", cases[i].freezes ? "FILE_SYSTEM" : "CRASH"};
        bool copied = sim_plugin_act(&order, &told.base, &reached);
        if (strcmp(told.asked.ptr, cases[i].asked) != 0 || strcmp(reached.level, cases[i].level) != 0 ||
            strcmp(reached.reason, cases[i].reason) != 0 || copied != cases[i].copied)
            fail_msg("case %zu: %s: %s %s", i, told.asked.ptr, reached.level, reached.reason);
        cbk_str_release(&told.asked);
    }
}

/* An agent that falls silent after the freeze has begun: nobody orders the thaw. */
static int looks;
static bool agent_runs_once(struct sim_body *body)
{
    (void)body;
    return looks++ == 0;
}

static void test_agent_stops_while_frozen(void **state)
{
    (void)state;
    static const struct sim_body_ops ops = {agent_runs_once, find_mounts, script_is_fit, run_script,
                                            freeze,          copy,        thaw};
    struct told told = {{&ops}, "", CBK_STR_INIT};
    struct sim_backup_order order = {.freeze = true, .pre_script = "pre", .post_script = "post", .timeout_s = 7};
    struct sim_reached reached = {"APPLICATION", "", "FILE_SYSTEM"};
    looks = 0;
    assert_true(sim_plugin_act(&order, &told.base, &reached));
    assert_string_equal(told.asked.ptr, "mounts pre post before freeze copy");
    assert_string_equal(reached.level, "CRASH");
    assert_string_equal(reached.reason, "HBR.CloudAssistantNotRunning");
    cbk_str_release(&told.asked);
}

static void test_mount_points(void **state)
{
    (void)state;
    static const struct {
        const char *line, *point; /* of device 7:14 */
    } cases[] = {
        {"36 35 7:14 / /data rw,noatime master:1 - ext4 /dev/loop14 rw", "/data"},
        {"36 35 7:14 / /my\\040data\\134x rw - ext4 /dev/loop14 rw", "/my data\\x"},
        {"36 35 7:14 / /odd\\9 rw - ext4 /dev/loop14 rw", "/odd\\9"},
        {"36 35 7:1 / /data rw - ext4 /dev/loop1 rw", NULL},
        {"36 35 7:140 / /data rw - ext4 /dev/loop1 rw", NULL},
        {"36 35 17:14 / /data rw - ext4 /dev/loop1 rw", NULL},
        {"36 35 7:14 /", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep) char *point = sim_mounts_point(cases[i].line, 7, 14);
        if (!cbk_str_equal(point, cases[i].point))
            fail_msg("case %zu: %s", i, point);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_agent_stops_while_frozen),
        cmocka_unit_test(test_mount_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
