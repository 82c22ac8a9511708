#include "state/lockfile.h"

#include "base/file.h"
#include "state/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#define HOLDER_LIMIT 65536

/* The holder's words, or NULL: it may be writing them this very moment. */
static json_t *read_holder(const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    json_t *holder = NULL;
    size_t len = 0;
    CBK_ERROR(ignored);
    if (cbk_file_read(path, HOLDER_LIMIT, &text, &len, &ignored) == 0)
        (void)!cbk_json_parse("lock", text, len, &holder, &ignored);
    return holder;
}

static int write_holder(int fd, const json_t *holder)
{
    CBK_STR(text);
    cbk_json_add_pretty(&text, holder);
    if (ftruncate(fd, 0) < 0)
        return -1;
    return pwrite(fd, text.ptr, text.len, 0) == (ssize_t)text.len ? 0 : -1;
}

int cbk_lockfile_take(const char *path, const json_t *holder, int *ret_fd, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return cbk_fail_errno(err, errno, "cannot open the lock '%s'", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return cbk_fail_errno(err, errno, "cannot lock '%s'", path);
        CBK_JSON *other = read_holder(path);
        return cbk_fail_locked(other, err);
    }
    if (write_holder(fd, holder) < 0)
        return cbk_fail_errno(err, errno, "cannot write the lock '%s'", path);
    *ret_fd = cbk_fd_steal(&fd);
    return 0;
}

int cbk_lockfile_look(const char *path, json_t **ret_holder, struct cbk_error *err)
{
    *ret_holder = NULL;
    CBK_CLEANUP(cbk_fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : cbk_fail_errno(err, errno, "cannot open the lock '%s'", path);
    if (flock(fd, LOCK_SH | LOCK_NB) == 0) /* given back as the file is closed */
        return 0;
    if (errno != EWOULDBLOCK)
        return cbk_fail_errno(err, errno, "cannot look at the lock '%s'", path);
    *ret_holder = read_holder(path);
    if (!*ret_holder)
        *ret_holder = json_object();
    return 0;
}
