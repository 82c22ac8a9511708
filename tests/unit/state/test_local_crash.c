/* The local store, crashing everywhere: a story is recorded call by call, and each disk that a crash could leave is
 * read. What is found is what was there before the step under way, or after it; what was promised is there; and the
 * next apply goes on from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/disk_images.h"
#include "state/steps.h"

#define OWNED_STORE CBK_CLEANUP(cbk_store_freep) struct cbk_store
#define BELOW "deep/state" /* neither directory is there at first */
#define PROBE 99

/* --- the story ------------------------------------------------------------------------------------------------------
 */

struct story {
    char *dir;
    struct cbk_store *store;
    json_t *state;    /* as it should be read; JSON's null: there is none yet */
    json_t *expected; /* of these, one a step */
};

static void must(int r, const struct cbk_error *err)
{
    if (r < 0)
        fail_msg("%s", err->message);
}

static char *address_of(int number)
{
    return cbk_strf("policies.p%d", number);
}

static void locks(struct story *story, int number)
{
    (void)number;
    CBK_ERROR(err);
    must(lock_store(story->store, &err), &err);
}

/* An apply that ends without its last write leaves its journal to the next one. */
static void gives_up(struct story *story, int number)
{
    (void)number;
    cbk_store_freep(&story->store);
    story->store = cbk_store_local_new(story->dir, STACK);
}

static void begins(struct story *story, int number)
{
    (void)number;
    CBK_ERROR(err);
    json_decref(story->state);
    story->state = cbk_state_new(STACK);
    must(cbk_store_write(story->store, story->state, 0, NULL, &err), &err);
}

static void appends(struct story *story, int number)
{
    CBK_CLEANUP(cbk_string_freep) char *address = address_of(number);
    CBK_ERROR(err);
    must(append_numbered(story->store, number, &err), &err);
    json_object_set_new(cbk_state_resources(story->state), address, numbered_resource(number));
}

static void drops(struct story *story, int number)
{
    CBK_CLEANUP(cbk_string_freep) char *address = address_of(number);
    CBK_JSON *entry = cbk_state_entry(address, NULL);
    CBK_ERROR(err);
    must(cbk_store_append(story->store, entry, &err), &err);
    json_object_del(cbk_state_resources(story->state), address);
}

static void writes(struct story *story, int serial)
{
    CBK_ERROR(err);
    json_object_set_new(story->state, "serial", json_integer(serial));
    must(cbk_store_write(story->store, story->state, serial - 1, NULL, &err), &err);
}

/* Three applies: a whole one that makes the directory, one that dies, and one that takes over. */
static const struct step {
    const char *name;
    void (*take)(struct story *story, int number);
    int number;
} steps[] = {
    {"lock", locks, 0},        {"first write", begins, 0}, {"append", appends, 1},
    {"append", appends, 2},    {"write", writes, 1},       {"append to a state with steps", appends, 3},
    {"drop", drops, 1},        {"write", writes, 2},       {"unlock", gives_up, 0},
    {"lock again", locks, 0},  {"append", appends, 4},     {"append", appends, 5},
    {"die", gives_up, 0},      {"take over", locks, 0},    {"append to what was taken over", appends, 6},
    {"last write", writes, 4}, {"unlock", gives_up, 0},
};

static struct disk_ops record(struct story *story)
{
    disk_log_begin(story->dir);
    CBK_CLEANUP(cbk_string_freep) char *below = cbk_path_join(story->dir, BELOW);
    char *root = story->dir;
    story->dir = below;
    story->store = cbk_store_local_new(below, STACK);
    for (size_t i = 0; i < CBK_ARRAY_LEN(steps); i++) {
        steps[i].take(story, steps[i].number);
        json_array_append_new(story->expected, json_deep_copy(story->state));
        disk_log_step();
    }
    cbk_store_freep(&story->store);
    story->dir = root;
    return disk_log_end();
}

/* --- what a crash leaves --------------------------------------------------------------------------------------------
 */

/* A journal under way counts as a serial; what is compared is what the state remembers. */
static bool is_like(const json_t *found, const json_t *expected)
{
    if (!found)
        return json_is_null(expected);
    return cbk_str_equal(cbk_state_lineage(found), cbk_state_lineage(expected)) &&
           json_equal(cbk_state_resources(found), cbk_state_resources(expected));
}

