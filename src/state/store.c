#include "state/store.h"

#include "base/log.h"
#include "base/time.h"
#include "state/journal.h"
#include "state/lock.h"
#include "state/state.h"

#include <string.h>

struct cbk_store {
    struct cbk_backend *backend;
    struct cbk_seal *seal;
    char *stack;
    bool is_locked;
    bool has_journal; /* the journal of this holder has been begun ... */
    json_t *header;   /* ... with this line */
};

struct cbk_store *cbk_store_new(struct cbk_backend *backend, struct cbk_seal *seal, const char *stack)
{
    struct cbk_store *store = CBK_NEW(struct cbk_store);
    store->backend = backend;
    store->seal = seal;
    store->stack = cbk_strdup(stack);
    return store;
}

struct cbk_store *cbk_store_local_new(const char *dir, const char *stack)
{
    return cbk_store_new(cbk_backend_local_new(dir, stack), NULL, stack);
}

void cbk_store_free(struct cbk_store *store)
{
    if (!store)
        return;
    cbk_store_unlock(store);
    free(store->backend->place);
    store->backend->ops->free(store->backend);
    cbk_seal_free(store->seal);
    json_decref(store->header);
    free(store->stack);
    free(store);
}

void cbk_stored_release(struct cbk_stored *stored)
{
    free(stored->state);
    free(stored->journal);
    *stored = (struct cbk_stored){0};
}

const char *cbk_store_place(const struct cbk_store *store)
{
    return store->backend->place;
}

/* The state that was written last, without the journal. *ret_state: a new reference, NULL when there is none. */
static int parse_state(const struct cbk_store *store, const struct cbk_stored *stored, json_t **ret_state,
                       struct cbk_error *err)
{
    *ret_state = NULL;
    if (!stored->state)
        return 0;
    CBK_JSON *kept = NULL, *state = NULL;
    CBK_CLEANUP(cbk_string_freep) char *what = cbk_strf("the state '%s'", store->backend->place);
    int r = stored->state_len ? cbk_json_parse(what, stored->state, stored->state_len, &kept, err)
                              : cbk_fail(err, CBK_E_STATE, "%s is empty", what);
    if (r < 0) {
        err->code = CBK_E_STATE;
        return cbk_error_hint(err, "restore it from a copy; cbk overwrites nothing that it cannot read");
    }
    r = cbk_seal_open(store->seal, "state", store->backend->place, kept, &state, err);
    if (r < 0)
        return r;
    r = cbk_state_check(state, store->backend->place, store->stack, err);
    if (r < 0)
        return r;
    *ret_state = cbk_json_steal(&state);
    return 0;
}

static json_t *decode_line(void *context, const char *line, size_t len)
{
    const struct cbk_store *store = context;
    CBK_JSON *kept = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
    json_t *entry = NULL;
    CBK_ERROR(ignored); /* where it matters, the journal is called damaged */
    if (kept)
        (void)!cbk_seal_open(store->seal, "journal", store->backend->place, kept, &entry, &ignored);
    return entry;
}

/* Puts the journal's steps into the state; the serial grows when there were any, since it is another state now. */
static int replay(struct cbk_store *store, const struct cbk_stored *stored, json_t *state, size_t *ret_steps,
                  struct cbk_error *err)
{
    *ret_steps = 0;
    if (!state || !stored->journal)
        return 0;
    int r = cbk_journal_replay(stored->journal, stored->journal_len, decode_line, store, store->backend->place, state,
                               ret_steps, err);
    if (r == 0 && *ret_steps) {
        cbk_log(CBK_LOG_INFO, "state: %zu steps of an apply that did not end were found in '%s'", *ret_steps,
                store->backend->place);
        json_object_set_new(state, "serial", json_integer((json_int_t)cbk_state_serial(state) + 1));
    }
    return r;
}

static int read_whole(struct cbk_store *store, json_t **ret_state, size_t *ret_steps, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_stored_release) struct cbk_stored stored = {0};
    CBK_JSON *state = NULL;
    int r = store->backend->ops->read(store->backend, &stored, err);
    if (r == 0)
        r = parse_state(store, &stored, &state, err);
    if (r == 0)
        r = replay(store, &stored, state, ret_steps, err);
    if (r == 0)
        *ret_state = cbk_json_steal(&state);
    return r;
}

int cbk_store_read(struct cbk_store *store, json_t **ret_state, struct cbk_error *err)
{
    size_t steps = 0;
    return read_whole(store, ret_state, &steps, err);
}

static int put_state(struct cbk_store *store, const json_t *state, const char *note, struct cbk_error *err)
{
    const struct cbk_seal_label label = {"state", cbk_state_lineage(state), cbk_state_serial(state)};
    CBK_STR(text);
    CBK_STR(kept);
    cbk_json_add_pretty(&text, state);
    cbk_seal_close(store->seal, &label, text.ptr, text.len, &kept);
    int r = store->backend->ops->replace(store->backend, kept.ptr, kept.len, note, err);
    if (r == 0)
        store->has_journal = false;
    return r;
}

/* Writes what an apply that died had appended, so that the new apply begins with a clean journal. */
static int fold_journal(struct cbk_store *store, struct cbk_error *err)
{
    CBK_JSON *state = NULL;
    size_t steps = 0;
    int r = read_whole(store, &state, &steps, err);
    if (r == 0 && steps)
        r = put_state(store, state, "take over what an apply that did not end has done", err);
    return r;
}

