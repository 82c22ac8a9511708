/*
 * The etcd backend. Below PREFIX/STACK/ stand
 *
 *   lock               who applies; lives as long as its lease
 *   head               {generation, length}: which state counts
 *   state/GEN/NUMBER   its bytes, in pieces that etcd takes
 *   journal/GEN/NUMBER some lines each
 *
 * Every write is a transaction that holds only while the lock is ours, and the head only while it is as we have read
 * it. A state becomes the state when the head names it, in the transaction that drops the old one and the journal.
 * Reads go to one revision, so that they see one moment.
 */
#include "base/digest.h"
#include "base/time.h"
#include "state/backend.h"
#include "state/etcd_lock.h"
#include "state/lock.h"

#include <string.h>

#define SHORTEST_LEASE_S 3 /* etcd grants none below its own elections */
#define LONGEST_LEASE_S 3600
#define CHUNK_BYTES ((size_t)512 * 1024) /* a request may have 1.5 MiB, and Base64 adds a third */
#define CHUNKS_A_READ 16
#define BLOCKS_A_READ 200
#define TEXT_LIMIT ((size_t)1024 * 1024 * 1024)

struct etcd {
    struct cbk_backend base;
    struct cbk_etcd *client;
    struct cbk_etcd_lock *lock;
    char *lock_key, *head_key, *state_prefix, *journal_prefix;
    int64_t head_revision; /* of the head as it was read last; 0: there was none */
    char *journal;         /* the generation under way; NULL: none */
    size_t blocks;         /* in it */
};

static struct etcd *self_of(struct cbk_backend *backend)
{
    return (struct etcd *)(void *)backend;
}

static json_t *text_bytes(const char *text)
{
    return cbk_etcd_bytes(text, strlen(text));
}

/* --- reading -------------------------------------------------------------------------------------------------------
 */

/* Adds the values of all keys below `prefix`, in their order, as they were at `revision`. */
static int read_below(struct etcd *self, const char *prefix, int64_t revision, int limit, struct cbk_str *out,
                      struct cbk_error *err)
{
    CBK_JSON *from = text_bytes(prefix);
    for (bool more = true; more;) {
        CBK_JSON *request = json_pack("{s:O, s:o, s:I, s:i}", "key", from, "range_end", cbk_etcd_range_end(prefix),
                                      "revision", (json_int_t)revision, "limit", limit);
        CBK_JSON *answer = NULL;
        int r = cbk_etcd_call(self->client, "kv/range", request, &answer, err);
        if (r < 0)
            return r;
        size_t index, len = 0;
        json_t *kv;
        json_array_foreach(json_object_get(answer, "kvs"), index, kv) {
            CBK_CLEANUP(cbk_string_freep) char *value = cbk_etcd_text(kv, "value", &len);
            cbk_str_add_bytes(out, value, len);
            CBK_CLEANUP(cbk_string_freep) char *key = cbk_etcd_text(kv, "key", &len);
            json_decref(from);
            from = cbk_etcd_bytes(key, len + 1); /* the next one begins behind it: its text and a NUL */
        }
        more = cbk_json_bool(answer, "more", false);
        if (out->overflow)
            return cbk_fail(err, CBK_E_LIMIT, "what stands below '%s' is larger than %zu bytes", prefix, TEXT_LIMIT);
    }
    return 0;
}

/* The head and the revision of this moment. *ret_head is NULL where there is none yet. */
static int read_head(struct etcd *self, json_t **ret_head, int64_t *ret_now, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:o}", "key", text_bytes(self->head_key));
    CBK_JSON *answer = NULL;
    int r = cbk_etcd_call(self->client, "kv/range", request, &answer, err);
    if (r < 0)
        return r;
    const json_t *kv = json_array_get(json_object_get(answer, "kvs"), 0);
    *ret_now = cbk_etcd_number(answer, "header.revision");
    self->head_revision = cbk_etcd_number(kv, "mod_revision");
    *ret_head = NULL;
    if (!kv)
        return 0;
    size_t len = 0;
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_etcd_text(kv, "value", &len);
    return cbk_json_parse(self->head_key, text, len, ret_head, err);
}

static int etcd_read(struct cbk_backend *backend, struct cbk_stored *ret, struct cbk_error *err)
{
    struct etcd *self = self_of(backend);
    CBK_JSON *head = NULL;
    CBK_STR(state);
    CBK_STR(journal);
    int64_t now = 0;
    state.ceiling = journal.ceiling = TEXT_LIMIT;
    int r = read_head(self, &head, &now, err);
    if (r < 0 || !head)
        return r;
    CBK_CLEANUP(cbk_string_freep)
    char *prefix = cbk_strf("%s%s/", self->state_prefix, cbk_json_text_or(head, "generation", ""));
    r = read_below(self, prefix, now, CHUNKS_A_READ, &state, err);
    if (r == 0)
        r = read_below(self, self->journal_prefix, now, BLOCKS_A_READ, &journal, err);
    if (r < 0)
        return r;
    if ((int64_t)state.len != cbk_json_int(head, "length", -1))
        return cbk_fail(err, CBK_E_STATE, "'%s' is not whole: %zu bytes of it are there", backend->place, state.len);
    ret->state_len = state.len;
    ret->state = cbk_str_detach(&state);
    ret->journal_len = journal.len;
    ret->journal = cbk_str_detach(&journal);
    return 0;
}

