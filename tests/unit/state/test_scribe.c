/* The scribe: what is asked for is durable when it answers, and those who come meanwhile share one write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/parallel.h"
#include "state/scribe.h"
#include "state/state.h"

#include <pthread.h>
#include <string.h>

/* A place that keeps a journal in memory, counts the blocks, and lets the first one wait until it is told. */
struct place {
    struct cbk_backend base;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char *state;
    struct cbk_str journal;
    size_t blocks, failures;
    bool is_held;
};

static struct place *place_of(struct cbk_backend *backend)
{
    return (struct place *)(void *)backend;
}

static int place_read(struct cbk_backend *backend, struct cbk_stored *ret, struct cbk_error *err)
{
    struct place *place = place_of(backend);
    (void)err;
    *ret = (struct cbk_stored){.state = cbk_strdup(place->state),
                               .state_len = strlen(place->state),
                               .journal = cbk_strdup(place->journal.ptr),
                               .journal_len = place->journal.len};
    return 0;
}

static int place_append(struct cbk_backend *backend, const char *block, size_t len, bool begins, struct cbk_error *err)
{
    struct place *place = place_of(backend);
    (void)pthread_mutex_lock(&place->lock);
    size_t number = ++place->blocks;
    (void)pthread_cond_broadcast(&place->changed);
    while (place->is_held)
        (void)pthread_cond_wait(&place->changed, &place->lock);
    bool fails = number <= place->failures;
    if (begins && !fails)
        cbk_str_clear(&place->journal);
    if (!fails)
        cbk_str_add_bytes(&place->journal, block, len);
    (void)pthread_mutex_unlock(&place->lock);
    return fails ? cbk_fail(err, CBK_E_IO, "the disk is full") : 0;
}

static void place_unlock(struct cbk_backend *backend)
{
    (void)backend;
}

static void place_free(struct cbk_backend *backend)
{
    struct place *place = place_of(backend);
    free(place->state);
    cbk_str_release(&place->journal);
    (void)pthread_mutex_destroy(&place->lock);
    (void)pthread_cond_destroy(&place->changed);
    free(place);
}

static const struct cbk_backend_ops place_ops = {
    .name = "memory", .read = place_read, .append = place_append, .unlock = place_unlock, .free = place_free};

static struct place *place_new(void)
{
    CBK_JSON *state = cbk_state_new("web");
    CBK_STR(text);
    cbk_json_add_canonical(&text, state);
    struct place *place = CBK_NEW(struct place);
    *place = (struct place){.base = {.ops = &place_ops, .place = cbk_strdup("memory")},
                            .state = cbk_str_detach(&text),
                            .journal = CBK_STR_INIT};
    (void)pthread_mutex_init(&place->lock, NULL);
    (void)pthread_cond_init(&place->changed, NULL);
    return place;
}

static json_t *made(size_t number)
{
    CBK_CLEANUP(cbk_string_freep) char *address = cbk_strf("roles.r%zu", number);
    CBK_JSON *resource = json_pack("{s:s, s:{}}", "kind", "role", "attributes");
    return cbk_state_entry(address, resource);
}

static size_t lines_in(const struct cbk_str *journal)
{
    size_t lines = 0;
    for (const char *at = journal->ptr; (at = strchr(at, '\n')); at++)
        lines++;
    return lines;
}

static bool is_written(const struct place *place, size_t number)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("\"roles.r%zu\"", number);
    return strstr(place->journal.ptr, text) != NULL;
}

static void what_may_be_late_goes_with_the_next(void **state)
{
    (void)state;
    struct place *place = place_new();
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_new(&place->base, NULL, "web");
    CBK_CLEANUP(cbk_scribe_freep) struct cbk_scribe *scribe = cbk_scribe_new(store);
    CBK_JSON *first = made(1), *second = made(2), *third = made(3);
    CBK_ERROR(err);
    cbk_scribe_write_later(scribe, first);
    cbk_scribe_write_later(scribe, second);
    assert_int_equal(place->blocks, 0);
    assert_int_equal(cbk_scribe_write(scribe, third, &err), 0);
    assert_int_equal(place->blocks, 1);
    assert_int_equal(lines_in(&place->journal), 2); /* with the one that names the state */
    assert_true(strstr(place->journal.ptr, "roles.r1") < strstr(place->journal.ptr, "roles.r2"));
    assert_true(strstr(place->journal.ptr, "roles.r2") < strstr(place->journal.ptr, "roles.r3"));
}

static void a_failed_write_is_told_and_what_may_be_late_waits(void **state)
{
    (void)state;
    struct place *place = place_new();
    place->failures = 1;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_new(&place->base, NULL, "web");
    CBK_CLEANUP(cbk_scribe_freep) struct cbk_scribe *scribe = cbk_scribe_new(store);
    CBK_JSON *first = made(1), *second = made(2), *third = made(3);
    CBK_ERROR(err);
    cbk_scribe_write_later(scribe, first);
    assert_int_equal(cbk_scribe_write(scribe, second, &err), CBK_E_IO);
    assert_string_equal(err.message, "the disk is full");
    assert_int_equal(cbk_scribe_write(scribe, third, &err), 0);
    assert_true(is_written(place, 1));
    assert_false(is_written(place, 2));
    assert_true(is_written(place, 3));
}

