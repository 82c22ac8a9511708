/*
 * guest-freeze: holds file systems frozen until it is told to thaw, and never longer than its time.
 *
 * It is a process of its own, in a session of its own, because a frozen file system that nobody thaws stops a machine:
 * whatever becomes of the simulator, this one thaws, at the latest when its time is over. It says "frozen", or
 * "error WHY" and leaves all as it was; then "thawed BY WINDOW", with the microseconds from the first freeze to the
 * last thaw. BY is "order" (a byte on standard input), "end" (the input's end: the simulator is gone), "timeout",
 * "signal", or "others": somebody else had thawed one before.
 */
#include "sim/real/programs.h"

#include "base/alloc.h"
#include "sim/real/stopwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { US_PER_MS = 1000 };

struct places {
    int *fds;
    size_t count;
};

/* A guest's disks are loop devices: nothing else is ever frozen, whatever the mount point is. */
static const char *open_places(char **paths, struct places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        struct stat stat;
        places->fds[i] = open(paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (places->fds[i] < 0 || fstat(places->fds[i], &stat) < 0)
            return strerror(errno);
        if (major(stat.st_dev) != LOOP_MAJOR)
            return "is not a disk of a guest";
    }
    return NULL;
}

/* Thaws the first `count`, the last frozen first. Answers whether all had been frozen until now. */
static bool thaw(const struct places *places, size_t count)
{
    bool were_frozen = true;
    while (count-- > 0)
        were_frozen = ioctl(places->fds[count], FITHAW, 0) == 0 && were_frozen;
    return were_frozen;
}

static const char *freeze(const struct places *places, size_t *ret_failed)
{
    for (size_t i = 0; i < places->count; i++)
        (void)syncfs(places->fds[i]); /* so that the freeze itself has little left to write */
    for (size_t i = 0; i < places->count; i++) {
        if (ioctl(places->fds[i], FIFREEZE, 0) == 0)
            continue;
        const char *why = strerror(errno);
        *ret_failed = i;
        (void)thaw(places, i);
        return why;
    }
    return NULL;
}

/* Signals that would end this process become something to read. */
static int catch_signals(void)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

static const char *wait_for_thaw(int signals, int64_t began_us, int64_t timeout_ms)
{
    for (;;) {
        char order;
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        int64_t left_us = began_us + timeout_ms * US_PER_MS - sim_stopwatch_us();
        int n = poll(fds, CBK_ARRAY_LEN(fds), left_us > 0 ? (int)(left_us / US_PER_MS + 1) : 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return "timeout";
        if (fds[1].revents)
            return "signal";
        return read(STDIN_FILENO, &order, 1) > 0 ? "order" : "end";
    }
}

int sim_guest_freeze_program(int argc, char **argv)
{
    if (argc < 2)
        return 1;
    char **paths = argv + 1;
    struct places places = {cbk_alloc((size_t)argc, sizeof(int)), (size_t)argc - 1};
    size_t failed = 0;
    (void)setsid(); /* what ends the simulator's group leaves this one */
    int signals = catch_signals();
    const char *trouble = open_places(paths, &places);
    int64_t began_us = sim_stopwatch_us();
    if (!trouble)
        trouble = freeze(&places, &failed);
    if (trouble) {
        (void)dprintf(STDOUT_FILENO, "error '%s' cannot be frozen: %s\n", paths[failed], trouble);
        return 1;
    }
    (void)dprintf(STDOUT_FILENO, "frozen\n");
    const char *by = wait_for_thaw(signals, began_us, strtoll(argv[0], NULL, 10));
    if (!thaw(&places, places.count))
        by = "others";
    (void)dprintf(STDOUT_FILENO, "thawed %s %lld\n", by, (long long)(sim_stopwatch_us() - began_us));
    return 0;
}
