/* The local store, crashing everywhere: a story is recorded call by call, and each disk that a crash could leave is
 * read. What is found is what was there before the step under way, or after it; what was promised is there; and the
 * next apply goes on from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/disk_images.h"
#include "state/story.h"

#include "scratch.h"

#define BELOW "deep/state" /* neither directory is there at first */

struct fixture {
    char *root, *dir; /* of the story */
    char *images;
    struct story story;
    struct disk_ops ops;
    char *wrong; /* what was found first; NULL: nothing */
};

static struct disk_ops record(struct story *story, const char *root, const char *dir)
{
    disk_log_begin(root);
    story_begin(story, dir);
    for (size_t i = 0; i < story_steps; i++) {
        CBK_ERROR(err);
        if (story_take(story, i, &err) < 0)
            fail_msg("%s: %s", story_step_name(i), err.message);
        disk_log_step();
    }
    cbk_store_freep(&story->store);
    return disk_log_end();
}

static int record_story(void **state)
{
    struct fixture *fixture = CBK_NEW(struct fixture);
    *state = fixture;
    fixture->images = cbk_strdup(access("/dev/shm", W_OK) == 0 ? "/dev/shm/cbk-test-XXXXXX" : "/tmp/cbk-test-XXXXXX");
    if (scratch_setup((void **)&fixture->root) < 0 || !mkdtemp(fixture->images)) /* thousands: in memory, if possible */
        return -1;
    fixture->dir = cbk_path_join(fixture->root, BELOW);
    fixture->ops = record(&fixture->story, fixture->root, fixture->dir);
    return 0;
}

static int forget_story(void **state)
{
    struct fixture *fixture = *state;
    (void)scratch_teardown((void **)&fixture->root);
    (void)scratch_teardown((void **)&fixture->images);
    story_release(&fixture->story);
    disk_ops_free(&fixture->ops);
    free(fixture->dir);
    free(fixture->wrong);
    free(fixture);
    return 0;
}

static bool try_image(void *context, const char *root, int step, bool is_done)
{
    struct fixture *fixture = context;
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(root, BELOW);
    CBK_ERROR(err);
    if (story_check(&fixture->story, dir, (size_t)step, is_done, &err) == 0)
        return true;
    fixture->wrong = cbk_strdup(err.message);
    return false;
}

static void a_crash_leaves_the_old_state_or_the_new_one(void **state)
{
    struct fixture *fixture = *state;
    size_t count = disk_images(&fixture->ops, fixture->images, try_image, fixture);
    if (fixture->wrong)
        fail_msg("%s", fixture->wrong);
    print_message("%zu calls, %zu disks\n", fixture->ops.len, count);
    assert_true(count > 1000);
}

static bool is_directory(const struct disk_ops *ops, int node)
{
    bool is = node == 0;
    for (size_t i = 0; i < ops->len; i++)
        is = is || (ops->items[i].kind == DISK_MAKE_DIR && ops->items[i].node == node);
    return is;
}

/* Does a store that leaves out the syncs of a step, of files or of directories, get away with it? */
static void assert_found_out(struct fixture *fixture, bool of_directories, int step)
{
    struct disk_ops without = {0};
    for (size_t i = 0; i < fixture->ops.len; i++) {
        const struct disk_op *op = &fixture->ops.items[i];
        bool is_left_out =
            op->kind == DISK_SYNC && op->step == step && is_directory(&fixture->ops, op->node) == of_directories;
        if (!is_left_out)
            disk_ops_push(&without, *op);
    }
    assert_true(without.len < fixture->ops.len);
    (void)disk_images(&without, fixture->images, try_image, fixture);
    disk_ops_release(&without); /* its texts are the other's */
    if (!fixture->wrong)
        fail_msg("nobody misses the syncs of %s in step %d", of_directories ? "directories" : "files", step);
    free(fixture->wrong);
    fixture->wrong = NULL;
}

/* Or the test above could not fail. */
static void each_sync_is_missed_where_it_is_left_out(void **state)
{
    assert_found_out(*state, /* of_directories= */ true, 0); /* the directories */
    for (int step = 1; step <= 4; step++)                    /* the first write, two appends, a write */
        assert_found_out(*state, /* of_directories= */ false, step);
    assert_found_out(*state, /* of_directories= */ true, 1); /* the state itself */
    assert_found_out(*state, /* of_directories= */ true, 2); /* a journal that begins */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_crash_leaves_the_old_state_or_the_new_one, record_story, forget_story),
        cmocka_unit_test_setup_teardown(each_sync_is_missed_where_it_is_left_out, record_story, forget_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
