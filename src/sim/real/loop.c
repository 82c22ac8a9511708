#include "sim/real/loop.h"

#include "base/time.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Others may take a free device before we do; so many in a row do not. */
enum { ATTEMPTS = 64, LOOK_MS = 20 };

/* In a container /dev may not know a device that the kernel has just made. */
static int open_device(const char *path, int number)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && mknod(path, S_IFBLK | 0600, makedev(LOOP_MAJOR, (unsigned)number)) == 0)
        fd = open(path, O_RDWR | O_CLOEXEC);
    return fd;
}

int sim_loop_attach(int image, char **ret_device, int *ret_fd, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0)
        return cbk_fail_errno(err, errno, "cannot open '/dev/loop-control'");
    for (int i = 0; i < ATTEMPTS; i++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0)
            return cbk_fail_errno(err, errno, "no loop device is free");
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/dev/loop%d", number);
        CBK_CLEANUP(cbk_fd_closep) int device = open_device(path, number);
        struct loop_config config = {.fd = (unsigned)image, .info = {.lo_flags = LO_FLAGS_AUTOCLEAR}};
        if (device >= 0 && ioctl(device, LOOP_CONFIGURE, &config) == 0) {
            *ret_device = cbk_string_steal(&path);
            *ret_fd = cbk_fd_steal(&device);
            return 0;
        }
        if (errno != EBUSY)
            return cbk_fail_errno(err, errno, "cannot attach a disk image to '%s'", path);
    }
    return cbk_fail(err, CBK_E_IO, "no loop device could be had: others took %d in a row", ATTEMPTS);
}

/* Opens the device if it has the image attached; else -1. */
static int open_attached(const char *device, const struct stat *image)
{
    struct loop_info64 info;
    CBK_CLEANUP(cbk_fd_closep) int fd = open(device, O_RDONLY | O_CLOEXEC);
    bool is_it = fd >= 0 && ioctl(fd, LOOP_GET_STATUS64, &info) == 0 && info.lo_device == image->st_dev &&
                 info.lo_inode == image->st_ino;
    return is_it ? cbk_fd_steal(&fd) : -1;
}

char *sim_loop_find(const char *image, int *ret_fd)
{
    struct stat wanted;
    DIR *all = stat(image, &wanted) == 0 ? opendir("/sys/block") : NULL;
    if (!all)
        return NULL;
    char *found = NULL;
    for (const struct dirent *entry; !found && (entry = readdir(all));) {
        CBK_CLEANUP(cbk_string_freep) char *attached = cbk_strf("/sys/block/%s/loop", entry->d_name);
        CBK_CLEANUP(cbk_string_freep) char *device = cbk_strf("/dev/%s", entry->d_name);
        int fd = access(attached, F_OK) == 0 ? open_attached(device, &wanted) : -1; /* free ones have no such folder */
        if (fd < 0)
            continue;
        found = cbk_string_steal(&device);
        *ret_fd = fd;
    }
    (void)closedir(all);
    return found;
}

bool sim_loop_wait(const char *image, int64_t timeout_ms)
{
    int64_t deadline = cbk_time_monotonic_ms() + timeout_ms;
    for (;;) {
        CBK_CLEANUP(cbk_fd_closep) int fd = -1;
        CBK_CLEANUP(cbk_string_freep) char *device = sim_loop_find(image, &fd);
        if (!device)
            return true;
        if (cbk_time_monotonic_ms() >= deadline)
            return false;
        cbk_fd_closep(&fd);
        cbk_sleep_ms(LOOK_MS);
    }
}
