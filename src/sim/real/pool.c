#include "sim/real/pool.h"

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "sim/real/image.h"
#include "sim/real/leftover.h"
#include "sim/real/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* A guest of a simulator that was killed ends its services first. */
enum { LOCK_WAIT_MS = 30 * 1000, LOCK_LOOK_MS = 100, USUAL_POOL_MIB = 16 * 1024 };

static const char *const kinds[] = {"disks", "snapshots", "roots"};

struct sim_pool {
    char *dir;
    char *lock_path;
    int lock;
    bool temporary;
    bool mounted; /* DIR/pool is a file system of its own */
    bool shares;
};

/* ---- the directory ---- */

static int make_temporary(char **ret, struct cbk_error *err)
{
    const char *where = getenv("TMPDIR");
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_strf("%s/cbk-sim-guests-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(dir))
        return cbk_fail_errno(err, errno, "cannot make a directory for guests in '%s'", where ? where : "/tmp");
    *ret = cbk_string_steal(&dir);
    return 0;
}

/* Snapshots that are not known are removed in there: it must be ours, by the lock in it, or empty. */
static int check_ours(const char *dir, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *lock = cbk_path_join(dir, "lock");
    DIR *entries = opendir(dir);
    bool is_empty = true;
    if (!entries)
        return cbk_fail_errno(err, errno, "cannot read '%s'", dir);
    for (const struct dirent *entry; (entry = readdir(entries));)
        is_empty = is_empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    (void)closedir(entries);
    if (is_empty || access(lock, F_OK) == 0)
        return 0;
    int r = cbk_fail(err, CBK_E_USAGE, "'%s' holds something else than guests", dir);
    (void)cbk_error_hint(err, "give '--guests-dir' an empty directory, or one that does not exist yet");
    return r;
}

static int open_dir(struct sim_pool *pool, const char *dir, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *made = NULL;
    int r = dir ? cbk_dir_make(dir, err) : make_temporary(&made, err);
    if (r < 0)
        return r;
    pool->temporary = !dir;
    pool->dir = realpath(dir ? dir : made, NULL); /* guests have another current directory */
    if (!pool->dir)
        return cbk_fail_errno(err, errno, "cannot use '%s' for guests", dir ? dir : made);
    return check_ours(pool->dir, err);
}

static int take_lock(struct sim_pool *pool, struct cbk_error *err)
{
    pool->lock_path = cbk_path_join(pool->dir, "lock");
    pool->lock = open(pool->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (pool->lock < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", pool->lock_path);
    int64_t deadline = cbk_time_monotonic_ms() + LOCK_WAIT_MS;
    while (flock(pool->lock, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return cbk_fail_errno(err, errno, "cannot lock '%s'", pool->lock_path);
        if (cbk_time_monotonic_ms() > deadline)
            return cbk_fail(err, CBK_E_LOCKED, "another simulator has guests in '%s'", pool->dir);
        cbk_sleep_ms(LOCK_LOOK_MS);
    }
    return 0;
}

static int share_lock(const struct sim_pool *pool, struct cbk_error *err)
{
    if (flock(pool->lock, LOCK_SH | LOCK_NB) < 0)
        return cbk_fail(err, CBK_E_LOCKED, "another simulator has just begun with guests in '%s'", pool->dir);
    return 0;
}

/* ---- the file system ---- */

static int leave_mounts(struct cbk_error *err)
{
    if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        return 0;
    int r = cbk_fail_errno(err, errno, "cannot have mounts of its own");
    (void)cbk_error_hint(err, "guests need the right to mount: root, and in a container CAP_SYS_ADMIN");
    return r;
}

static int mount_image(const struct sim_pool *pool, const char *image, const char *place, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int device_fd = -1;
    CBK_CLEANUP(cbk_string_freep) char *device = sim_loop_find(image, &device_fd); /* of one that was killed */
    CBK_CLEANUP(cbk_fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", image);
    int r = device ? 0 : sim_loop_attach(fd, &device, &device_fd, err);
    if (r == 0 && mount(device, place, "xfs", MS_NOATIME, NULL) < 0)
        r = cbk_fail_errno(err, errno, "cannot mount '%s' at '%s'", image, place);
    if (r < 0)
        return cbk_error_hint(err, "is there XFS in this kernel? Without '--guests-pool', '%s' needs none", pool->dir);
    return 0;
}

/* An XFS of its own where DIR cannot share blocks, and where that works; else plain copies will do. */
static int mount_pool(struct sim_pool *pool, const char *place, int64_t size_mib, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *image = cbk_path_join(pool->dir, "pool.img");
    bool is_new = false, exists = access(image, F_OK) == 0;
    if (!size_mib && !exists && sim_image_can_share(place))
        return 0;
    CBK_ERROR(trouble);
    int r = sim_image_make(image, size_mib ? size_mib : USUAL_POOL_MIB, "xfs", &is_new, &trouble);
    if (r == 0)
        r = mount_image(pool, image, place, &trouble);
    pool->mounted = r == 0;
    if (r < 0 && (size_mib || exists))
        return cbk_error_move(err, &trouble);
    if (r < 0)
        cbk_log(CBK_LOG_WARN, "guests: no file system that shares blocks (%s): snapshots will be plain copies",
                trouble.message);
    return 0;
}

static int open_pool(struct sim_pool *pool, int64_t size_mib, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *place = cbk_path_join(pool->dir, "pool");
    int r = cbk_dir_make(place, err);
    if (r == 0)
        r = mount_pool(pool, place, size_mib, err);
    for (size_t i = 0; i < CBK_ARRAY_LEN(kinds) && r == 0; i++) {
        CBK_CLEANUP(cbk_string_freep) char *folder = cbk_path_join(place, kinds[i]);
        r = cbk_dir_make(folder, err);
    }
    pool->shares = r == 0 && sim_image_can_share(place);
    return r;
}

static int check_machine(struct cbk_error *err)
{
    if (geteuid() != 0)
        return cbk_fail(err, CBK_E_USAGE, "guests need root: they mount disks and freeze them");
    if (access("/dev/loop-control", R_OK | W_OK) == 0)
        return 0;
    int r = cbk_fail_errno(err, errno, "guests need loop devices: '/dev/loop-control'");
    (void)cbk_error_hint(err, "'modprobe loop' on the machine; a container must be allowed to use them");
    return r;
}

int sim_pool_open(const char *dir, int64_t size_mib, struct sim_pool **ret, struct cbk_error *err)
{
    CBK_CLEANUP(sim_pool_freep) struct sim_pool *pool = CBK_NEW(struct sim_pool);
    pool->lock = -1;
    int r = check_machine(err);
    if (r == 0)
        r = open_dir(pool, dir, err);
    if (r == 0)
        r = take_lock(pool, err);
    if (r == 0)
        r = leave_mounts(err);
    if (r == 0)
        r = open_pool(pool, size_mib, err);
    if (r == 0) {
        CBK_CLEANUP(cbk_string_freep) char *disks = cbk_strf("%s/pool/disks", pool->dir);
        r = sim_leftovers_clear(disks, err);
    }
    if (r == 0)
        r = share_lock(pool, err);
    if (r == 0)
        *ret = sim_pool_steal(&pool);
    return r;
}

/* ---- the end ---- */

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
    (void)stat;
    (void)kind;
    (void)at;
    (void)remove(path); /* what cannot be removed stays, and so does what holds it */
    return 0;
}

void sim_pool_free(struct sim_pool *pool)
{
    if (!pool)
        return;
    CBK_CLEANUP(cbk_string_freep) char *place = pool->dir ? cbk_path_join(pool->dir, "pool") : NULL;
    if (pool->mounted)
        (void)umount2(place, MNT_DETACH); /* at once where nothing uses it, else when the last device goes */
    if (pool->temporary && pool->dir)
        (void)nftw(pool->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    cbk_fd_closep(&pool->lock);
    free(pool->lock_path);
    free(pool->dir);
    free(pool);
}

/* ---- places ---- */

const char *sim_pool_lock(const struct sim_pool *pool)
{
    return pool->lock_path;
}

bool sim_pool_shares(const struct sim_pool *pool)
{
    return pool->shares;
}

char *sim_pool_image(const struct sim_pool *pool, const char *kind, const char *name)
{
    return cbk_strf("%s/pool/%s/%s.img", pool->dir, kind, name);
}

bool sim_pool_holds(const struct sim_pool *pool, const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *folder = cbk_strf("%s/pool/snapshots/", pool->dir);
    return cbk_str_starts_with(path, folder) && !strchr(path + strlen(folder), '/');
}

int sim_pool_sweep(const struct sim_pool *pool, const json_t *known, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *folder = cbk_strf("%s/pool/snapshots", pool->dir);
    DIR *images = opendir(folder);
    if (!images)
        return cbk_fail_errno(err, errno, "cannot read '%s'", folder);
    for (const struct dirent *entry; (entry = readdir(images));) {
        CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(folder, entry->d_name);
        if (cbk_str_ends_with(path, ".img") && !cbk_json_array_has(known, path))
            (void)unlink(path);
    }
    (void)closedir(images);
    return 0;
}

int sim_pool_root(const struct sim_pool *pool, const char *instance, char **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("%s/pool/roots/%s", pool->dir, instance);
    int r = cbk_dir_make(path, err);
    if (r == 0)
        *ret = cbk_string_steal(&path);
    return r;
}