/* --- writing -------------------------------------------------------------------------------------------------------
 */

static json_t *put_op(const char *key, const char *value, size_t len)
{
    return json_pack("{s:{s:o, s:o}}", "request_put", "key", text_bytes(key), "value", cbk_etcd_bytes(value, len));
}

static json_t *delete_op(json_t *from, json_t *end)
{
    return json_pack("{s:{s:o, s:o}}", "request_delete_range", "key", from, "range_end", end);
}

/* Adds what drops all generations below `prefix` but `kept` (NULL: none is kept): the keys before it and those behind.
 */
static void add_drop(json_t *ops, const char *prefix, const char *kept)
{
    if (!kept) {
        json_array_append_new(ops, delete_op(text_bytes(prefix), cbk_etcd_range_end(prefix)));
        return;
    }
    CBK_CLEANUP(cbk_string_freep) char *own = cbk_strf("%s%s/", prefix, kept);
    json_array_append_new(ops, delete_op(text_bytes(prefix), text_bytes(own)));
    json_array_append_new(ops, delete_op(cbk_etcd_range_end(own), cbk_etcd_range_end(prefix)));
}

/* Does `ops` while the lock is ours and (unless NULL) `condition` holds. *ret_done says whether they did. Takes over
 * both references. */
static int write_held(struct etcd *self, json_t *condition, json_t *ops, bool *ret_done, struct cbk_error *err)
{
    CBK_JSON *request = json_pack("{s:[o], s:o}", "compare", cbk_etcd_lock_condition(self->lock), "success", ops);
    if (condition)
        json_array_append_new(json_object_get(request, "compare"), condition);
    CBK_JSON *answer = NULL;
    int r = cbk_etcd_call(self->client, "kv/txn", request, &answer, err);
    *ret_done = r == 0 && cbk_json_bool(answer, "succeeded", false);
    return r;
}

/* The head is as we have read it. */
static json_t *head_unmoved(const struct etcd *self)
{
    return json_pack("{s:o, s:s, s:s, s:I}", "key", text_bytes(self->head_key), "target", "MOD", "result", "EQUAL",
                     "mod_revision", (json_int_t)self->head_revision);
}

static int etcd_append(struct cbk_backend *backend, const char *block, size_t len, bool begins, struct cbk_error *err)
{
    struct etcd *self = self_of(backend);
    json_t *ops = json_array();
    if (begins) {
        CBK_STR(generation);
        cbk_uuid_add(&generation);
        free(self->journal);
        self->journal = cbk_str_detach(&generation);
        self->blocks = 0;
        add_drop(ops, self->journal_prefix, self->journal);
    }
    CBK_CLEANUP(cbk_string_freep)
    char *key = cbk_strf("%s%s/%010zu", self->journal_prefix, self->journal, self->blocks);
    json_array_append_new(ops, put_op(key, block, len));
    /* Counted whether it is known to have worked or not: what arrives late, after we have given it up, must neither
     * take the place of a later block nor, once the head has moved, come back as a journal. */
    self->blocks++;
    bool done = false;
    int r = write_held(self, head_unmoved(self), ops, &done, err);
    if (r < 0)
        return r;
    return done ? 0 : cbk_etcd_lock_fail_lost(self->lock, err);
}

static int put_chunks(struct etcd *self, const char *generation, const char *text, size_t len, struct cbk_error *err)
{
    for (size_t at = 0, number = 0; at < len; at += CHUNK_BYTES, number++) {
        CBK_CLEANUP(cbk_string_freep) char *key = cbk_strf("%s%s/%010zu", self->state_prefix, generation, number);
        size_t take = len - at < CHUNK_BYTES ? len - at : CHUNK_BYTES;
        json_t *ops = json_array();
        json_array_append_new(ops, put_op(key, text + at, take));
        bool done = false;
        int r = write_held(self, NULL, ops, &done, err);
        if (r < 0 || !done)
            return r < 0 ? r : cbk_etcd_lock_fail_lost(self->lock, err);
    }
    return 0;
}

static int put_head(struct etcd *self, const char *generation, size_t len, bool *ret_done, struct cbk_error *err)
{
    CBK_JSON *head = json_pack("{s:s, s:I}", "generation", generation, "length", (json_int_t)len);
    CBK_STR(text);
    cbk_json_add_canonical(&text, head);
    json_t *ops = json_array();
    json_array_append_new(ops, put_op(self->head_key, text.ptr, text.len));
    add_drop(ops, self->state_prefix, generation);
    add_drop(ops, self->journal_prefix, NULL);
    return write_held(self, head_unmoved(self), ops, ret_done, err);
}

