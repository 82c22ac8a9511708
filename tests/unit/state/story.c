#include "state/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/steps.h"

#define OWNED_STORE CBK_CLEANUP(cbk_store_freep) struct cbk_store
#define PROBE 99

static char *address_of(int number)
{
    return cbk_strf("policies.p%d", number);
}

static void put_resource(json_t *state, int number)
{
    CBK_CLEANUP(cbk_string_freep) char *address = address_of(number);
    json_object_set_new(cbk_state_resources(state), address, numbered_resource(number));
}

/* --- the steps ------------------------------------------------------------------------------------------------------
 */

static int locks(struct story *story, int number, struct cbk_error *err)
{
    (void)number;
    return lock_store(story->store, err);
}

/* An apply that ends without its last write leaves its journal to the next one. */
static int gives_up(struct story *story, int number, struct cbk_error *err)
{
    (void)number;
    (void)err;
    cbk_store_freep(&story->store);
    story->store = cbk_store_local_new(story->dir, STACK);
    return 0;
}

static int begins(struct story *story, int number, struct cbk_error *err)
{
    (void)number;
    json_decref(story->state);
    story->state = cbk_state_new(STACK);
    json_object_set_new(story->state, "lineage", json_string("3f0c0b5e")); /* the same each time it is told */
    return cbk_store_write(story->store, story->state, 0, NULL, err);
}

static int appends(struct story *story, int number, struct cbk_error *err)
{
    put_resource(story->state, number);
    return append_numbered(story->store, number, err);
}

/* Several steps at once, larger than a page of memory. */
static int appends_three(struct story *story, int first, struct cbk_error *err)
{
    enum { COUNT = 3, FILLER = 3000 };
    CBK_CLEANUP(cbk_entries_release) struct cbk_entries entries = {0};
    CBK_JSON *kept = json_array();
    CBK_STR(filler);
    cbk_str_add_repeat(&filler, 'x', FILLER);
    for (int number = first; number < first + COUNT; number++) {
        CBK_CLEANUP(cbk_string_freep) char *address = address_of(number);
        CBK_JSON *resource = numbered_resource(number);
        json_object_set_new(json_object_get(resource, "attributes"), "filler", json_string(filler.ptr));
        json_object_set(cbk_state_resources(story->state), address, resource);
        json_t *entry = cbk_state_entry(address, resource);
        json_array_append_new(kept, entry);
        cbk_entries_push(&entries, entry);
    }
    return cbk_store_append_all(story->store, &entries, err);
}

static int drops(struct story *story, int number, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_string_freep) char *address = address_of(number);
    CBK_JSON *entry = cbk_state_entry(address, NULL);
    json_object_del(cbk_state_resources(story->state), address);
    return cbk_store_append(story->store, entry, err);
}

static int writes(struct story *story, int serial, struct cbk_error *err)
{
    json_object_set_new(story->state, "serial", json_integer(serial));
    return cbk_store_write(story->store, story->state, serial - 1, NULL, err);
}

static const struct step {
    const char *name;
    int (*take)(struct story *story, int number, struct cbk_error *err);
    int number;
} steps[] = {
    {"lock", locks, 0},        {"first write", begins, 0},
    {"append", appends, 1},    {"append", appends, 2},
    {"write", writes, 1},      {"append to a state with steps", appends, 3},
    {"drop", drops, 1},        {"write", writes, 2},
    {"unlock", gives_up, 0},   {"lock again", locks, 0},
    {"append", appends, 4},    {"append several", appends_three, 50},
    {"append", appends, 5},    {"die", gives_up, 0},
    {"take over", locks, 0},   {"append to what was taken over", appends, 6},
    {"last write", writes, 4}, {"unlock", gives_up, 0},
};
const size_t story_steps = CBK_ARRAY_LEN(steps);

const char *story_step_name(size_t step)
{
    return steps[step].name;
}

void story_begin(struct story *story, const char *dir)
{
    *story = (struct story){
        .dir = dir, .store = cbk_store_local_new(dir, STACK), .state = json_null(), .expected = json_array()};
}

int story_take(struct story *story, size_t step, struct cbk_error *err)
{
    int r = steps[step].take(story, steps[step].number, err);
    if (r == 0)
        json_array_append_new(story->expected, json_deep_copy(story->state));
    return r;
}

void story_release(struct story *story)
{
    cbk_store_freep(&story->store);
    json_decref(story->state);
    json_decref(story->expected);
}

/* --- what is left of it ---------------------------------------------------------------------------------------------
 */

/* A journal under way counts as a serial; what is compared is what the state remembers. */
static bool is_like(const json_t *found, const json_t *expected)
{
    if (!found)
        return json_is_null(expected);
    return cbk_str_equal(cbk_state_lineage(found), cbk_state_lineage(expected)) &&
           json_equal(cbk_state_resources(found), cbk_state_resources(expected));
}

/* What stands behind so many steps. Borrowed. */
static const json_t *expected_behind(const struct story *story, size_t count)
{
    return count ? json_array_get(story->expected, count - 1) : NULL;
}

static bool is_like_behind(const struct story *story, const json_t *found, size_t count)
{
    CBK_JSON *nothing = json_null();
    return is_like(found, count ? expected_behind(story, count) : nothing);
}

static int read_expected(const struct story *story, const char *dir, size_t step, bool is_done, struct cbk_error *err)
{
    OWNED_STORE *reader = cbk_store_local_new(dir, STACK);
    CBK_JSON *found = NULL;
    CBK_STR(text);
    int r = cbk_store_read(reader, &found, err);
    if (r < 0 || is_like_behind(story, found, step + 1) || (!is_done && is_like_behind(story, found, step)))
        return r;
    if (found)
        cbk_json_add_canonical(&text, found);
    return cbk_fail(err, CBK_E_STATE, "neither the old state nor the new one: %s", text.ptr);
}

/* The next apply: locks, begins a state where there is none, and appends. */
static int go_on(const char *dir, struct cbk_error *err)
{
    OWNED_STORE *store = cbk_store_local_new(dir, STACK), *reader = cbk_store_local_new(dir, STACK);
    CBK_JSON *before = NULL, *after = NULL;
    int r = lock_store(store, err);
    if (r == 0)
        r = cbk_store_read(store, &before, err);
    if (r == 0 && !before) {
        before = cbk_state_new(STACK);
        r = cbk_store_write(store, before, 0, NULL, err);
    }
    if (r == 0)
        r = append_numbered(store, PROBE, err);
    if (r == 0)
        r = cbk_store_read(reader, &after, err);
    if (r < 0)
        return r;
    put_resource(before, PROBE);
    return is_like(after, before) ? 0
                                  : cbk_fail(err, CBK_E_STATE, "the next apply did not go on from what had been read");
}

int story_check(const struct story *story, const char *dir, size_t step, bool is_done, struct cbk_error *err)
{
    int r = read_expected(story, dir, step, is_done, err);
    if (r == 0)
        r = go_on(dir, err);
    return r < 0 ? cbk_wrap(err, "%s step %zu (%s)", is_done ? "behind" : "within", step, story_step_name(step)) : 0;
}
