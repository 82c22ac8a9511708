#include "sim/real/boot.h"

#include "base/file.h"
#include "sim/real/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

/* All paths below are in the new root, which is the current directory: "./usr". */

static int run(const char *const *argv, struct cbk_error *err)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0 || status)
        return cbk_fail(err, CBK_E_IO, "'%s %s' failed", argv[0], argv[1]);
    return 0;
}

static int mount_at(const char *source, const char *place, const char *filesystem, unsigned long flags,
                    const char *options, struct cbk_error *err)
{
    int r = cbk_dir_make(place, err);
    if (r == 0 && mount(source, place, filesystem, flags, options) < 0)
        r = cbk_fail_errno(err, errno, "cannot mount '%s' (%s) at '%s'", source, filesystem ? filesystem : "shared",
                           place + strlen("."));
    return r;
}

/* ---- disks ---- */

static int mount_disk(const char *place, const json_t *disk, struct cbk_error *err)
{
    const char *image = cbk_json_text_or(disk, "image", "");
    CBK_CLEANUP(cbk_string_freep) char *device = NULL;
    CBK_CLEANUP(cbk_fd_closep) int device_fd = -1;
    CBK_CLEANUP(cbk_fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return cbk_fail_errno(err, errno, "cannot open the disk image '%s'", image);
    int r = sim_loop_attach(fd, &device, &device_fd, err);
    return r < 0 ? r : mount_at(device, place, cbk_json_text_or(disk, "filesystem", ""), 0, NULL, err);
}

/* The disks are sorted by mount point: the first is the root, which becomes the current directory. */
static int mount_disks(const json_t *spec, struct cbk_error *err)
{
    size_t index;
    json_t *disk;
    const char *root = cbk_json_text_or(spec, "root", "");
    json_array_foreach(json_object_get(spec, "disks"), index, disk) {
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf("%s%s", root, cbk_json_text_or(disk, "mount", ""));
        int r = mount_disk(place, disk, err);
        if (r < 0)
            return r;
    }
    return chdir(root) < 0 ? cbk_fail_errno(err, errno, "cannot enter '%s'", root) : 0;
}

/* ---- this machine's programs ---- */

static int bind(const char *path, bool read_only, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf(".%s", path);
    int r = mount_at(path, place, NULL, MS_BIND | MS_REC, NULL, err);
    if (r == 0 && read_only && mount(NULL, place, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
        r = cbk_fail_errno(err, errno, "cannot make '%s' read-only", path);
    return r;
}

/* Where /bin is a link to /usr/bin, so it is in the guest. */
static int bring(const char *path, struct cbk_error *err)
{
    struct stat here;
    char target[64] = "";
    CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf(".%s", path);
    if (lstat(path, &here) < 0)
        return 0;
    if (!S_ISLNK(here.st_mode))
        return bind(path, true, err);
    if (readlink(path, target, sizeof(target) - 1) < 0 || (symlink(target, place) < 0 && errno != EEXIST))
        return cbk_fail_errno(err, errno, "cannot make '%s' in the guest", path);
    return 0;
}

static int bring_programs(struct cbk_error *err)
{
    static const char *const paths[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
    int r = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(paths) && r == 0; i++)
        r = bring(paths[i], err);
    return r;
}

/* Settings are copied once, when the system disk is new: they are the guest's own from then on. */
static int copy_settings(struct cbk_error *err)
{
    static const char *const copy[] = {"cp", "-a", "/etc", "./etc.new", NULL};
    static const char *const clear[] = {"rm", "-rf", "./etc.new", NULL};
    if (access("./etc", F_OK) == 0)
        return 0;
    int r = run(clear, err);
    if (r == 0)
        r = run(copy, err);
    if (r == 0 && rename("./etc.new", "./etc") < 0)
        r = cbk_fail_errno(err, errno, "cannot make '/etc' in the guest");
    return r;
}

static const struct {
    const char *path;
    mode_t mode;
} directories[] = {
    {"./root", 0700},    {"./home", 0755},      {"./tmp", 01777},      {"./opt", 0755},      {"./srv", 0755},
    {"./mnt", 0755},     {"./media", 0755},     {"./var", 0755},       {"./var/tmp", 01777}, {"./var/lib", 0755},
    {"./var/log", 0755}, {"./var/cache", 0755}, {"./var/spool", 0755},
};

static int make_directories(struct cbk_error *err)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(directories); i++)
        if (mkdir(directories[i].path, directories[i].mode) < 0 && errno != EEXIST)
            return cbk_fail_errno(err, errno, "cannot make '%s' in the guest", directories[i].path + 1);
    (void)symlink("/run", "./var/run");
    (void)symlink("/run/lock", "./var/lock");
    return 0;
}

/* ---- what the kernel offers ---- */

static int make_nodes(struct cbk_error *err)
{
    static const struct {
        const char *path;
        unsigned number;
    } nodes[] = {{"./dev/null", 3}, {"./dev/zero", 5}, {"./dev/full", 7}, {"./dev/random", 8}, {"./dev/urandom", 9}};
    static const char *const links[][2] = {{"/proc/self/fd", "./dev/fd"},
                                           {"/proc/self/fd/0", "./dev/stdin"},
                                           {"/proc/self/fd/1", "./dev/stdout"},
                                           {"/proc/self/fd/2", "./dev/stderr"},
                                           {"pts/ptmx", "./dev/ptmx"}};
    enum { MEMORY_MAJOR = 1 };
    for (size_t i = 0; i < CBK_ARRAY_LEN(nodes); i++)
        if (mknod(nodes[i].path, S_IFCHR, makedev(MEMORY_MAJOR, nodes[i].number)) < 0 || chmod(nodes[i].path, 0666) < 0)
            return cbk_fail_errno(err, errno, "cannot make '%s' in the guest", nodes[i].path + 1);
    for (size_t i = 0; i < CBK_ARRAY_LEN(links); i++)
        if (symlink(links[i][0], links[i][1]) < 0)
            return cbk_fail_errno(err, errno, "cannot make '%s' in the guest", links[i][1] + 1);
    return 0;
}

/* The disks under the names that the cloud has for them. */
static int make_disk_nodes(const json_t *spec, struct cbk_error *err)
{
    size_t index;
    json_t *disk;
    json_array_foreach(json_object_get(spec, "disks"), index, disk) {
        struct stat mounted;
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf(".%s", cbk_json_text_or(disk, "mount", ""));
        CBK_CLEANUP(cbk_string_freep) char *node = cbk_strf(".%s", cbk_json_text_or(disk, "device", "/dev/disk"));
        if (stat(place, &mounted) < 0 || (mknod(node, S_IFBLK | 0600, mounted.st_dev) < 0 && errno != EEXIST))
            return cbk_fail_errno(err, errno, "cannot make '%s' in the guest", node + 1);
    }
    return 0;
}

static int make_devices(const json_t *spec, struct cbk_error *err)
{
    int r = mount_at("tmpfs", "./dev", "tmpfs", MS_NOSUID, "mode=755", err);
    if (r == 0)
        r = mount_at("devpts", "./dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620", err);
    if (r == 0)
        r = mount_at("tmpfs", "./dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", err);
    if (r == 0)
        r = make_nodes(err);
    return r < 0 ? r : make_disk_nodes(spec, err);
}

static int mount_kernel(const json_t *spec, struct cbk_error *err)
{
    int r = mount_at("proc", "./proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, err);
    if (r == 0)
        r = mount_at("sysfs", "./sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL, err);
    if (r == 0)
        r = mount_at("tmpfs", "./run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755", err);
    if (r == 0)
        r = cbk_dir_make("./run/lock", err);
    return r < 0 ? r : make_devices(spec, err);
}

/* ---- what the world says besides ---- */

static int mount_others(const json_t *spec, struct cbk_error *err)
{
    int r = 0;
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(spec, "share"), index, item)
        if (r == 0)
            r = bind(json_string_value(item), false, err);
    json_array_foreach(json_object_get(spec, "mounts"), index, item) {
        CBK_CLEANUP(cbk_string_freep) char *place = cbk_strf(".%s", cbk_json_text_or(item, "mount", ""));
        if (r == 0)
            r = mount_at(cbk_json_text_or(item, "source", "none"), place, cbk_json_text_or(item, "filesystem", ""), 0,
                         NULL, err);
    }
    return r;
}

static int empty_tmp(const json_t *spec, struct cbk_error *err)
{
    static const char *const argv[] = {"find", "./tmp", "-mindepth", "1", "-delete", NULL};
    return cbk_json_bool(spec, "empty_tmp", false) ? run(argv, err) : 0;
}

/* ---- the whole ---- */

static int leave_machine(const json_t *spec, struct cbk_error *err)
{
    (void)spec;
    if (mkdir("./.machine", 0700) < 0 && errno != EEXIST)
        return cbk_fail_errno(err, errno, "cannot prepare the guest's root");
    if (syscall(SYS_pivot_root, ".", "./.machine") < 0 || chdir("/") < 0 || umount2("/.machine", MNT_DETACH) < 0)
        return cbk_fail_errno(err, errno, "cannot leave the machine's root");
    (void)rmdir("/.machine");
    return 0;
}

static int make_system(const json_t *spec, struct cbk_error *err)
{
    (void)spec;
    int r = make_directories(err);
    if (r == 0)
        r = copy_settings(err);
    return r < 0 ? r : bring_programs(err);
}

int sim_boot_view(const json_t *spec, struct cbk_error *err)
{
    static int (*const steps[])(const json_t *spec, struct cbk_error *err) = {
        mount_disks, make_system, mount_kernel, mount_others, empty_tmp, leave_machine,
    };
    (void)umask(0);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return cbk_fail_errno(err, errno, "cannot have mounts of its own");
    int r = 0;
    for (size_t i = 0; i < CBK_ARRAY_LEN(steps) && r == 0; i++)
        r = steps[i](spec, err);
    return r;
}