#define WRITERS ((size_t)16)

struct crowd {
    struct cbk_scribe *scribe;
    struct place *place;
};

/* Everybody's own entry is written when their call returns. */
static int write_one(void *context, size_t index, struct cbk_error *err)
{
    const struct crowd *crowd = context;
    CBK_JSON *early = made(1000 + index), *entry = made(index);
    cbk_scribe_write_later(crowd->scribe, early);
    int r = cbk_scribe_write(crowd->scribe, entry, err);
    (void)pthread_mutex_lock(&crowd->place->lock);
    bool there = is_written(crowd->place, index) && is_written(crowd->place, 1000 + index);
    (void)pthread_mutex_unlock(&crowd->place->lock);
    return r < 0 || there ? r : cbk_fail(err, CBK_E_INTERNAL, "it answered before it was written");
}

static void *write_all(void *context)
{
    CBK_ERROR(err);
    int r = cbk_parallel(WRITERS, WRITERS, write_one, context, &err);
    if (r < 0)
        print_error("%s\n", err.message);
    return r == 0 ? context : NULL;
}

/* All come while the first block is under way: they share the second. */
static void a_crowd_shares_a_write(void **state)
{
    (void)state;
    struct place *place = place_new();
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_new(&place->base, NULL, "web");
    CBK_CLEANUP(cbk_scribe_freep) struct cbk_scribe *scribe = cbk_scribe_new(store);
    struct crowd crowd = {scribe, place};
    pthread_t all;
    void *well = NULL;
    place->is_held = true;
    assert_int_equal(pthread_create(&all, NULL, write_all, &crowd), 0);
    while (cbk_scribe_waiting(scribe) < WRITERS - 1)
        sched_yield();
    (void)pthread_mutex_lock(&place->lock);
    assert_int_equal(place->blocks, 1);
    place->is_held = false;
    (void)pthread_cond_broadcast(&place->changed);
    (void)pthread_mutex_unlock(&place->lock);
    assert_int_equal(pthread_join(all, &well), 0);
    assert_non_null(well);
    assert_int_equal(place->blocks, 2);
    assert_int_equal(lines_in(&place->journal), 1 + 2);
}

/* A failure is everybody's who shared the write, each with the words of their own. */
static int write_in_vain(void *context, size_t index, struct cbk_error *err)
{
    const struct crowd *crowd = context;
    CBK_JSON *entry = made(index);
    CBK_ERROR(failure);
    int r = cbk_scribe_write(crowd->scribe, entry, &failure);
    return r == CBK_E_IO && cbk_str_equal(failure.message, "the disk is full")
               ? 0
               : cbk_fail(err, CBK_E_INTERNAL, "%zu was told that it is written", index);
}

static void a_failure_is_told_to_all(void **state)
{
    (void)state;
    struct place *place = place_new();
    place->failures = SIZE_MAX;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_new(&place->base, NULL, "web");
    CBK_CLEANUP(cbk_scribe_freep) struct cbk_scribe *scribe = cbk_scribe_new(store);
    struct crowd crowd = {scribe, place};
    CBK_ERROR(err);
    if (cbk_parallel(WRITERS, 4 * WRITERS, write_in_vain, &crowd, &err) < 0)
        fail_msg("%s", err.message);
}

/* A block has its limit, so that no place is asked for too much at once. */
static void much_is_written_in_blocks(void **state)
{
    (void)state;
    struct place *place = place_new();
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_new(&place->base, NULL, "web");
    CBK_CLEANUP(cbk_scribe_freep) struct cbk_scribe *scribe = cbk_scribe_new(store);
    CBK_ERROR(err);
    for (size_t i = 1; i <= 10000; i++) {
        CBK_JSON *entry = made(i);
        if (i < 10000)
            cbk_scribe_write_later(scribe, entry);
        else
            assert_int_equal(cbk_scribe_write(scribe, entry, &err), 0);
    }
    assert_in_range(place->blocks, 2, 10);
    assert_int_equal(lines_in(&place->journal), place->blocks + 1);
    CBK_JSON *seen = NULL;
    assert_int_equal(cbk_store_read(store, &seen, &err), 0);
    assert_int_equal(json_object_size(cbk_state_resources(seen)), 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_late_goes_with_the_next),
        cmocka_unit_test(a_failed_write_is_told_and_what_may_be_late_waits),
        cmocka_unit_test(a_crowd_shares_a_write),
        cmocka_unit_test(a_failure_is_told_to_all),
        cmocka_unit_test(much_is_written_in_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
