#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Opens a regular file or a pipe; "-" is standard input. The caller closes. */
static int open_to_read(const char *path, int *ret_fd, struct cbk_error *err)
{
    if (strcmp(path, "-") == 0) {
        *ret_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        return *ret_fd < 0 ? cbk_fail_errno(err, errno, "cannot read standard input") : 0;
    }
    /* O_NONBLOCK: opening a named pipe without a writer must not hang us. */
    CBK_CLEANUP(cbk_fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", path);
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cbk_fail_errno(err, errno, "cannot look at '%s'", path);
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
        return cbk_fail(err, CBK_E_IO, "cannot read '%s': not a regular file", path);
    if (fcntl(fd, F_SETFL, O_RDONLY) < 0) /* whoever writes into a pipe may take his time */
        return cbk_fail_errno(err, errno, "cannot read '%s'", path);
    *ret_fd = cbk_fd_steal(&fd);
    return 0;
}

int cbk_file_read(const char *path, size_t limit, char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int fd = -1;
    int r = open_to_read(path, &fd, err);
    if (r < 0)
        return r;
    CBK_STR(text);
    char buffer[65536];
    for (;;) {
        ssize_t got = read(fd, buffer, sizeof(buffer));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cbk_fail_errno(err, errno, "cannot read '%s'", path);
        if (got == 0)
            break;
        if ((size_t)got > limit - text.len)
            return cbk_fail(err, CBK_E_LIMIT, "'%s' is larger than %zu bytes", path, limit);
        cbk_str_add_bytes(&text, buffer, (size_t)got);
    }
    *ret_len = text.len;
    *ret_text = cbk_str_detach(&text);
    return 0;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        bytes += put;
        len -= (size_t)put;
    }
    return 0;
}

int cbk_file_sync_name(const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_dir(path);
    CBK_CLEANUP(cbk_fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        return cbk_fail_errno(err, errno, "cannot sync the directory of '%s'", path);
    return 0;
}

static int write_temporary(int fd, const void *bytes, size_t len, mode_t mode)
{
    if (fchmod(fd, mode) < 0 || write_all(fd, bytes, len) < 0)
        return -1;
    return fsync(fd);
}

int cbk_file_replace(const char *path, const void *bytes, size_t len, mode_t mode, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *temporary = cbk_strf("%s.tmp.XXXXXX", path);
    CBK_CLEANUP(cbk_fd_closep) int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return cbk_fail_errno(err, errno, "cannot create '%s'", temporary);
    if (write_temporary(fd, bytes, len, mode) < 0 || rename(temporary, path) < 0) {
        int reason = errno;
        (void)unlink(temporary);
        return cbk_fail_errno(err, reason, "cannot write '%s'", path);
    }
    return cbk_file_sync_name(path, err);
}

static int make_one_dir(const char *path, struct cbk_error *err)
{
    if (mkdir(path, 0777) == 0)
        return cbk_file_sync_name(path, err);
    return errno == EEXIST ? 0 : cbk_fail_errno(err, errno, "cannot create the directory '%s'", path);
}

int cbk_dir_make(const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *copy = cbk_strdup(path);
    for (char *at = copy + 1; *copy && *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        int r = make_one_dir(copy, err);
        if (r < 0)
            return r;
        *at = '/';
    }
    return make_one_dir(path, err);
}

int cbk_file_check_private(const char *path, struct cbk_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", path);
    if (!(st.st_mode & (S_IRWXG | S_IRWXO)))
        return 0;
    (void)cbk_fail(err, CBK_E_VALIDATION, "'%s' holds a secret, and may be read by others", path);
    return cbk_error_hint(err, "chmod 0600 it");
}

char *cbk_path_join(const char *dir, const char *name)
{
    if (!dir || !*dir || strcmp(dir, ".") == 0 || *name == '/')
        return cbk_strdup(name);
    return cbk_strf("%s%s%s", dir, cbk_str_ends_with(dir, "/") ? "" : "/", name);
}

char *cbk_path_absolute(const char *path)
{
    CBK_CLEANUP(cbk_string_freep) char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    if (*path != '/' && !here)
        return NULL;
    CBK_CLEANUP(cbk_string_freep) char *whole = cbk_path_join(here, path);
    CBK_STR(out);
    for (const char *part = whole; *part;) {
        size_t len = strcspn(part, "/");
        if (len == 2 && strncmp(part, "..", len) == 0)
            cbk_str_truncate(&out, out.len ? (size_t)(strrchr(out.ptr, '/') - out.ptr) : 0);
        else if (len && !(len == 1 && *part == '.'))
            cbk_str_addf(&out, "/%.*s", (int)len, part);
        part += len + strspn(part + len, "/");
    }
    return cbk_strdup(out.len ? out.ptr : "/");
}

char *cbk_path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return cbk_strdup(".");
    return slash == path ? cbk_strdup("/") : cbk_strndup(path, (size_t)(slash - path));
}
