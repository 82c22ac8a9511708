/*
 * The git backend. The ref refs/cbk/state/STACK is a chain of commits; what is in a commit tells what it is:
 *
 *   state.json            a state, as an apply left it; its parent is the state before it
 *   lock.json             somebody holds the lock, on top of a state (or of nothing)
 *   lock.json, steps      lines of the journal, on top of a lock or of earlier lines
 *   (nothing)             the lock was given back with a journal left behind, on top of it
 *
 * Between applies the tip is a state, so the history reads as one commit an apply. Locking, journalling and writing all
 * move the one ref, each from where this holder left it: who has lost the lock cannot write.
 */
#include "git/chain.h"
#include "state/backend.h"
#include "state/lock.h"

#include <string.h>

#define DEFAULT_REMOTE "origin"
#define STATE_FILE "state.json"
#define LOCK_FILE "lock.json"
#define STEPS_FILE "steps"

struct git {
    struct cbk_backend base;
    struct cbk_git_chain *chain;
    char *holder;            /* the lock's words; NULL: it is not ours */
    struct cbk_git_id tip;   /* where we left the ref, while the lock is ours */
    struct cbk_git_id state; /* the state below it; empty: there is none yet */
    bool has_steps;          /* there are lines of a journal between the two */
};

static struct git *self_of(struct cbk_backend *backend)
{
    return (struct git *)(void *)backend;
}

static bool is_none(const struct cbk_git_id *id)
{
    return !*id->hex;
}

/* --- reading --------------------------------------------------------------------------------------------------------
 */

/* The pieces of a journal, newest first, as the chain gives them. */
struct piece {
    char *text;
    size_t len;
};
CBK_VEC(pieces, struct piece)

static void release_pieces(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->len; i++)
        free(pieces->items[i].text);
    pieces_release(pieces);
}

