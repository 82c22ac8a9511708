#include "sim/real/freeze.h"

#include "sim/real/process.h"
#include "sim/real/stopwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* Beyond the time of the freeze itself: to begin, and to end. A freeze first writes out what is dirty. */
enum { SLACK_MS = 60 * 1000 };

struct sim_freeze {
    struct sim_child helper;
    int *doors; /* one to each file system, open since before the freeze */
    size_t count;
    int64_t began_us, timeout_ms;
};

static void free_freeze(struct sim_freeze *freeze)
{
    for (size_t i = 0; i < freeze->count; i++)
        cbk_fd_closep(&freeze->doors[i]);
    free(freeze->doors);
    free(freeze);
}

/* "/proc/PID/root/data": a mount point of the guest as one sees it from here. The caller frees. */
static char *path_of(int pid, const json_t *mount)
{
    return cbk_strf("/proc/%d/root%s", pid, json_string_value(mount));
}

static int open_doors(struct sim_freeze *freeze, int pid, const json_t *mounts, struct cbk_error *err)
{
    freeze->doors = cbk_alloc(json_array_size(mounts) + 1, sizeof(int));
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        CBK_CLEANUP(cbk_string_freep) char *path = path_of(pid, json_array_get(mounts, i));
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return cbk_fail_errno(err, errno, "cannot open '%s'", path);
        freeze->doors[freeze->count++] = fd;
    }
    return 0;
}

static void rescue(const struct sim_freeze *freeze)
{
    for (size_t i = freeze->count; i-- > 0;)
        (void)ioctl(freeze->doors[i], FITHAW, 0); /* one that is not frozen says so, and that is well */
}

/* A helper that does not answer may hang in the freeze of a disk that hangs: what it has done is undone from here. */
static void dismiss(struct sim_freeze *freeze)
{
    (void)kill(freeze->helper.pid, SIGKILL);
    rescue(freeze);
    (void)sim_child_end(&freeze->helper);
    rescue(freeze);
}

static int start_helper(struct sim_freeze *freeze, int pid, const json_t *mounts, struct cbk_error *err)
{
    size_t count = json_array_size(mounts);
    CBK_CLEANUP(cbk_string_freep) char *timeout = cbk_strf("%lld", (long long)freeze->timeout_ms);
    CBK_CLEANUP(cbk_string_freep) char *said = NULL;
    const char **argv = cbk_alloc(count + 4, sizeof(char *));
    argv[0] = SIM_SELF;
    argv[1] = "guest-freeze";
    argv[2] = timeout;
    for (size_t i = 0; i < count; i++)
        argv[3 + i] = path_of(pid, json_array_get(mounts, i));
    int r = sim_child_start(argv, false, &freeze->helper, err);
    for (size_t i = 0; i < count; i++)
        free((char *)argv[3 + i]);
    free(argv);
    if (r < 0)
        return r;
    freeze->began_us = sim_stopwatch_us();
    if (sim_child_line(&freeze->helper, freeze->timeout_ms + SLACK_MS, &said) && strcmp(said, "frozen") == 0)
        return 0;
    dismiss(freeze);
    return cbk_fail(err, CBK_E_IO, "%s", said && cbk_str_starts_with(said, "error ") ? said + 6 : "the freeze failed");
}

int sim_freeze_begin(int pid, const json_t *mounts, int64_t timeout_ms, struct sim_freeze **ret, struct cbk_error *err)
{
    struct sim_freeze *freeze = CBK_NEW(struct sim_freeze);
    freeze->timeout_ms = timeout_ms;
    int r = open_doors(freeze, pid, mounts, err);
    if (r == 0)
        r = start_helper(freeze, pid, mounts, err);
    if (r < 0)
        free_freeze(freeze);
    else
        *ret = freeze;
    return r;
}

/* "thawed order 34211" */
static bool read_thaw(const char *line, struct sim_thaw *ret)
{
    const char *by = line + strlen("thawed "), *window = strrchr(line, ' ');
    if (!cbk_str_starts_with(line, "thawed ") || window < by || (size_t)(window - by) >= sizeof(ret->by))
        return false;
    memcpy(ret->by, by, (size_t)(window - by));
    ret->by[window - by] = '\0';
    ret->window_us = strtoll(window, NULL, 10);
    return true;
}

void sim_freeze_end(struct sim_freeze *freeze, bool order, struct sim_thaw *ret)
{
    CBK_CLEANUP(cbk_string_freep) char *line = NULL;
    if (order)
        (void)!write(freeze->helper.in, "t", 1);
    bool said = sim_child_line(&freeze->helper, freeze->timeout_ms + SLACK_MS, &line) && read_thaw(line, ret);
    if (said) {
        (void)sim_child_end(&freeze->helper);
    } else {
        dismiss(freeze);
        (void)snprintf(ret->by, sizeof(ret->by), "rescue");
        ret->window_us = sim_stopwatch_us() - freeze->began_us;
    }
    free_freeze(freeze);
}