/* Reads it as any command would: NULL and a reason when that fails or is not what was promised. */
static bool reads(struct cbk_store *store, const json_t *before, const json_t *after, struct cbk_error *err)
{
    CBK_JSON *found = NULL;
    if (cbk_store_read(store, &found, err) < 0)
        return false;
    if (is_like(found, after) || (before && is_like(found, before)))
        return true;
    CBK_STR(text);
    if (found)
        cbk_json_add_canonical(&text, found);
    (void)cbk_fail(err, CBK_E_STATE, "neither the old one nor the new one: %s", text.ptr);
    return false;
}

/* The next apply: locks, begins a state where there is none, and appends. */
static bool goes_on(const char *dir, struct cbk_error *err)
{
    OWNED_STORE *store = cbk_store_local_new(dir, STACK), *reader = cbk_store_local_new(dir, STACK);
    CBK_CLEANUP(cbk_string_freep) char *address = address_of(PROBE);
    CBK_JSON *before = NULL, *after = NULL, *fresh = cbk_state_new(STACK);
    if (lock_store(store, err) < 0 || cbk_store_read(store, &before, err) < 0)
        return false;
    if (!before && cbk_store_write(store, fresh, 0, NULL, err) < 0)
        return false;
    if (append_numbered(store, PROBE, err) < 0 || cbk_store_read(reader, &after, err) < 0)
        return false;
    json_t *resources = cbk_state_resources(before ? before : fresh);
    json_object_set_new(resources, address, numbered_resource(PROBE));
    if (json_equal(resources, cbk_state_resources(after)))
        return true;
    (void)cbk_fail(err, CBK_E_STATE, "the next apply did not go on from what was read");
    return false;
}

struct trial {
    const struct story *story;
    char *wrong; /* what was found first; NULL: nothing */
};

static bool try_image(void *context, const char *root, int step, bool is_done)
{
    struct trial *trial = context;
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(root, BELOW);
    OWNED_STORE *reader = cbk_store_local_new(dir, STACK);
    CBK_JSON *nothing = json_null();
    const json_t *after = json_array_get(trial->story->expected, (size_t)step);
    const json_t *before = step ? json_array_get(trial->story->expected, (size_t)step - 1) : nothing;
    CBK_ERROR(err);
    if (reads(reader, is_done ? NULL : before, after, &err) && goes_on(dir, &err))
        return true;
    trial->wrong = cbk_strf("%s step %d (%s): %s", is_done ? "behind" : "within", step, steps[step].name, err.message);
    return false;
}

/* --- tests ----------------------------------------------------------------------------------------------------------
 */

struct fixture {
    char *dir, *images;
    struct story story;
    struct disk_ops ops;
};

static int record_story(void **state)
{
    struct fixture *fixture = CBK_NEW(struct fixture);
    *state = fixture;
    fixture->images = cbk_strdup(access("/dev/shm", W_OK) == 0 ? "/dev/shm/cbk-test-XXXXXX" : "/tmp/cbk-test-XXXXXX");
    if (scratch_setup((void **)&fixture->dir) < 0 || !mkdtemp(fixture->images)) /* thousands: in memory, if possible */
        return -1;
    fixture->story = (struct story){.dir = fixture->dir, .state = json_null(), .expected = json_array()};
    fixture->ops = record(&fixture->story);
    return 0;
}

static int forget_story(void **state)
{
    struct fixture *fixture = *state;
    (void)scratch_teardown((void **)&fixture->dir);
    (void)scratch_teardown((void **)&fixture->images);
    json_decref(fixture->story.state);
    json_decref(fixture->story.expected);
    disk_ops_free(&fixture->ops);
    free(fixture);
    return 0;
}

static void a_crash_leaves_the_old_state_or_the_new_one(void **state)
{
    struct fixture *fixture = *state;
    struct trial trial = {.story = &fixture->story};
    size_t count = disk_images(&fixture->ops, fixture->images, try_image, &trial);
    if (trial.wrong)
        fail_msg("%s", trial.wrong);
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
    struct trial trial = {.story = &fixture->story};
    for (size_t i = 0; i < fixture->ops.len; i++) {
        const struct disk_op *op = &fixture->ops.items[i];
        bool is_left_out =
            op->kind == DISK_SYNC && op->step == step && is_directory(&fixture->ops, op->node) == of_directories;
        if (!is_left_out)
            disk_ops_push(&without, *op);
    }
    assert_true(without.len < fixture->ops.len);
    (void)disk_images(&without, fixture->images, try_image, &trial);
    disk_ops_release(&without); /* its texts are the other's */
    if (!trial.wrong)
        fail_msg("nobody misses the syncs of %s in step %d", of_directories ? "directories" : "files", step);
    free(trial.wrong);
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
