/*
 * The local store. What a reader finds after a crash at any point is the old state, or the old state with some of the
 * steps in order, or the new state:
 *
 *   lock     takes the lock; folds the journal of an apply that died into the state
 *   append   the first entry opens the journal with a line {lineage, serial}; each line is synced before the answer
 *   write    the state goes to a temporary, is synced, renamed over the old one, the directory is synced; only then is
 *            the journal removed. A journal whose serial is not the state's belongs to the past and is ignored.
 */
#include "state/store.h"

#include "base/file.h"
#include "base/log.h"
#include "state/lockfile.h"
#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define STATE_LIMIT ((size_t)1024 * 1024 * 1024)

struct store_local {
    struct cbk_store base;
    char *dir, *stack;
    char *state_path, *journal_path, *lock_path;
    int lock_fd;       /* -1: not locked */
    int journal_fd;    /* -1: no entry written yet */
    off_t journal_len; /* of its whole lines, in bytes */
};

static struct store_local *self_of(struct cbk_store *store)
{
    return (struct store_local *)(void *)store;
}

static int read_state_file(struct store_local *self, json_t **ret_state, struct cbk_error *err)
{
    *ret_state = NULL;
    struct stat st;
    if (stat(self->state_path, &st) < 0 && errno == ENOENT)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    int r = cbk_file_read(self->state_path, STATE_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    CBK_JSON *state = NULL;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("the state '%s'", self->state_path);
    r = cbk_json_parse(what, text, len, &state, err);
    if (r < 0) {
        err->code = CBK_E_STATE;
        return cbk_error_hint(err, "restore it from a copy; cbk overwrites nothing that it cannot read");
    }
    r = cbk_state_check(state, self->state_path, self->stack, err);
    if (r < 0)
        return r;
    *ret_state = cbk_json_steal(&state);
    return 0;
}

/*
 * Takes the next line of *at: false at the end. A last line that is cut or garbled was under way when a crash came, and
 * was never promised: it counts as the end. Any other line is, for it was synced before the next one was begun; what
 * cannot be read of it comes out as NULL.
 */
static bool next_line(const char **at, const char *end, json_t **ret_entry)
{
    const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    if (!stop)
        return false;
    *ret_entry = json_loadb(*at, (size_t)(stop - *at), JSON_REJECT_DUPLICATES, NULL);
    *at = stop + 1;
    return *ret_entry || *at < end;
}

static bool journal_is_of(const json_t *header, const json_t *state)
{
    return cbk_str_equal(cbk_json_text(header, "lineage"), cbk_state_lineage(state)) &&
           cbk_json_int(header, "serial", -1) == cbk_state_serial(state);
}

/* Puts the journal's steps into the state; the serial grows when there were any, since it is another state now. */
static int replay_journal(struct store_local *self, json_t *state, struct cbk_error *err)
{
    struct stat st;
    if (stat(self->journal_path, &st) < 0)
        return errno == ENOENT ? 0 : cbk_fail_errno(err, errno, "cannot look at '%s'", self->journal_path);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    int r = cbk_file_read(self->journal_path, STATE_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    const char *at = text, *end = text + len;
    CBK_JSON *header = NULL;
    if (!next_line(&at, end, &header) || !journal_is_of(header, state))
        return 0;
    size_t steps = 0;
    json_t *line = NULL;
    while (next_line(&at, end, &line)) {
        CBK_JSON *entry = line;
        if (!cbk_state_replay(state, entry))
            return cbk_fail(err, CBK_E_STATE, "the journal '%s' is damaged at step %zu", self->journal_path, steps + 1);
        steps++;
    }
    if (steps) {
        cbk_log(CBK_LOG_INFO, "state: %zu steps of an apply that did not end were found in '%s'", steps,
                self->journal_path);
        json_object_set_new(state, "serial", json_integer((json_int_t)cbk_state_serial(state) + 1));
    }
    return 0;
}

static int local_read(struct cbk_store *store, json_t **ret_state, struct cbk_error *err)
{
    struct store_local *self = self_of(store);
    CBK_JSON *state = NULL;
    int r = read_state_file(self, &state, err);
    if (r < 0)
        return r;
    if (state) {
        r = replay_journal(self, state, err);
        if (r < 0)
            return r;
    }
    *ret_state = cbk_json_steal(&state);
    return 0;
}

static int write_state_file(struct store_local *self, const json_t *state, struct cbk_error *err)
{
    CBK_STR(text);
    cbk_json_add_pretty(&text, state);
    int r = cbk_file_replace(self->state_path, text.ptr, text.len, 0644, err);
    if (r < 0)
        return r;
    cbk_fd_closep(&self->journal_fd);
    if (unlink(self->journal_path) < 0 && errno != ENOENT)
        cbk_log(CBK_LOG_WARN, "state: cannot remove '%s'; it is of the past and will be ignored", self->journal_path);
    return 0;
}

/* Writes what an apply that died had appended, so that the new apply begins with a clean journal. */
static int fold_journal(struct store_local *self, struct cbk_error *err)
{
    CBK_JSON *before = NULL, *after = NULL;
    int r = read_state_file(self, &before, err);
    if (r < 0)
        return r;
    r = local_read(&self->base, &after, err);
    if (r < 0)
        return r;
    if (after && cbk_state_serial(after) != cbk_state_serial(before))
        return write_state_file(self, after, err);
    return 0;
}

static int local_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err)
{
    struct store_local *self = self_of(store);
    int r = cbk_dir_make(self->dir, err);
    if (r < 0)
        return r;
    CBK_JSON *holder = cbk_lockfile_holder(info->operation, self->state_path);
    r = cbk_lockfile_take(self->lock_path, holder, &self->lock_fd, err);
    if (r < 0)
        return r;
    r = fold_journal(self, err);
    if (r < 0)
        cbk_store_unlock(store);
    return r;
}

static int append_line(struct store_local *self, const json_t *entry, struct cbk_error *err)
{
    CBK_STR(line);
    cbk_json_add_canonical(&line, entry);
    cbk_str_add_char(&line, '\n');
    /* One write a line: a crash leaves whole lines and at most one cut one. */
    ssize_t put = write(self->journal_fd, line.ptr, line.len);
    if (put == (ssize_t)line.len && fdatasync(self->journal_fd) == 0) {
        self->journal_len += put;
        return 0;
    }
    int reason = put < 0 || put == (ssize_t)line.len ? errno : ENOSPC;
    /* What is cut here must not become the beginning of the next line. */
    if (ftruncate(self->journal_fd, self->journal_len) < 0)
        cbk_log(CBK_LOG_WARN, "state: cannot cut '%s' back to its last whole step", self->journal_path);
    return cbk_fail_errno(err, reason, "cannot write '%s'", self->journal_path);
}

static int open_journal(struct store_local *self, struct cbk_error *err)
{
    CBK_JSON *state = NULL;
    int r = read_state_file(self, &state, err);
    if (r < 0)
        return r;
    if (!state)
        return cbk_fail(err, CBK_E_INTERNAL, "a step was to be journalled before the state's first write");
    self->journal_fd = open(self->journal_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    self->journal_len = 0;
    if (self->journal_fd < 0)
        return cbk_fail_errno(err, errno, "cannot open '%s'", self->journal_path);
    CBK_JSON *header =
        json_pack("{s:s, s:I}", "lineage", cbk_state_lineage(state), "serial", (json_int_t)cbk_state_serial(state));
    r = append_line(self, header, err);
    if (r < 0)
        cbk_fd_closep(&self->journal_fd); /* a journal without its first line is none */
    return r;
}

static int local_append(struct cbk_store *store, const json_t *entry, struct cbk_error *err)
{
    struct store_local *self = self_of(store);
    if (self->journal_fd < 0) {
        int r = open_journal(self, err);
        if (r < 0)
            return r;
    }
    return append_line(self, entry, err);
}

static int local_write(struct cbk_store *store, const json_t *state, int64_t expected_serial, struct cbk_error *err)
{
    struct store_local *self = self_of(store);
    CBK_JSON *current = NULL;
    int r = read_state_file(self, &current, err);
    if (r < 0)
        return r;
    int64_t serial = current ? cbk_state_serial(current) : 0;
    if (serial != expected_serial)
        return cbk_fail(err, CBK_E_STATE, "the state in '%s' has moved: its serial is %lld, not %lld", self->state_path,
                        (long long)serial, (long long)expected_serial);
    return write_state_file(self, state, err);
}

static void local_unlock(struct cbk_store *store)
{
    struct store_local *self = self_of(store);
    cbk_fd_closep(&self->journal_fd);
    cbk_fd_closep(&self->lock_fd);
}

static void local_free(struct cbk_store *store)
{
    struct store_local *self = self_of(store);
    local_unlock(store);
    free(self->dir);
    free(self->stack);
    free(self->state_path);
    free(self->journal_path);
    free(self->lock_path);
    free(self);
}

static const struct cbk_store_ops local_ops = {
    .name = "local",
    .read = local_read,
    .lock = local_lock,
    .append = local_append,
    .write = local_write,
    .unlock = local_unlock,
    .free = local_free,
};

static char *path_of(const char *dir, const char *stack, const char *suffix)
{
    CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("%s.%s", stack, suffix);
    return cbk_path_join(dir, name);
}

struct cbk_store *cbk_store_local_new(const char *dir, const char *stack)
{
    struct store_local *self = CBK_NEW(struct store_local);
    *self = (struct store_local){
        .base = {.ops = &local_ops},
        .dir = cbk_strdup(dir),
        .stack = cbk_strdup(stack),
        .state_path = path_of(dir, stack, "json"),
        .journal_path = path_of(dir, stack, "journal"),
        .lock_path = path_of(dir, stack, "lock"),
        .lock_fd = -1,
        .journal_fd = -1,
    };
    return &self->base;
}
