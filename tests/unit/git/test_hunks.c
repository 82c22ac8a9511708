/* Where lines stood in an older version, told against what git itself says of such texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git/hunks.h"
#include "scratch.h"

static const char old_text[] = "roles:\n" /* 1 */
                               "  a:\n"
                               "    x: 1\n"
                               "    y: 2\n"
                               "  b:\n" /* 5 */
                               "    x: 1\n"
                               "    z: 3\n"
                               "  c: {}\n";

static const struct {
    const char *what, *text;
    size_t first, last; /* of a declaration in the new text */
    size_t was;         /* its first line in the old one; 0: it was not the same */
} rows[] = {
    {"nothing differs", old_text, 2, 4, 2},
    {"a line of it", "roles:\n  a:\n    x: 1\n    y: 9\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 2, 4, 0},
    {"a line behind it", "roles:\n  a:\n    x: 1\n    y: 2\n  b:\n    x: 9\n    z: 3\n  c: {}\n", 2, 4, 2},
    {"a line before it", "roles:\n  a:\n    x: 9\n    y: 2\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 5, 7, 5},
    {"one more before it", "roles:\n  a:\n    x: 1\n    v: 0\n    y: 2\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 6, 8, 5},
    {"one less before it", "roles:\n  a:\n    y: 2\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 4, 6, 5},
    {"one more in it", "roles:\n  a:\n    x: 1\n    y: 2\n    z: 3\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 2, 5, 0},
    {"one less in it", "roles:\n  a:\n    y: 2\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 2, 3, 0},
    {"its last taken away", "roles:\n  a:\n    x: 1\n  b:\n    x: 1\n    z: 3\n  c: {}\n", 2, 3, 0},
    {"the next one taken away", "roles:\n  a:\n    x: 1\n    y: 2\n  c: {}\n", 2, 4, 2},
    {"what is behind the one taken away", "roles:\n  a:\n    x: 1\n    y: 2\n  c: {}\n", 5, 5, 8},
    {"other line ends", "roles:\r\n  a:\r\n    x: 1\r\n    y: 2\r\n  b:\r\n    x: 1\r\n    z: 3\r\n  c: {}\r\n", 2, 4,
     2},
    {"all of it is new", "roles:\n  d:\n    q: 1\n", 2, 3, 0},
};

static void ranges_are_found_in_the_older_version(void **state)
{
    git_repository *repository = NULL;
    git_blob *old = NULL;
    git_oid id;
    cbk_git_start();
    assert_int_equal(git_repository_init(&repository, *state, 1), 0);
    assert_int_equal(git_blob_create_from_buffer(&id, repository, old_text, strlen(old_text)), 0);
    assert_int_equal(git_blob_lookup(&old, repository, &id), 0);
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        CBK_CLEANUP(cbk_git_hunks_release) struct cbk_git_hunks hunks = {0};
        struct cbk_git_range range = {rows[i].first, rows[i].last, 2};
        CBK_ERROR(err);
        assert_int_equal(cbk_git_hunks_of_text(old, rows[i].text, strlen(rows[i].text), &hunks, &err), 0);
        bool same = cbk_git_range_rewind(&hunks, &range);
        if (same != (rows[i].was > 0) || (same && range.first != rows[i].was))
            fail_msg("%s: %s, from line %zu on", rows[i].what, same ? "the same" : "not the same", range.first);
    }
    git_blob_free(old);
    git_repository_free(repository);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ranges_are_found_in_the_older_version, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
