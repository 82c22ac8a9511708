#include "sim/real/image.h"

#include "base/file.h"
#include "sim/real/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* ---- making ---- */

enum { MOST_ARGUMENTS = 8, MKFS_MS = 60 * 1000, MOST_COMPLAINT = 1000 };

/* How a file system is made in a file. What ext4 would do later in the background is done now or not at all. */
static const struct {
    const char *filesystem, *package;
    const char *argv[MOST_ARGUMENTS];
} makers[] = {
    {"ext3", "e2fsprogs", {"mkfs.ext3", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"}},
    {"ext4", "e2fsprogs", {"mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"}},
    {"xfs", "xfsprogs", {"mkfs.xfs", "-q", "-f"}},
    {"btrfs", "btrfs-progs", {"mkfs.btrfs", "-q", "-f"}},
};

static int make_filesystem(const char *path, const char *filesystem, struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(makers); i++) {
        if (strcmp(makers[i].filesystem, filesystem) != 0)
            continue;
        const char *argv[MOST_ARGUMENTS + 2] = {NULL};
        size_t count = 0;
        for (; makers[i].argv[count]; count++)
            argv[count] = makers[i].argv[count];
        argv[count] = path;
        struct sim_process_order order = {.argv = argv, .most_output = MOST_COMPLAINT, .timeout_ms = MKFS_MS};
        SIM_PROCESS_RESULT(result);
        int r = sim_process_run(&order, &result, err);
        if (r < 0)
            return cbk_error_hint(err, "install the package '%s'", makers[i].package);
        if (result.exit_code || result.timed_out)
            return cbk_fail(err, CBK_E_IO, "'%s' failed: %s", argv[0], result.output.ptr);
        return 0;
    }
    return cbk_fail(err, CBK_E_VALIDATION,
                    "a guest's disk cannot have the file system '%s': ext3, ext4, xfs, btrfs can", filesystem);
}

int sim_image_make(const char *path, int64_t size_mib, const char *filesystem, bool *ret_new, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *unfinished = cbk_strf("%s.new", path);
    bool is_there = access(path, F_OK) == 0;
    if (!is_there) { /* under its own name only when it is whole: a start may be broken off */
        CBK_CLEANUP(cbk_fd_closep) int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || ftruncate(fd, size_mib * 1024 * 1024) < 0)
            return cbk_fail_errno(err, errno, "cannot make the disk image '%s'", path);
        int r = make_filesystem(unfinished, filesystem, err);
        if (r < 0)
            return r;
        if (rename(unfinished, path) < 0)
            return cbk_fail_errno(err, errno, "cannot make the disk image '%s'", path);
    }
    *ret_new = !is_there;
    return 0;
}

/* ---- copying ---- */

static int open_nameless(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || errno != EOPNOTSUPP)
        return fd;
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("%s/copy-XXXXXX", folder); /* overlays of older kernels */
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

bool sim_image_can_share(const char *folder)
{
    static const char block[4096];
    CBK_CLEANUP(cbk_fd_closep) int from = open_nameless(folder);
    CBK_CLEANUP(cbk_fd_closep) int to = open_nameless(folder);
    return from >= 0 && to >= 0 && write(from, block, sizeof(block)) == (ssize_t)sizeof(block) &&
           ioctl(to, FICLONE, from) == 0;
}

static int check_room(const char *name, int image, struct cbk_error *err)
{
    struct stat stat;
    struct statvfs pool;
    if (fstat(image, &stat) < 0 || fstatvfs(image, &pool) < 0)
        return cbk_fail_errno(err, errno, "cannot copy '%s'", name);
    int64_t needed = (int64_t)stat.st_blocks * 512, left = (int64_t)(pool.f_bavail * pool.f_frsize);
    if (needed > left)
        return cbk_fail(err, CBK_E_LIMIT, "cannot copy '%s': %s: %lld MiB are needed, %lld MiB are left", name,
                        strerror(ENOSPC), (long long)(needed >> 20), (long long)(left >> 20));
    return 0;
}

/* Copies one stretch of data; answers false with errno set. */
static bool copy_stretch(int from, int to, off_t start, off_t end, const atomic_bool *cancel)
{
    enum { AT_ONCE = 1024 * 1024 };
    while (start < end) {
        size_t left = (size_t)(end - start);
        off_t at_from = start, at_to = start;
        ssize_t copied = copy_file_range(from, &at_from, to, &at_to, left < AT_ONCE ? left : AT_ONCE, 0);
        if (cancel && atomic_load(cancel))
            errno = ECANCELED;
        if (copied <= 0 || (cancel && atomic_load(cancel)))
            return false;
        start += copied;
    }
    return true;
}

static bool copy_all(int from, int to, const atomic_bool *cancel)
{
    off_t size = lseek(from, 0, SEEK_END);
    if (size < 0 || ftruncate(to, size) < 0)
        return false;
    for (off_t at = 0; at < size;) {
        off_t start = lseek(from, at, SEEK_DATA);
        if (start < 0)
            return errno == ENXIO; /* nothing but a hole up to the end */
        at = lseek(from, start, SEEK_HOLE);
        if (at < 0 || !copy_stretch(from, to, start, at, cancel))
            return false;
    }
    return true;
}

static int copy_into(const char *name, int from, int to, const atomic_bool *cancel, bool *ret_shared,
                     struct cbk_error *err)
{
    int r = check_room(name, from, err);
    if (r < 0)
        return r;
    bool shared = ioctl(to, FICLONE, from) == 0;
    bool cannot_share = errno == EOPNOTSUPP || errno == EINVAL || errno == EXDEV || errno == ENOTTY;
    if (!shared && (!cannot_share || !copy_all(from, to, cancel)))
        return cbk_fail_errno(err, errno, "cannot copy '%s'", name);
    *ret_shared = shared;
    return 0;
}

int sim_image_copy(const char *from, const char *to, const atomic_bool *cancel, bool *ret_shared, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return cbk_fail_errno(err, errno, "cannot read '%s'", from);
    CBK_CLEANUP(cbk_fd_closep) int target = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0)
        return cbk_fail_errno(err, errno, "cannot make '%s'", to);
    int r = copy_into(from, source, target, cancel, ret_shared, err);
    if (r < 0)
        (void)unlink(to);
    return r;
}

int sim_image_open_copy(const char *from, int *ret_fd, struct cbk_error *err)
{
    bool shared = false;
    CBK_CLEANUP(cbk_string_freep) char *folder = cbk_path_dir(from);
    CBK_CLEANUP(cbk_fd_closep) int source = open(from, O_RDONLY | O_CLOEXEC);
    CBK_CLEANUP(cbk_fd_closep) int target = open_nameless(folder);
    if (source < 0 || target < 0)
        return cbk_fail_errno(err, errno, "cannot copy '%s'", from);
    int r = copy_into(from, source, target, NULL, &shared, err);
    if (r == 0)
        *ret_fd = cbk_fd_steal(&target);
    return r;
}