/* Tries again, with growing pauses, until the holder has gone or the time is up. */
static int wait_for_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err)
{
    const int64_t longest_pause_ms = 2000;
    int64_t deadline = cbk_time_monotonic_ms() + info->timeout_ms;
    CBK_JSON *holder = cbk_lock_holder(info->operation, store->backend->place);
    for (int64_t pause = 50;; pause = pause < longest_pause_ms ? pause * 2 : pause) {
        CBK_ERROR(attempt);
        int r = store->backend->ops->lock(store->backend, holder, &attempt);
        bool may_wait = r == CBK_E_LOCKED && cbk_time_monotonic_ms() + pause <= deadline;
        if (!may_wait || (info->is_interrupted && info->is_interrupted()))
            return r < 0 ? cbk_error_move(err, &attempt) : 0;
        cbk_log(CBK_LOG_DEBUG, "waiting for the lock: %s", attempt.message);
        cbk_sleep_ms(pause);
    }
}

int cbk_store_lock(struct cbk_store *store, const struct cbk_lock_info *info, struct cbk_error *err)
{
    int r = wait_for_lock(store, info, err);
    if (r < 0)
        return r;
    store->is_locked = true;
    store->has_journal = false;
    r = fold_journal(store, err);
    if (r < 0)
        cbk_store_unlock(store);
    return r;
}

/* Adds a line as it is kept. */
static void add_line(const struct cbk_store *store, const char *text, size_t len, struct cbk_str *block)
{
    const struct cbk_seal_label label = {"journal", cbk_json_text_or(store->header, "lineage", ""),
                                         cbk_json_int(store->header, "serial", 0)};
    cbk_seal_close(store->seal, &label, text, len, block);
    cbk_str_add_char(block, '\n');
}

/* The first line of this holder's journal comes with one that says what the journal goes on from. */
static int append_line(struct cbk_store *store, const struct cbk_str *line, struct cbk_error *err)
{
    CBK_STR(block);
    CBK_STR(header);
    cbk_json_add_canonical(&header, store->header);
    if (!store->has_journal)
        add_line(store, header.ptr, header.len, &block);
    add_line(store, line->ptr, line->len, &block);
    int r = store->backend->ops->append(store->backend, block.ptr, block.len, /* begins= */ !store->has_journal, err);
    store->has_journal = store->has_journal || r == 0; /* a journal without its first line is none */
    return r;
}

/* Reads what this holder's journal will go on from. */
static int find_header(struct cbk_store *store, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_stored_release) struct cbk_stored stored = {0};
    CBK_JSON *state = NULL;
    int r = store->backend->ops->read(store->backend, &stored, err);
    if (r == 0)
        r = parse_state(store, &stored, &state, err);
    if (r < 0)
        return r;
    if (!state)
        return cbk_fail(err, CBK_E_INTERNAL, "a step was to be journalled before the state's first write");
    json_decref(store->header);
    store->header = cbk_journal_header(state);
    return 0;
}

int cbk_store_append_all(struct cbk_store *store, const struct cbk_entries *entries, struct cbk_error *err)
{
    int r = store->has_journal ? 0 : find_header(store, err);
    for (size_t next = 0; next < entries->len && r == 0;) {
        CBK_STR(line);
        next += cbk_journal_add_line(entries->items + next, entries->len - next, &line);
        r = append_line(store, &line, err);
    }
    return r;
}

int cbk_store_append(struct cbk_store *store, const json_t *entry, struct cbk_error *err)
{
    const struct cbk_entries one = {.items = &entry, .len = 1};
    return cbk_store_append_all(store, &one, err);
}

int cbk_store_write(struct cbk_store *store, const json_t *state, int64_t expected_serial, const char *note,
                    struct cbk_error *err)
{
    CBK_CLEANUP(cbk_stored_release) struct cbk_stored stored = {0};
    CBK_JSON *current = NULL;
    int r = store->backend->ops->read(store->backend, &stored, err);
    if (r == 0)
        r = parse_state(store, &stored, &current, err);
    if (r < 0)
        return r;
    int64_t serial = current ? cbk_state_serial(current) : 0;
    if (serial != expected_serial)
        return cbk_fail(err, CBK_E_STATE, "the state in '%s' has moved: its serial is %lld, not %lld",
                        store->backend->place, (long long)serial, (long long)expected_serial);
    return put_state(store, state, note, err);
}

void cbk_store_unlock(struct cbk_store *store)
{
    if (store->is_locked)
        store->backend->ops->unlock(store->backend);
    store->is_locked = false;
    store->has_journal = false;
}

int cbk_store_holder(struct cbk_store *store, json_t **ret_holder, struct cbk_error *err)
{
    return store->backend->ops->holder(store->backend, ret_holder, err);
}

int cbk_store_break_lock(struct cbk_store *store, const char *id, struct cbk_error *err)
{
    return store->backend->ops->break_lock(store->backend, id, err);
}

bool cbk_store_has_history(const struct cbk_store *store)
{
    return store->backend->ops->history;
}

static int check_history(const struct cbk_store *store, struct cbk_error *err)
{
    if (cbk_store_has_history(store))
        return 0;
    (void)cbk_fail(err, CBK_E_USAGE, "a state of the backend '%s' keeps no history", store->backend->ops->name);
    return cbk_error_hint(err, "the backend 'git' does");
}

int cbk_store_history(struct cbk_store *store, json_t **ret_entries, struct cbk_error *err)
{
    int r = check_history(store, err);
    return r < 0 ? r : store->backend->ops->history(store->backend, ret_entries, err);
}

int cbk_store_read_revision(struct cbk_store *store, const char *revision, json_t **ret_state, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_stored_release) struct cbk_stored stored = {0};
    int r = check_history(store, err);
    if (r == 0)
        r = store->backend->ops->read_revision(store->backend, revision, &stored, err);
    return r < 0 ? r : parse_state(store, &stored, ret_state, err);
}
