#include "sim/real/leftover.h"

#include "base/file.h"
#include "base/log.h"
#include "sim/real/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

enum { GOING_MS = 10 * 1000 };

/* Mounting a device whose file system lives already gives that same file system, with a door to it. */
static bool thaw_device(const char *device, const char *place)
{
    static const char *const filesystems[] = {"ext4", "xfs", "ext3", "btrfs"};
    for (size_t i = 0; i < CBK_ARRAY_LEN(filesystems); i++) {
        if (mount(device, place, filesystems[i], 0, NULL) < 0)
            continue;
        CBK_CLEANUP(cbk_fd_closep) int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool thawed = fd >= 0 && ioctl(fd, FITHAW, 0) == 0;
        cbk_fd_closep(&fd);
        (void)umount2(place, MNT_DETACH);
        return thawed;
    }
    return false;
}

static int clear_image(const char *image, const char *place, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int fd = -1;
    CBK_CLEANUP(cbk_string_freep) char *device = sim_loop_find(image, &fd);
    if (!device)
        return 0;
    if (thaw_device(device, place))
        cbk_log(CBK_LOG_WARN, "guests: '%s' was left frozen by a simulator that was killed: thawed", image);
    cbk_fd_closep(&fd);
    if (sim_loop_wait(image, GOING_MS))
        return 0;
    int r = cbk_fail(err, CBK_E_LOCKED, "'%s' is in use: it is attached to '%s'", image, device);
    (void)cbk_error_hint(err, "unmount it, or give the guests another directory");
    return r;
}

int sim_leftovers_clear(const char *folder, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *place = cbk_path_join(folder, "thaw");
    DIR *images = opendir(folder);
    if (!images)
        return cbk_fail_errno(err, errno, "cannot read '%s'", folder);
    int r = cbk_dir_make(place, err);
    for (const struct dirent *entry; r == 0 && (entry = readdir(images));) {
        CBK_CLEANUP(cbk_string_freep) char *image = cbk_path_join(folder, entry->d_name);
        if (cbk_str_ends_with(image, ".img"))
            r = clear_image(image, place, err);
    }
    (void)closedir(images);
    (void)rmdir(place);
    return r;
}
