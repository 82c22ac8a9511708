/*
 * The local backend. What a reader finds after a crash at any point is the old state, or the old state with some of the
 * steps in order, or the new state: a line of the journal is synced before the answer; the state goes to a temporary,
 * is synced, renamed over the old one, the directory is synced; only then is the journal removed, and one that stays
 * behind names a state of the past. The lock is the kernel's and goes with its process.
 */
#include "base/file.h"
#include "base/log.h"
#include "state/backend.h"
#include "state/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define STATE_LIMIT ((size_t)1024 * 1024 * 1024)

struct local {
    struct cbk_backend base; /* its place is the state's file */
    char *dir, *journal_path, *lock_path;
    int lock_fd;       /* -1: not locked */
    int journal_fd;    /* -1: no line written yet */
    off_t journal_len; /* of its whole lines, in bytes */
};

static struct local *self_of(struct cbk_backend *backend)
{
    return (struct local *)(void *)backend;
}

/* Reads a file that need not be there: *ret_text is NULL then. */
static int read_if_there(const char *path, char **ret_text, size_t *ret_len, struct cbk_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0 && errno == ENOENT)
        return 0;
    return cbk_file_read(path, STATE_LIMIT, ret_text, ret_len, err);
}

static int local_read(struct cbk_backend *backend, struct cbk_stored *ret, struct cbk_error *err)
{
    struct local *self = self_of(backend);
    /* The journal first: it is removed after the state that it went into was written, so no step is missed. */
    int r = read_if_there(self->journal_path, &ret->journal, &ret->journal_len, err);
    return r < 0 ? r : read_if_there(self->base.place, &ret->state, &ret->state_len, err);
}

static int local_lock(struct cbk_backend *backend, const json_t *holder, struct cbk_error *err)
{
    struct local *self = self_of(backend);
    int r = cbk_dir_make(self->dir, err);
    return r < 0 ? r : cbk_lockfile_take(self->lock_path, holder, &self->lock_fd, err);
}

/* A journal that begins is a new file: what a crash leaves of it is never mixed with an earlier one's lines. */
static int open_journal(struct local *self, struct cbk_error *err)
{
    cbk_fd_closep(&self->journal_fd);
    if (unlink(self->journal_path) < 0 && errno != ENOENT)
        return cbk_fail_errno(err, errno, "cannot remove '%s'", self->journal_path);
    self->journal_fd = open(self->journal_path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    self->journal_len = 0;
    return self->journal_fd < 0 ? cbk_fail_errno(err, errno, "cannot open '%s'", self->journal_path) : 0;
}

static int write_lines(struct local *self, const char *block, size_t len, struct cbk_error *err)
{
    if (self->journal_fd < 0)
        return cbk_fail(err, CBK_E_IO, "cannot write '%s': it ends in a step that could not be cut off",
                        self->journal_path);
    /* One write: a crash leaves whole lines and at most one cut one. */
    ssize_t put = write(self->journal_fd, block, len);
    if (put == (ssize_t)len && fdatasync(self->journal_fd) == 0) {
        self->journal_len += put;
        return 0;
    }
    int reason = put < 0 || put == (ssize_t)len ? errno : ENOSPC;
    /* What is cut here must not become the beginning of the next line. */
    if (ftruncate(self->journal_fd, self->journal_len) < 0)
        cbk_fd_closep(&self->journal_fd);
    return cbk_fail_errno(err, reason, "cannot write '%s'", self->journal_path);
}

static int local_append(struct cbk_backend *backend, const char *block, size_t len, bool begins, struct cbk_error *err)
{
    struct local *self = self_of(backend);
    int r = begins ? open_journal(self, err) : 0;
    if (r == 0)
        r = write_lines(self, block, len, err);
    if (r == 0 && begins)
        r = cbk_file_sync_name(self->journal_path, err);
    return r;
}

static int local_replace(struct cbk_backend *backend, const char *state, size_t len, const char *note,
                         struct cbk_error *err)
{
    struct local *self = self_of(backend);
    (void)note; /* the local store keeps no history */
    int r = cbk_file_replace(self->base.place, state, len, 0644, err);
    if (r < 0)
        return r;
    cbk_fd_closep(&self->journal_fd);
    if (unlink(self->journal_path) < 0 && errno != ENOENT)
        cbk_log(CBK_LOG_WARN, "state: cannot remove '%s'; it is of the past and will be ignored", self->journal_path);
    return 0;
}

static void local_unlock(struct cbk_backend *backend)
{
    struct local *self = self_of(backend);
    cbk_fd_closep(&self->journal_fd);
    cbk_fd_closep(&self->lock_fd);
}

static int local_holder(struct cbk_backend *backend, json_t **ret_holder, struct cbk_error *err)
{
    return cbk_lockfile_look(self_of(backend)->lock_path, ret_holder, err);
}

static int local_break_lock(struct cbk_backend *backend, const char *id, struct cbk_error *err)
{
    CBK_JSON *holder = NULL;
    int r = local_holder(backend, &holder, err);
    if (r < 0)
        return r;
    if (!holder || !cbk_str_equal(cbk_json_text(holder, "id"), id))
        return cbk_fail(err, CBK_E_NOT_FOUND, "no lock '%s' is held on '%s'", id, backend->place);
    (void)cbk_fail(err, CBK_E_LOCKED, "the lock '%s' is held by a process that is alive, pid %lld", id,
                   (long long)cbk_json_int(holder, "pid", 0));
    return cbk_error_hint(err, "end that process: a local lock goes with it");
}

static void local_free(struct cbk_backend *backend)
{
    struct local *self = self_of(backend);
    free(self->dir);
    free(self->journal_path);
    free(self->lock_path);
    free(self);
}

static const struct cbk_backend_ops local_ops = {
    .name = "local",
    .read = local_read,
    .lock = local_lock,
    .append = local_append,
    .replace = local_replace,
    .unlock = local_unlock,
    .holder = local_holder,
    .break_lock = local_break_lock,
    .free = local_free,
};

static char *path_of(const char *dir, const char *stack, const char *suffix)
{
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("%s.%s", stack, suffix);
    return cbk_path_join(dir, name);
}

struct cbk_backend *cbk_backend_local_new(const char *dir, const char *stack)
{
    struct local *self = CBK_NEW(struct local);
    *self = (struct local){
        .base = {.ops = &local_ops, .place = path_of(dir, stack, "json")},
        .dir = cbk_strdup(dir),
        .journal_path = path_of(dir, stack, "journal"),
        .lock_path = path_of(dir, stack, "lock"),
        .lock_fd = -1,
        .journal_fd = -1,
    };
    return &self->base;
}
