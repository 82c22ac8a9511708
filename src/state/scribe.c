#include "state/scribe.h"

#include <pthread.h>

/* Somebody who waits for an entry to be durable; it stands on the waiter's stack. */
struct request {
    const json_t *entry;
    bool is_answered;
    int outcome;
    struct cbk_error *err;
};
CBK_VEC(requests, struct request *)

struct cbk_scribe {
    struct cbk_store *store;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_writing; /* somebody is, outside of the lock */
    json_t *later;   /* entries that nobody waits for */
    struct requests requests;
};

struct cbk_scribe *cbk_scribe_new(struct cbk_store *store)
{
    struct cbk_scribe *scribe = CBK_NEW(struct cbk_scribe);
    (void)pthread_mutex_init(&scribe->lock, NULL);
    (void)pthread_cond_init(&scribe->changed, NULL);
    scribe->store = store;
    scribe->later = json_array();
    return scribe;
}

void cbk_scribe_free(struct cbk_scribe *scribe)
{
    if (!scribe)
        return;
    json_decref(scribe->later);
    requests_release(&scribe->requests);
    (void)pthread_cond_destroy(&scribe->changed);
    (void)pthread_mutex_destroy(&scribe->lock);
    free(scribe);
}

void cbk_scribe_write_later(struct cbk_scribe *scribe, const json_t *entry)
{
    json_t *own = json_deep_copy(entry);
    (void)pthread_mutex_lock(&scribe->lock);
    json_array_append_new(scribe->later, own);
    (void)pthread_mutex_unlock(&scribe->lock);
}

/* What is written at once: first what was to be written later, as it came before those who wait now. */
static void gather(const json_t *later, const struct requests *requests, struct cbk_entries *ret)
{
    size_t index;
    json_t *entry;
    json_array_foreach((json_t *)later, index, entry)
        cbk_entries_push(ret, entry);
    for (size_t i = 0; i < requests->len; i++)
        cbk_entries_push(ret, requests->items[i]->entry);
}

/* Each has an error of their own to fill. */
static void answer(const struct requests *requests, int outcome, const struct cbk_error *reason)
{
    for (size_t i = 0; i < requests->len; i++) {
        struct request *request = requests->items[i];
        request->outcome = outcome;
        request->is_answered = true;
        if (outcome < 0)
            (void)cbk_error_copy(request->err, reason);
    }
}

/* Under the lock, which is let go of meanwhile: writes for all who have come so far. */
static void write_for_all(struct cbk_scribe *scribe)
{
    CBK_JSON *later = scribe->later;
    CBK_CLEANUP(requests_release) struct requests requests = scribe->requests;
    CBK_CLEANUP(cbk_entries_release) struct cbk_entries entries = {0};
    CBK_ERROR(reason);
    scribe->later = json_array();
    scribe->requests = (struct requests){0};
    scribe->is_writing = true;
    (void)pthread_mutex_unlock(&scribe->lock);
    gather(later, &requests, &entries);
    int r = cbk_store_append_all(scribe->store, &entries, &reason);
    (void)pthread_mutex_lock(&scribe->lock);
    scribe->is_writing = false;
    if (r < 0) {
        json_array_extend(later, scribe->later);
        json_array_clear(scribe->later);
        json_array_extend(scribe->later, later);
    }
    answer(&requests, r, &reason);
    (void)pthread_cond_broadcast(&scribe->changed);
}

int cbk_scribe_write(struct cbk_scribe *scribe, const json_t *entry, struct cbk_error *err)
{
    struct request request = {.entry = entry, .err = err};
    (void)pthread_mutex_lock(&scribe->lock);
    requests_push(&scribe->requests, &request);
    while (!request.is_answered) {
        if (scribe->is_writing)
            (void)pthread_cond_wait(&scribe->changed, &scribe->lock);
        else
            write_for_all(scribe);
    }
    (void)pthread_mutex_unlock(&scribe->lock);
    return request.outcome;
}

size_t cbk_scribe_waiting(struct cbk_scribe *scribe)
{
    (void)pthread_mutex_lock(&scribe->lock);
    size_t waiting = scribe->requests.len;
    (void)pthread_mutex_unlock(&scribe->lock);
    return waiting;
}
