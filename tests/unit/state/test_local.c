/* The local store: the shared promises, and what a reader makes of a journal that a crash has cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/steps.h"
#include "state/store_conformance.h"

static void clear_dir(void *context)
{
    scratch_remove(context);
}

static struct cbk_store *open_local(void *context)
{
    return cbk_store_local_new(context, CBK_CONFORMANCE_STACK);
}

static void it_keeps_the_promises_of_all_stores(void **state)
{
    const struct cbk_store_seat seat = {clear_dir, open_local, *state};
    cbk_store_conformance(&seat);
}

static void the_directory_is_made_when_needed(void **state)
{
    CBK_CLEANUP(cbk_string_freep) char *deep = cbk_path_join(*state, "a/b");
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = store_with_steps(deep, 0, 0);
    assert_non_null(store);
    assert_true(scratch_has(deep, STACK ".json"));
}

static void stacks_do_not_meet(void **state)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = store_with_steps(*state, 1, 1);
    assert_non_null(store);
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *other = cbk_store_local_new(*state, "web");
    CBK_ERROR(err);
    CBK_JSON *found = NULL;
    assert_int_equal(lock_store(other, &err), 0);
    assert_int_equal(cbk_store_read(other, &found, &err), 0);
    assert_null(found);
}

/* Reads through a handle of its own; -1 when reading fails. */
static int steps_seen(const char *dir, int64_t *ret_serial, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *reader = cbk_store_local_new(dir, STACK);
    CBK_JSON *state = NULL;
    if (cbk_store_read(reader, &state, err) < 0)
        return -1;
    *ret_serial = cbk_state_serial(state);
    return (int)json_object_size(cbk_state_resources(state));
}

static int lines_in(const char *text, size_t len)
{
    int lines = 0;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

#define STEPS 6

/* Wherever a crash cuts the journal, the whole lines count and nothing else does. */
static void every_cut_of_the_journal_is_read(void **state)
{
    const char *dir = *state;
    CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = store_with_steps(dir, 3, STEPS);
    cbk_store_unlock(store);
    size_t len = 0, state_len = 0;
    CBK_CLEANUP(cbk_string_freep) char *journal = scratch_read(dir, STACK ".journal", &len);
    CBK_CLEANUP(cbk_string_freep) char *written = scratch_read(dir, STACK ".json", &state_len);
    assert_int_equal(lines_in(journal, len), STEPS + 1);
    for (size_t cut = 0; cut <= len; cut++) {
        int lines = lines_in(journal, cut), expected = lines ? lines - 1 : 0;
        int64_t serial = -1;
        CBK_ERROR(err);
        scratch_write(dir, STACK ".json", written, state_len);
        scratch_write(dir, STACK ".journal", journal, cut);
        assert_int_equal(steps_seen(dir, &serial, &err), expected);
        assert_int_equal(serial, expected ? 4 : 3);
        assert_int_equal(lock_store(store, &err), 0); /* and the next apply takes over just that */
        cbk_store_unlock(store);
        assert_int_equal(steps_seen(dir, &serial, &err), expected);
        assert_int_equal(serial, expected ? 4 : 3);
        if (expected)
            assert_false(scratch_has(dir, STACK ".journal"));
    }
}

static const struct journal_row {
    const char *what;
    const char *header; /* NULL: the right one */
    const char *rest;
    int steps; /* -1: it is damaged */
} journals[] = {
    {"of another serial", "{\"lineage\":\"L\",\"serial\":2}\n",
     "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n", 0},
    {"of another lineage", "{\"lineage\":\"other\",\"serial\":3}\n",
     "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n", 0},
    {"without a serial", "{\"lineage\":\"L\"}\n",
     "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n", 0},
    {"empty", "", "", 0},
    {"without steps", NULL, "", 0},
    {"with a step", NULL, "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n", 1},
    {"cut after a step", NULL, "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n{\"addr", 1},
    {"whose last line never reached the disk whole", NULL,
     "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n{\"add\"\n", 1},
    {"with a hole", NULL,
     "{\"address\":\"a\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n{\"add\"\n{\"address\":\"b\",\"resource\":{"
     "\"kind\":\"k\",\"attributes\":{}}}\n",
     -1},
    {"with a hole at its start", NULL, "{\"addr\n{\"address\":\"b\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n",
     -1},
    {"with a resource that is none", NULL, "{\"address\":\"a\",\"resource\":{}}\n", -1},
    {"with a step that is none", NULL, "{\"what\":1}\n", -1},
    {"with a repeated key", NULL,
     "{\"address\":\"a\",\"address\":\"b\"}\n{\"address\":\"b\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n",
     -1},
    {"with an empty line", NULL, "\n{\"address\":\"b\",\"resource\":{\"kind\":\"k\",\"attributes\":{}}}\n", -1},
};

static void journals_are_believed_as_far_as_they_go(void **state)
{
    const char *dir = *state;
    CBK_JSON *model = cbk_state_new(STACK);
    json_object_set_new(model, "lineage", json_string("L"));
    json_object_set_new(model, "serial", json_integer(3));
    CBK_STR(text);
    cbk_json_add_pretty(&text, model);
    for (size_t i = 0; i < CBK_ARRAY_LEN(journals); i++) {
        const struct journal_row *row = &journals[i];
        CBK_CLEANUP(cbk_string_freep)
        char *journal = cbk_strf("%s%s", row->header ? row->header : "{\"lineage\":\"L\",\"serial\":3}\n", row->rest);
        scratch_write(dir, STACK ".json", text.ptr, text.len);
        scratch_write(dir, STACK ".journal", journal, strlen(journal));
        CBK_ERROR(err);
        int64_t serial = -1;
        int steps = steps_seen(dir, &serial, &err);
        if (steps != row->steps)
            fail_msg("a journal %s: %d steps are seen, not %d (%s)", row->what, steps, row->steps,
                     err.message ? err.message : "");
        if (steps >= 0) {
            assert_int_equal(serial, steps ? 4 : 3);
            continue;
        }
        assert_int_equal(err.code, CBK_E_STATE);
        assert_non_null(strstr(err.message, STACK ".json' is damaged at step"));
        CBK_CLEANUP(cbk_store_freep) struct cbk_store *store = cbk_store_local_new(dir, STACK);
        assert_int_equal(lock_store(store, &err), CBK_E_STATE); /* nobody builds on it */
        size_t len = 0;
        CBK_CLEANUP(cbk_string_freep) char *kept = scratch_read(dir, STACK ".journal", &len);
        assert_string_equal(kept, journal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_keeps_the_promises_of_all_stores, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_directory_is_made_when_needed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(stacks_do_not_meet, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(every_cut_of_the_journal_is_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(journals_are_believed_as_far_as_they_go, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
