#include "state/lockfile.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/utsname.h>

json_t *cbk_lockfile_holder(const char *operation, const char *path)
{
    CBK_STR(id);
    cbk_uuid_add(&id);
    CBK_STR(created);
    cbk_time_add_utc(&created, cbk_time_now());
    struct utsname host = {0};
    (void)uname(&host);
    const struct passwd *user = getpwuid(geteuid());
    CBK_CLEANUP(cbk_string_freep) char *who = cbk_strf("%s@%s", user ? user->pw_name : "unknown", host.nodename);
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "id", id.ptr, "operation", operation, "who", who, "pid",
                     (int)getpid(), "created", created.ptr, "path", path, "version", CBK_VERSION);
}

static int fail_locked(const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    CBK_JSON *holder = NULL;
    size_t len = 0;
    CBK_ERROR(ignored); /* the holder may be writing its words this very moment */
    if (cbk_file_read(path, 65536, &text, &len, &ignored) == 0)
        (void)!cbk_json_parse("lock", text, len, &holder, &ignored);
    (void)cbk_fail(err, CBK_E_LOCKED, "the state is locked by %s: '%s' since %s, pid %lld, lock id %s",
                   cbk_json_text_or(holder, "who", "another process"), cbk_json_text_or(holder, "operation", "unknown"),
                   cbk_json_text_or(holder, "created", "just now"), (long long)cbk_json_int(holder, "pid", 0),
                   cbk_json_text_or(holder, "id", "unknown"));
    return cbk_error_hint(err, "wait until it has ended; the lock goes with its process");
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
        if (errno == EWOULDBLOCK)
            return fail_locked(path, err);
        return cbk_fail_errno(err, errno, "cannot lock '%s'", path);
    }
    if (write_holder(fd, holder) < 0)
        return cbk_fail_errno(err, errno, "cannot write the lock '%s'", path);
    *ret_fd = cbk_fd_steal(&fd);
    return 0;
}