/* Goes down from `tip` to the state below it, empty where there is none; what stands on the way is added to `ret`. */
static int walk(struct git *self, const struct cbk_git_id *tip, struct cbk_git_id *ret_state, struct pieces *ret,
                struct cbk_error *err)
{
    for (*ret_state = *tip; !is_none(ret_state);) {
        CBK_CLEANUP(cbk_string_freep) char *state = NULL;
        struct piece piece = {0};
        size_t len = 0;
        int r = cbk_git_chain_file(self->chain, ret_state, STATE_FILE, &state, &len, err);
        if (r < 0 || state)
            return r;
        r = cbk_git_chain_file(self->chain, ret_state, STEPS_FILE, &piece.text, &piece.len, err);
        if (r < 0)
            return r;
        if (piece.text)
            pieces_push(ret, piece);
        const struct cbk_git_id here = *ret_state;
        r = cbk_git_chain_parent(self->chain, &here, ret_state, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int git_read(struct cbk_backend *backend, struct cbk_stored *ret, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    CBK_CLEANUP(release_pieces) struct pieces pieces = {0};
    struct cbk_git_id tip, state;
    int r = cbk_git_chain_tip(self->chain, &tip, err);
    if (r == 0)
        r = walk(self, &tip, &state, &pieces, err);
    if (r < 0 || is_none(&state))
        return r;
    CBK_STR(journal);
    for (size_t i = pieces.len; i > 0; i--)
        cbk_str_add_bytes(&journal, pieces.items[i - 1].text, pieces.items[i - 1].len);
    r = cbk_git_chain_file(self->chain, &state, STATE_FILE, &ret->state, &ret->state_len, err);
    ret->journal_len = journal.len;
    ret->journal = cbk_str_detach(&journal);
    return r;
}

/* --- writing --------------------------------------------------------------------------------------------------------
 */

static int fail_lost(const struct git *self, struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_LOCKED, "the lock on '%s' was lost: somebody took it away", self->base.place);
    return cbk_error_hint(err, "nothing more is written by this command; the next one looks in the cloud for what is "
                               "not in the state");
}

static int move_tip(struct git *self, const struct cbk_git_id *next, struct cbk_error *err)
{
    bool moved = false;
    int r = cbk_git_chain_move(self->chain, &self->tip, next, &moved, err);
    if (r < 0)
        return r;
    if (!moved)
        return fail_lost(self, err);
    self->tip = *next;
    return 0;
}

/* A commit that holds the lock, with these lines of the journal (NULL: none). */
static int commit_held(struct git *self, const struct cbk_git_id *parent, const char *steps, size_t len,
                       struct cbk_git_id *ret, struct cbk_error *err)
{
    const struct cbk_git_file files[] = {{LOCK_FILE, self->holder, strlen(self->holder)}, {STEPS_FILE, steps, len}};
    return cbk_git_chain_commit(self->chain, parent, files, steps ? 2 : 1, steps ? "steps of an apply" : "lock", ret,
                                err);
}

/* The lock on top of a state alone: what lines there were are out of the chain then. */
static int commit_lock_on_state(struct git *self, struct cbk_git_id *ret, struct cbk_error *err)
{
    return commit_held(self, &self->state, NULL, 0, ret, err);
}

static int git_append(struct cbk_backend *backend, const char *block, size_t len, bool begins, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    struct cbk_git_id next, below = self->tip;
    if (!self->holder)
        return fail_lost(self, err);
    int r = begins && self->has_steps ? commit_lock_on_state(self, &below, err) : 0;
    if (r == 0)
        r = commit_held(self, &below, block, len, &next, err);
    if (r == 0)
        r = move_tip(self, &next, err);
    self->has_steps = self->has_steps || r == 0;
    return r;
}

static int git_replace(struct cbk_backend *backend, const char *state, size_t len, const char *note,
                       struct cbk_error *err)
{
    struct git *self = self_of(backend);
    const struct cbk_git_file files[] = {{STATE_FILE, state, len}};
    struct cbk_git_id written, lock;
    if (!self->holder)
        return fail_lost(self, err);
    int r = cbk_git_chain_commit(self->chain, &self->state, files, 1, note ? note : "state", &written, err);
    if (r < 0)
        return r;
    const struct cbk_git_id before = self->state;
    self->state = written;
    r = commit_lock_on_state(self, &lock, err);
    if (r == 0)
        r = move_tip(self, &lock, err);
    if (r < 0)
        self->state = before;
    else
        self->has_steps = false;
    return r;
}

/* --- the lock -------------------------------------------------------------------------------------------------------
 */

/* Who holds the lock at `tip`; NULL: nobody. */
static int holder_at(struct git *self, const struct cbk_git_id *tip, json_t **ret_holder, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    *ret_holder = NULL;
    int r = is_none(tip) ? 0 : cbk_git_chain_file(self->chain, tip, LOCK_FILE, &text, &len, err);
    if (r < 0 || !text)
        return r;
    *ret_holder = json_loadb(text, len, 0, NULL);
    if (!json_is_object(*ret_holder)) {
        json_decref(*ret_holder);
        *ret_holder = json_object();
    }
    return 0;
}

static int take(struct git *self, const json_t *holder, struct cbk_error *err)
{
    CBK_CLEANUP(release_pieces) struct pieces pieces = {0};
    CBK_STR(words);
    struct cbk_git_id next;
    cbk_json_add_pretty(&words, holder);
    free(self->holder);
    self->holder = cbk_str_detach(&words);
    int r = walk(self, &self->tip, &self->state, &pieces, err);
    if (r == 0)
        r = commit_held(self, &self->tip, NULL, 0, &next, err);
    if (r == 0)
        r = move_tip(self, &next, err);
    self->has_steps = pieces.len > 0;
    return r;
}

static int git_lock(struct cbk_backend *backend, const json_t *holder, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    CBK_JSON *other = NULL;
    int r = cbk_git_chain_tip(self->chain, &self->tip, err);
    if (r == 0)
        r = holder_at(self, &self->tip, &other, err);
    if (r == 0 && other && !cbk_lock_holder_is_dead(other))
        r = cbk_fail_locked(other, err);
    if (r == 0)
        r = take(self, holder, err);
    if (r == 0)
        return 0;
    free(self->holder);
    self->holder = NULL;
    if (r == CBK_E_LOCKED && !other) { /* somebody was faster: whoever waits tries again */
        cbk_error_release(err);
        return cbk_fail_locked(NULL, err);
    }
    return r;
}

/* Back to the state; or, where lines of a journal would be lost, a commit on top of them that holds nothing. */
static void git_unlock(struct cbk_backend *backend)
{
    struct git *self = self_of(backend);
    CBK_ERROR(ignored); /* the lock of a dead process is cleared away by the next one of its host */
    struct cbk_git_id next = self->state;
    if (!self->holder)
        return;
    int r = self->has_steps ? cbk_git_chain_commit(self->chain, &self->tip, NULL, 0, "unlock", &next, &ignored) : 0;
    if (r == 0)
        (void)!move_tip(self, &next, &ignored);
    free(self->holder);
    self->holder = NULL;
}

static int git_holder(struct cbk_backend *backend, json_t **ret_holder, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    struct cbk_git_id tip;
    int r = cbk_git_chain_tip(self->chain, &tip, err);
    return r < 0 ? r : holder_at(self, &tip, ret_holder, err);
}

static int git_break_lock(struct cbk_backend *backend, const char *id, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    CBK_JSON *holder = NULL;
    struct cbk_git_id tip, next;
    bool moved = false;
    int r = cbk_git_chain_tip(self->chain, &tip, err);
    if (r == 0)
        r = holder_at(self, &tip, &holder, err);
    if (r < 0)
        return r;
    if (cbk_str_equal(cbk_json_text(holder, "id"), id)) {
        r = cbk_git_chain_commit(self->chain, &tip, NULL, 0, "take the lock away", &next, err);
        if (r == 0)
            r = cbk_git_chain_move(self->chain, &tip, &next, &moved, err);
    }
    if (r == 0 && !moved)
        return cbk_fail(err, CBK_E_NOT_FOUND, "no lock '%s' is held on '%s'", id, backend->place);
    return r;
}

/* --- the history ----------------------------------------------------------------------------------------------------
 */

static int add_story(struct git *self, const struct cbk_git_id *commit, json_t *entries, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_git_story_release) struct cbk_git_story story = {0};
    int r = cbk_git_chain_story(self->chain, commit, &story, err);
    if (r == 0)
        json_array_append_new(entries, json_pack("{s:s, s:s, s:I, s:s}", "revision", commit->hex, "author",
                                                 story.author, "time", (json_int_t)story.time, "note", story.message));
    return r;
}

static int git_history(struct cbk_backend *backend, json_t **ret_entries, struct cbk_error *err)
{
    struct git *self = self_of(backend);
    CBK_CLEANUP(release_pieces) struct pieces ignored = {0};
    CBK_JSON *entries = json_array();
    struct cbk_git_id tip, commit;
    int r = cbk_git_chain_tip(self->chain, &tip, err);
    if (r == 0)
        r = walk(self, &tip, &commit, &ignored, err);
    while (r == 0 && !is_none(&commit)) {
        const struct cbk_git_id here = commit;
        r = add_story(self, &here, entries, err);
        if (r == 0)
            r = cbk_git_chain_parent(self->chain, &here, &commit, err);
    }
    if (r == 0)
        *ret_entries = cbk_json_steal(&entries);
    return r;
}

static int git_read_revision(struct cbk_backend *backend, const char *revision, struct cbk_stored *ret,
                             struct cbk_error *err)
{
    struct git *self = self_of(backend);
    struct cbk_git_id commit;
    int r = cbk_git_chain_revision(self->chain, revision, &commit, err);
    if (r == 0)
        r = cbk_git_chain_file(self->chain, &commit, STATE_FILE, &ret->state, &ret->state_len, err);
    return r < 0 || ret->state ? r : cbk_fail(err, CBK_E_NOT_FOUND, "'%s' is no state", revision);
}

static void git_free(struct cbk_backend *backend)
{
    struct git *self = self_of(backend);
    cbk_git_chain_free(self->chain);
    free(self->holder);
    free(self);
}

static const struct cbk_backend_ops git_ops = {
    .name = "git",
    .read = git_read,
    .lock = git_lock,
    .append = git_append,
    .replace = git_replace,
    .unlock = git_unlock,
    .holder = git_holder,
    .break_lock = git_break_lock,
    .free = git_free,
    .history = git_history,
    .read_revision = git_read_revision,
};

int cbk_backend_git_new(const char *dir, const char *remote, const char *stack, struct cbk_backend **ret,
                        struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *ref = cbk_strf("refs/cbk/state/%s", stack);
    struct cbk_git_chain *chain = NULL;
    if (!remote && cbk_git_has_remote(dir, DEFAULT_REMOTE))
        remote = DEFAULT_REMOTE;
    int r = cbk_git_chain_open(dir, remote, ref, &chain, err);
    if (r < 0)
        return r;
    struct git *self = CBK_NEW(struct git);
    *self = (struct git){
        .base = {.ops = &git_ops, .place = remote ? cbk_strf("%s of %s", ref, remote) : cbk_strdup(ref)},
        .chain = chain,
    };
    *ret = &self->base;
    return 0;
}
