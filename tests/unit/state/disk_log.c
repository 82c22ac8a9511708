#include "state/disk_log.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#define FDS 1024
#define NOT_OURS (-1)

struct place {
    char *path;
    int node;
};
CBK_VEC(places, struct place)

static struct {
    char *root; /* NULL: nothing is recorded */
    struct places places;
    int nodes, step;
    int node_of_fd[FDS]; /* of what our code has opened */
    struct disk_ops ops;
} recorder;

void disk_log_begin(const char *root)
{
    recorder.root = cbk_strdup(root);
    recorder.nodes = 1;
    recorder.step = 0;
    recorder.ops = (struct disk_ops){0};
    for (int fd = 0; fd < FDS; fd++)
        recorder.node_of_fd[fd] = NOT_OURS;
    places_push(&recorder.places, (struct place){cbk_strdup(root), 0});
}

void disk_log_step(void)
{
    recorder.step++;
}

struct disk_ops disk_log_end(void)
{
    for (size_t i = 0; i < recorder.places.len; i++)
        free(recorder.places.items[i].path);
    places_release(&recorder.places);
    free(recorder.root);
    recorder.root = NULL;
    return recorder.ops;
}

void disk_ops_free(struct disk_ops *ops)
{
    for (size_t i = 0; i < ops->len; i++) {
        free(ops->items[i].name);
        free(ops->items[i].to);
        free(ops->items[i].bytes);
    }
    disk_ops_release(ops);
}

/* --- names ----------------------------------------------------------------------------------------------------------
 */

static bool is_ours(const char *path)
{
    size_t len = recorder.root ? strlen(recorder.root) : 0;
    return len && strncmp(path, recorder.root, len) == 0 && (!path[len] || path[len] == '/');
}

static struct place *place_of(const char *path)
{
    for (size_t i = 0; i < recorder.places.len; i++)
        if (strcmp(recorder.places.items[i].path, path) == 0)
            return &recorder.places.items[i];
    return NULL;
}

static int node_of(const char *path)
{
    const struct place *place = place_of(path);
    return place ? place->node : NOT_OURS;
}

static void forget(const char *path)
{
    struct place *place = place_of(path);
    if (!place)
        return;
    free(place->path);
    *place = recorder.places.items[--recorder.places.len];
}

static void stands_at(const char *path, int node)
{
    forget(path);
    places_push(&recorder.places, (struct place){cbk_strdup(path), node});
}

/* An operation on a name: its directory's node and the name within. */
static struct disk_op *add_named(enum disk_op_kind kind, const char *path, int node)
{
    char *dir = cbk_strdup(path), *name = cbk_strdup(path);
    struct disk_op *op = disk_ops_add(&recorder.ops);
    *op = (struct disk_op){.kind = kind,
                           .dir = node_of(dirname(dir)),
                           .node = node,
                           .name = cbk_strdup(basename(name)),
                           .step = recorder.step};
    free(dir);
    free(name);
    return op;
}

static void add_made(enum disk_op_kind kind, const char *path)
{
    int node = recorder.nodes++;
    stands_at(path, node);
    (void)add_named(kind, path, node);
}

static struct disk_op *add_data(enum disk_op_kind kind, int fd, off_t at)
{
    int node = fd >= 0 && fd < FDS && recorder.root ? recorder.node_of_fd[fd] : NOT_OURS;
    if (node == NOT_OURS)
        return NULL;
    struct disk_op *op = disk_ops_add(&recorder.ops);
    *op = (struct disk_op){.kind = kind, .dir = NOT_OURS, .node = node, .at = at, .step = recorder.step};
    return op;
}

static void add_write(int fd, const void *bytes, ssize_t put, off_t at)
{
    struct disk_op *op = put > 0 ? add_data(DISK_WRITE, fd, at) : NULL;
    if (!op)
        return;
    op->bytes = cbk_strndup(bytes, (size_t)put);
    op->len = (size_t)put;
}

/* --- the calls ------------------------------------------------------------------------------------------------------
 * Their names are the linker's.
 */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_mkostemp(char *path, int flags);
int __wrap_mkostemp(char *path, int flags);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);

static void opened(const char *path, int fd, int flags, bool was_there)
{
    if (fd < 0 || fd >= FDS)
        return;
    recorder.node_of_fd[fd] = NOT_OURS;
    if (!is_ours(path))
        return;
    if (!was_there)
        add_made(DISK_CREATE, path);
    recorder.node_of_fd[fd] = node_of(path);
    if (was_there && (flags & O_TRUNC))
        (void)add_data(DISK_TRUNCATE, fd, 0);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = 0;
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t); /* NOLINT(clang-analyzer-valist.Uninitialized): it was begun above */
    va_end(args);
    bool was_there = access(path, F_OK) == 0;
    int fd = __real_open(path, flags, mode);
    opened(path, fd, flags, was_there);
    return fd;
}

int __wrap_mkostemp(char *path, int flags)
{
    int fd = __real_mkostemp(path, flags);
    opened(path, fd, flags, /* was_there= */ false);
    return fd;
}

/* Where the next write goes. */
static off_t position(int fd)
{
    struct stat st;
    return fcntl(fd, F_GETFL) & O_APPEND && fstat(fd, &st) == 0 ? st.st_size : lseek(fd, 0, SEEK_CUR);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    off_t at = position(fd);
    ssize_t put = __real_write(fd, bytes, len);
    add_write(fd, bytes, put, at);
    return put;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    ssize_t put = __real_pwrite(fd, bytes, len, at);
    add_write(fd, bytes, put, at);
    return put;
}

int __wrap_ftruncate(int fd, off_t len)
{
    int r = __real_ftruncate(fd, len);
    if (r == 0)
        (void)add_data(DISK_TRUNCATE, fd, len);
    return r;
}

int __wrap_fsync(int fd)
{
    (void)add_data(DISK_SYNC, fd, 0);
    return 0;
}

int __wrap_fdatasync(int fd)
{
    return __wrap_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    int r = __real_rename(from, to);
    if (r == 0 && is_ours(from)) {
        char *name = cbk_strdup(to);
        int node = node_of(from);
        add_named(DISK_RENAME, from, node)->to = cbk_strdup(basename(name));
        forget(from);
        stands_at(to, node);
        free(name);
    }
    return r;
}

int __wrap_unlink(const char *path)
{
    int r = __real_unlink(path);
    if (r == 0 && is_ours(path)) {
        (void)add_named(DISK_UNLINK, path, node_of(path));
        forget(path);
    }
    return r;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    int r = __real_mkdir(path, mode);
    if (r == 0 && is_ours(path))
        add_made(DISK_MAKE_DIR, path);
    return r;
}
