/* The git store: the shared promises in a repository of its own and through a bare remote, and what the history says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/chain.h"
#include "state/steps.h"
#include "state/store_conformance.h"

#include <git2.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#define REF "refs/cbk/state/"

/* libgit2's calls of it come here, since a program's own functions go before those of libraries. */
static atomic_int syncs;
int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}

/* A bare repository and two clones of it, as far as a store needs them: each has it as its remote 'origin'. */
struct place {
    char *dir, *bare, *clone[2];
    size_t next; /* which clone the next handle is opened in */
};

static void make_clone(const char *path, const char *bare)
{
    git_repository *repository = NULL;
    git_config *config = NULL;
    CBK_CLEANUP(cbk_string_freep) char *url = cbk_strf("file://%s", bare);
    assert_int_equal(git_repository_init(&repository, path, 0), 0);
    assert_int_equal(git_repository_config(&config, repository), 0);
    assert_int_equal(git_config_set_string(config, "remote.origin.url", url), 0);
    git_config_free(config);
    git_repository_free(repository);
}

static int set_up(void **state)
{
    struct place *place = CBK_NEW(struct place);
    git_repository *bare = NULL;
    (void)git_libgit2_init();
    assert_int_equal(scratch_setup((void **)&place->dir), 0);
    place->bare = cbk_path_join(place->dir, "bare");
    assert_int_equal(git_repository_init(&bare, place->bare, 1), 0);
    git_repository_free(bare);
    for (int i = 0; i < 2; i++) {
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_strf("clone%d", i);
        place->clone[i] = cbk_path_join(place->dir, name);
        make_clone(place->clone[i], place->bare);
    }
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    free(place->bare);
    free(place->clone[0]);
    free(place->clone[1]);
    (void)scratch_teardown((void **)&place->dir);
    free(place);
    (void)git_libgit2_shutdown();
    return 0;
}

static struct cbk_store *open_in(const char *dir, const char *stack)
{
    struct cbk_backend *backend = NULL;
    CBK_ERROR(err);
    if (cbk_backend_git_new(dir, NULL, stack, &backend, &err) < 0)
        fail_msg("%s", err.message);
    return cbk_store_new(backend, NULL, stack);
}

static void clear_ref(void *context)
{
    const struct place *place = context;
    git_repository *bare = NULL;
    assert_int_equal(git_repository_open(&bare, place->bare), 0);
    (void)git_reference_remove(bare, REF CBK_CONFORMANCE_STACK);
    git_repository_free(bare);
}

/* Each handle is another clone's, as those of two runners are. */
static struct cbk_store *open_conformance(void *context)
{
    struct place *place = context;
    return open_in(place->clone[place->next++ % 2], CBK_CONFORMANCE_STACK);
}

static void it_keeps_the_promises_of_all_stores(void **state)
{
    cbk_store_conformance(&(struct cbk_store_seat){clear_ref, open_conformance, *state});
}

/* --- the history ----------------------------------------------------------------------------------------------------
 */

static void write_serial(struct cbk_store *store, const json_t *state, int serial, const char *note)
{
    CBK_JSON *next = json_deep_copy(state);
    json_object_set_new(next, "serial", json_integer(serial));
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    if (cbk_store_write(store, next, serial - 1, note, &err) < 0)
        fail_msg("%s", err.message);
    if (append_numbered(store, serial, &err) < 0)
        fail_msg("%s", err.message);
    json_object_set_new(next, "serial", json_integer(serial));
    assert_int_equal(cbk_store_write(store, next, serial, note, &err), 0);
    cbk_store_unlock(store);
}

static void the_history_is_a_commit_an_apply(void **state)
{
    static const char *const notes[] = {"apply mysql: 2 created", "apply mysql: 1 updated"};
    const struct place *place = *state;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_in(place->clone[0], STACK);
    CBK_JSON *fresh = cbk_state_new(STACK);
    for (int i = 0; i < 2; i++) {
        CBK_JSON *next = json_deep_copy(fresh);
        CBK_ERROR(err);
        json_object_set_new(next, "serial", json_integer(i + 1));
        assert_int_equal(lock_store(store, &err), 0);
        if (i > 0)
            assert_int_equal(append_numbered(store, i, &err), 0);
        assert_int_equal(cbk_store_write(store, next, i, notes[i], &err), 0);
        cbk_store_unlock(store);
    }
    CBK_CLEANUP(cbk_git_chain_freep) struct cbk_git_chain *chain = NULL;
    struct cbk_git_id commit;
    CBK_ERROR(err);
    assert_int_equal(cbk_git_chain_open(place->clone[1], "origin", REF STACK, &chain, &err), 0);
    assert_int_equal(cbk_git_chain_tip(chain, &commit, &err), 0);
    for (int i = 1; i >= 0; i--) {
        CBK_CLEANUP(cbk_git_story_release) struct cbk_git_story story = {0};
        assert_int_equal(cbk_git_chain_story(chain, &commit, &story, &err), 0);
        assert_string_equal(story.message, notes[i]);
        const struct cbk_git_id here = commit;
        assert_int_equal(cbk_git_chain_parent(chain, &here, &commit, &err), 0);
    }
    assert_string_equal(commit.hex, ""); /* nothing else is in it */
}

