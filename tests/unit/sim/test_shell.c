#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/guest/shell.h"
#include "sim/world/machine.h"
#include "sim/world/world_file.h"

#include <string.h>

static const char *const world_text =
    "{\"instances\": [{\"id\": \"i-1\", \"name\": \"db\", \"disks\": ["
    "{\"id\": \"d-1\", \"filesystem\": \"ext4\"}, {\"id\": \"d-2\", \"filesystem\": \"xfs\"}], \"files\": {"
    "\"/tmp/a.sh\": {\"mode\": \"0700\", \"owner\": \"root\", \"content\": \"hello\\n\"},"
    "\"/tmp/b\": {\"mode\": 644, \"owner\": \"mysql:mysql\", \"content\": \"\"}}}]}";

static struct sim_world *make_world(void)
{
    CBK_ERROR(err);
    CBK_JSON *json = NULL;
    struct sim_world *world = NULL;
    assert_int_equal(cbk_json_parse("world", world_text, strlen(world_text), &json, &err), 0);
    assert_int_equal(sim_world_load(json, &world, &err), 0);
    return world;
}

/* Runs a script on a fresh machine and compares what it says and how it ends. */
static void check(const char *script, const char *output, int code)
{
    CBK_STR(out);
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = make_world();
    int got = sim_machine_run(world, sim_world_find(world, SIM_INSTANCES, "i-1"), script, &out);
    assert_string_equal(out.ptr, output);
    assert_int_equal(got, code);
}

static void test_commands(void **state)
{
    (void)state;
    static const struct {
        const char *script, *output;
        int code;
    } cases[] = {
        {"echo a  'b  c' \"d\"", "a b  c d\n", 0},
        {"echo a; echo b\necho c # not this", "a\nb\nc\n", 0},
        {"true && echo yes || echo no", "yes\n", 0},
        {"false && echo yes || echo no", "no\n", 0},
        {"echo out; echo gone >/dev/null; nope 2>/dev/null", "out\n", 127},
        {"nope", "sh: 1: nope: not found\n", 127},
        {"stat -c '%a %u %g %F|%n' -- '/tmp/a.sh' '/x' 2>/dev/null; true", "700 0 0 regular file|/tmp/a.sh\n", 0},
        {"stat -c %n /x", "stat: cannot statx '/x': No such file or directory\n", 1},
        {"stat -c '%a %U %G %s %F' /tmp/b /tmp",
         "644 mysql mysql 0 regular empty file\n1777 root root 4096 directory\n", 0},
        {"sha256sum -- /tmp/a.sh", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  /tmp/a.sh\n", 0},
        {"sha256sum /x", "sha256sum: /x: No such file or directory\n", 1},
        {"rm /tmp/a.sh; test -e /tmp/a.sh", "", 1},
        {"rm /x", "rm: cannot remove '/x': No such file or directory\n", 1},
        {"rm -f -- /x", "", 0},
        {"rm -r /tmp/a.sh /tmp/b && ls /tmp", "", 0},
        {"echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f; stat -c %a /tmp/f", "one\ntwo\n644\n", 0},
        {"nope > /tmp/log 2>&1; cat /tmp/log", "sh: 1: nope: not found\n", 0},
        {"chmod 755 /tmp/b; chown root:root /tmp/b; stat -c '%a %U' /tmp/b", "755 root\n", 0},
        {"[ -x /tmp/a.sh ] && [ ! -d /tmp/a.sh ] && [ -d /tmp ]", "", 0},
        {"printf '%s\\n' a b", "a\nb\n", 0},
        {"mkdir -p /a/b/c; test -d /a/b && mv /tmp/b /a/b && cp /a/b/b /a/x && ls /a", "b\nx\n", 0},
        {"cd_missing; exit 3; echo never", "sh: 1: cd_missing: not found\n", 3},
        {"echo 'open", "sh: 1: Syntax error: Unterminated quoted string\n", 2},
        {"echo a | cat", "sh: 1: Syntax error: \"|\" unexpected\n", 2},
        {"; echo a", "sh: 1: Syntax error: \";\" unexpected\n", 2},
        {"findmnt -rno SOURCE,FSTYPE,TARGET", "/dev/vda1 ext4 /\n/dev/vdb xfs /data\n", 0},
        {"id -u; hostname", "0\ndb\n", 0},
        {"", "", 0},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        check(cases[i].script, cases[i].output, cases[i].code);
}

static void test_reboot_empties_tmp(void **state)
{
    (void)state;
    CBK_CLEANUP(sim_world_freep) struct sim_world *world = make_world();
    json_t *instance = sim_world_find(world, SIM_INSTANCES, "i-1");
    sim_tree_write(instance, "/opt/kept", "x", 1, 0);
    sim_machine_reboot(world, instance);
    assert_int_equal(sim_tree_kind(instance, "/tmp/a.sh"), SIM_NODE_NONE);
    assert_int_equal(sim_tree_kind(instance, "/tmp"), SIM_NODE_DIRECTORY);
    assert_int_equal(sim_tree_kind(instance, "/opt/kept"), SIM_NODE_FILE);
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *from, *path, *expected;
    } cases[] = {
        {"/root", "/tmp/x", "/tmp/x"}, {"/root", "x", "/root/x"},    {"/root", "../x", "/x"},
        {"/", "../../..", "/"},        {"/a", "./b//c/.", "/a/b/c"}, {"/a", "", "/a"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = sim_path_resolve(cases[i].from, cases[i].path);
        assert_string_equal(path, cases[i].expected);
    }
}

static void test_only_looks(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        bool expected;
    } cases[] = {
        {"stat -c '%a' -- '/tmp/a' 2>/dev/null; sha256sum -- '/tmp/a' 2>/dev/null; true", true},
        {"findmnt -rno SOURCE,FSTYPE,TARGET", true},
        {"cat /x 2>&1", true},
        {"", true},
        {"echo a > /tmp/b", false},
        {"cat /tmp/a; rm /tmp/a", false},
        {"/opt/run.sh", false},
        {"unknown", false},
        {"> /tmp/empty", false},
        {"echo 'open", false},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        assert_int_equal(sim_shell_only_looks(cases[i].script), cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_reboot_empties_tmp),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_only_looks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
