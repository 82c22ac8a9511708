/* guest-init: boots a guest, is the first of its processes, and its end. */
#include "sim/real/programs.h"

#include "base/file.h"
#include "base/time.h"
#include "sim/real/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

/* A service has this long to end by itself. */
enum { TERM_MS = 10 * 1000, KILL_MS = 5 * 1000, LOOK_MS = 20 };

static int take_lock(const char *path, struct cbk_error *err)
{
    int fd = open(path, O_RDONLY); /* held to the end */
    if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) < 0)
        return cbk_fail_errno(err, errno, "cannot lock '%s'", path);
    return 0;
}

/* ---- inside ---- */

/* Answers whether nobody else is left. */
static bool are_gone(int64_t timeout_ms)
{
    int64_t deadline = cbk_time_monotonic_ms() + timeout_ms;
    while (kill(-1, 0) == 0) {
        if (cbk_time_monotonic_ms() > deadline)
            return false;
        cbk_sleep_ms(LOOK_MS);
    }
    return true;
}

/* The root cannot be unmounted from within: it is made whole here, and goes with the namespace. */
static void shut_down(const json_t *spec)
{
    const json_t *disks = json_object_get(spec, "disks");
    (void)kill(-1, SIGTERM);
    if (!are_gone(TERM_MS)) {
        (void)kill(-1, SIGKILL);
        (void)are_gone(KILL_MS);
    }
    for (size_t i = json_array_size(disks); i-- > 1;)
        (void)umount2(cbk_json_text_or(json_array_get(disks, i), "mount", ""), 0);
    (void)mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

static int boot(const json_t *spec, struct cbk_error *err)
{
    const char *hostname = cbk_json_text_or(spec, "hostname", "guest");
    int r = sim_boot_view(spec, err);
    if (r == 0 && sethostname(hostname, strlen(hostname)) < 0)
        r = cbk_fail_errno(err, errno, "cannot be called '%s'", hostname);
    return r;
}

/* As the first process: says on `ready` how it went, and stays until its standard input ends. */
static int live(const json_t *spec, int ready)
{
    CBK_ERROR(err);
    char order;
    (void)signal(SIGCHLD, SIG_DFL);
    int r = boot(spec, &err);
    CBK_STR(line);
    cbk_str_add(&line, r < 0 ? err.message : "");
    (void)!write(ready, line.ptr, line.len);
    (void)close(ready);
    if (r < 0)
        return 1;
    (void)signal(SIGCHLD, SIG_IGN); /* those whose parents have died are nobody's from here on */
    while (read(STDIN_FILENO, &order, 1) < 0 && errno == EINTR)
        ;
    shut_down(spec);
    return 0;
}

/* ---- outside ---- */

/* Hands on what the first process says: nothing when all is well. */
static void announce(int ready, pid_t pid)
{
    CBK_STR(trouble);
    char bytes[256];
    for (ssize_t got; (got = read(ready, bytes, sizeof(bytes))) > 0;)
        cbk_str_add_bytes(&trouble, bytes, (size_t)got);
    if (trouble.len)
        (void)dprintf(STDOUT_FILENO, "%s\n", trouble.ptr);
    else
        (void)dprintf(STDOUT_FILENO, "ready %d\n", (int)pid);
    (void)close(STDOUT_FILENO);
}

static int boot_apart(const json_t *spec, struct cbk_error *err)
{
    int ready[2], status = 0;
    (void)setsid(); /* what ends the simulator's group does not end a guest in the midst of something */
    if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC) < 0 || pipe2(ready, O_CLOEXEC) < 0)
        return cbk_fail_errno(err, errno, "cannot set a guest apart");
    pid_t pid = fork();
    if (pid == 0)
        _exit(live(spec, ready[1]));
    if (pid < 0)
        return cbk_fail_errno(err, errno, "cannot set a guest apart");
    (void)close(ready[1]);
    announce(ready[0], pid);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return 0;
}

int sim_guest_init(int argc, char **argv)
{
    CBK_ERROR(err);
    CBK_JSON *spec = NULL;
    int r = argc == 2 ? cbk_json_parse("guest", argv[1], strlen(argv[1]), &spec, &err)
                      : cbk_fail(&err, CBK_E_USAGE, "guest-init needs a lock and a guest");
    if (r == 0)
        r = take_lock(argv[0], &err);
    if (r == 0)
        r = boot_apart(spec, &err);
    if (r < 0)
        (void)dprintf(STDOUT_FILENO, "%s\n", err.message);
    return r < 0;
}