static int etcd_replace(struct cbk_backend *backend, const char *state, size_t len, const char *note,
                        struct cbk_error *err)
{
    struct etcd *self = self_of(backend);
    (void)note; /* etcd keeps no history for us */
    CBK_STR(generation);
    cbk_uuid_add(&generation);
    bool done = false;
    int r = put_chunks(self, generation.ptr, state, len, err);
    if (r == 0)
        r = put_head(self, generation.ptr, len, &done, err);
    if (r < 0)
        return r;
    CBK_JSON *head = NULL;
    int64_t now = 0;
    r = read_head(self, &head, &now, err); /* also tells what became of a call that was repeated */
    if (r < 0)
        return r;
    if (!cbk_str_equal(cbk_json_text(head, "generation"), generation.ptr))
        return cbk_etcd_lock_fail_lost(self->lock, err);
    return 0;
}

/* --- the lock ------------------------------------------------------------------------------------------------------
 */

static int etcd_lock(struct cbk_backend *backend, const json_t *holder, struct cbk_error *err)
{
    return cbk_etcd_lock_take(self_of(backend)->lock, holder, err);
}

static void etcd_unlock(struct cbk_backend *backend)
{
    cbk_etcd_lock_give(self_of(backend)->lock);
}

static int etcd_holder(struct cbk_backend *backend, json_t **ret_holder, struct cbk_error *err)
{
    int64_t revision = 0;
    return cbk_etcd_lock_look(self_of(backend)->lock, ret_holder, &revision, err);
}

static int etcd_break_lock(struct cbk_backend *backend, const char *id, struct cbk_error *err)
{
    struct etcd *self = self_of(backend);
    CBK_JSON *holder = NULL;
    int64_t revision = 0;
    int r = cbk_etcd_lock_look(self->lock, &holder, &revision, err);
    if (r < 0)
        return r;
    if (!cbk_str_equal(cbk_json_text(holder, "id"), id))
        return cbk_fail(err, CBK_E_NOT_FOUND, "no lock '%s' is held on '%s'", id, backend->place);
    return cbk_etcd_lock_break(self->lock, revision, err);
}

static void etcd_free(struct cbk_backend *backend)
{
    struct etcd *self = self_of(backend);
    cbk_etcd_lock_free(self->lock);
    cbk_etcd_free(self->client);
    free(self->lock_key);
    free(self->head_key);
    free(self->state_prefix);
    free(self->journal_prefix);
    free(self->journal);
    free(self);
}

static const struct cbk_backend_ops etcd_ops = {
    .name = "etcd",
    .read = etcd_read,
    .lock = etcd_lock,
    .append = etcd_append,
    .replace = etcd_replace,
    .unlock = etcd_unlock,
    .holder = etcd_holder,
    .break_lock = etcd_break_lock,
    .free = etcd_free,
};

static int lease_of(const json_t *settings, int64_t *ret_seconds, struct cbk_error *err)
{
    const char *text = cbk_json_text_or(settings, "lease", "30s");
    int r = cbk_duration_parse(text, ret_seconds, err);
    if (r == 0 && (*ret_seconds < SHORTEST_LEASE_S || *ret_seconds > LONGEST_LEASE_S))
        r = cbk_fail(err, CBK_E_VALIDATION, "a lease of %s is not between %d seconds and an hour", text,
                     SHORTEST_LEASE_S);
    return r < 0 ? cbk_wrap(err, "state.etcd.lease") : 0;
}

int cbk_backend_etcd_new(const json_t *settings, const char *dir, const char *stack, struct cbk_backend **ret,
                         struct cbk_error *err)
{
    struct cbk_etcd *client = NULL;
    int64_t lease_s = 0;
    int r = lease_of(settings, &lease_s, err);
    if (r == 0)
        r = cbk_etcd_new(settings, dir, &client, err);
    if (r < 0)
        return r;
    const char *prefix = cbk_json_text_or(settings, "prefix", "cbk");
    struct etcd *self = CBK_NEW(struct etcd);
    *self = (struct etcd){
        .base = {.ops = &etcd_ops, .place = cbk_strf("%s/%s in etcd", prefix, stack)},
        .client = client,
        .lock_key = cbk_strf("%s/%s/lock", prefix, stack),
        .head_key = cbk_strf("%s/%s/head", prefix, stack),
        .state_prefix = cbk_strf("%s/%s/state/", prefix, stack),
        .journal_prefix = cbk_strf("%s/%s/journal/", prefix, stack),
    };
    self->lock = cbk_etcd_lock_new(client, self->lock_key, lease_s);
    *ret = &self->base;
    return 0;
}