static void whoever_lost_the_lock_cannot_write(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *loser = open_in(place->clone[0], STACK);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *winner = open_in(place->clone[1], STACK);
    CBK_JSON *fresh = cbk_state_new(STACK), *holder = NULL, *seen = NULL;
    CBK_ERROR(err);
    assert_int_equal(lock_store(loser, &err), 0);
    assert_int_equal(cbk_store_write(loser, fresh, 0, NULL, &err), 0);
    assert_int_equal(append_numbered(loser, 1, &err), 0);
    assert_int_equal(cbk_store_break_lock(winner, "another id", &err), CBK_E_NOT_FOUND);
    assert_int_equal(cbk_store_holder(winner, &holder, &err), 0);
    assert_int_equal(cbk_store_break_lock(winner, cbk_json_text(holder, "id"), &err), 0);
    assert_int_equal(append_numbered(loser, 2, &err), CBK_E_LOCKED);
    assert_int_equal(lock_store(winner, &err), 0);
    assert_int_equal(append_numbered(loser, 3, &err), CBK_E_LOCKED);
    CBK_JSON *late = cbk_state_new(STACK);
    assert_true(cbk_store_write(loser, late, 1, NULL, &err) < 0);
    cbk_store_unlock(loser);
    assert_int_equal(append_numbered(winner, 4, &err), 0);
    assert_int_equal(cbk_store_read(winner, &seen, &err), 0);
    assert_non_null(cbk_state_resource(seen, "policies.p1")); /* what was promised to the loser stays */
    assert_null(cbk_state_resource(seen, "policies.p2"));
}

static void a_repository_without_a_remote_keeps_it_itself(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_string_freep) char *alone = cbk_path_join(place->dir, "alone");
    git_repository *repository = NULL;
    assert_int_equal(git_repository_init(&repository, alone, 0), 0);
    git_repository_free(repository);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_in(alone, STACK);
    CBK_JSON *fresh = cbk_state_new(STACK);
    write_serial(store, fresh, 1, "apply");
    CBK_JSON *seen = NULL;
    CBK_ERROR(err);
    assert_int_equal(cbk_store_read(store, &seen, &err), 0);
    assert_int_equal(cbk_state_serial(seen), 1);
}

/* What is promised outlives a power failure: the blob, its tree, the commit and the ref are synced. */
static void a_step_is_synced_before_it_counts(void **state)
{
    const struct place *place = *state;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = open_in(place->clone[0], STACK);
    CBK_JSON *fresh = cbk_state_new(STACK);
    CBK_ERROR(err);
    assert_int_equal(lock_store(store, &err), 0);
    assert_int_equal(cbk_store_write(store, fresh, 0, NULL, &err), 0);
    assert_int_equal(append_numbered(store, 1, &err), 0);
    int before = syncs;
    assert_int_equal(append_numbered(store, 2, &err), 0);
    assert_true(syncs - before >= 4);
}

static void what_is_no_repository_and_no_remote_is_told(void **state)
{
    const struct place *place = *state;
    struct cbk_backend *backend = NULL;
    CBK_ERROR(err);
    CBK_ERROR(other);
    assert_int_equal(cbk_backend_git_new("/proc", NULL, STACK, &backend, &err), CBK_E_NOT_FOUND);
    assert_int_equal(cbk_backend_git_new(place->clone[0], "upstream", STACK, &backend, &other), CBK_E_NOT_FOUND);
    assert_non_null(strstr(other.message, "upstream"));
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_PLACE(it_keeps_the_promises_of_all_stores), IN_PLACE(the_history_is_a_commit_an_apply),
        IN_PLACE(whoever_lost_the_lock_cannot_write),  IN_PLACE(a_repository_without_a_remote_keeps_it_itself),
        IN_PLACE(a_step_is_synced_before_it_counts),   IN_PLACE(what_is_no_repository_and_no_remote_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
